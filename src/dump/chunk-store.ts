import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { said } from '../said/said.ts';
import { readExactly } from './byte-source.ts';
import { DumpError } from './dump-error.ts';
import type { FrameState, FrameStore, PhysicalRange } from './frame-store.ts';
import { firstEndingAfter, joined } from './ranges.ts';
import { snappyDecode } from './snappy.ts';

/** A stretch of RAM that is compressed by itself. */
export interface Chunk extends PhysicalRange {
  /** Where in the file it lies. */
  readonly offset: number;
  /** How many bytes of the file it takes. */
  readonly bytes: number;
  /** A Snappy block; else plain. */
  readonly compressed: boolean;
}

/** Chunks kept decompressed. */
const KEPT = 16;

/** Memory in compressed chunks that are larger than a frame. */
export class ChunkStore implements FrameStore {
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  readonly #chunks: readonly Chunk[];
  readonly #missing: readonly PhysicalRange[];
  readonly #decoded = new Map<Chunk, Uint8Array>();

  /** @throws DumpError if two chunks hold the same address. */
  constructor(source: ByteSource, chunks: readonly Chunk[], missing: readonly PhysicalRange[]) {
    this.#source = source;
    this.#chunks = [...chunks].sort((a, b) => a.start - b.start);
    this.#missing = missing;
    for (const [i, { start }] of this.#chunks.entries()) {
      if (i > 0 && start < this.#chunks[i - 1]!.end) {
        throw new DumpError('damaged', said`the dump holds the RAM at ${formatAddress(start)} twice`);
      }
    }
    const end = Math.max(this.#chunks.at(-1)?.end ?? 0, ...missing.map((range) => range.end));
    this.sizeBytes = Math.ceil(end / PAGE_SIZE) * PAGE_SIZE;
  }

  readFrame(frame: number, into: Uint8Array): boolean {
    const start = frame * PAGE_SIZE;
    const end = start + PAGE_SIZE;
    let at = firstEndingAfter(this.#chunks, start);
    let chunk = this.#chunks[at];
    if (chunk === undefined || chunk.start >= end) return false;
    into.fill(0xff);
    for (; chunk !== undefined && chunk.start < end; chunk = this.#chunks[++at]) {
      const from = Math.max(start, chunk.start);
      const bytes = this.#decode(chunk);
      into.set(bytes.subarray(from - chunk.start, end - chunk.start), from - start);
    }
    return true;
  }

  stateAt(physical: number): FrameState {
    const chunk = this.#chunks[firstEndingAfter(this.#chunks, physical)];
    if (chunk !== undefined && chunk.start <= physical) return 'ram';
    return this.#missing.some(({ start, end }) => physical >= start && physical < end) ? 'missing' : 'hole';
  }

  ranges(state: 'ram' | 'missing'): Iterable<PhysicalRange> {
    return joined(state === 'ram' ? this.#chunks : this.#missing);
  }

  #decode(chunk: Chunk): Uint8Array {
    const known = this.#decoded.get(chunk);
    if (known !== undefined) return known;
    const what = said`the RAM at ${formatAddress(chunk.start)}`;
    const stored = readExactly(this.#source, chunk.offset, chunk.bytes, what);
    const length = chunk.end - chunk.start;
    const bytes = chunk.compressed ? new Uint8Array(length) : stored;
    if (chunk.compressed && snappyDecode(stored, bytes) !== length) {
      throw new DumpError(
        'damaged',
        said`${what} is damaged: ${chunk.bytes} bytes of Snappy do not give ${length}`,
      );
    }
    if (this.#decoded.size >= KEPT) this.#decoded.delete(this.#decoded.keys().next().value!);
    this.#decoded.set(chunk, bytes);
    return bytes;
  }
}
