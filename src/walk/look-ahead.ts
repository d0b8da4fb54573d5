/**
 * The loops that a scan of page tables spends its time in: how far a run of entries goes on. Each looks at entries
 * from `at` to `end` (indices of words) and returns the index where the run ends.
 */

/** 32-bit entries that differ from the one before by one page, and in nothing else. */
export function consecutive32(
  words: Int32Array,
  at: number,
  end: number,
  entry: number,
  step: number,
): number {
  let expected = (entry + step) | 0;
  // Four at a time: half as many branches.
  for (; at + 3 < end; at += 4, expected = (expected + 4 * step) | 0) {
    const differs =
      (words[at]! ^ expected) |
      (words[at + 1]! ^ (expected + step)) |
      (words[at + 2]! ^ (expected + 2 * step)) |
      (words[at + 3]! ^ (expected + 3 * step));
    if (differs !== 0) break;
  }
  for (; at < end && words[at] === expected; at++) expected = (expected + step) | 0;
  return at;
}

/** 64-bit entries that differ from the one before by one page, and in nothing else. */
export function consecutive64(
  words: Int32Array,
  at: number,
  end: number,
  low: number,
  high: number,
  step: number,
): number {
  let expected = (low + step) | 0;
  while (at < end && words[at] === expected && words[at + 1] === high) {
    at += 2;
    expected = (expected + step) | 0;
  }
  return at;
}

/** Entries that all are the same. */
export function same32(words: Int32Array, at: number, end: number, entry: number): number {
  while (at < end && words[at] === entry) at++;
  return at;
}

/** Entries that all are the same. */
export function same64(words: Int32Array, at: number, end: number, low: number, high: number): number {
  while (at < end && words[at] === low && words[at + 1] === high) at += 2;
  return at;
}
