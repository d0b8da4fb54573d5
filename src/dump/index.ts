/** Memory dumps of any kind: their memory, read when it is asked for, and the registers that they tell. */
export { type ByteSource, byteSource } from '../bytes/byte-source.ts';
export type { CpuState, LongModeEvidence } from './cpu-state.ts';
export { DumpError, type DumpErrorCode } from './dump-error.ts';
export { DumpMemory } from './dump-memory.ts';
export type { FrameState, FrameStore, PhysicalRange } from './frame-store.ts';
export { DUMP_FORMATS, type Dump, type DumpFormat, type DumpOptions, openDump } from './open-dump.ts';
export { readRegisters } from './register-text.ts';
