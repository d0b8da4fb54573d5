/**
 * The columns of a drawing of a domain, each a part of the one before, since the whole holds four gigabytes and its
 * most interesting part a few pages. Text and SVG draw the same columns.
 */

import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { FOUR_GIB } from '../arch/address.ts';
import type { Domain, Region } from '../builder/index.ts';

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

/** The domain's memory, its last pages as one box. */
export function domainBoxes(domain: Domain): Box[] {
  const images = ofDomain(domain).filter((region) => !isTail(region, domain));
  return present([
    ...images.map(({ name, start, end }) => ({ name, label: name, start, end, opens: false })),
    {
      name: 'page tables',
      label: 'last pages',
      start: domain.startInfoAddress,
      end: endOf(domain),
      opens: true,
    },
  ]);
}

/** start_info and all above it. */
export function tailBoxes(domain: Domain): Box[] {
  return present(
    ofDomain(domain)
      .filter((region) => isTail(region, domain))
      .map(({ name, start, end }) => ({ name, label: name, start, end, opens: false })),
  );
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

/** Pages from start_info to the domain's end. */
export function tailPages(domain: Domain): number {
  return domain.pageCount - (domain.startInfoAddress - domain.loadAddress) / 4096;
}

function endOf(domain: Domain): number {
  return domain.loadAddress + domain.pageCount * 4096;
}

function isTail(region: Region, domain: Domain): boolean {
  return region.start >= domain.startInfoAddress && region.end <= endOf(domain);
}

function ofDomain(domain: Domain): Region[] {
  return domain.layout.filter(({ firstPage }) => firstPage !== undefined);
}

function present(boxes: Box[]): Box[] {
  return boxes.filter(({ start, end }) => end > start);
}
