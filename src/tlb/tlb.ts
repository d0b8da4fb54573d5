/** The TLB as a person sees it: what is cached, whether RAM still agrees, and what would drop it. */

import { type Access, IMPLICIT_READ } from '../arch/access.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import { CR4_PCIDE } from '../arch/control.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import { PTE_A, PTE_D } from '../arch/entry.ts';
import { fromHalves, lowHalf } from '../arch/linear.ts';
import { PAGING_MODES, type PageSize, type PagingMode } from '../arch/paging-modes.ts';
import { RIGHT_D, RIGHT_NX, RIGHT_RW, RIGHT_US } from '../arch/permissions.ts';
import type { Rights, WalkReport, WalkStep } from '../walk/report.ts';
import type { PageTlb } from './page-tlb.ts';
import type { SetAssociativeTlb, TlbGeometry, TlbStatistics } from './set-associative-tlb.ts';
import type { CachedStructure, StructureCaches } from './structure-caches.ts';
import type { WideTlb } from './wide-tlb.ts';

/** One cached translation. */
export interface TlbEntry {
  /** First linear address that the entry translates; a bigint only where it does not fit a number. */
  readonly linear: number | bigint;
  /** Physical address of that byte. */
  readonly physical: number;
  /** Bytes that this entry translates: 4 KiB also for a piece of a large page. */
  readonly bytes: PageSize;
  /** Size of the page that it is, or is a piece of. */
  readonly pageSize: PageSize;
  /** The rights that were cached. */
  readonly rights: Rights;
  /** D was set when it was cached, so that a write needs no walk. */
  readonly dirty: boolean;
  /** Survives a load of CR3. */
  readonly global: boolean;
  /** Process-context identifier; 0 while CR4.PCIDE is clear. */
  readonly pcid: number;
  /** The access whose miss cached it. */
  readonly filledBy: Access;
  /** Order of the fills: higher is later. */
  readonly fillNumber: number;
}

/** In what a cached translation differs from what RAM says now. */
export type Staleness =
  | 'not-present'
  | 'frame'
  | 'page-size'
  | 'rights'
  | 'accessed-cleared'
  | 'dirty-cleared';

/** A cached translation that RAM no longer bears out. Legal: the CPU looks only when software tells it to. */
export interface StaleTlbEntry {
  /** The entry. */
  readonly entry: TlbEntry;
  /** Every way in which it differs from RAM. */
  readonly differs: readonly Staleness[];
  /** What a walk of RAM says now. */
  readonly now: WalkReport;
  /** What would drop the entry. */
  readonly droppedBy: readonly TlbDrop[];
}

/** INVLPG of an address in the entry's page. */
export interface TlbDropByInvlpg {
  /** Which way it is. */
  readonly by: 'invlpg';
  /** The address. */
  readonly linear: number | bigint;
}

/** A load of CR3. */
export interface TlbDropByCr3 {
  /** Which way it is. */
  readonly by: 'mov-cr3';
  /** The PCID that must be loaded, with bit 63 clear; undefined while CR4.PCIDE is clear: any load. */
  readonly pcid: number | undefined;
}

/** INVPCID of one PCID, or of all. */
export interface TlbDropByInvpcid {
  /** Which way it is. */
  readonly by: 'invpcid';
  /** The entry's PCID. */
  readonly pcid: number;
}

/** A change of CR4.PGE, which empties the TLB. */
export interface TlbDropByPge {
  /** Which way it is. */
  readonly by: 'cr4-pge';
}

/** Something that drops an entry of the TLB. */
export type TlbDrop = TlbDropByInvlpg | TlbDropByCr3 | TlbDropByInvpcid | TlbDropByPge;

/** What the view needs of its MMU. */
interface TlbOwner {
  readonly cpu: CpuFeatures;
  readonly cr4: number;
  readonly mode: PagingMode;
  explain(linear: number | bigint, access: Access): WalkReport;
}

/** The TLBs behind the view. */
interface TlbSources {
  readonly pages: PageTlb;
  readonly wide: WideTlb | undefined;
  readonly model: SetAssociativeTlb | undefined;
  readonly structures: StructureCaches | undefined;
}

/** What an MMU has cached. A view: reading it changes nothing. */
export class Tlb {
  readonly #mmu: TlbOwner;
  readonly #sources: TlbSources;

  /** @internal */
  constructor(mmu: TlbOwner, sources: TlbSources) {
    this.#mmu = mmu;
    this.#sources = sources;
  }

  /** The geometry that the MMU was given; undefined for the default TLB, which never evicts. */
  get geometry(): TlbGeometry | undefined {
    return this.#sources.model?.geometry;
  }

  /**
   * Hits, misses, fills and evictions; undefined for the default TLB, whose hits are too fast to be counted.
   * Give the MMU a geometry to get them.
   */
  get statistics(): TlbStatistics | undefined {
    return this.#sources.model?.statistics;
  }

