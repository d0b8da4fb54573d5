import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { grouped, said } from '../said/said.ts';
import { readExactly } from './byte-source.ts';
import { DumpError } from './dump-error.ts';
import type { FrameState, FrameStore, PhysicalRange } from './frame-store.ts';
import { contains, firstEndingAfter, joined } from './ranges.ts';

/** A stretch of physical memory that lies in the file in one piece. */
export interface Segment extends PhysicalRange {
  /** Where in the file its first byte lies. */
  readonly offset: number;
}

/** The largest physical address that x86 knows: 52 bits. */
const PHYSICAL_END = 2 ** 52;

/**
 * Memory that lies uncompressed in a file, as raw dumps, ELF cores and LiME have it.
 *
 * Where two segments overlap, the one that starts first counts, then the one named first.
 *
 * @param segments - In any order. What lies beyond the end of the file is missing.
 * @param partial - Go on without what is missing.
 * @throws DumpError `cut-short` if something is missing and `partial` is not set; `damaged` for addresses that x86
 * does not have.
 */
export function segmentStore(source: ByteSource, segments: readonly Segment[], partial: boolean): FrameStore {
  const held: Segment[] = [];
  const missing: PhysicalRange[] = [];
  let next = 0;
  for (const segment of inOrder(segments)) {
    if (!(segment.start >= 0 && segment.end <= PHYSICAL_END)) {
      throw new DumpError(
        'damaged',
        said`the dump has a segment from ${formatAddress(segment.start)} to ${formatAddress(segment.end)}; physical addresses of x86 have at most 52 bits`,
      );
    }
    // What an earlier segment covers already is cut off.
    const start = Math.max(segment.start, next);
    if (start >= segment.end) continue;
    next = segment.end;
    const offset = segment.offset + (start - segment.start);
    const end = Math.min(segment.end, start + Math.max(0, source.size - offset));
    if (end > start) append(held, { start, end, offset });
    if (end < segment.end) missing.push({ start: end, end: segment.end });
  }
  const missingBytes = missing.reduce((sum, { start, end }) => sum + (end - start), 0);
  if (missingBytes > 0 && !partial) throw lacks(missing, missingBytes, segments, source.size);
  return new Segments(source, held, missing);
}

function lacks(
  missing: readonly PhysicalRange[],
  bytes: number,
  segments: readonly Segment[],
  size: number,
): DumpError {
  const needed = segments.reduce((most, { start, end, offset }) => Math.max(most, offset + end - start), 0);
  const { start, end } = missing[0]!;
  const more = missing.length > 1 ? said` and ${missing.length - 1} more stretches` : '';
  return new DumpError(
    'cut-short',
    said`the dump is cut short: it has ${grouped(size)} of ${grouped(needed)} bytes; missing are ${grouped(bytes)} bytes of RAM, from ${formatAddress(start)} to ${formatAddress(end)}${more}. To go on with what is there, ask for a partial dump (--partial)`,
  );
}

/** By start; the sort is stable, so that those named first stay first. Mostly they are in order already. */
function inOrder(segments: readonly Segment[]): readonly Segment[] {
  const sorted = segments.every((segment, i) => i === 0 || segments[i - 1]!.start <= segment.start);
  return sorted ? segments : [...segments].sort((a, b) => a.start - b.start);
}

/** Joins neighbours that are neighbours in the file too. */
function append(list: Segment[], segment: Segment): void {
  const last = list.at(-1);
  if (last?.end === segment.start && last.offset + (last.end - last.start) === segment.offset) {
    list[list.length - 1] = { ...last, end: segment.end };
  } else list.push(segment);
}

class Segments implements FrameStore {
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  readonly #held: readonly Segment[];
  readonly #missing: readonly PhysicalRange[];

  constructor(source: ByteSource, held: readonly Segment[], missing: readonly PhysicalRange[]) {
    this.#source = source;
    this.#held = held;
    this.#missing = missing;
    const end = Math.max(held.at(-1)?.end ?? 0, missing.at(-1)?.end ?? 0);
    this.sizeBytes = Math.ceil(end / PAGE_SIZE) * PAGE_SIZE;
  }

  readFrame(frame: number, into: Uint8Array): boolean {
    const start = frame * PAGE_SIZE;
    const end = start + PAGE_SIZE;
    let at = firstEndingAfter(this.#held, start);
    let segment = this.#held[at];
    if (segment === undefined || segment.start >= end) return false;
    if (segment.start > start || segment.end < end) into.fill(0xff);
    for (; segment !== undefined && segment.start < end; segment = this.#held[++at]) {
      const from = Math.max(start, segment.start);
      const length = Math.min(end, segment.end) - from;
      const offset = segment.offset + (from - segment.start);
      into.set(readExactly(this.#source, offset, length, said`frame ${formatAddress(start)}`), from - start);
    }
    return true;
  }

  stateAt(physical: number): FrameState {
    if (contains(this.#held, physical)) return 'ram';
    return contains(this.#missing, physical) ? 'missing' : 'hole';
  }

  readRun(physical: number, length: number): Uint8Array | undefined {
    const segment = this.#held[firstEndingAfter(this.#held, physical)];
    if (segment === undefined || segment.start > physical || segment.end < physical + length)
      return undefined;
    return readExactly(this.#source, segment.offset + (physical - segment.start), length, said`its RAM`);
  }

  ranges(state: 'ram' | 'missing'): Iterable<PhysicalRange> {
    return joined(state === 'ram' ? this.#held : this.#missing);
  }
}
