/**
 * kdump-compressed dumps, as makedumpfile and QEMU's `dump-guest-memory -z` write them: a header, two bitmaps of one
 * bit a frame (1: RAM; 2: in the dump), a descriptor for each frame in the dump, and the frames, each compressed by
 * itself.
 * Source: makedumpfile, `diskdump_mod.h` and IMPLEMENTATION; QEMU, `include/sysemu/dump.h`.
 */

import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { said } from '../said/said.ts';
import { FrameBitmap } from './bitmap.ts';
import { asciiAt, cutShort, readExactly, uint64, viewOf } from './byte-source.ts';
import { decompress } from './codecs.ts';
import type { CpuState } from './cpu-state.ts';
import { DumpError } from './dump-error.ts';
import type { FrameState, FrameStore, PhysicalRange } from './frame-store.ts';
import { cpusInNotes } from './qemu-note.ts';

const DESCRIPTOR_BYTES = 24;
/** 2^40 frames reach to the end of the 52 bits of a physical address. */
const MAX_FRAMES = 2 ** 40;

/** Offsets of the fields that are read, by the width of the dumping kernel's words. */
const HEADERS = {
  32: { blockSize: 416, sub: { frames64: 72, noteOffset: 32, noteBytes: 40 } },
  64: { blockSize: 428, sub: { frames64: 96, noteOffset: 48, noteBytes: 56 } },
} as const;

/** Whether bytes start a kdump-compressed dump. */
export function isKdump(head: Uint8Array): boolean {
  return asciiAt(head, 0, 8) === 'KDUMP   ';
}

/** What a kdump-compressed dump holds. */
export interface Kdump {
  readonly store: FrameStore;
  readonly cpus: readonly CpuState[];
  /** Whether it comes from a 64-bit kernel (`utsname` says x86_64). */
  readonly isLongMode: boolean;
}

/**
 * Opens a kdump-compressed dump.
 * @param partial - Go on where the file is cut short.
 * @throws DumpError
 */
export function openKdump(source: ByteSource, partial: boolean): Kdump {
  const view = viewOf(readExactly(source, 0, 464, said`the kdump header`));
  const words = ([32, 64] as const).find(
    (bits) => view.getUint32(HEADERS[bits].blockSize, true) === PAGE_SIZE,
  );
  if (words === undefined) {
    throw new DumpError(
      'damaged',
      said`the kdump header gives no block size of ${PAGE_SIZE} bytes, which a dump of an x86 machine has`,
    );
  }
  const { blockSize, sub } = HEADERS[words];
  const version = view.getUint32(8, true);
  const isLongMode = asciiAt(new Uint8Array(view.buffer, view.byteOffset), 12 + 4 * 65, 65) === 'x86_64';
  const subBlocks = view.getUint32(blockSize + 4, true);
  const bitmapBlocks = view.getUint32(blockSize + 8, true);
  let frames = view.getUint32(blockSize + 12, true);

  const subHeader = viewOf(readExactly(source, PAGE_SIZE, 128, said`the kdump sub-header`));
  // Since version 6 the number of frames has 64 bits.
  if (version >= 6) frames = uint64(subHeader, sub.frames64) || frames;
  if (!(frames > 0 && frames <= MAX_FRAMES)) {
    throw new DumpError('damaged', said`the kdump header says that the machine has ${frames} frames`);
  }
  const bitmapAt = (1 + subBlocks) * PAGE_SIZE;
  const bitmapBytes = (bitmapBlocks / 2) * PAGE_SIZE;
  if (bitmapBytes * 8 < frames) {
    throw new DumpError(
      'damaged',
      said`the kdump bitmaps of ${bitmapBytes} bytes are too short for ${frames} frames`,
    );
  }
  const ram = new FrameBitmap(source, bitmapAt, frames);
  const dumped = new FrameBitmap(source, bitmapAt + bitmapBytes, frames);
  const descriptorsAt = bitmapAt + 2 * bitmapBytes;
  if (!partial) checkLength(source, descriptorsAt, dumped.count);

  const noteOffset = uint64(subHeader, sub.noteOffset);
  const noteBytes =
    words === 64 ? uint64(subHeader, sub.noteBytes) : subHeader.getUint32(sub.noteBytes, true);
  const hasNotes = version >= 4 && noteBytes > 0 && !(partial && noteOffset + noteBytes > source.size);
  const cpus = hasNotes ? cpusInNotes(source, noteOffset, noteBytes, isLongMode) : [];
  return { store: new KdumpFrames(source, ram, dumped, descriptorsAt, partial), cpus, isLongMode };
}

