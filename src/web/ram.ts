/** Memory with holes, as the page shows it. */

import type { Memory, RamReader } from '../memory/index.ts';
import { ramRanges } from '../memory/ram-ranges.ts';

/** Whether all of a few bytes are RAM that can be read. */
export function isRamAt(memory: RamReader, physical: number, bytes = 1): boolean {
  if (physical < 0 || physical + bytes > memory.sizeBytes) return false;
  return memory.isRam === undefined || (memory.isRam(physical) && memory.isRam(physical + bytes - 1));
}

/** Bytes of memory, ones where none is, as an undriven bus reads. All of them lie in one frame. */
export function bytesAt(memory: Memory, physical: number, bytes: number): Uint8Array {
  return isRamAt(memory, physical, bytes) ? memory.read(physical, bytes) : new Uint8Array(bytes).fill(0xff);
}

/** How much of it is RAM. */
export function ramBytes(memory: RamReader): number {
  return ramRanges(memory).reduce((sum, { start, end }) => sum + end - start, 0);
}
