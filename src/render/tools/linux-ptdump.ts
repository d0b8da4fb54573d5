/** All entries in the words of Linux's `/sys/kernel/debug/page_tables`. */

import { PAGE_SHIFT } from '../../arch/address.ts';
import {
  PDE_PAT_LARGE,
  PDE_PS,
  PTE_G,
  PTE_NX_HIGH,
  PTE_P,
  PTE_PAT,
  PTE_PCD,
  PTE_PWT,
  PTE_RW,
  PTE_US,
} from '../../arch/entry.ts';
import { isLongMode, PAGING_MODES } from '../../arch/paging-modes.ts';
import { pagingMode } from '../../arch/registers.ts';
import { contextOf, type Leaf, leavesOf, type Walkable } from '../../walk/index.ts';

/** Linux's names of the levels, from the last up. */
const LEVELS = ['pte', 'pmd', 'pud', 'p4d'] as const;
/** Bits 63 to 52, as Linux has them: no part of the address. */
const FLAGS_HIGH = 0xfff0_0000 | 0;
const UNITS = 'BKMGTPE';

/** Entries in a row that say the same. */
interface Stretch {
  readonly start: bigint;
  end: bigint;
  /** What must be equal: all flags, the rights of all levels, the level. */
  readonly key: string;
  readonly words: string;
}

/**
 * All entries in the words of Linux's page table dump: start, end, size, flags and level of each stretch whose entries
 * have the same flags (A and D among them), at the same level, with the same rights of all levels. What is not present
 * is a line, too, without flags.
 *
 * Headings are those of the two halves, since the other places of Linux are not known from tables.
 * Source: Linux, arch/x86/mm/dump_pagetables.c.
 */
export function* linuxPtdumpLines(source: Walkable): Generator<string> {
  const context = contextOf(source);
  const mode = pagingMode(context);
  const { levels, linearBits } = PAGING_MODES[mode];
  const long = isLongMode(mode);
  const digits = long ? 16 : 8;
  const half = long ? 1n << BigInt(linearBits - 1) : undefined;
  const lineOf = ({ start, end, words }: Stretch): string => {
    const hex = (address: bigint): string => `0x${address.toString(16).padStart(digits, '0')}`;
    return `${hex(start)}-${hex(BigInt.asUintN(long ? 64 : 33, end))}   ${sizeText(end - start).padStart(10)} ${words}`;
  };

  yield '---[ User Space ]---';
  let open: Stretch | undefined;
  let upper = false;
  for (const leaf of leavesOf(context, { absent: true })) {
    const start = BigInt(leaf.linear);
    const end = start + (1n << BigInt(leaf.shift));
    const isUpper = half !== undefined && start >= half;
    const depth = levels.findIndex(({ kind }) => kind === leaf.level.kind);
    const name = depth === 0 && levels.length !== 1 ? 'pgd' : LEVELS[levels.length - 1 - depth]!;
    const { writable, user, executable } = leaf.rights;
    const key = [
      leaf.low & flagsLow(leaf),
      leaf.high & FLAGS_HIGH,
      writable,
      user,
      executable,
      name,
      isUpper,
    ].join();
    if (open?.key === key && open.end === start) {
      open.end = end;
      continue;
    }
    if (open !== undefined) yield lineOf(open);
    if (isUpper && !upper) yield '---[ Kernel Space ]---';
    upper = isUpper;
    open = { start, end, key, words: `${flagsText(leaf)}${name}` };
  }
  if (open !== undefined) yield lineOf(open);
}

/** The low bits of an entry that are no part of an address. */
function flagsLow({ low, shift }: Leaf): number {
  return (low & PTE_P) !== 0 && shift > PAGE_SHIFT ? (1 << Math.min(shift, 21)) - 1 : 0xfff;
}

/** Columns of flags; blanks where the entry is not present. */
function flagsText({ low, high, shift }: Leaf): string {
  const large = shift > PAGE_SHIFT;
  const words: [string, boolean, string?][] = [
    ['USR ', (low & PTE_US) !== 0],
    ['RW ', (low & PTE_RW) !== 0, 'ro '],
    ['PWT ', (low & PTE_PWT) !== 0],
    ['PCD ', (low & PTE_PCD) !== 0],
    ['PSE ', large && (low & PDE_PS) !== 0],
    ['PAT ', (low & (large ? PDE_PAT_LARGE : PTE_PAT)) !== 0],
    ['GLB ', (low & PTE_G) !== 0],
    ['NX ', (high & PTE_NX_HIGH) !== 0, 'x  '],
  ];
  return words
    .map(
      ([word, set, other]) =>
        ((low & PTE_P) === 0 || !set ? ((low & PTE_P) === 0 ? undefined : other) : word) ??
        ' '.repeat(word.length),
    )
    .join('');
}

/** A size in the largest unit that it is a whole number of. */
function sizeText(bytes: bigint): string {
  let [size, unit] = [bytes, 0];
  while ((size & 1023n) === 0n && unit < UNITS.length - 1) [size, unit] = [size >> 10n, unit + 1];
  return `${size}${UNITS[unit]}`;
}
