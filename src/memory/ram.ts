/**
 * What a walk needs of physical memory, and no more: somebody else's RAM, a dump of 64 GiB on a disk, a guest
 * behind a socket. {@link PhysicalMemory} is one such memory, the fastest.
 */

/** A run of frames, `start` to `start + count - 1`. */
export interface FrameRange {
  /** Number of the first frame. */
  readonly start: number;
  /** How many frames. */
  readonly count: number;
}

/** A stretch of physical addresses where RAM is. */
export interface RamRange {
  /** First physical address. */
  readonly start: number;
  /** First physical address after it. */
  readonly end: number;
}

/** Physical memory that can be read. Nothing here ever throws for an address: where no RAM answers, bits read as ones. */
export interface RamReader {
  /** First physical address after the last byte of RAM. */
  readonly sizeBytes: number;
  /**
   * Reads 32 bits, little-endian.
   * @param physical - Address, a multiple of 4, from 0 to 2^52 − 4.
   * @returns The word as int32; −1 (all ones) where no RAM answers.
   */
  loadWord(physical: number): number;
  /**
   * Reads as many words as an array has, as `loadWord` would one by one: a page table at a time, where asking for
   * each word by itself is slower. Absent: it is not.
   */
  loadWords?(physical: number, into: Int32Array): void;
  /**
   * Whether RAM answers at an address: false in a hole, such as that of memory-mapped devices.
   * Absent: everything below `sizeBytes` is RAM.
   */
  isRam?(physical: number): boolean;
  /** The stretches of RAM, in ascending order. Absent: where `isRam` says. */
  ranges?(): Iterable<RamRange>;
}

/**
 * Physical memory that can be written too: what an MMU needs, since it sets accessed and dirty bits. `new Mmu(ram)` takes
 * any such memory; over {@link PhysicalMemory} it is several times as fast, as it then indexes the arrays itself.
 *
 * An access of 32 bits at a multiple of 4 is one `loadWord` or `storeWord`. Any other is made of bytes, lowest address
 * first, by `loadByte` and `storeByte`; without those, each byte is a part of its word. So a device that must
 * see a byte written, and nothing read before, needs the two functions.
 */
export interface Ram extends RamReader {
  /** Writes 32 bits, little-endian, at a multiple of 4. What no RAM answers is lost. @param value - An int32. */
  storeWord(physical: number, value: number): void;
  /** Reads one byte, at any address; 0xff where no RAM answers. Absent: the MMU takes it from its word. */
  loadByte?(physical: number): number;
  /** Writes one byte, lost where no RAM answers. Absent: the MMU reads the word and writes it back with the byte changed. */
  storeByte?(physical: number, value: number): void;
}

/**
 * Physical memory as a program uses it, whatever is behind it: {@link PhysicalMemory}, or a dump that is read page
 * by page and never written to (writes stay in an overlay). An address outside RAM throws a `RangeError` here.
 */
export interface Memory extends Ram {
  /** Number of 4 KiB frames: `sizeBytes / 4096`. Frames are numbered from 0. */
  readonly frameCount: number;
  /** Reads one byte. */
  readUint8(physical: number): number;
  /** Reads 16 bits, little-endian, at any byte address. */
  readUint16(physical: number): number;
  /** Reads 32 bits, little-endian, at any byte address. */
  readUint32(physical: number): number;
  /** Writes the low 8 bits of the value. */
  writeUint8(physical: number, value: number): void;
  /** Writes the low 16 bits of the value, little-endian, at any byte address. */
  writeUint16(physical: number, value: number): void;
  /** Writes the low 32 bits of the value, little-endian, at any byte address. */
  writeUint32(physical: number, value: number): void;
  /** Copies bytes out of RAM. */
  read(physical: number, length: number): Uint8Array;
  /** Copies bytes into RAM. */
  write(physical: number, bytes: Uint8Array): void;
  /**
   * The frames that hold anything but zeros, as runs in ascending order, for those who look at all of RAM.
   * Absent: any frame may.
   */
  writtenFrames?(): Iterable<FrameRange>;
}
