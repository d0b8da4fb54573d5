/** Where everything of the map goes: numbers only, so that it can be tested without a browser. */

import type { Area, Stretch } from '../areas.ts';

/** A stretch with its place in a bar, low addresses first. */
export interface Box extends Stretch {
  readonly at: number;
  readonly size: number;
  /** Larger than its scale, to be seen at all. */
  readonly enlarged: boolean;
}

/** The whole space: the areas, and holes between them. */
export function wholeSpace(areas: readonly Area[], size: number): Stretch[] {
  const parts: Stretch[] = [];
  let at = 0;
  for (const area of areas) {
    if (area.start > at) parts.push({ name: 'hole', role: 'hole', start: at, end: area.start });
    parts.push(area);
    at = area.end;
  }
  if (at < size) parts.push({ name: 'hole', role: 'hole', start: at, end: size });
  return parts;
}

/** What lies around a place: the parts of the area that it is in, or the hole. */
export function areaAround(areas: readonly Area[], size: number, place: number): readonly Stretch[] {
  const here = wholeSpace(areas, size).find(({ start, end }) => place >= start && place < end);
  const area = areas.find((one) => one === here);
  return area?.parts ?? (here === undefined ? [] : [here]);
}

/**
 * Places stretches in a bar, to scale. One too small to be seen gets the least size, at the others' cost.
 * @param least - Must fit: `least * stretches.length <= length`.
 */
export function placed(stretches: readonly Stretch[], length: number, least: number): Box[] {
  const small = new Set<Stretch>();
  for (;;) {
    const large = stretches.filter((part) => !small.has(part));
    const bytes = large.reduce((sum, { start, end }) => sum + end - start, 0);
    const scale = (length - small.size * least) / bytes;
    const next = large.filter(({ start, end }) => (end - start) * scale < least);
    if (next.length > 0 && next.length < large.length) {
      for (const part of next) small.add(part);
      continue;
    }
    let at = 0;
    return stretches.map((part) => {
      const enlarged = small.has(part);
      const size = enlarged ? least : (part.end - part.start) * scale;
      const box = { ...part, at, size, enlarged };
      at += size;
      return box;
    });
  }
}

/** Where in a bar an address lies; undefined if it lies in none of the boxes. */
export function placeOf(boxes: readonly Box[], linear: number): number | undefined {
  const box = boxes.find(({ start, end }) => linear >= start && linear < end);
  if (box === undefined) return undefined;
  return box.at + (box.size * (linear - box.start)) / (box.end - box.start);
}

/** The grid of all frames: as many columns as make it about as high as there is room. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Side of a cell. */
  readonly cell: number;
}

export function gridOf(frameCount: number, width: number, height: number): Grid {
  const columns = Math.ceil(Math.sqrt((frameCount * width) / height));
  return { columns, rows: Math.ceil(frameCount / columns), cell: width / columns };
}

/** Middle of a frame's cell. */
export function frameCentre(frame: number, { columns, cell }: Grid): [x: number, y: number] {
  return [((frame % columns) + 0.5) * cell, (Math.floor(frame / columns) + 0.5) * cell];
}

/** The runs of frames of one role, row by row: what is drawn as one rectangle. */
export function roleRuns(
  roles: Uint8Array,
  { columns }: Grid,
  each: (role: number, column: number, row: number, length: number) => void,
): void {
  for (let at = 0; at < roles.length; ) {
    const role = roles[at]!;
    const row = Math.floor(at / columns);
    const rowEnd = Math.min(roles.length, (row + 1) * columns);
    let end = at + 1;
    while (end < rowEnd && roles[end] === role) end++;
    each(role, at % columns, row, end - at);
    at = end;
  }
}
