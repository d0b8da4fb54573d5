/**
 * LiME: stretches of RAM, each behind a header of 32 bytes that says where it lies.
 * AVML: the same, or each stretch compressed in Snappy's framing format.
 * Sources: LiME, `doc/README.md`, "LiME format"; AVML, `src/image.rs`; snappy, `framing_format.txt`.
 */

import { formatAddress } from '../arch/address.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { type Said, said } from '../said/said.ts';
import { cutShort, readExactly, uint64, viewOf } from './byte-source.ts';
import { type Chunk, ChunkStore } from './chunk-store.ts';
import { DumpError } from './dump-error.ts';
import type { FrameStore } from './frame-store.ts';
import { type Segment, segmentStore } from './segment-store.ts';

const LIME_MAGIC = 0x4c69_4d45;
const AVML_MAGIC = 0x4c4d_5641;
const HEADER_BYTES = 32;
/** Stretches of RAM are few; AVML makes one each 16 MiB. */
const MAX_RANGES = 2 ** 20;
/** One chunk each 64 KiB. */
const MAX_CHUNKS = 2 ** 24;

const CHUNK_COMPRESSED = 0x00;
const CHUNK_PLAIN = 0x01;
/** Chunks from here on are to be skipped by who does not know them. */
const CHUNK_SKIPPABLE = 0x80;
const CHUNK_MAX_BYTES = 65_536;

/** Whether bytes start a LiME file, or AVML's without compression, which is the same. */
export function isLime(head: Uint8Array): boolean {
  return head.length >= HEADER_BYTES && viewOf(head).getUint32(0, true) === LIME_MAGIC;
}

/** Whether bytes start a compressed AVML file. */
export function isAvml(head: Uint8Array): boolean {
  return head.length >= HEADER_BYTES && viewOf(head).getUint32(0, true) === AVML_MAGIC;
}

interface RangeHeader {
  readonly start: number;
  readonly end: number;
}

function rangeHeader(source: ByteSource, at: number, magic: number, version: number): RangeHeader {
  const view = viewOf(readExactly(source, at, HEADER_BYTES, said`the header of a stretch of RAM`));
  if (view.getUint32(0, true) !== magic) {
    throw new DumpError(
      'damaged',
      said`at byte ${at} the header of the next stretch of RAM should be, and is not`,
    );
  }
  const found = view.getUint32(4, true);
  if (found !== version) {
    throw new DumpError(
      'unsupported',
      said`the header at byte ${at} is of version ${found}; version ${version} is read here`,
    );
  }
  const start = uint64(view, 8, true);
  const end = uint64(view, 16, true) + 1;
  if (!(end > start && end <= 2 ** 52)) {
    throw new DumpError(
      'damaged',
      said`the header at byte ${at} gives RAM from ${formatAddress(start)} to ${formatAddress(end)}`,
    );
  }
  return { start, end };
}

/** Opens a LiME file. @throws DumpError */
export function openLime(source: ByteSource, partial: boolean): FrameStore {
  const segments: Segment[] = [];
  for (let at = 0; at < source.size; ) {
    if (partial && at + HEADER_BYTES > source.size) break;
    if (segments.length >= MAX_RANGES) throw tooMany(said`stretches of RAM`, MAX_RANGES);
    const { start, end } = rangeHeader(source, at, LIME_MAGIC, 1);
    at += HEADER_BYTES;
    segments.push({ start, end, offset: at });
    at += end - start;
  }
  return segmentStore(source, segments, partial);
}

/** Opens a compressed AVML file: finds where every 64 KiB lie. @throws DumpError */
export function openAvml(source: ByteSource, partial: boolean): FrameStore {
  const chunks: Chunk[] = [];
  const lost: RangeHeader[] = [];
  for (let at = 0; at < source.size; ) {
    if (partial && at + HEADER_BYTES > source.size) break;
    const range = rangeHeader(source, at, AVML_MAGIC, 2);
    const framesAt = at + HEADER_BYTES;
    const found = chunksOf(source, framesAt, range, chunks, partial);
    if (found.reached < range.end) lost.push({ start: found.reached, end: range.end });
    // The compressed size follows.
    at = found.next + 8;
    if (lost.length > 0) break;
    if (found.next + 8 > source.size) {
      if (!partial) throw cutShort(said`the compressed size of a stretch of RAM`, at, source.size);
      break;
    }
    const told = uint64(viewOf(readExactly(source, found.next, 8, said`a compressed size`)), 0);
    if (told !== found.next - framesAt) {
      throw new DumpError(
        'damaged',
        said`the stretch of RAM at byte ${framesAt} has ${found.next - framesAt} compressed bytes, and says ${told}`,
      );
    }
  }
  return new ChunkStore(source, chunks, lost);
}

/** Reads chunk headers until a range is complete. */
function chunksOf(
  source: ByteSource,
  first: number,
  range: RangeHeader,
  into: Chunk[],
  partial: boolean,
): { next: number; reached: number } {
  let at = first;
  let physical = range.start;
  while (physical < range.end) {
    if (partial && at + 4 > source.size) break;
    const head = readExactly(source, at, Math.min(16, Math.max(4, source.size - at)), said`a chunk of RAM`);
    const kind = head[0]!;
    const bytes = head[1]! | (head[2]! << 8) | (head[3]! << 16);
    const content = at + 4;
    at = content + bytes;
    if (kind >= CHUNK_SKIPPABLE) continue;
    if (kind > CHUNK_PLAIN || bytes < 4)
      throw new DumpError('damaged', said`the chunk at byte ${content - 4} is of unknown kind ${kind}`);
    if (at > source.size) {
      if (partial) break;
      throw cutShort(said`the RAM from ${formatAddress(physical)} on`, at, source.size);
    }
    // A checksum of four bytes, then the bytes or a Snappy block, which begins with its length.
    const length = kind === CHUNK_PLAIN ? bytes - 4 : snappyLength(head.subarray(8));
    if (!(length > 0 && length <= CHUNK_MAX_BYTES && physical + length <= range.end)) {
      throw new DumpError(
        'damaged',
        said`the chunk at byte ${content - 4} has ${length} bytes for RAM from ${formatAddress(physical)} to ${formatAddress(range.end)}`,
      );
    }
    if (into.length >= MAX_CHUNKS) throw tooMany(said`chunks`, MAX_CHUNKS);
    into.push({
      start: physical,
      end: physical + length,
      offset: content + 4,
      bytes: bytes - 4,
      compressed: kind === CHUNK_COMPRESSED,
    });
    physical += length;
  }
  return { next: at, reached: physical };
}

/** The length at the start of a Snappy block, up to 2^21; −1 if it is longer or cut off. */
function snappyLength(block: Uint8Array): number {
  const [first = 0x80, second = 0x80, third = 0x80] = block;
  if (first < 0x80) return first;
  if (second < 0x80) return (first & 0x7f) | (second << 7);
  if (third < 0x80) return (first & 0x7f) | ((second & 0x7f) << 7) | (third << 14);
  return -1;
}

function tooMany(what: Said, most: number): DumpError {
  return new DumpError('unsupported', said`the dump has more than ${most} ${what}`);
}
