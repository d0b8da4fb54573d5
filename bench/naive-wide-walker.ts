/**
 * Long mode and PAE as one writes them first: entries are bigints out of a DataView, the TLB is a Map for each PCID, with a
 * result object for each page. A peer, to show what the tuned one is worth.
 */
import type { PhysicalMemory } from 'x86-paging/memory';
import { viewOf } from './naive-walker.ts';

interface Translation {
  readonly frame: number;
  readonly writable: boolean;
  readonly user: boolean;
  readonly dirty: boolean;
}

type Tlb = Map<number, Translation>;

export class NaiveWideMmu {
  readonly #view: DataView;
  /** 3: PAE, 4: long mode. */
  readonly #levels: 3 | 4;
  #root = 0;
  readonly #tlbs = new Map<number, Tlb>();
  #tlb: Tlb = new Map();

  constructor(memory: PhysicalMemory, cr3: number, levels: 3 | 4) {
    this.#view = viewOf(memory);
    this.#levels = levels;
    this.loadCr3(cr3);
  }

  /** Without PCIDs: what was cached goes. */
  loadCr3(cr3: number): void {
    this.#root = Math.floor(cr3 / 4096) * 4096;
    this.#tlb.clear();
  }

  /** With PCIDs, and bit 63 set: each has its own TLB, which is kept. */
  switchTo(cr3: number): void {
    this.#root = Math.floor(cr3 / 4096) * 4096;
    const pcid = cr3 % 4096;
    const tlb = this.#tlbs.get(pcid) ?? new Map();
    this.#tlbs.set(pcid, tlb);
    this.#tlb = tlb;
  }

  invlpg(linear: number | bigint): void {
    this.#tlb.delete(pageOf(linear));
  }

  /** @returns The physical address, or -1. */
  translate(linear: number | bigint, write: boolean, user: boolean): number {
    const page = pageOf(linear);
    let entry = this.#tlb.get(page);
    if (entry === undefined || (write && !entry.dirty)) {
      entry = this.#walk(page, write);
      if (entry === undefined) return -1;
      this.#tlb.set(page, entry);
    }
    if ((user && !entry.user) || (write && !entry.writable)) return -1;
    const offset = typeof linear === 'bigint' ? Number(linear & 0xfffn) : linear % 4096;
    return entry.frame * 4096 + offset;
  }

  /** Reads and writes lie within a page. */
  readUint32(linear: number | bigint): number {
    const physical = this.translate(linear, false, false);
    return physical === -1 ? -1 : this.#view.getUint32(physical, true);
  }

  readBigUint64(linear: bigint): bigint {
    const physical = this.translate(linear, false, false);
    return physical === -1 ? -1n : this.#view.getBigUint64(physical, true);
  }

  writeBigUint64(linear: bigint, value: bigint): void {
    const physical = this.translate(linear, true, false);
    if (physical !== -1) this.#view.setBigUint64(physical, value, true);
  }

  #walk(page: number, write: boolean): Translation | undefined {
    // Bits 63-47 of the linear address are all the same.
    const high = Math.floor(page / 2 ** 35);
    if (high !== 0 && high !== 0x1_ffff) return undefined;
    const view = this.#view;
    let table = this.#root;
    let writable = true;
    let user = true;
    for (let level: number = this.#levels; ; level--) {
      const pages = 512 ** (level - 1);
      const at = table + (Math.floor(page / pages) % 512) * 8;
      const entry = view.getBigUint64(at, true);
      if ((entry & 1n) === 0n) return undefined;
      table = Number(entry & 0xf_ffff_ffff_f000n);
      // The four topmost entries of PAE have no rights.
      if (this.#levels === 3 && level === 3) continue;
      writable &&= (entry & 2n) !== 0n;
      user &&= (entry & 4n) !== 0n;
      const isPage = level === 1 || (entry & 0x80n) !== 0n;
      const used = entry | (isPage && write ? 0x60n : 0x20n);
      view.setBigUint64(at, used, true);
      if (!isPage) continue;
      const first = Math.floor(table / 4096 / pages) * pages;
      return { frame: first + (page % pages), writable, user, dirty: (used & 0x40n) !== 0n };
    }
  }
}

function pageOf(linear: number | bigint): number {
  return typeof linear === 'bigint' ? Number(linear >> 12n) : Math.floor(linear / 4096);
}
