import type { CpuModel } from '../arch/cpu.ts';
import type { TlbGeometry } from '../tlb/set-associative-tlb.ts';

/** The four PDPTE registers of PAE paging. */
export type Pdptes = readonly [number | bigint, number | bigint, number | bigint, number | bigint];

/** The state an `Mmu` starts in. */
export interface MmuOptions {
  /** Default `pentium-iii`. */
  readonly cpu?: CpuModel;
  /** Default: PE and PG, and WP where the CPU has it: paging is on. */
  readonly cr0?: number;
  /** Default 0. */
  readonly cr3?: number | bigint;
  /** Default 0. */
  readonly cr4?: number;
  /** Default 0. LMA is derived: it is on when LME and paging are. */
  readonly efer?: number;
  /**
   * The four PDPTE registers of PAE paging, where they differ from what RAM holds at CR3 now: a CPU loads them with
   * CR3 and keeps them. Default: loaded from RAM. Without meaning in other modes.
   */
  readonly pdptes?: Pdptes;
  /**
   * A modelled TLB, with sets, ways, evictions and statistics. Default: the fast ones, which cache every page that was
   * used until something flushes it; in long mode, up to 65,536 of them.
   */
  readonly tlb?: TlbGeometry;
  /**
   * Paging-structure caches (SDM 3A §4.10.3): entries that lead to tables are kept until INVLPG, a load of CR3 or whatever else
   * drops them, so that an edited one may go on to lead to its old table, with its old rights. Nothing is ever evicted: all the staleness that
   * the manual allows shows. Walks are then many times slower. Default false: every walk reads all entries from RAM.
   */
  readonly structureCaches?: boolean;
}
