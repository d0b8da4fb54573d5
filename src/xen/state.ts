import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Mmu } from '../mmu/mmu.ts';
import type { FrameTable, PageType } from './frame-table.ts';
import type { Repairs } from './holes.ts';
import type { RefusalReason } from './refusal.ts';

/** What Xen keeps of a domain outside of RAM. */
export interface DomainState {
  /** The domain's number. 0 is privileged. */
  readonly id: number;
  /** How the frame table's owner words name it, as int32. */
  readonly pointer: number;
  /** Frame of the per-domain table, slot 1021. */
  readonly perDomainFrame: number;
  /** Frame that it shares with Xen, from Xen's heap. */
  readonly sharedInfoFrame: number;
  /** Machine address of its directory, 0 before it has one. */
  cr3: number;
  /** Linear address of its LDT. */
  ldtBase: number;
  /** Entries of its LDT; 0: none. */
  ldtEntries: number;
  /** How many pages are mapped in the LDT's shadow. */
  ldtShadowPages: number;
  /** Entries of its own GDT; 0: it has Xen's. */
  gdtEntries: number;
  /** How many frames it has been given and has not given back. */
  totalPages: number;
}

/** One thing done to the TLB: what, and the address or number that belongs to it. */
export type Flush = readonly [kind: FlushKind, value?: number];

/** What can be done to the TLB. */
export type FlushKind = 'cr3' | 'type-change' | 'invlpg' | 'ldt' | 'local' | 'lgdt';

/** Deferred to the end of the call: a load of CR3. */
export const DEFERRED_FLUSH = 1;
/** Deferred to the end of the call: the LDT's first page is mapped anew. */
export const DEFERRED_LDT = 2;

/** What taking and dropping types needs from the modules above it. */
export interface TypeRules {
  /** Checks a frame's contents for a type and takes the references they make. False: refused, nothing taken. */
  validate(x: XenState, frame: number, type: PageType): boolean;
  /** Drops every page of the caller's LDT shadow. */
  dropLdtShadow(x: XenState): void;
}

/** How Xen reads its linear page table: through the CPU's TLB, or walking anew each time. */
export type LinearMapMode = 'walk' | 'cached';

/**
 * Everything that a call may use and change. The functions of this folder are Xen's functions; this is what was
 * global to them.
 */
export interface XenState {
  readonly memory: PhysicalMemory;
  /** Frames of the machine: those beyond are no memory. */
  readonly frameCount: number;
  readonly frames: FrameTable;
  /** The CPU that Xen and the guests run on. */
  readonly mmu: Mmu;
  readonly linearMap: LinearMapMode;
  readonly repairs: Repairs;
  readonly rules: TypeRules;
  readonly domains: Map<number, DomainState>;
  /** Who called. */
  caller: DomainState;
  /** Ticks at each full flush. */
  clock: number;
  /** The clock after the CPU's last full flush. */
  lastFlush: number;
  /** `DEFERRED_…` flags. */
  deferred: number;
  /** What the call has done to the TLB. */
  flushes: Flush[];
  /** Why the last thing that was refused was refused. */
  refusal: RefusalReason | undefined;
  /** Frames that Xen has mapped now. */
  windows: number;
  /** The most frames that were mapped at once in this call: how deep it went. */
  nesting: number;
}

/** Notes why something is refused. @returns false, for the caller to return. */
export function refuse(x: XenState, reason: RefusalReason): false {
  x.refusal = reason;
  return false;
}

/** The domain that an owner word names, if any. */
export function domainOfPointer(x: XenState, pointer: number): DomainState | undefined {
  for (const domain of x.domains.values()) if (domain.pointer === pointer) return domain;
  return undefined;
}

/** Xen maps a frame in its map cache. Every directory maps that with RW, so the mapping is the frame itself. */
export function openWindow(x: XenState): void {
  x.windows++;
  if (x.windows > x.nesting) x.nesting = x.windows;
}

/** Xen unmaps a frame. */
export function closeWindow(x: XenState): void {
  x.windows--;
}
