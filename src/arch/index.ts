/** The architecture: the rules of the manuals as data and small pure functions, each with its source. No state. */
export * from './access.ts';
export * from './address.ts';
export * from './control.ts';
export * from './cpu.ts';
export * from './entry.ts';
export * from './exceptions.ts';
export * from './fault.ts';
export * from './linear.ts';
export * from './linear-masking.ts';
export * from './memory-type.ts';
export * from './paging-modes.ts';
export * from './permissions.ts';
export {
  type ControlState,
  checkChange,
  checkState,
  cr0Bits,
  cr0Ones,
  cr3Address,
  cr4Bits,
  eferBits,
  modeBits,
  pagingMode,
  withLongModeActive,
} from './registers.ts';
export { type Reserved64, reserved4M, reserved64 } from './reserved.ts';