/** Frames are written in order, so the last descriptor says how long the file must be. */
function checkLength(source: ByteSource, descriptorsAt: number, count: number): void {
  if (count === 0) return;
  const last = descriptorsAt + (count - 1) * DESCRIPTOR_BYTES;
  const view = viewOf(readExactly(source, last, DESCRIPTOR_BYTES, said`the table of its frames`));
  const end = uint64(view, 0) + view.getUint32(8, true);
  if (end > source.size) throw cutShort(said`its last frame`, end, source.size);
}

class KdumpFrames implements FrameStore {
  readonly sizeBytes: number;
  readonly #source: ByteSource;
  readonly #ram: FrameBitmap;
  readonly #dumped: FrameBitmap;
  readonly #descriptorsAt: number;
  readonly #partial: boolean;

  constructor(
    source: ByteSource,
    ram: FrameBitmap,
    dumped: FrameBitmap,
    descriptorsAt: number,
    partial: boolean,
  ) {
    this.#source = source;
    this.#ram = ram;
    this.#dumped = dumped;
    this.#descriptorsAt = descriptorsAt;
    this.#partial = partial;
    this.sizeBytes = Math.max(ram.end, dumped.end) * PAGE_SIZE;
  }

  readFrame(frame: number, into: Uint8Array): boolean {
    if (!this.#dumped.has(frame)) return false;
    const where = this.#descriptorsAt + this.#dumped.rank(frame) * DESCRIPTOR_BYTES;
    const name = said`frame ${formatAddress(frame * PAGE_SIZE)}`;
    if (this.#partial && where + DESCRIPTOR_BYTES > this.#source.size) return false;
    const descriptor = viewOf(
      readExactly(this.#source, where, DESCRIPTOR_BYTES, said`the descriptor of ${name}`),
    );
    const offset = uint64(descriptor, 0);
    const bytes = descriptor.getUint32(8, true);
    const flags = descriptor.getUint32(12, true);
    if (bytes > PAGE_SIZE) {
      throw new DumpError(
        'damaged',
        said`${name} has ${bytes} compressed bytes, more than the ${PAGE_SIZE} of the frame`,
      );
    }
    if (this.#partial && offset + bytes > this.#source.size) return false;
    decompress(readExactly(this.#source, offset, bytes, name), flags, into, name);
    return true;
  }

  stateAt(physical: number): FrameState {
    const frame = Math.floor(physical / PAGE_SIZE);
    if (this.#dumped.has(frame)) return this.#partial && !this.#isHere(frame) ? 'missing' : 'ram';
    return this.#ram.has(frame) ? 'missing' : 'hole';
  }

  /** In a file that is cut short: whether a frame lies before the cut. */
  #isHere(frame: number): boolean {
    const where = this.#descriptorsAt + this.#dumped.rank(frame) * DESCRIPTOR_BYTES;
    if (where + DESCRIPTOR_BYTES > this.#source.size) return false;
    const descriptor = viewOf(readExactly(this.#source, where, DESCRIPTOR_BYTES, said`a descriptor`));
    return uint64(descriptor, 0) + descriptor.getUint32(8, true) <= this.#source.size;
  }

  *ranges(state: 'ram' | 'missing'): Iterable<PhysicalRange> {
    let start = -1;
    const end = this.sizeBytes / PAGE_SIZE;
    for (let frame = 0; frame < end; ) {
      const wanted = this.stateAt(frame * PAGE_SIZE) === state;
      if (wanted && start < 0) start = frame;
      if (!wanted && start >= 0) {
        yield { start: start * PAGE_SIZE, end: frame * PAGE_SIZE };
        start = -1;
      }
      frame = this.#partial ? frame + 1 : this.#nextChange(frame);
    }
    if (start >= 0) yield { start: start * PAGE_SIZE, end: end * PAGE_SIZE };
  }

  #nextChange(frame: number): number {
    return Math.min(this.#ram.nextChange(frame), this.#dumped.nextChange(frame), this.sizeBytes / PAGE_SIZE);
  }
}
