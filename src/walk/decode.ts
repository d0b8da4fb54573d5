/** One paging-structure entry, decoded: the names of its bits, those it must not have, and where it leads. */

import {
  PDE_PAT_LARGE,
  PDE_PS,
  PTE_A,
  PTE_D,
  PTE_G,
  PTE_NX_HIGH,
  PTE_P,
  PTE_PAT,
  PTE_PCD,
  PTE_PWT,
  PTE_RW,
  PTE_US,
} from '../arch/entry.ts';
import { fromHalves, highHalf, lowHalf } from '../arch/linear.ts';
import type { EntryKind, PageSize } from '../arch/paging-modes.ts';
import {
  type EntryRules,
  type EntryState,
  entryRules,
  type LevelRules,
  mapsPage,
  pageAddressIn,
  tableAddressIn,
} from './entry-rules.ts';
import type { EntryFlag, Rights } from './report.ts';

/** What an entry says. */
export interface DecodedEntry {
  /** The raw entry; a bigint only where it does not fit a number. */
  readonly entry: number | bigint;
  /** The names of its set bits that mean something at this level, low bits first; none if it is not present. */
  readonly flags: readonly EntryFlag[];
  /** Set bits that this CPU reserves here (bit numbers, low first). Not empty: a walk faults here with RSVD. */
  readonly reservedBits: readonly number[];
  /** What the entry does to a walk. */
  readonly leadsTo: 'table' | 'page' | 'not-present' | 'reserved-bit';
  /** Physical base of the table or page it points to; undefined if it is not present. */
  readonly target: number | undefined;
  /** The size of the page, where it leads to one. */
  readonly pageSize: PageSize | undefined;
  /** What it allows by itself; a walk combines it with the levels above. All, where it is not present. */
  readonly allows: Rights;
}

/** A bit of an entry that has a name. */
interface NamedBit {
  readonly name: EntryFlag;
  /** The bit in the low half, or 0. */
  readonly low: number;
  /** The bit in the high half, or 0. */
  readonly high: number;
  /** Where the bit means this. */
  readonly counts: (level: LevelRules, page: boolean, rules: EntryRules) => boolean;
}

const everywhere = (): boolean => true;
const inMemory = ({ inRegisters }: LevelRules): boolean => !inRegisters;
const inPages = (_: LevelRules, page: boolean): boolean => page;

/** The named bits, low first (SDM 3A §4.3–4.5). A new bit of the architecture is a line here. */
const NAMED_BITS: readonly NamedBit[] = [
  { name: 'P', low: PTE_P, high: 0, counts: everywhere },
  { name: 'RW', low: PTE_RW, high: 0, counts: inMemory },
  { name: 'US', low: PTE_US, high: 0, counts: inMemory },
  { name: 'PWT', low: PTE_PWT, high: 0, counts: everywhere },
  { name: 'PCD', low: PTE_PCD, high: 0, counts: everywhere },
  { name: 'A', low: PTE_A, high: 0, counts: inMemory },
  { name: 'D', low: PTE_D, high: 0, counts: inPages },
  { name: 'PS', low: PDE_PS, high: 0, counts: (level, page) => page && !level.isLast },
  { name: 'PAT', low: PTE_PAT, high: 0, counts: (level, page) => page && level.patBit === PTE_PAT },
  {
    name: 'PAT',
    low: PDE_PAT_LARGE,
    high: 0,
    counts: (level, page) => page && level.patBit === PDE_PAT_LARGE,
  },
  { name: 'G', low: PTE_G, high: 0, counts: (_, page, rules) => page && rules.globalBit !== 0 },
  { name: 'NX', low: 0, high: PTE_NX_HIGH, counts: (level, _, rules) => inMemory(level) && rules.noExecute },
];

const ALLOWS_ALL: Rights = Object.freeze({ writable: true, user: true, executable: true });

/** Decodes an entry under rules that were derived before. @param high - 0 where entries have 4 bytes. */
export function decode(rules: EntryRules, level: LevelRules, low: number, high: number): DecodedEntry {
  const entry = fromHalves(low, high);
  if ((low & PTE_P) === 0) {
    return {
      entry,
      flags: [],
      reservedBits: [],
      leadsTo: 'not-present',
      target: undefined,
      pageSize: undefined,
      allows: ALLOWS_ALL,
    };
  }
  const page = mapsPage(level, low);
  const reservedLow = low & (page ? level.reservedPage : level.reservedTable);
  const reservedBits = [...bitNumbers(reservedLow, 0), ...bitNumbers(high & level.reservedHigh, 32)];
  return {
    entry,
    flags: NAMED_BITS.filter(
      (bit) => ((low & bit.low) | (high & bit.high)) !== 0 && bit.counts(level, page, rules),
    ).map(({ name }) => name),
    reservedBits,
    leadsTo: reservedBits.length > 0 ? 'reserved-bit' : page ? 'page' : 'table',
    target: page ? pageAddressIn(rules, level, low, high) : tableAddressIn(rules, low, high),
    pageSize: page && reservedBits.length === 0 ? (level.bytes as PageSize) : undefined,
    // A PDPTE of PAE has no R/W, U/S or NX: it leaves the rights alone.
    allows: level.inRegisters
      ? ALLOWS_ALL
      : {
          writable: (low & PTE_RW) !== 0,
          user: (low & PTE_US) !== 0,
          executable: !(rules.noExecute && high < 0),
        },
  };
}

/**
 * Decodes one entry by itself.
 *
 * @param state - The CPU and the registers that give the bits their meaning; an `Mmu` will do.
 * @param kind - The level it stands at.
 * @param entry - Its raw value, 32 or 64 bits.
 * @throws RangeError if the paging mode has no such level, or the value does not fit an entry.
 * @example
 * decodeEntry(mmu, 'PTE', 0x1063).flags; // ['P', 'RW', 'A', 'D']
 */
export function decodeEntry(state: EntryState, kind: EntryKind, entry: number | bigint): DecodedEntry {
  const rules = entryRules(state);
  const level = rules.levels.find((one) => one.level.kind === kind);
  if (level === undefined) {
    const kinds = rules.levels.map((one) => one.level.kind).join(', ') || 'none: paging is off';
    throw new RangeError(`there is no ${kind} in the paging mode ${rules.mode}; its entries: ${kinds}`);
  }
  const whole = typeof entry === 'bigint' || Number.isInteger(entry);
  if (!(whole && entry >= 0 && entry < 2 ** (8 * rules.entryBytes))) {
    throw new RangeError(`the entry ${entry} is not a whole number of ${8 * rules.entryBytes} bits`);
  }
  return decode(rules, level, lowHalf(entry), highHalf(entry));
}

function bitNumbers(word: number, first: number): number[] {
  const found: number[] = [];
  for (let bit = 0; bit < 32; bit++) if ((word & (1 << bit)) !== 0) found.push(first + bit);
  return found;
}
