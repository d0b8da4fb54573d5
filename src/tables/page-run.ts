/**
 * Pages of 4 KiB that lie in one table, checked and written in a loop over plain numbers: a range has thousands of them,
 * and an object for each would be most of the time that a change takes.
 */

import { PAGE_SIZE } from '../arch/address.ts';
import { PTE_P } from '../arch/entry.ts';
import type { Entry } from './entry-format.ts';
import type { TableMemory } from './table-memory.ts';

/** What a change does to each of some entries in a row. */
export interface PageRule {
  /** What P has to be in each of them. Undefined: whatever it is, and what is not present stays as it is. */
  readonly present: boolean | undefined;
  /** Bits that stay as they are. */
  readonly keep: Entry;
  /** Bits that are set beside them in the first entry. Where pages are mapped, its address is among them. */
  readonly set: Entry;
  /** How many bytes the address grows by from entry to entry. It never comes to the next multiple of 4 GiB. */
  readonly step: number;
}

/** A few entries are written one by one: only what changes, in an order in which no mixture of two values is present. */
const FEW = 8;
/** The entries of a table as they are going to be. */
const changed = new Int32Array(PAGE_SIZE / 4);

/** Whether P is in all of these entries what a rule wants. */
export function acceptsRun(
  tables: TableMemory,
  entryAddress: number,
  count: number,
  { present }: PageRule,
): boolean {
  if (present === undefined) return true;
  const wanted = present ? PTE_P : 0;
  if (count === 1) return (tables.loadLow(entryAddress) & PTE_P) === wanted;
  const each = tables.format.entryBytes / 4;
  const words = tables.words(entryAddress, count * each);
  for (let i = 0; i < words.length; i += each) if ((words[i]! & PTE_P) !== wanted) return false;
  return true;
}

/** Changes entries that were accepted. */
export function changeRun(tables: TableMemory, entryAddress: number, count: number, rule: PageRule): void {
  const { entryBytes } = tables.format;
  if (count > FEW) {
    const words = changed.subarray(0, (count * entryBytes) / 4);
    words.set(tables.words(entryAddress, words.length));
    if (entryBytes === 4) change32(words, rule);
    else change64(words, rule);
    tables.write(entryAddress, words);
    return;
  }
  const { present, keep, set, step } = rule;
  for (let i = 0; i < count; i++) {
    const at = entryAddress + i * entryBytes;
    const low = tables.loadLow(at);
    if (present === undefined && (low & PTE_P) === 0) continue;
    const high = entryBytes === 8 ? (tables.loadHigh(at) & keep.high) | set.high : 0;
    tables.storeHalves(at, (low & keep.low) | (set.low + i * step), high);
  }
}

function change32(words: Int32Array, { present, keep, set, step }: PageRule): void {
  // What is not present stays, unless the rule is about such entries.
  const skipped = present === undefined ? PTE_P : 0;
  const kept = keep.low | 0;
  // Named as integers: what was once computed as a double stays one for V8, and is converted at every use.
  const bytes = step | 0;
  let low = set.low | 0;
  for (let i = 0; i < words.length; i++) {
    const old = words[i]!;
    if ((~old & skipped) === 0) words[i] = (old & kept) | low;
    low = (low + bytes) | 0;
  }
}

function change64(words: Int32Array, { present, keep, set, step }: PageRule): void {
  const skipped = present === undefined ? PTE_P : 0;
  const [keptLow, keptHigh, high, bytes] = [keep.low | 0, keep.high | 0, set.high | 0, step | 0];
  let low = set.low | 0;
  for (let i = 0; i < words.length; i += 2) {
    const old = words[i]!;
    if ((~old & skipped) === 0) {
      words[i] = (old & keptLow) | low;
      words[i + 1] = (words[i + 1]! & keptHigh) | high;
    }
    low = (low + bytes) | 0;
  }
}
