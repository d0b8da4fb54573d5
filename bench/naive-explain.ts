/** A walk that tells every step, as one writes it first: an object for each entry, with its bits by their names. */

interface NaiveStep {
  readonly level: number;
  readonly index: number;
  readonly entryAddress: number;
  readonly entry: bigint;
  readonly flags: readonly string[];
}

export interface NaiveReport {
  readonly ok: boolean;
  readonly physical: number;
  readonly steps: readonly NaiveStep[];
  readonly writable: boolean;
  readonly user: boolean;
}

/** By bit, where an entry leads to a table, and where to a page of 4 KiB or a larger one. */
const TABLE_FLAGS = ['P', 'RW', 'US', 'PWT', 'PCD', 'A'];
const PAGE_FLAGS = [...TABLE_FLAGS, 'D', 'PAT', 'G'];
const LARGE_PAGE_FLAGS = [...TABLE_FLAGS, 'D', 'PS', 'G'];

/** @param levels - 2 with entries of 4 bytes, else 4 with entries of 8. */
export function naiveExplain(
  view: DataView,
  root: number,
  levels: 2 | 4,
  linear: number | bigint,
): NaiveReport {
  const bits = levels === 2 ? 10 : 9;
  const page = typeof linear === 'bigint' ? Number(linear >> 12n) : Math.floor(linear / 4096);
  const offset = Number(BigInt(linear) & 0xfffn);
  const steps: NaiveStep[] = [];
  let table = root;
  let writable = true;
  let user = true;
  for (let level = levels - 1; ; level--) {
    const pages = 2 ** (bits * level);
    const index = Math.floor(page / pages) % 2 ** bits;
    const entryAddress = table + index * (levels === 2 ? 4 : 8);
    const entry =
      levels === 2 ? BigInt(view.getUint32(entryAddress, true)) : view.getBigUint64(entryAddress, true);
    const isLarge = level > 0 && (entry & 0x80n) !== 0n;
    const names = level === 0 ? PAGE_FLAGS : isLarge ? LARGE_PAGE_FLAGS : TABLE_FLAGS;
    const flags = names.filter((_, bit) => (entry & (1n << BigInt(bit))) !== 0n);
    steps.push({ level, index, entryAddress, entry, flags });
    const isPresent = flags.includes('P');
    writable &&= flags.includes('RW');
    user &&= flags.includes('US');
    const base = Number(entry & 0xf_ffff_ffff_f000n);
    if (isPresent && level > 0 && !isLarge) {
      table = base;
      continue;
    }
    const first = Math.floor(base / 4096 / pages) * pages;
    const physical = (first + (page % pages)) * 4096 + offset;
    return { ok: isPresent, physical, steps, writable, user };
  }
}
