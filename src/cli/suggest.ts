/** The word that somebody probably meant: the closest of a list, if it is close enough. */
export function closest(word: string, words: readonly string[]): string | undefined {
  let best: string | undefined;
  // One slip in three letters, but never all of a word.
  let least = Math.min(3, Math.ceil(word.length / 3) + 1);
  for (const candidate of words) {
    const distance = slips(word.toLowerCase(), candidate);
    if (distance < least) {
      best = candidate;
      least = distance;
    }
  }
  return best;
}

/** How many letters must be added, left out, changed, or exchanged with their neighbour, to make one word the other. */
function slips(from: string, to: string): number {
  const rows: number[][] = Array.from({ length: from.length + 1 }, (_, i) => [i]);
  rows[0] = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1];
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      rows[i]![j] = Math.min(
        rows[i - 1]![j]! + 1,
        rows[i]![j - 1]! + 1,
        rows[i - 1]![j - 1]! + (same ? 0 : 1),
        isSwap ? rows[i - 2]![j - 2]! + 1 : Number.POSITIVE_INFINITY,
      );
    }
  }
  return rows[from.length]![to.length]!;
}
