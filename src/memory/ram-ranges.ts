import { PAGE_SIZE } from '../arch/address.ts';
import type { RamRange, RamReader } from './ram.ts';

/** Where RAM is, in ascending order. Each frame is asked for only where the memory does not list its stretches. */
export function ramRanges(memory: RamReader): RamRange[] {
  if (memory.ranges !== undefined) return [...memory.ranges()];
  if (memory.isRam === undefined) return memory.sizeBytes > 0 ? [{ start: 0, end: memory.sizeBytes }] : [];
  const found: RamRange[] = [];
  let start: number | undefined;
  for (let at = 0; at < memory.sizeBytes; at += PAGE_SIZE) {
    if (memory.isRam(at)) {
      start ??= at;
    } else if (start !== undefined) {
      found.push({ start, end: at });
      start = undefined;
    }
  }
  if (start !== undefined) found.push({ start, end: memory.sizeBytes });
  return found;
}

/** Whether RAM answers at an address. */
export function hasRam(memory: RamReader, physical: number): boolean {
  return memory.isRam?.(physical) ?? physical < memory.sizeBytes;
}
