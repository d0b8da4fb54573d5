/** Where everything of the map goes: numbers only, so that it can be tested without a browser. */

import type { Domain } from '../builder/index.ts';
import { type Role, roleOfRegion } from './roles.ts';

/** A stretch of addresses. */
export interface Stretch {
  readonly name: string;
  readonly role: Role | 'hole';
  readonly start: number;
  /** First address after it. */
  readonly end: number;
}

/** A stretch with its place in a column, high addresses on top. */
export interface Box extends Stretch {
  readonly top: number;
  readonly height: number;
  /** Larger than its scale, to be seen at all. */
  readonly enlarged: boolean;
}

const FOUR_GIB = 2 ** 32;

/** The whole space in four or five stretches: holes, the domain, Xen. */
export function wholeSpace(domain: Domain | undefined): Stretch[] {
  if (domain === undefined) return [{ name: 'all', role: 'free', start: 0, end: FOUR_GIB }];
  const end = domain.loadAddress + domain.pageCount * 4096;
  const xen = domain.layout.find(({ firstPage }) => firstPage === undefined)?.start;
  const parts: Stretch[] = [
    { name: 'hole', role: 'hole', start: 0, end: domain.loadAddress },
    { name: 'domain', role: 'kernel', start: domain.loadAddress, end },
    { name: 'hole', role: 'hole', start: end, end: xen ?? FOUR_GIB },
    ...(xen === undefined ? [] : [{ name: 'Xen', role: 'xen' as const, start: xen, end: FOUR_GIB }]),
  ];
  return parts.filter((part) => part.end > part.start);
}

/** What lies around an address: the domain's regions, Xen's, or a hole. */
export function areaAround(domain: Domain | undefined, linear: number): Stretch[] {
  const area = wholeSpace(domain).find(({ start, end }) => linear >= start && linear < end);
  if (domain === undefined || area === undefined || area.role === 'hole')
    return area === undefined ? [] : [area];
  const isXen = area.role === 'xen';
  return domain.layout
    .filter(({ firstPage }) => (firstPage === undefined) === isXen)
    .map(({ name, start, end }) => ({ name, role: roleOfRegion(name), start, end }));
}

/**
 * Places stretches in a column, to scale. One too low to be seen gets the least height, at the others' cost.
 * @param least - Must fit: `least * stretches.length <= height`.
 */
export function placed(stretches: readonly Stretch[], height: number, least: number): Box[] {
  const small = new Set<Stretch>();
  for (;;) {
    const large = stretches.filter((part) => !small.has(part));
    const bytes = large.reduce((sum, { start, end }) => sum + end - start, 0);
    const scale = (height - small.size * least) / bytes;
    const next = large.filter(({ start, end }) => (end - start) * scale < least);
    if (next.length > 0 && next.length < large.length) {
      for (const part of next) small.add(part);
      continue;
    }
    let top = 0;
    return stretches.toReversed().map((part) => {
      const enlarged = small.has(part);
      const boxHeight = enlarged ? least : (part.end - part.start) * scale;
      const box = { ...part, top, height: boxHeight, enlarged };
      top += boxHeight;
      return box;
    });
  }
}

/** Height in a column at which an address lies; undefined if it lies in none of the boxes. */
export function heightOf(boxes: readonly Box[], linear: number): number | undefined {
  const box = boxes.find(({ start, end }) => linear >= start && linear < end);
  if (box === undefined) return undefined;
  return box.top + box.height * (1 - (linear - box.start) / (box.end - box.start));
}

/** The grid of all frames: as square as powers of two allow. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Side of a cell. */
  readonly cell: number;
}

export function gridOf(frameCount: number, width: number): Grid {
  const columns = 2 ** Math.ceil(Math.log2(Math.sqrt(frameCount)));
  return { columns, rows: Math.ceil(frameCount / columns), cell: width / columns };
}

/** One path for all frames of each role: runs of frames become one rectangle in each row. */
export function rolePaths(roles: Uint8Array, { columns, cell }: Grid): Map<number, string> {
  const paths = new Map<number, string[]>();
  for (let at = 0; at < roles.length; ) {
    const role = roles[at]!;
    const rowEnd = Math.min(roles.length, (Math.floor(at / columns) + 1) * columns);
    let end = at + 1;
    while (end < rowEnd && roles[end] === role) end++;
    const path = paths.get(role) ?? [];
    paths.set(role, path);
    const x = round((at % columns) * cell);
    const y = round(Math.floor(at / columns) * cell);
    const width = round((end - at) * cell);
    path.push(`M${x} ${y}h${width}v${round(cell)}h-${width}z`);
    at = end;
  }
  return new Map([...paths].map(([role, path]) => [role, path.join('')]));
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
