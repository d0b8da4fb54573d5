/**
 * The least of a list without which something is no longer so: delta debugging (Zeller and Hildebrandt, "Simplifying
 * and Isolating Failure-Inducing Input", 2002), in the form that only takes away.
 *
 * @param items - With all of them, it is so.
 * @param isSo - Whether it is so with these alone, in their order.
 * @returns Items of which none can be left out alone.
 */
export function minimal<T>(items: readonly T[], isSo: (some: readonly T[]) => boolean): readonly T[] {
  let left = items;
  for (let piece = Math.ceil(left.length / 2); piece >= 1; ) {
    const before = left.length;
    for (let at = 0; at < left.length; ) {
      const without = [...left.slice(0, at), ...left.slice(at + piece)];
      if (isSo(without)) left = without;
      else at += piece;
    }
    // Single items are tried until a whole round takes none of them away.
    if (piece === 1 && left.length === before) break;
    piece = piece === 1 ? 1 : Math.ceil(piece / 2);
  }
  return left;
}