  /** What the paging-structure caches hold; undefined where the MMU has none (`structureCaches` of its options). */
  get structures(): CachedStructure[] | undefined {
    return this.#sources.structures?.entries();
  }

  /** Starts the statistics at 0. */
  resetStatistics(): void {
    this.#sources.model?.resetStatistics();
  }

  /** Number of entries. */
  get size(): number {
    return this.entries().length;
  }

  /** Reach: bytes of the linear space that need no walk now. */
  get reachBytes(): number {
    let reach = 0;
    for (const entry of this.entries()) reach += entry.bytes;
    return reach;
  }

  /** What is cached, in the order in which it was filled. */
  entries(): TlbEntry[] {
    const largeSize = this.#largePageSize();
    const entries: TlbEntry[] = [];
    const { pages, wide, model } = this.#sources;
    for (const cached of pages.entries()) {
      entries.push({
        linear: cached.page * PAGE_SIZE,
        physical: cached.frame * PAGE_SIZE,
        bytes: PAGE_SIZE,
        pageSize: cached.large ? largeSize : PAGE_SIZE,
        rights: decodeRights(cached.rights),
        dirty: (cached.rights & RIGHT_D) !== 0,
        global: cached.global,
        pcid: 0,
        filledBy: cached.filledBy,
        fillNumber: cached.fillNumber,
      });
    }
    for (const cached of [...(wide?.entries() ?? []), ...(model?.entries() ?? [])]) {
      entries.push({
        linear: fromHalves(cached.linearLow, cached.linearHigh),
        physical: cached.physical,
        bytes: (2 ** cached.shift) as PageSize,
        pageSize: (2 ** cached.pageShift) as PageSize,
        rights: decodeRights(cached.rights),
        dirty: (cached.rights & RIGHT_D) !== 0,
        global: cached.global,
        pcid: cached.pcid,
        filledBy: cached.filledBy,
        fillNumber: cached.fillNumber,
      });
    }
    return entries;
  }

  /** The entry that translates a linear address, or undefined. */
  lookup(linear: number | bigint): TlbEntry | undefined {
    const address = BigInt(linear);
    return this.entries().find((entry) => {
      const first = BigInt(entry.linear);
      return address >= first && address < first + BigInt(entry.bytes);
    });
  }

  /** The entries that RAM no longer agrees with: who cached them, in what they differ, what would drop them. */
  stale(): StaleTlbEntry[] {
    const stale: StaleTlbEntry[] = [];
    for (const entry of this.entries()) {
      // An access that is never masked: an entry has its address already.
      const now = this.#mmu.explain(entry.linear, IMPLICIT_READ);
      const differs = differences(entry, now.steps);
      if (differs.length > 0) stale.push({ entry, differs, now, droppedBy: this.droppedBy(entry) });
    }
    return stale;
  }

  /** What would drop an entry; the least first. */
  droppedBy({ linear, global, pcid }: TlbEntry): TlbDrop[] {
    const { cpu, cr4 } = this.#mmu;
    const ways: TlbDrop[] = [];
    if (cpu.invlpg) ways.push({ by: 'invlpg', linear });
    if (!global) {
      ways.push({ by: 'mov-cr3', pcid: (cr4 & CR4_PCIDE) !== 0 ? pcid : undefined });
      if (cpu.invpcid) ways.push({ by: 'invpcid', pcid });
    }
    if (cpu.pge) ways.push({ by: 'cr4-pge' });
    return ways;
  }

  #largePageSize(): PageSize {
    return (2 ** (PAGING_MODES[this.#mmu.mode].largePageShifts[0] ?? PAGE_SHIFT)) as PageSize;
  }
}

function decodeRights(rights: number): Rights {
  return {
    writable: (rights & RIGHT_RW) !== 0,
    user: (rights & RIGHT_US) !== 0,
    executable: (rights & RIGHT_NX) === 0,
  };
}

/** In what an entry differs from the walk's last step. */
function differences(entry: TlbEntry, steps: readonly WalkStep[]): Staleness[] {
  const leaf = steps.at(-1);
  if (leaf?.leadsTo !== 'page' || leaf.target === undefined) return ['not-present'];
  const differs: Staleness[] = [];
  const pageSize = leaf.bytes;
  const offset = (lowHalf(entry.linear) & (pageSize - 1)) >>> 0;
  if (leaf.target + offset !== entry.physical) differs.push('frame');
  if (pageSize !== entry.pageSize) differs.push('page-size');
  const { writable, user, executable } = leaf.rights;
  if (
    writable !== entry.rights.writable ||
    user !== entry.rights.user ||
    executable !== entry.rights.executable
  ) {
    differs.push('rights');
  }
  const low = lowHalf(leaf.entry);
  if ((low & PTE_A) === 0) differs.push('accessed-cleared');
  if (entry.dirty && (low & PTE_D) === 0) differs.push('dirty-cleared');
  return differs;
}
