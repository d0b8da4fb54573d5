/** A lens laid on one machine: which of its layouts fits, where its regions lie, what an absent entry means. */

import { asNumber } from '../../arch/linear.ts';
import { type EntryKind, PAGING_MODES } from '../../arch/paging-modes.ts';
import { pagingMode } from '../../arch/registers.ts';
import {
  type AddressRange,
  contextOf,
  type NamedRange,
  type PageRun,
  pageRuns,
  type Walkable,
  type WalkContext,
} from '../../walk/index.ts';
import type { AbsentRule, Lens, LensField, LensLayout, LensRegion } from './lens.ts';
import { pairOf } from './root-pair.ts';

/** What an entry means that is not present. */
export interface AbsentReason {
  /** In words. */
  readonly reason: string;
  /** The numbers that its bits hold, by name. */
  readonly fields: readonly AbsentField[];
}

/** A number that an absent entry holds. */
export interface AbsentField {
  /** What the lens calls it. */
  readonly name: string;
  /** The number. */
  readonly value: bigint;
}

/** A frame, as the guest speaks of it. */
export interface GuestFrame {
  /** What its numbers are called, such as `PFN`. */
  readonly name: string;
  /** The number. */
  readonly number: bigint;
}

/** A {@link Lens} laid on one machine, as it was when this was made. */
export interface LensView {
  /** The lens that was laid on it. */
  readonly lens: Lens;
  /** The layout that fits; undefined where none does. */
  readonly layout: LensLayout | undefined;
  /** The regions, where they lie here, in the order in which they count. */
  readonly regions: readonly NamedRange[];
  /** What is to be known of the machine, such as which half of a pair CR3 is. */
  readonly notes: readonly string[];
  /** The name of the region of an address. */
  regionAt(linear: number | bigint): string | undefined;
  /** What an entry means that is not present. @param entry - Its value. */
  reasonOf(kind: EntryKind, entry: number | bigint): AbsentReason;
  /** What the guest calls the frame of a physical address: a name and a number, where the lens has such and the guest one. */
  frameAt(physical: number): GuestFrame | undefined;
}

const NEVER: AbsentReason = { reason: 'never mapped: the entry is zero', fields: [] };

/**
 * Lays a lens on a machine. Reads its tables where the lens has conditions.
 * @throws RangeError for an unknown CPU model.
 */
export function viewThrough(lens: Lens, source: Walkable): LensView {
  const context = contextOf(source);
  const mode = pagingMode(context);
  const layout = lens.layouts.find((each) => each.modes.includes(mode) && fits(each, context));
  const regions = (layout?.regions ?? []).flatMap((region) => placed(region, context) ?? []);
  const rules = lens.absent.filter(({ modes }) => modes?.includes(mode) ?? true).map(compiled);
  const notes =
    layout === undefined ? [`The lens '${lens.name}' knows no layout for this machine, ${mode} paging.`] : [];
  const pair = pairOf(lens, context);
  if (pair !== undefined) notes.push(pair);
  const unknown: AbsentReason = {
    reason: `not present, for no reason that ${lens.title} is known to have`,
    fields: [],
  };
  const frames = lens.frames?.tables.find(({ modes }) => modes.includes(mode));

  return {
    lens,
    layout,
    regions,
    notes,
    regionAt: (linear) => regions.find(({ start, end }) => linear >= start && linear < end)?.name,
    reasonOf: (kind, entry) => {
      const value = BigInt(entry);
      if (value === 0n) return NEVER;
      return rules.find((rule) => rule.applies(kind, value))?.reasonOf(value) ?? unknown;
    },
    frameAt: (physical) => {
      if (frames === undefined || lens.frames === undefined) return undefined;
      const index = BigInt(Math.floor(physical / 4096));
      const at = physicalOf(BigInt(frames.linear) + index * BigInt(frames.entryBytes), context);
      if (at === undefined) return undefined;
      const low = BigInt(context.memory.loadWord(at) >>> 0);
      const high = frames.entryBytes === 8 ? BigInt(context.memory.loadWord(at + 4) >>> 0) : 0n;
      const number = low | (high << 32n);
      if ((number >> BigInt(lens.frames.invalidBit)) & 1n) return undefined;
      return { name: lens.frames.name, number };
    },
  };
}

function fits({ when = [] }: LensLayout, context: WalkContext): boolean {
  return when.every(({ linear, physical }) => {
    const found = physicalOf(BigInt(linear), context);
    if (found === undefined) return false;
    if (physical === 'any') return true;
    const root = BigInt(context.cr3) & 0xf_ffff_ffff_f000n;
    return BigInt(found) === (physical === 'root' ? root : BigInt(physical));
  });
}

/** Where an address leads, whoever may go there. */
function physicalOf(linear: bigint, context: WalkContext): number | undefined {
  const [run] = pageRuns(context, { range: { start: linear, end: linear + 1n } });
  return run && run.physical + Number(linear - BigInt(run.start));
}

/** A region where it lies; undefined if it is nowhere. */
function placed(region: LensRegion, context: WalkContext): NamedRange | undefined {
  const [start, end] = [BigInt(region.start), BigInt(region.end)];
  const { name, direct, directMultiple } = region;
  if (direct === undefined && directMultiple === undefined)
    return { name, start: asNumber(start), end: asNumber(end) };
  let offset = direct === undefined ? undefined : BigInt(direct);
  let reached: bigint | undefined;
  let from = start;
  for (const run of runsIn({ start, end }, context)) {
    const own = BigInt(run.start) - BigInt(run.physical);
    if (offset === undefined && own % BigInt(directMultiple!) === 0n) {
      offset = own;
      from = own > start ? own : start;
    }
    if (own !== offset) break;
    reached = BigInt(run.end);
  }
  return reached === undefined
    ? undefined
    : { name, start: asNumber(from), end: asNumber(reached < end ? reached : end) };
}

/** Runs that lie together in physical memory. */
function runsIn(range: AddressRange, context: WalkContext): Iterable<PageRun> {
  const { linearBits } = PAGING_MODES[pagingMode(context)];
  // Of 32-bit paging, addresses end there.
  const most = linearBits === 32 ? 2n ** 32n : 2n ** 64n;
  const end = BigInt(range.end);
  return pageRuns(context, { range: { start: range.start, end: end < most ? end : most }, contiguous: true });
}

interface CompiledRule {
  applies(kind: EntryKind, value: bigint): boolean;
  reasonOf(value: bigint): AbsentReason;
}

function compiled({ levels, mask, value, reason, fields = [] }: AbsentRule): CompiledRule {
  const [bits, wanted] = [BigInt(mask), BigInt(value)];
  return {
    applies: (kind, entry) => (entry & bits) === wanted && (levels?.includes(kind) ?? true),
    reasonOf: (entry) => ({
      reason,
      fields: fields.map((field) => ({ name: field.name, value: fieldIn(field, entry) })),
    }),
  };
}

function fieldIn({ low, bits, inverted = false, unit = 1 }: LensField, entry: bigint): bigint {
  const stored = BigInt.asUintN(bits, entry >> BigInt(low));
  return (inverted ? BigInt.asUintN(bits, ~stored) : stored) * BigInt(unit);
}
