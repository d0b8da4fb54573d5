import { FOUR_GIB, formatAddress, PAGE_SIZE } from '../arch/address.ts';
import { checkBytes } from './check-bytes.ts';
import { checkList, type ListClass, type MemoryList } from './list-region.ts';
import type { FrameRange, Memory } from './ram.ts';
import { WasmRam } from './wasm-ram.ts';

/** log2 of {@link CHUNK_BYTES}. A constant, so that the JIT folds the shift into the address arithmetic. */
export const CHUNK_SHIFT = 25;
/**
 * RAM is kept in typed arrays of this size, 32 MiB, each made at the first write to it. Large enough that the arrays
 * themselves stay in the host's caches; the host's own paging gives them memory only where they are written.
 */
export const CHUNK_BYTES = 0x200_0000;
/** `physical & CHUNK_MASK` is the offset inside the chunk. */
export const CHUNK_MASK = 0x1ff_ffff;

/** What was written is noted in blocks of this size, 4 MiB: two of the host's large pages. */
const BLOCK_BYTES = 0x40_0000;
/** log2 of the frames in a block. */
const BLOCK_FRAMES_LOG2 = 10;

/** What a read returns where no RAM answers, as int32: all ones, as an undriven bus does. */
export const OPEN_BUS = -1;
/** A frame of it. */
const OPEN_BUS_FRAME: Int32Array = new Int32Array(PAGE_SIZE / 4).fill(OPEN_BUS);

/** The smallest memory in bytes: 4 KiB. */
export const MIN_MEMORY_BYTES: number = PAGE_SIZE;
/** The largest memory in bytes: 64 GiB, the 36 address lines of PAE. */
export const MAX_MEMORY_BYTES: number = 16 * FOUR_GIB;

/** Stands for every chunk that was never written. Reads as zero; nothing ever writes to it. */
interface ZeroChunk {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
}

/** Stands for the chunks below 4 GiB that a smaller RAM lacks. */
const NO_WORDS = new Int32Array(0);

/** What a {@link PhysicalMemory} may be told. */
export interface PhysicalMemoryOptions {
  /**
   * Where RAM is kept. `plain`, the default: in arrays, each made when it is first written to. `wasm`: in the memory of a
   * WebAssembly module, where page tables are written and lists translated by its vectors, up to about 3.6 GiB. Each such
   * memory takes some 10 GiB of the host's address space, though not of its RAM. Where the host has none, the plain one
   * takes its place; see {@link PhysicalMemory.backingRefusal}.
   */
  readonly backing?: 'plain' | 'wasm';
}

/** One for all memories, made when the first needs it. As long as the longest chunk that it stands for. */
let zeroChunk: ZeroChunk | undefined;

/**
 * Emulated physical RAM, byte for byte, from 4 KiB to 64 GiB.
 *
 * RAM is a table of typed ArrayBuffers of up to 32 MiB, each made at the first write to it. The host's operating system
 * backs only what is written in them, so that a 4 GiB machine costs what its guest touched. New RAM reads as
 * zero. All values are little-endian;
 * 16-bit and 32-bit accesses may lie at any byte, also across frames. An address outside RAM is the
 * caller's mistake and throws a `RangeError`; what a *CPU* meets there is the business of the MMU.
 *
 * @example
 * const memory = new PhysicalMemory(64 * 2 ** 20);
 * memory.writeUint32(0x1000, 0xdead_beef);
 * memory.readUint8(0x1003); // 0xde
 */
export class PhysicalMemory implements Memory {
  /** Size of the RAM in bytes, a multiple of 4096. */
  readonly sizeBytes: number;
  /** Number of 4 KiB frames: `sizeBytes / 4096`. Frames are numbered from 0. */
  readonly frameCount: number;
  /**
   * The chunks as 32-bit words; chunk `c` holds physical addresses from `c * CHUNK_BYTES`. There is one for every
   * address below 4 GiB, empty where RAM has ended, and the last of RAM may be shorter than the others.
   * For the MMU, which must not throw. Read only: a chunk that was never written is shared.
   * @internal
   */
  readonly words: Int32Array[];
  /** The same chunks as bytes. @internal */
  readonly bytes: Uint8Array[];
  /** Where RAM is kept. */
  readonly backing: 'plain' | 'wasm';
  /** Why `backing` is `plain` although `wasm` was asked for; undefined where it was not, or is. */
  readonly backingRefusal: string | undefined;
  /** The memory that WebAssembly works in, where there is one. @internal */
  readonly wasm: WasmRam | undefined;
  /** By block: whether it was ever written. */
  readonly #touched: Uint8Array;
  readonly #zero: ZeroChunk;

