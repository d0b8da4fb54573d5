import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import { rangeError, said } from '../said/said.ts';
import { OPEN_BUS } from './physical-memory.ts';
import type { FrameRange, Memory, RamRange } from './ram.ts';

/** A stretch of physical addresses where no RAM answers. */
export interface RamHole {
  /** First address, a multiple of 4096. */
  readonly start: number;
  /** First address after it, a multiple of 4096. */
  readonly end: number;
}

/**
 * A memory with holes in it, as below 4 GiB on a PC, where devices answer: what lies there reads as ones for a CPU, and
 * writes are lost. A program's own access to a hole throws a `RangeError`, as one beyond the end of RAM does.
 */
export class HoledMemory implements Memory {
  readonly sizeBytes: number;
  readonly frameCount: number;
  /** The holes, in ascending order. */
  readonly holes: readonly RamHole[];
  readonly #memory: Memory;

  /**
   * @param memory - What answers outside the holes.
   * @param holes - In ascending order, none empty, none touching the next, all inside the memory.
   * @throws RangeError if the holes are not of that form.
   */
  constructor(memory: Memory, holes: readonly RamHole[]) {
    let free = 0;
    for (const [i, { start, end }] of holes.entries()) {
      const isOrdered = start >= free && (i === 0 || start > free) && end > start && end <= memory.sizeBytes;
      if (!isOrdered || start % PAGE_SIZE !== 0 || end % PAGE_SIZE !== 0) {
        throw rangeError(
          said`hole ${i} from ${start} to ${end} is not made of whole frames behind ${free} and up to the memory's end, ${memory.sizeBytes}`,
        );
      }
      free = end;
    }
    this.#memory = memory;
    this.holes = holes.map(({ start, end }) => ({ start, end }));
    this.sizeBytes = memory.sizeBytes;
    this.frameCount = memory.frameCount;
  }

  /** Whether RAM answers at an address. */
  isRam(physical: number): boolean {
    return physical < this.sizeBytes && this.#holeAt(physical, 1) === undefined;
  }

  /** The stretches of RAM between the holes. */
  *ranges(): Generator<RamRange> {
    for (const { start, end } of this.#memory.ranges?.() ?? [{ start: 0, end: this.sizeBytes }]) {
      let from = start;
      for (const hole of this.holes) {
        const upTo = Math.min(hole.start, end);
        if (upTo > from) yield { start: from, end: upTo };
        from = Math.max(from, hole.end);
      }
      if (end > from) yield { start: from, end };
    }
  }

  /** Reads 32 bits as the CPU does; all ones in a hole. */
  loadWord(physical: number): number {
    return this.isRam(physical) ? this.#memory.loadWord(physical) : OPEN_BUS;
  }

  /** Writes 32 bits as the CPU does; lost in a hole. */
  storeWord(physical: number, value: number): void {
    if (this.isRam(physical)) this.#memory.storeWord(physical, value);
  }

  /** The frames that hold anything but zeros. A hole has none. */
  *writtenFrames(): Generator<FrameRange> {
    const all = this.#memory.writtenFrames?.() ?? [{ start: 0, count: this.frameCount }];
    for (const { start: first, count } of all) {
      let from = first;
      for (const { start, end } of this.holes) {
        const upTo = Math.min(start / PAGE_SIZE, first + count);
        if (upTo > from) yield { start: from, count: upTo - from };
        from = Math.max(from, end / PAGE_SIZE);
      }
      if (first + count > from) yield { start: from, count: first + count - from };
    }
  }

  /** Reads one byte. @throws RangeError outside RAM. */
  readUint8(physical: number): number {
    this.#check(physical, 1);
    return this.#memory.readUint8(physical);
  }

  /** Reads 16 bits, little-endian, at any byte address. @throws RangeError outside RAM. */
  readUint16(physical: number): number {
    this.#check(physical, 2);
    return this.#memory.readUint16(physical);
  }

  /** Reads 32 bits, little-endian, at any byte address. @throws RangeError outside RAM. */
  readUint32(physical: number): number {
    this.#check(physical, 4);
    return this.#memory.readUint32(physical);
  }

  /** Writes the low 8 bits of the value. @throws RangeError outside RAM. */
  writeUint8(physical: number, value: number): void {
    this.#check(physical, 1);
    this.#memory.writeUint8(physical, value);
  }

  /** Writes the low 16 bits of the value, little-endian, at any byte address. @throws RangeError outside RAM. */
  writeUint16(physical: number, value: number): void {
    this.#check(physical, 2);
    this.#memory.writeUint16(physical, value);
  }

  /** Writes the low 32 bits of the value, little-endian, at any byte address. @throws RangeError outside RAM. */
  writeUint32(physical: number, value: number): void {
    this.#check(physical, 4);
    this.#memory.writeUint32(physical, value);
  }

  /** Copies bytes out of RAM. @throws RangeError if any of them lies outside. */
  read(physical: number, length: number): Uint8Array {
    this.#check(physical, length);
    return this.#memory.read(physical, length);
  }

  /** Copies bytes into RAM, all or none. @throws RangeError if any of them would lie outside. */
  write(physical: number, bytes: Uint8Array): void {
    this.#check(physical, bytes.length);
    this.#memory.write(physical, bytes);
  }

  /** The first hole that an access of so many bytes touches. */
  #holeAt(physical: number, length: number): RamHole | undefined {
    for (const hole of this.holes) if (physical + length > hole.start && physical < hole.end) return hole;
    return undefined;
  }

  #check(physical: number, length: number): void {
    const hole = this.#holeAt(physical, length);
    if (hole === undefined) return;
    throw rangeError(
      said`physical ${formatAddress(physical)} + ${length} bytes reaches into the hole from ${formatAddress(hole.start)} to ${formatAddress(hole.end)}, where there is no RAM`,
    );
  }
}
