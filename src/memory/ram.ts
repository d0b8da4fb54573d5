/**
 * What a walk needs of physical memory, and no more: somebody else's RAM, a dump of 64 GiB on a disk, a guest
 * behind a socket. {@link PhysicalMemory} is one such memory, the fastest.
 */

/** Physical memory that can be read. Nothing here ever throws for an address: where no RAM answers, bits read as ones. */
export interface RamReader {
  /** First physical address after the last byte of RAM. */
  readonly sizeBytes: number;
  /**
   * Reads 32 bits, little-endian.
   * @param physical - Address, a multiple of 4, from 0 to 2^52 − 4.
   * @returns The word as int32; {@link OPEN_BUS} (−1, all ones) where no RAM answers.
   */
  loadWord(physical: number): number;
  /**
   * Whether RAM answers at an address: false in a hole, such as that of memory-mapped devices.
   * Absent: everything below `sizeBytes` is RAM.
   */
  isRam?(physical: number): boolean;
}

/** Physical memory that can be written too: what an MMU needs, since it sets accessed and dirty bits. */
export interface Ram extends RamReader {
  /** Writes 32 bits, little-endian, at a multiple of 4. What no RAM answers is lost. */
  storeWord(physical: number, value: number): void;
}
