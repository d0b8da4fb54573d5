import { formatAddress, PAGE_OFFSET_MASK, PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import type { Memory } from '../memory/index.ts';
import { rangeError, said } from '../said/said.ts';
import type { FrameState, FrameStore, PhysicalRange } from './frame-store.ts';

/** Frames kept at hand at most, a power of two: 16 MiB. A walk needs one a level, a list of all pages little more. */
const MAX_SLOTS = 4096;
const WORDS_PER_FRAME = PAGE_SIZE / 4;
/** No frame has this number. */
const EMPTY = -1;
/** What an undriven bus reads as. */
const OPEN_BUS = -1;

/**
 * The memory of a dump, read frame by frame when it is asked for; at most 16 MiB of it are kept at hand.
 *
 * Where the dump has no RAM is a hole: `isRam` is false and `loadWord` reads all ones, as an undriven bus does. What
 * is written stays in an overlay in this object; the file behind it is never changed.
 *
 * Any method that reads throws a `DumpError` where the dump turns out to be damaged.
 */
export class DumpMemory implements Memory {
  readonly sizeBytes: number;
  readonly frameCount: number;
  readonly #store: FrameStore;
  /** By slot: the frame that it holds. A frame has one slot, that of its low bits. */
  readonly #tags: Float64Array;
  /** A frame's slot: these bits of its number. */
  readonly #slotMask: number;
  /** The frames' content by slot, and the same as bytes; made when the first frame is read. */
  #words: Int32Array = new Int32Array(0);
  #bytes: Uint8Array = new Uint8Array(0);
  /** The frames that were written to. */
  readonly #written = new Map<number, Uint8Array>();

  constructor(store: FrameStore) {
    this.#store = store;
    this.sizeBytes = store.sizeBytes;
    this.frameCount = store.sizeBytes / PAGE_SIZE;
    const slots =
      this.frameCount >= MAX_SLOTS ? MAX_SLOTS : 2 ** Math.ceil(Math.log2(Math.max(1, this.frameCount)));
    this.#slotMask = slots - 1;
    this.#tags = new Float64Array(slots).fill(EMPTY);
  }

  /** What the dump holds of an address: RAM, a hole where no RAM is, or RAM whose content is missing. */
  stateAt(physical: number): FrameState {
    return this.#store.stateAt(physical);
  }

  /** The stretches of RAM that the dump holds, ascending; or those whose content it lacks. */
  ranges(state: 'ram' | 'missing' = 'ram'): Iterable<PhysicalRange> {
    return this.#store.ranges(state);
  }

  /** Whether the dump has the content of RAM there. */
  isRam(physical: number): boolean {
    return this.#store.stateAt(physical) === 'ram';
  }

  /** Whether anything was written since the dump was opened. */
  get isChanged(): boolean {
    return this.#written.size > 0;
  }

  loadWord(physical: number): number {
    const frame = Math.floor(physical / PAGE_SIZE);
    const slot = frame & this.#slotMask;
    if (this.#tags[slot] !== frame && !this.#fill(frame, slot)) return OPEN_BUS;
    return this.#words[slot * WORDS_PER_FRAME + ((physical & PAGE_OFFSET_MASK) >>> 2)]!;
  }

  loadWords(physical: number, into: Int32Array): void {
    for (let done = 0; done < into.length; ) {
      const at = physical + 4 * done;
      const frame = Math.floor(at / PAGE_SIZE);
      const slot = frame & this.#slotMask;
      const first = (at & PAGE_OFFSET_MASK) >>> 2;
      const count = Math.min(into.length - done, WORDS_PER_FRAME - first);
      if (this.#tags[slot] === frame || this.#fill(frame, slot)) {
        const from = slot * WORDS_PER_FRAME + first;
        into.set(this.#words.subarray(from, from + count), done);
      } else into.fill(OPEN_BUS, done, done + count);
      done += count;
    }
  }

  storeWord(physical: number, value: number): void {
    const frame = Math.floor(physical / PAGE_SIZE);
    const slot = frame & this.#slotMask;
    if (this.#tags[slot] !== frame && !this.#fill(frame, slot)) return;
    // A frame may be RAM in part.
    if (!this.isRam(physical)) return;
    this.#words[slot * WORDS_PER_FRAME + ((physical & PAGE_OFFSET_MASK) >>> 2)] = value;
    this.#keep(frame, slot);
  }

  readUint8(physical: number): number {
    this.#check(physical, 1);
    return this.#byte(physical);
  }

  readUint16(physical: number): number {
    this.#check(physical, 2);
    return this.#byte(physical) | (this.#byte(physical + 1) << 8);
  }

  readUint32(physical: number): number {
    this.#check(physical, 4);
    if ((physical & 3) === 0) return this.loadWord(physical) >>> 0;
    return (this.readUint16(physical) | (this.readUint16(physical + 2) << 16)) >>> 0;
  }

  writeUint8(physical: number, value: number): void {
    this.write(physical, Uint8Array.of(value));
  }

  writeUint16(physical: number, value: number): void {
    this.write(physical, Uint8Array.of(value, value >>> 8));
  }

  writeUint32(physical: number, value: number): void {
    this.write(physical, Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24));
  }

  read(physical: number, length: number): Uint8Array {
    this.#check(physical, length);
    const run = this.#written.size === 0 ? this.#store.readRun?.(physical, length) : undefined;
    if (run !== undefined) return run.slice();
    const copy = new Uint8Array(length);
    this.#eachPiece(physical, length, (frameBytes, done) => copy.set(frameBytes, done));
    return copy;
  }

  write(physical: number, bytes: Uint8Array): void {
    this.#check(physical, bytes.length);
    this.#eachPiece(physical, bytes.length, (frameBytes, done, frame, slot) => {
      frameBytes.set(bytes.subarray(done, done + frameBytes.length));
      this.#keep(frame, slot);
    });
  }

  #byte(physical: number): number {
    return (this.loadWord(physical - (physical & 3)) >>> ((physical & 3) << 3)) & 0xff;
  }

  /** Walks over the frames of a range, which must be RAM, with the part of each that lies in the range. */
  #eachPiece(
    physical: number,
    length: number,
    visit: (frameBytes: Uint8Array, done: number, frame: number, slot: number) => void,
  ): void {
    for (let done = 0; done < length; ) {
      const frame = Math.floor((physical + done) / PAGE_SIZE);
      const slot = frame & this.#slotMask;
      const first = (physical + done) & PAGE_OFFSET_MASK;
      const piece = Math.min(length - done, PAGE_SIZE - first);
      if (this.#tags[slot] !== frame) this.#fill(frame, slot);
      const at = (slot << PAGE_SHIFT) + first;
      visit(this.#bytes.subarray(at, at + piece), done, frame, slot);
      done += piece;
    }
  }

  /** Brings a frame into its slot. @returns false if the dump has nothing of it. */
  #fill(frame: number, slot: number): boolean {
    if (this.#words.length === 0) {
      this.#words = new Int32Array((this.#slotMask + 1) * WORDS_PER_FRAME);
      this.#bytes = new Uint8Array(this.#words.buffer);
    }
    const into = this.#bytes.subarray(slot << PAGE_SHIFT, (slot + 1) << PAGE_SHIFT);
    const written = this.#written.get(frame);
    this.#tags[slot] = EMPTY;
    if (written !== undefined) into.set(written);
    else if (!(frame >= 0 && frame < this.frameCount && this.#store.readFrame(frame, into))) return false;
    this.#tags[slot] = frame;
    return true;
  }

  /** Takes what a slot holds into the overlay, since it was written to. */
  #keep(frame: number, slot: number): void {
    const now = this.#bytes.subarray(slot << PAGE_SHIFT, (slot + 1) << PAGE_SHIFT);
    const written = this.#written.get(frame);
    if (written === undefined) this.#written.set(frame, now.slice());
    else written.set(now);
  }

  /** @throws RangeError unless all of a range is RAM that the dump holds. */
  #check(physical: number, length: number): void {
    if (!(Number.isInteger(physical) && physical >= 0)) {
      throw rangeError(said`physical address ${physical} is not a whole number from 0 up`);
    }
    if (!(Number.isInteger(length) && length >= 0)) {
      throw rangeError(said`length ${length} is not a whole number from 0 up`);
    }
    const end = physical + length;
    if (end > this.sizeBytes) {
      throw rangeError(
        said`physical ${formatAddress(physical)} + ${length} bytes reaches beyond the end of memory at ${formatAddress(this.sizeBytes)}`,
      );
    }
    for (let at = physical; at < end; at = (Math.floor(at / PAGE_SIZE) + 1) * PAGE_SIZE) {
      const last = Math.min(end, (Math.floor(at / PAGE_SIZE) + 1) * PAGE_SIZE) - 1;
      for (const address of [at, last]) {
        const state = this.#store.stateAt(address);
        if (state === 'ram') continue;
        const why = state === 'hole' ? said`no RAM is there` : said`the dump lacks its content`;
        throw rangeError(said`physical ${formatAddress(address)}: ${why}`);
      }
    }
  }
}
