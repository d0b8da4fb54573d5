/** Emulated physical memory: RAM, its frames, and Dom0's one-frame window on it. */
export { A20Gate } from './a20-gate.ts';
export { DevMem } from './dev-mem.ts';
export {
  type AllocateOptions,
  FrameAllocator,
  type FrameAllocatorOptions,
  type FrameOrder,
} from './frame-allocator.ts';
export { HoledMemory, type RamHole } from './holed-memory.ts';
export type { ListClass, MemoryList } from './list-region.ts';
export {
  MAX_MEMORY_BYTES,
  MIN_MEMORY_BYTES,
  PhysicalMemory,
  type PhysicalMemoryOptions,
} from './physical-memory.ts';
export type { FrameRange, Memory, Ram, RamRange, RamReader } from './ram.ts';
