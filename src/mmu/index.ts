/** The MMU: linear to physical addresses, as every x86 CPU generation does it. */
export {
  ACCESS_KINDS,
  type Access,
  accessName,
  FETCH,
  IMPLICIT_READ,
  IMPLICIT_WRITE,
  READ,
  SHADOW_STACK_ACCESSES,
  SHADOW_STACK_READ,
  SHADOW_STACK_WRITE,
  USER_FETCH,
  USER_READ,
  USER_SHADOW_STACK_READ,
  USER_SHADOW_STACK_WRITE,
  USER_WRITE,
  WRITE,
} from '../arch/access.ts';
export { CPU_MODELS, type CpuFeatures, type CpuModel, type CpuModelName } from '../arch/cpu.ts';
export { GeneralProtectionError, InvalidOpcodeError } from '../arch/exceptions.ts';
export type { TlbBankGeometry, TlbGeometry, TlbStatistics } from '../tlb/set-associative-tlb.ts';
export type { CachedStructure } from '../tlb/structure-caches.ts';
export type {
  Staleness,
  StaleTlbEntry,
  Tlb,
  TlbDrop,
  TlbDropByCr3,
  TlbDropByInvlpg,
  TlbDropByInvpcid,
  TlbDropByPge,
  TlbEntry,
} from '../tlb/tlb.ts';
export { TLB_GEOMETRIES } from '../tlb/tlb-geometries.ts';
export type {
  EntryKind,
  FaultReason,
  MemoryType,
  PageSize,
  PagingMode,
  Rights,
  SetBits,
  WalkFailure,
  WalkFault,
  WalkReport,
  WalkStep,
  WalkSuccess,
} from '../walk/report.ts';
export type { LinearList, PhysicalList } from './lists.ts';
export { FAULT, Mmu } from './mmu.ts';
export type { MmuOptions } from './options.ts';
export { Segment, type SegmentFields } from './segment.ts';
export { ABOVE_4_GIB, NO_FAULT, NOT_CANONICAL } from './translate-run.ts';
