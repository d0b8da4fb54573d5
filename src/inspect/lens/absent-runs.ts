/** Entries that are not present and not zero, with their reasons. */

import { fromHalves } from '../../arch/linear.ts';
import type { EntryKind } from '../../arch/paging-modes.ts';
import { type AddressRange, leavesOf, type Walkable } from '../../walk/index.ts';
import type { AbsentReason, LensView } from './lens-view.ts';

/** Entries in a row that are not present for one reason. */
export interface AbsentRun {
  /** The first linear address that they stand for. */
  readonly start: number | bigint;
  /** The first linear address after it. */
  readonly end: number | bigint;
  /** What kind of entries they are. */
  readonly kind: EntryKind;
  /** How many. */
  readonly entries: number;
  /** Why they are not present. */
  readonly reason: string;
  /** The numbers that the first of them holds. */
  readonly first: AbsentReason['fields'];
  /** The name of the region that they begin in. */
  readonly name: string | undefined;
}

/** All that is not mapped though something stands in its entry, in ascending order. */
export function* absentRuns(source: Walkable, view: LensView, range?: AddressRange): Generator<AbsentRun> {
  let open: { -readonly [Key in keyof AbsentRun]: AbsentRun[Key] } | undefined;
  for (const { linear, low, high, shift, level } of leavesOf(source, { absent: true, range })) {
    if ((low & 1) !== 0 || (low === 0 && high === 0)) continue;
    const { reason, fields } = view.reasonOf(level.kind, fromHalves(low, high));
    const end = typeof linear === 'number' ? linear + 2 ** shift : linear + (1n << BigInt(shift));
    if (open?.end === linear && open.kind === level.kind && open.reason === reason) {
      open.end = end;
      open.entries++;
      continue;
    }
    if (open !== undefined) yield open;
    const name = view.regionAt(linear);
    open = { start: linear, end, kind: level.kind, entries: 1, reason, first: fields, name };
  }
  if (open !== undefined) yield open;
}
