/**
 * Fills consecutive entries of a page table: entry `start + i` maps frame `frames[first + i]` with `flags`.
 * The inner loop of building a domain.
 *
 * @param table - The 1024 entries of the table.
 */
export function writeTableRun(
  table: Uint32Array,
  start: number,
  frames: Uint32Array,
  first: number,
  count: number,
  flags: number,
): void {
  for (let i = 0; i < count; i++) table[start + i] = (frames[first + i]! << 12) | flags;
}
