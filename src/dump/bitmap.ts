import type { ByteSource } from '../bytes/byte-source.ts';
import { said } from '../said/said.ts';
import { readExactly } from './byte-source.ts';

/** Bytes of the bitmap that are read at a time, and counted together. */
const BLOCK_BYTES = 4096;
const BLOCK_BITS = 8 * BLOCK_BYTES;
/** Blocks kept at hand. */
const KEPT = 64;

/** One bit for each frame of a machine, in a file: which frames are in the dump, and the how manyth each is. */
export class FrameBitmap {
  /** How many bits are set. */
  readonly count: number;
  /** One more than the last frame whose bit is set; 0 if none is. */
  readonly end: number;
  readonly #source: ByteSource;
  readonly #at: number;
  readonly #frames: number;
  /** By block: how many bits are set before it. */
  readonly #before: Float64Array;
  readonly #blocks = new Map<number, Uint8Array>();

  /** @throws DumpError if the file ends before the bitmap does. */
  constructor(source: ByteSource, at: number, frames: number) {
    this.#source = source;
    this.#at = at;
    this.#frames = frames;
    readExactly(source, at + Math.ceil(frames / 8) - 1, 1, said`the bitmap of its frames`);
    this.#before = new Float64Array(Math.ceil(frames / BLOCK_BITS));
    let count = 0;
    let end = 0;
    for (let block = 0; block < this.#before.length; block++) {
      this.#before[block] = count;
      const bytes = this.#read(block);
      const set = bitsIn(bytes, bytes.length * 8);
      if (set > 0) end = block * BLOCK_BITS + lastBit(bytes) + 1;
      count += set;
    }
    this.count = count;
    this.end = end;
  }

  /** Whether a frame's bit is set. */
  has(frame: number): boolean {
    if (!(frame >= 0 && frame < this.end)) return false;
    const bit = frame % BLOCK_BITS;
    return ((this.#block(Math.floor(frame / BLOCK_BITS))[bit >>> 3]! >>> (bit & 7)) & 1) !== 0;
  }

  /** How many frames before this one have their bit set. */
  rank(frame: number): number {
    const block = Math.floor(frame / BLOCK_BITS);
    return this.#before[block]! + bitsIn(this.#block(block), frame % BLOCK_BITS);
  }

  /** The next frame whose bit differs from this one's; `end` if there is none before. */
  nextChange(frame: number): number {
    const value = this.has(frame);
    const same = value ? 0xff : 0;
    for (let at = frame + 1; at < this.end; ) {
      // Eight at a time where a byte says the same of all.
      if (at % 8 === 0 && this.#block(Math.floor(at / BLOCK_BITS))[(at % BLOCK_BITS) >>> 3] === same) at += 8;
      else if (this.has(at) !== value) return at;
      else at++;
    }
    return frame < this.end ? this.end : Number.POSITIVE_INFINITY;
  }

  #block(block: number): Uint8Array {
    let bytes = this.#blocks.get(block);
    if (bytes === undefined) {
      bytes = this.#read(block);
      if (this.#blocks.size >= KEPT) this.#blocks.delete(this.#blocks.keys().next().value!);
      this.#blocks.set(block, bytes);
    }
    return bytes;
  }

  /** A block's bytes; bits beyond the last frame are cleared. */
  #read(block: number): Uint8Array {
    const bits = Math.min(BLOCK_BITS, this.#frames - block * BLOCK_BITS);
    const length = Math.ceil(bits / 8);
    const bytes = readExactly(
      this.#source,
      this.#at + block * BLOCK_BYTES,
      length,
      said`the bitmap of its frames`,
    ).slice();
    if (bits % 8 !== 0) bytes[length - 1]! &= (1 << (bits % 8)) - 1;
    return bytes;
  }
}

/** How many of the first bits are set. */
function bitsIn(bytes: Uint8Array, bits: number): number {
  let count = 0;
  for (let i = 0; i < bits >>> 3; i++) count += BITS_OF_BYTE[bytes[i]!]!;
  if ((bits & 7) !== 0) count += BITS_OF_BYTE[bytes[bits >>> 3]! & ((1 << (bits & 7)) - 1)]!;
  return count;
}

function lastBit(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (bytes[at] === 0) at--;
  return at * 8 + 31 - Math.clz32(bytes[at]!);
}

const BITS_OF_BYTE = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
});
