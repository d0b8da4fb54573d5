import { USER_WRITE, WRITE } from '../../arch/access.ts';
import { accessesIn, accessSet, LINEAR_PAGES } from '../address-space.ts';
import { type ClaimRule, type Evidence, refutedByAccess } from '../evidence.ts';
import { XEN_FIRST_PAGE } from '../expected.ts';

const WRITES = accessSet(WRITE, USER_WRITE);

/**
 * Looked for over the whole linear space. What counts as a page table is every frame that holds one: those of the
 * domain, and those that its directory points to below Xen.
 *
 * Two places are left to others: the tables' own pages in the domain, which `tables-read-only` judges, and the windows
 * of Xen's directory slots, which `xen-range` judges. Xen itself must be able to write to page tables: its linear page
 * table maps them all, and its direct map those below 44 MiB. Rings 1 to 3 cannot use these windows, since their
 * segments end at 0xFC3FFFFF (docs/xen-1.2.md §7).
 */
export const noWritableAlias: ClaimRule = {
  name: 'no-writable-alias',
  title: "No page table can be written through another address, but in the windows of Xen's own slots.",
  refute: (evidence) => {
    const { observed, tableFrames } = evidence;
    for (let page = 0; page < LINEAR_PAGES; page++) {
      const writes = observed.granted[page]! & WRITES;
      if (writes === 0 || !tableFrames.has(observed.frames[page]!)) continue;
      if (isTablePage(evidence, page) || isXenWindow(evidence, page)) continue;
      return refutedByAccess(evidence, page, accessesIn(writes)[0]!, 'no way to write to a page table');
    }
    return undefined;
  },
};

/** The page belongs to a table by its place in the domain, and leads to that table. */
function isTablePage({ geometry, observed }: Evidence, page: number): boolean {
  const index = page - geometry.firstPage;
  return index >= geometry.firstTable && observed.frames[page] === geometry.frames[index];
}

/** The page is one through which Xen's directory slots lead to this very frame, writable. */
function isXenWindow({ domain, expected, observed }: Evidence, page: number): boolean {
  return (
    domain.xen.kind === 'slots' &&
    page >= XEN_FIRST_PAGE &&
    (expected.space.granted[page]! & WRITES) !== 0 &&
    expected.space.frames[page] === observed.frames[page]
  );
}
