/**
 * The columns of a drawing of a domain, each a part of the one before, since the whole holds four gigabytes and its
 * most interesting part a few pages. Text and SVG draw the same columns.
 */

import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { FOUR_GIB } from '../arch/address.ts';
import type { Domain, Region } from '../builder/index.ts';
import { type Said, said } from '../said/said.ts';

/** One box of a column. */
export interface Box {
  /** The region's name, or `hole`, `domain`, `Xen`. */
  readonly name: string;
  readonly label: string;
  readonly start: number;
  /** First address after it: up to 2^32. */
  readonly end: number;
  /** The next column shows this box larger. */
  readonly opens: boolean;
}

/** All 4 GiB, ascending. */
export function wholeSpace(domain: Domain): Box[] {
  const end = endOf(domain);
  const xen = domain.xen.kind === 'none' ? 'left to Xen' : 'Xen';
  return present([
    { name: 'hole', label: 'not mapped', start: 0, end: domain.loadAddress, opens: false },
    { name: 'domain', label: 'domain', start: domain.loadAddress, end, opens: true },
    { name: 'hole', label: 'not mapped', start: end, end: XEN_VIRTUAL_START, opens: false },
    { name: 'Xen', label: xen, start: XEN_VIRTUAL_START, end: FOUR_GIB, opens: false },
  ]);
}

/** What is mapped of the domain's memory, the part that is drawn larger as one box. */
export function domainBoxes(domain: Domain): Box[] {
  const { start, end, label } = detailOf(domain);
  const others = ofDomain(domain).filter((region) => !isWithin(region, { start, end }));
  const detail: Box = { name: 'page tables', label, start, end, opens: true };
  return present(
    [...others.map((region): Box => ({ ...boxOf(region), label: region.name })), detail].sort(
      (one, other) => one.start - other.start,
    ),
  );
}

/** The part that is drawn larger, page by page. */
export function detailBoxes(domain: Domain): Box[] {
  const detail = detailOf(domain);
  return present(
    ofDomain(domain)
      .filter((region) => isWithin(region, detail))
      .map(boxOf),
  );
}

/** What the part that is drawn larger is called. */
export function detailTitle(domain: Domain): Said {
  const { start, end, label } = detailOf(domain);
  const pages = pagesPhrase((end - start) / 4096);
  return label === 'last pages' ? said`its last ${pages}` : said`its boot ${pages}`;
}

/** So many pages. */
export function pagesPhrase(pages: number): Said {
  return pages === 1 ? said`${pages} page` : said`${pages} pages`;
}

/** How much of the domain is mapped, in bytes. */
export function mappedBytes(domain: Domain): number {
  return endOf(domain) - domain.loadAddress;
}

/** Where the tables and the small things beside them lie. */
interface Detail {
  readonly label: string;
  readonly start: number;
  readonly end: number;
}

/** In the layouts of 2004 start_info and all above it; in later ones the frame list up to the stack. */
function detailOf(domain: Domain): Detail {
  const list = domain.layout.find(({ name }) => name === 'frame list');
  const stack = domain.layout.find(({ name }) => name === 'stack');
  if (list === undefined || stack === undefined) {
    return { label: 'last pages', start: domain.startInfoAddress, end: endOf(domain) };
  }
  return { label: 'boot pages', start: list.start, end: stack.end };
}

function boxOf({ name, start, end }: Region): Box {
  return { name, label: name, start, end, opens: false };
}

/** Xen's regions; the gaps between them are holes. Empty where there is no Xen. */
export function xenBoxes(domain: Domain): Box[] {
  const regions = domain.layout.filter(({ firstPage }) => firstPage === undefined);
  if (regions.length === 0) return [];
  const boxes: Box[] = [];
  let at = XEN_VIRTUAL_START;
  for (const { name, start, end } of regions) {
    boxes.push({ name: 'hole', label: 'not mapped', start: at, end: start, opens: false });
    boxes.push({ name, label: name, start, end, opens: false });
    at = end;
  }
  boxes.push({ name: 'hole', label: 'not mapped', start: at, end: FOUR_GIB, opens: false });
  return present(boxes);
}

/** First address after what is mapped of the domain. */
function endOf(domain: Domain): number {
  return Math.max(...ofDomain(domain).map(({ end }) => end));
}

function isWithin(region: Region, { start, end }: Pick<Detail, 'start' | 'end'>): boolean {
  return region.start >= start && region.end <= end;
}

function ofDomain(domain: Domain): Region[] {
  return domain.layout.filter(({ firstPage }) => firstPage !== undefined);
}

function present(boxes: Box[]): Box[] {
  return boxes.filter(({ start, end }) => end > start);
}
