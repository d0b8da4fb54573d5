/** Claims about frames: who leads to them, and who may write them. */

import { READ } from '../arch/access.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { said } from '../said/said.ts';
import { accessesIn, WRITES } from './access-set.ts';
import type { ClaimedFrames, HiddenClaim, NoWritableAliasClaim, ReadOnlyClaim } from './claim.ts';
import type { PageFinding } from './finding.ts';
import type { MappedSpace } from './mapped-space.ts';
import { type Pages, pagesOf, pagesOutside } from './pages.ts';

interface Subject {
  readonly space: MappedSpace;
  readonly tables: readonly number[];
}

function framesOf(frames: ClaimedFrames, tables: readonly number[]): readonly number[] {
  return frames === 'tables' ? tables : frames;
}

export function judgeReadOnly(claim: ReadOnlyClaim, { space, tables }: Subject): PageFinding | undefined {
  const where = pagesOutside(claim.except, space.mode);
  return firstUse(space, framesOf(claim.frames, tables), where, ({ run, page }) => {
    const [access] = accessesIn(space.granted[run]! & WRITES);
    if (access === undefined) return undefined;
    return {
      page,
      access,
      wanted: { kind: 'denied' },
      what: claim.what ?? said`a frame that must not be written`,
    };
  });
}

export function judgeHidden(claim: HiddenClaim, { space, tables }: Subject): PageFinding | undefined {
  const where = [pagesOf(claim.range, space.mode)];
  return firstUse(space, framesOf(claim.frames, tables), where, ({ run, page }) => {
    const access = accessesIn(space.granted[run]!)[0] ?? READ;
    return { page, access, wanted: { kind: 'not mapped' }, what: claim.what ?? said`a frame to be hidden` };
  });
}

export function judgeNoWritableAlias(
  claim: NoWritableAliasClaim,
  { space, tables }: Subject,
): PageFinding | undefined {
  const frames = framesOf(claim.frames, tables);
  const where = pagesOutside(claim.except, space.mode);
  // To be a table is a use of its own: the CPU reads and writes it by its physical address.
  const isTable = new Set(tables);
  const uses = new Map<number, number>();
  forEachUse(space, frames, where, ({ frame, times }) => {
    uses.set(frame, (uses.get(frame) ?? (isTable.has(frame) ? 1 : 0)) + times);
    return false;
  });
  return firstUse(space, frames, where, ({ run, page, frame }) => {
    const [access] = accessesIn(space.granted[run]! & WRITES);
    if (access === undefined || uses.get(frame)! < 2) return undefined;
    const what = claim.what ?? (isTable.has(frame) ? said`a page table` : said`a frame with another page`);
    return { page, access, wanted: { kind: 'denied' }, what };
  });
}

/** Pages of one run that lead to one frame. */
interface Use {
  readonly run: number;
  /** The first of them. */
  readonly page: number;
  readonly frame: number;
  /** How many they are: more than one only where all pages of a run lead to the same place. */
  readonly times: number;
}

/** The lowest page that leads to one of some frames and of which something is wrong. */
function firstUse(
  space: MappedSpace,
  frames: readonly number[],
  where: readonly Pages[],
  wrong: (use: Use) => PageFinding | undefined,
): PageFinding | undefined {
  let found: PageFinding | undefined;
  forEachUse(space, frames, where, (use) => {
    found = wrong(use);
    return found !== undefined;
  });
  return found;
}

/**
 * Calls for every page, from low to high, that leads to one of some frames.
 *
 * @param frames - Ascending.
 * @param where - The ranges whose pages count, ascending.
 * @param visit - Ends the search by returning true.
 */
function forEachUse(
  space: MappedSpace,
  frames: readonly number[],
  where: readonly Pages[],
  visit: (use: Use) => boolean,
): void {
  if (frames.length === 0) return;
  for (const range of where) {
    for (let run = space.runFrom(range.first); run < space.count && space.first[run]! < range.end; run++) {
      const first = Math.max(range.first, space.first[run]!);
      const end = Math.min(range.end, space.end[run]!);
      const base = space.physical[run]! / PAGE_SIZE;
      // Where a run's pages all lead to one place, it is as long as a single page.
      const unit = space.isOneFrame(run) ? space.pageUnits(run) : space.end[run]! - space.first[run]!;
      for (let at = lowerBound(frames, base); at < frames.length && frames[at]! < base + unit; at++) {
        const frame = frames[at]!;
        const offset = space.first[run]! + frame - base;
        const page = offset + unit * Math.max(0, Math.ceil((first - offset) / unit));
        const times = Math.ceil((end - page) / unit);
        if (times > 0 && visit({ run, page, frame, times })) return;
      }
    }
  }
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
