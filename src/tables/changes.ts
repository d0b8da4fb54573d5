/** The three kinds of change: map, protect, unmap. */

import { formatAddress, PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import { PTE_P } from '../arch/entry.ts';
import { highHalf } from '../arch/linear.ts';
import { PAGING_MODES } from '../arch/paging-modes.ts';
import type { Change, Decision } from './edit.ts';
import { type EntryFormat, NO_ENTRY } from './entry-format.ts';
import { isMultiple, linearText } from './linear-pages.ts';
import { MapError } from './map-error.ts';
import { type AttributeBits, keepAndSet, type PageAttributes, withAttributes } from './page-attributes.ts';
import type { PageRule } from './page-run.ts';

/** Where a range goes, and by pages of which sizes. */
export interface Placement {
  /** First page number. */
  readonly first: number;
  /** Physical address of the first page. */
  readonly physical: number;
  /** log2 of the page sizes that may be used. */
  readonly shifts: readonly number[];
}

const REMOVED: PageRule = { present: undefined, keep: NO_ENTRY, set: NO_ENTRY, step: 0 };
const NO_NEEDS = { writable: false, user: false, executable: false };

/** Maps pages where none are. */
export function mapping(
  format: EntryFormat,
  { first, physical, shifts }: Placement,
  bits: AttributeBits,
  attributes: PageAttributes,
): Change {
  const { levels } = PAGING_MODES[format.mode];
  const lowest = levels[levels.length - 1]!;
  return {
    needs: needsOf(attributes, attributes.executable ?? true),
    prunes: false,
    decide(entry, slot, below): Decision {
      const target = physical + (slot.first - first) * PAGE_SIZE;
      const fits = slot.whole && shifts.includes(slot.level.shift) && target % 2 ** slot.level.shift === 0;
      if ((entry.low & PTE_P) !== 0) {
        const mapped = format.isLeaf(entry, slot.level) ? slot.first : fits ? below.firstMapped() : undefined;
        if (mapped !== undefined) {
          throw new MapError(
            'already-mapped',
            `linear address ${linearText(format.mode, mapped)} is mapped already; unmap it first, or use protect for other rights`,
          );
        }
      }
      if (!fits) return 'descend';
      return withAttributes(format.leaf(target, slot.level), bits, slot.level.shift > PAGE_SHIFT);
    },
    pageRule(page, pages): PageRule | undefined {
      const start = physical + (page - first) * PAGE_SIZE;
      const last = start + (pages - 1) * PAGE_SIZE;
      // From one multiple of 4 GiB to the next, the high half is the same. What is beyond the limit is refused by its name.
      const inOneRun = highHalf(start) === highHalf(last) && last + PAGE_SIZE <= format.physicalLimit(lowest);
      if (!shifts.includes(PAGE_SHIFT) || !inOneRun) return undefined;
      const set = withAttributes(format.leaf(start, lowest), bits, false);
      return { present: false, keep: NO_ENTRY, set, step: PAGE_SIZE };
    },
  };
}

/** Changes attributes of pages that are mapped. */
export function protection(format: EntryFormat, bits: AttributeBits, attributes: PageAttributes): Change {
  const rule: PageRule = { present: true, ...keepAndSet(bits), step: 0 };
  return {
    needs: needsOf(attributes, attributes.executable),
    prunes: false,
    decide(entry, slot): Decision {
      if ((entry.low & PTE_P) === 0) {
        throw new MapError(
          'not-mapped',
          `linear address ${linearText(format.mode, slot.first)} is not mapped; map it first`,
        );
      }
      if (!format.isLeaf(entry, slot.level)) return 'descend';
      const changed = withAttributes(entry, bits, slot.level.shift > PAGE_SHIFT);
      if (changed.low === entry.low && changed.high === entry.high) return 'keep';
      return slot.whole ? changed : 'descend';
    },
    pageRule: () => rule,
  };
}

/** Removes pages; what is not mapped stays so. */
export function removal(format: EntryFormat, prunes: boolean): Change {
  return {
    needs: NO_NEEDS,
    prunes,
    decide(entry, slot, below): Decision {
      if ((entry.low & PTE_P) === 0) return 'keep';
      if (format.isLeaf(entry, slot.level)) return slot.whole ? NO_ENTRY : 'descend';
      // A table that others lead to as well stays as it is: this entry no longer leads to it.
      return slot.whole && !below.isOwn() ? NO_ENTRY : 'descend';
    },
    pageRule: () => REMOVED,
  };
}

function needsOf({ writable, user }: PageAttributes, executable: boolean | undefined): Change['needs'] {
  return { writable: writable === true, user: user === true, executable: executable === true };
}

/** @throws MapError unless the physical address is one, and a multiple of the page size. */
export function checkPhysical(physical: number, unit: number): void {
  if (!Number.isInteger(physical) || physical < 0 || physical > Number.MAX_SAFE_INTEGER) {
    throw new MapError('bad-range', `physical address ${physical} is not a whole number from 0 up`);
  }
  if (!isMultiple(physical, unit)) {
    throw new MapError(
      'bad-range',
      `physical address ${formatAddress(physical)} is not a multiple of the page size, ${formatAddress(unit, 1)}`,
    );
  }
}