  /**
   * @param sizeBytes - A multiple of 4096, from 4 KiB to 64 GiB.
   * @throws RangeError if the size is not of that form, or for an unknown backing.
   */
  constructor(sizeBytes: number, { backing = 'plain' }: PhysicalMemoryOptions = {}) {
    if (!(Number.isFinite(sizeBytes) && sizeBytes >= MIN_MEMORY_BYTES && sizeBytes <= MAX_MEMORY_BYTES)) {
      throw new RangeError(`memory size ${sizeBytes} is outside 4096 (4 KiB) to 68719476736 (64 GiB) bytes`);
    }
    if (sizeBytes % PAGE_SIZE !== 0) {
      const next = Math.ceil(sizeBytes / PAGE_SIZE) * PAGE_SIZE;
      throw new RangeError(
        `memory size ${sizeBytes} is not a multiple of 4096 bytes; ${next} is the next that is`,
      );
    }
    this.sizeBytes = sizeBytes;
    this.frameCount = sizeBytes / PAGE_SIZE;
    const chunkCount = Math.ceil(sizeBytes / CHUNK_BYTES);
    this.#zero = zeroChunkOf(Math.min(sizeBytes, CHUNK_BYTES));
    const chunksOf32Bits = FOUR_GIB / CHUNK_BYTES;
    this.words = Array.from({ length: Math.max(chunkCount, chunksOf32Bits) }, (_, chunk) =>
      chunk < chunkCount ? this.#zero.words : NO_WORDS,
    );
    this.bytes = new Array<Uint8Array>(chunkCount).fill(this.#zero.bytes);
    if (backing !== 'plain' && backing !== 'wasm')
      throw new RangeError(`backing '${String(backing)}' is neither 'plain' nor 'wasm'`);
    const wasm = backing === 'wasm' ? WasmRam.make(sizeBytes) : undefined;
    this.backingRefusal = typeof wasm === 'string' ? wasm : undefined;
    this.wasm = typeof wasm === 'string' ? undefined : wasm;
    this.backing = this.wasm === undefined ? 'plain' : 'wasm';
    if (this.wasm !== undefined) this.#takeChunks(this.wasm.memory.buffer);
    this.#touched = new Uint8Array(Math.ceil(sizeBytes / BLOCK_BYTES));
  }

  /** Host memory that this RAM may occupy now, in bytes: it grows by 4 MiB at the first write to each 4 MiB. */
  get allocatedBytes(): number {
    let total = 0;
    for (const block of this.#touchedBlocks()) total += Math.min(BLOCK_BYTES, this.sizeBytes - block);
    return total;
  }

  /** The frames that hold anything but zeros, as runs in ascending order. What was never written costs no time. */
  *writtenFrames(): Generator<FrameRange> {
    let first = -1;
    let next = 0;
    for (const block of this.#touchedBlocks()) {
      const words = this.words[this.#chunk(block)]!;
      const end = Math.min(block + BLOCK_BYTES, this.sizeBytes);
      for (let physical = block; physical < end; physical += PAGE_SIZE) {
        const at = (physical % CHUNK_BYTES) / 4;
        if (isZero(words, at, at + PAGE_SIZE / 4)) continue;
        const frame = physical / PAGE_SIZE;
        if (first >= 0 && frame !== next) yield { start: first, count: next - first };
        if (first < 0 || frame !== next) first = frame;
        next = frame + 1;
      }
    }
    if (first >= 0) yield { start: first, count: next - first };
  }

  /** Reads one byte. @throws RangeError outside RAM. */
  readUint8(physical: number): number {
    this.#check(physical, 1);
    return this.#byte(physical);
  }

  /** Reads 16 bits, little-endian, at any byte address. @throws RangeError outside RAM. */
  readUint16(physical: number): number {
    this.#check(physical, 2);
    return this.#byte(physical) | (this.#byte(physical + 1) << 8);
  }

  /** Reads 32 bits, little-endian, at any byte address. @throws RangeError outside RAM. */
  readUint32(physical: number): number {
    this.#check(physical, 4);
    return this.loadWord(physical) >>> 0;
  }

  /** Writes one byte, the low 8 bits of the value. @throws RangeError outside RAM. */
  writeUint8(physical: number, value: number): void {
    this.#check(physical, 1);
    this.#writableBytes(physical)[physical % CHUNK_BYTES] = value;
  }

  /** Writes the low 16 bits of the value, little-endian, at any byte address. @throws RangeError outside RAM. */
  writeUint16(physical: number, value: number): void {
    this.#check(physical, 2);
    this.#writableBytes(physical)[physical % CHUNK_BYTES] = value;
    this.#writableBytes(physical + 1)[(physical + 1) % CHUNK_BYTES] = value >>> 8;
  }

  /** Writes the low 32 bits of the value, little-endian, at any byte address. @throws RangeError outside RAM. */
  writeUint32(physical: number, value: number): void {
    this.#check(physical, 4);
    this.storeWord(physical, value);
  }

  /**
   * Copies bytes out of RAM.
   * @param length - Number of bytes, 0 or more.
   * @throws RangeError if any of them lies outside RAM.
   */
  read(physical: number, length: number): Uint8Array {
    this.#check(physical, length);
    const copy = new Uint8Array(length);
    for (let done = 0; done < length; ) {
      const start = (physical + done) % CHUNK_BYTES;
      const piece = Math.min(length - done, CHUNK_BYTES - start);
      const chunk = this.bytes[this.#chunk(physical + done)]!;
      if (chunk !== this.#zero.bytes) copy.set(chunk.subarray(start, start + piece), done);
      done += piece;
    }
    return copy;
  }

  /**
   * Copies bytes into RAM. All or nothing: a range that does not fit leaves RAM as it was. The bytes may be a view of
   * this RAM, such as a {@link PhysicalMemory.frame}; then what arrives is what they held before.
   * @param bytes - May be a view of this RAM: what is written is what it holds at the call.
   * @throws RangeError if any of them would lie outside RAM.
   * @throws TypeError for anything but bytes: an array of other numbers would lose their high bits.
   */
  write(physical: number, bytes: Uint8Array): void {
    checkBytes(bytes, 'write');
    this.#check(physical, bytes.length);
    if (bytes.length <= BLOCK_BYTES - (physical % BLOCK_BYTES)) {
      if (bytes.length > 0) this.#writableBytes(physical).set(bytes, physical % CHUNK_BYTES);
      return;
    }
    // The bytes may be a view of this RAM: what is still to be copied must not be overwritten before.
    const source = this.isBehind(bytes) ? bytes.slice() : bytes;
    for (let done = 0; done < source.length; ) {
      const start = (physical + done) % CHUNK_BYTES;
      const piece = Math.min(source.length - done, BLOCK_BYTES - (start % BLOCK_BYTES));
      this.#writableBytes(physical + done).set(source.subarray(done, done + piece), start);
      done += piece;
    }
  }

  /** Says that a frame is going to be written to by something that goes round this class. @internal */
  touchFrame(frame: number): void {
    if (this.#touched[frame >>> BLOCK_FRAMES_LOG2] === 0) this.#touch(frame * PAGE_SIZE);
  }

  /** Whether a chunk stays the same array: not the one that stands for all that were never written. @internal */
  isOwn(words: Int32Array): boolean {
    return words !== this.#zero.words;
  }

  /** Whether an array is a view of this RAM, so that writing to RAM changes it. @internal */
  isBehind(array: Uint8Array | Uint32Array): boolean {
    // Lists lie in the same buffer, but not in RAM.
    if (this.wasm !== undefined && this.wasm.lists.addressOf(array) !== 0) return false;
    return this.bytes.some(({ buffer }) => buffer === array.buffer);
  }

  /**
   * A list that WebAssembly works on where it lies: `translateMany` and `buildDomain` over this RAM then copy nothing in
   * and out. It is a typed array of zeros as any other, and so no part of RAM.
   *
   * While RAM is plain, or its 64 MiB for lists are lent, the list is an ordinary array, and all that differs is time: a
   * program need not ask. Its `buffer` is the whole memory, RAM included: hand on `list.slice()`, not `list`, where all
   * of the buffer would go along (`structuredClone`, `postMessage`, a file). It keeps that memory alive.
   *
   * @param kind - `Uint32Array`, `Int32Array`, `Float64Array`, `BigUint64Array` or `BigInt64Array`.
   * @param length - Number of elements.
   * @throws TypeError for another kind. @throws RangeError for a length that is not a whole number, or that the host has
   * no memory for.
   *
   * @example
   * const memory = new PhysicalMemory(2 ** 20, { backing: 'wasm' });
   * const linear = memory.allocateList(Uint32Array, 4096);
   * const physical = memory.allocateList(Uint32Array, 4096);
   * linear.forEach((_, i) => { linear[i] = i * 64; });
   * new Mmu(memory, { cr0: 1 }).translateMany(linear, physical, READ); // 4096
   */
  allocateList<List extends MemoryList>(kind: ListClass<List>, length: number): List {
    checkList(kind, length);
    return this.wasm?.lists.allocate(kind, length) ?? new kind(length);
  }

  /**
   * Gives back a list that is needed no longer. Nothing may use it from then on, nor any view of it, as its memory becomes
   * that of other lists. What is not given back goes with the RAM: the collector cannot tell whether a view is left.
   *
   * @param list - As {@link PhysicalMemory.allocateList} gave it. An ordinary array is left to the collector.
   * @throws RangeError for a part of a list, or one that was given back before.
   */
  freeList(list: MemoryList): void {
    const lists = this.wasm?.lists;
    if (lists === undefined || lists.addressOf(list) === 0 || lists.free(list)) return;
    throw new RangeError(
      `the list of ${list.length} elements is not lent: give it back whole, as allocateList gave it, and once`,
    );
  }

  /**
   * The live 4096 bytes of one frame: what is written to RAM shows in the view, and the other way round.
   * Since the caller may write to it, this allocates the frame's chunk.
   *
   * @param frame - Frame number, 0 to `frameCount - 1`.
   * @throws RangeError if there is no such frame.
   */
  frame(frame: number): Uint8Array {
    if (!(Number.isInteger(frame) && frame >= 0 && frame < this.frameCount)) {
      throw new RangeError(
        `frame ${frame} does not exist: the memory has frames 0 to ${this.frameCount - 1}`,
      );
    }
    const physical = frame * PAGE_SIZE;
    const start = physical % CHUNK_BYTES;
    return this.#writableBytes(physical).subarray(start, start + PAGE_SIZE);
  }

  /**
   * The 1024 words of a frame, for those who read all of it: a live view, never to be written to, since all that was
   * never written is one. Never throws; a frame outside RAM reads as ones.
   * @internal
   */
  frameWords(frame: number): Int32Array {
    const physical = frame * PAGE_SIZE;
    if (physical >= this.sizeBytes) return OPEN_BUS_FRAME;
    const start = (physical & CHUNK_MASK) >>> 2;
    return this.words[this.#chunk(physical)]!.subarray(start, start + PAGE_SIZE / 4);
  }

  /**
   * Reads 32 bits at any physical address, as int32, without ever throwing: bytes outside RAM read as ones.
   * @internal
   */
  loadWord(physical: number): number {
    if ((physical & 3) === 0) {
      if (physical >= this.sizeBytes) return OPEN_BUS;
      return this.words[this.#chunk(physical)]![(physical & CHUNK_MASK) >>> 2]!;
    }
    return (
      this.loadByte(physical) |
      (this.loadByte(physical + 1) << 8) |
      (this.loadByte(physical + 2) << 16) |
      (this.loadByte(physical + 3) << 24)
    );
  }

  /** Writes 32 bits at any physical address without ever throwing: bytes outside RAM are lost. @internal */
  storeWord(physical: number, value: number): void {
    if ((physical & 3) === 0) {
      if (physical >= this.sizeBytes) return;
      this.#touch(physical);
      this.words[this.#chunk(physical)]![(physical & CHUNK_MASK) >>> 2] = value;
      return;
    }
    this.storeByte(physical, value);
    this.storeByte(physical + 1, value >>> 8);
    this.storeByte(physical + 2, value >>> 16);
    this.storeByte(physical + 3, value >>> 24);
  }

  /** Reads a byte without ever throwing; 0xff outside RAM. @internal */
  loadByte(physical: number): number {
    return physical < this.sizeBytes ? this.#byte(physical) : OPEN_BUS & 0xff;
  }

  /** Writes a byte without ever throwing; lost outside RAM. @internal */
  storeByte(physical: number, value: number): void {
    if (physical < this.sizeBytes) this.#writableBytes(physical)[physical % CHUNK_BYTES] = value;
  }

  /** All chunks at once: views of one buffer, which the host backs as it is written. */
  #takeChunks(buffer: ArrayBuffer): void {
    for (let chunk = 0; chunk < this.bytes.length; chunk++) {
      const start = chunk * CHUNK_BYTES;
      const length = Math.min(CHUNK_BYTES, this.sizeBytes - start);
      this.words[chunk] = new Int32Array(buffer, start, length / 4);
      this.bytes[chunk] = new Uint8Array(buffer, start, length);
    }
  }

  #byte(physical: number): number {
    return this.bytes[this.#chunk(physical)]![physical & CHUNK_MASK]!;
  }

  /** The bytes of the chunk of an address, noted as written in its block of 4 MiB. */
  #writableBytes(physical: number): Uint8Array {
    this.#touch(physical);
    return this.bytes[this.#chunk(physical)]!;
  }

  /** Notes that the block of an address is written, before it is; the first time, this may allocate its chunk. */
  #touch(physical: number): void {
    const block = Math.floor(physical / BLOCK_BYTES);
    if (this.#touched[block] !== 0) return;
    this.#touched[block] = 1;
    const chunk = this.#chunk(physical);
    if (this.words[chunk] !== this.#zero.words) return;
    const words = new Int32Array(Math.min(CHUNK_BYTES, this.sizeBytes - chunk * CHUNK_BYTES) / 4);
    this.words[chunk] = words;
    this.bytes[chunk] = new Uint8Array(words.buffer);
  }

  /** Addresses of the blocks that were written, in ascending order. */
  *#touchedBlocks(): Generator<number> {
    for (let block = this.#touched.indexOf(1); block >= 0; block = this.#touched.indexOf(1, block + 1)) {
      yield block * BLOCK_BYTES;
    }
  }

  /** Physical addresses reach 2^36, so the chunk number needs a division, not a 32-bit shift. */
  #chunk(physical: number): number {
    return Math.floor(physical / CHUNK_BYTES);
  }

  #check(physical: number, length: number): void {
    if (
      Number.isInteger(physical) &&
      physical >= 0 &&
      Number.isInteger(length) &&
      length >= 0 &&
      physical + length <= this.sizeBytes
    ) {
      return;
    }
    if (!Number.isInteger(physical) || physical < 0) {
      throw new RangeError(`physical address ${physical} is not a whole number from 0 up`);
    }
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(`length ${length} is not a whole number from 0 up`);
    }
    throw new RangeError(
      `physical ${formatAddress(physical)} + ${length} bytes reaches beyond the end of memory at ${formatAddress(this.sizeBytes)}`,
    );
  }
}

function zeroChunkOf(bytes: number): ZeroChunk {
  if (zeroChunk === undefined || zeroChunk.bytes.length < bytes) {
    const words = new Int32Array(bytes / 4);
    zeroChunk = { words, bytes: new Uint8Array(words.buffer) };
  }
  return zeroChunk;
}

function isZero(words: Int32Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) if (words[i] !== 0) return false;
  return true;
}
