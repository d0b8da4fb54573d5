import { PAGE_SIZE } from '../../arch/address.ts';
import type { ClaimRange } from '../../claims/claim.ts';
import { readOnly } from '../../claims/vocabulary.ts';
import { type ClaimRule, type Evidence, frameAt, layoutRule } from '../evidence.ts';
import { type ExpectedRun, XEN_FIRST_PAGE } from '../expected.ts';

/**
 * Looked for over the whole linear space. What counts as a page table is every frame that holds one: those of the
 * domain, and those that its directory points to below Xen.
 *
 * Two places are left to others: the tables' own pages in the domain, which `tables-read-only` judges, and the windows
 * of Xen's directory slots, which `xen-range` judges. Xen itself must be able to write to page tables: its linear page
 * table maps them all, and its direct map those below 44 MiB. Rings 1 to 3 cannot use these windows, since their
 * segments end at 0xFC3FFFFF (docs/xen-1.2.md §7).
 */
export const noWritableAlias: ClaimRule = layoutRule({
  name: 'no-writable-alias',
  title: "No page table can be written through another address, but in the windows of Xen's own slots.",
  claim: (evidence) => readOnly(evidence.tableFrames, { except: placesOfTheirOwn(evidence) }),
  promise: () => 'no way to write to a page table',
});

/** The pages that may lead to tables by their place, and do lead where they should. */
function placesOfTheirOwn(evidence: Evidence): ClaimRange[] {
  const { geometry, domain, expected } = evidence;
  const own: ExpectedRun = {
    what: 'page tables and directory',
    firstPage: geometry.firstPage + geometry.firstTable,
    pageCount: geometry.tablesEnd - geometry.firstTable,
    writable: false,
    frame: (i) => geometry.frames[geometry.firstTable + i]!,
  };
  const windows =
    domain.xen.kind === 'slots'
      ? expected.runs.filter(({ firstPage, writable }) => firstPage >= XEN_FIRST_PAGE && writable)
      : [];
  return [own, ...windows].flatMap((run) => rightPages(evidence, run));
}

/** The pages of a run that lead to the frames they should. */
function rightPages(evidence: Evidence, { firstPage, pageCount, frame }: ExpectedRun): ClaimRange[] {
  const ranges: [start: number, end: number][] = [];
  for (let i = 0; i < pageCount; i++) {
    const page = firstPage + i;
    if (frameAt(evidence, page) !== frame(i)) continue;
    const start = page * PAGE_SIZE;
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === start) last[1] += PAGE_SIZE;
    else ranges.push([start, start + PAGE_SIZE]);
  }
  return ranges;
}
