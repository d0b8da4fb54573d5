import { XEN_FIRST_SLOT } from '../abi/xen.ts';
import { formatAddress } from '../arch/address.ts';
import { PDE_PS, PTE_G, PTE_P, PTE_RW } from '../arch/entry.ts';
import { cr3Address } from '../arch/registers.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { xenSlotEntry } from './address-space.ts';
import { type Census, takeCensus } from './census.ts';
import { descriptorFault } from './descriptor-check.ts';
import {
  COUNT_MASK,
  FrameTable,
  TYPE_GDT,
  TYPE_L1,
  TYPE_L2,
  TYPE_NAMES,
  TYPE_VALIDATED,
  TYPE_WRITABLE,
  typeOf,
} from './frame-table.ts';
import type { Xen } from './hypervisor.ts';
import {
  DIRECT_MAP_START,
  FIRST_RESERVED_GDT_ENTRY,
  GDT_PAGES,
  LAST_RESERVED_GDT_ENTRY,
  LDT_PAGES,
  M2P_BASE,
} from './layout.ts';

/**
 * What Xen promises, looked at from outside: from the emulated RAM and from what the TLB holds, by the CPU's rules,
 * whatever Xen thinks that it has done.
 */

/** A promise of Xen's to itself and to the other domains. */
export type XenPromise =
  /** The frame table's counts equal a recount from scratch. */
  | 'counts'
  /** Every entry of a table in use is one that Xen would accept. */
  | 'entries'
  /** The directory that the CPU translates by is one that Xen has validated and holds. */
  | 'base'
  /** Xen's slots of every directory are as Xen made them. */
  | 'xen-slots'
  /** No guest can write a page table, directory, GDT or LDT: not through RAM, not through the TLB. */
  | 'tables-read-only'
  /** A guest reaches frames of its own only, and the machine-to-physical table, read-only. */
  | 'own-frames'
  /** No GDT or LDT holds a descriptor of ring 0, or one that reaches Xen, but in Xen's own entries. */
  | 'descriptors';

/** A promise that is broken. */
export interface Finding {
  /** Which one. */
  readonly promise: XenPromise;
  /** The frame concerned. */
  readonly frame: number;
  /** What was found. */
  readonly text: string;
}

/** References that something outside of the machine holds, by frame. */
export type HeldReferences = ReadonlyMap<number, FrameReferences>;

/** References to one frame. */
export interface FrameReferences {
  /** Of any kind. */
  readonly references: number;
  /** Those among them that need its type. */
  readonly typeReferences: number;
}

/**
 * Looks for broken promises. Domain 0 may map frames of others; all other domains are held to every promise.
 *
 * @param held - References that a recount cannot find. Default none.
 * @returns What is broken; nothing, while Xen keeps what it promises.
 */
export function auditXen(xen: Xen, held: HeldReferences = new Map()): Finding[] {
  return new Audit(xen, held).run();
}

const NOT_HELD = { references: 0, typeReferences: 0 };
const hex = (value: number): string => formatAddress(value >>> 0);
const name = (frame: number): string => `frame 0x${frame.toString(16)}`;
const entryName = (table: number, entry: number, value: number): string =>
  `entry ${entry} (${hex(value)}) of page table ${name(table)}`;
const slotName = (directory: number, slot: number, value: number): string =>
  `slot ${slot} (${hex(value)}) of directory ${name(directory)}`;
const pageName = (directory: number, page: number): string =>
  `${hex(page * 4096)} under directory ${name(directory)}`;
/** Bits 21–13 of the entry of a large page: address bits above 4 GiB, where no memory is, and reserved ones. */
const LARGE_RESERVED = 0x3f_e000;
/** The machine-to-physical table's frames. */
const M2P_FIRST = M2P_BASE / 4096;
const M2P_END = M2P_FIRST + 1024;

class Audit {
  readonly #xen: Xen;
  readonly #held: HeldReferences;
  readonly #memory: PhysicalMemory;
  readonly #frames: FrameTable;
  readonly #census: Census;
  readonly #findings: Finding[] = [];
  /** Owner words of unprivileged domains. */
  readonly #guests: ReadonlySet<number>;

  constructor(xen: Xen, held: HeldReferences) {
    this.#xen = xen;
    this.#held = held;
    this.#memory = xen.memory;
    this.#frames = new FrameTable(xen.memory);
    const domains = xen.domainIds.map((id) => xen.domain(id));
    this.#census = takeCensus(xen.memory, domains);
    this.#guests = new Set(domains.filter(({ id }) => id !== 0).map(({ pointer }) => pointer));
  }

  run(): Finding[] {
    this.#auditCounts();
    for (const table of this.#census.tables) this.#auditTable(table);
    for (const directory of this.#census.directories) this.#auditDirectory(directory);
    this.#auditBase();
    this.#auditTlb();
    this.#auditDescriptors();
    return this.#findings;
  }

  #report(promise: XenPromise, frame: number, text: string): void {
    this.#findings.push({ promise, frame, text });
  }

  #auditCounts(): void {
    const { known, references, typeReferences } = this.#census;
    for (const frame of known) {
      const held = this.#held.get(frame) ?? NOT_HELD;
      const expected = references[frame]! + held.references;
      const typeExpected = typeReferences[frame]! + held.typeReferences;
      const count = this.#frames.count(frame) & COUNT_MASK;
      const type = this.#frames.type(frame);
      if (count !== expected) {
        const text = `${name(frame)} counts ${count} references and has ${expected}`;
        this.#report('counts', frame, text);
      }
      if (count === 0 && this.#xen.domainOf(this.#frames.owner(frame)) !== undefined) {
        this.#report('counts', frame, `${name(frame)} has no references but still an owner`);
      }
      if ((type & COUNT_MASK) !== typeExpected) {
        const text = `${name(frame)} counts ${type & COUNT_MASK} references as ${TYPE_NAMES[typeOf(type)]} and has ${typeExpected}`;
        this.#report('counts', frame, text);
      }
    }
  }

  /** Entries of a page table in use: no forbidden bits, and a writable one only to a writable frame. */
  #auditTable(table: number): void {
    const words = this.#memory.frameWords(table);
    for (let entry = 0; entry < 1024; entry++) {
      const value = words[entry]!;
      if ((value & PTE_P) === 0) continue;
      if ((value & (PTE_G | PDE_PS)) !== 0) {
        this.#report('entries', table, `${entryName(table, entry, value)} has forbidden bits`);
      }
      if ((value & PTE_RW) !== 0 && typeOf(this.#frames.type(value >>> 12)) !== TYPE_WRITABLE) {
        const text = `${entryName(table, entry, value)} has RW, but its frame is not writable`;
        this.#report('entries', table, text);
      }
    }
  }

  #auditDirectory(directory: number): void {
    const owner = this.#frames.owner(directory);
    const words = this.#memory.frameWords(directory);
    for (let slot = 0; slot < 1024; slot++) {
      const value = words[slot]!;
      if (slot >= XEN_FIRST_SLOT) {
        const expected = xenSlotEntry(this.#memory, directory, slot, owner);
        if (value === expected) continue;
        const text = `${slotName(directory, slot, value)} should be ${hex(expected)}`;
        this.#report('xen-slots', directory, text);
      } else if ((value & PTE_P) !== 0) {
        this.#auditSlot(directory, slot, value);
      }
    }
  }

  #auditSlot(directory: number, slot: number, value: number): void {
    if ((value & (PTE_G | PDE_PS)) !== 0) {
      this.#report('entries', directory, `${slotName(directory, slot, value)} has forbidden bits`);
    }
    const isWritable = (value & PTE_RW) !== 0;
    if ((value & PDE_PS) !== 0) {
      // The CPU takes 4 MiB from the frame up, if that is where 4 MiB can be; otherwise it faults.
      if ((value & LARGE_RESERVED) !== 0) return;
      const first = (value >>> 12) & ~1023;
      for (let piece = 0; piece < 1024; piece++) {
        this.#auditMapping(directory, slot * 1024 + piece, first + piece, isWritable, false);
      }
      return;
    }
    const table = value >>> 12;
    const type = this.#frames.type(table);
    const isTable = (type & TYPE_VALIDATED) !== 0 && (type & COUNT_MASK) !== 0;
    if (!isTable || (typeOf(type) !== TYPE_L1 && (typeOf(type) !== TYPE_L2 || isWritable))) {
      const text = `${slotName(directory, slot, value)} leads to ${name(table)}, which is ${TYPE_NAMES[typeOf(type)]}`;
      this.#report('entries', directory, text);
    }
    const words = this.#memory.frameWords(table);
    for (let entry = 0; entry < 1024; entry++) {
      const leaf = words[entry]!;
      if ((leaf & PTE_P) === 0) continue;
      // Through a linear map the entries of Xen's slots are seen as pages; read-only, that is Xen's own doing.
      const isXens = typeOf(type) === TYPE_L2 && entry >= XEN_FIRST_SLOT;
      const page = slot * 1024 + entry;
      this.#auditMapping(directory, page, leaf >>> 12, isWritable && (leaf & PTE_RW) !== 0, isXens);
    }
  }

  /** A page that the CPU translates for a guest in ring 1. */
  #auditMapping(directory: number, page: number, frame: number, isWritable: boolean, isXens: boolean): void {
    const owner = this.#frames.owner(directory);
    if (isWritable && this.#isTable(frame)) {
      const text = `${pageName(directory, page)} maps ${this.#describe(frame)} writable`;
      this.#report('tables-read-only', frame, text);
    }
    if (!this.#guests.has(owner) || (isXens && !isWritable)) return;
    if (this.#frames.isFree(frame) || this.#frames.owner(frame) !== owner) {
      if (!isWritable && frame >= M2P_FIRST && frame < M2P_END) return;
      const text = `${pageName(directory, page)} maps ${name(frame)}, which is not the guest's own`;
      this.#report('own-frames', frame, text);
    }
  }

  #auditBase(): void {
    const frame = cr3Address(this.#xen.mmu.cr3) >>> 12;
    // Nobody's yet, or Xen's own.
    if (frame === 0 || frame * 4096 === this.#xen.idleDirectory) return;
    if (this.#census.directories.includes(frame)) return;
    this.#report('base', frame, `CR3 holds ${name(frame)}, which is no directory in use`);
  }

  /** What is cached for the domain that runs, as far as a ring-1 segment reaches. */
  #auditTlb(): void {
    const running = this.#frames.owner(cr3Address(this.#xen.mmu.cr3) >>> 12);
    for (const { linear, physical, rights } of this.#xen.mmu.tlb.entries()) {
      if (Number(linear) >= DIRECT_MAP_START) continue;
      const frame = Math.floor(physical / 4096);
      if (rights.writable && this.#isTable(frame)) {
        const text = `the TLB still translates ${hex(Number(linear))} to ${this.#describe(frame)}, writable`;
        this.#report('tables-read-only', frame, text);
      }
      const owner = this.#frames.owner(frame);
      if (
        this.#guests.has(running) &&
        owner !== running &&
        !this.#frames.isFree(frame) &&
        this.#xen.domainOf(owner)
      ) {
        const text = `the TLB still translates ${hex(Number(linear))} to ${name(frame)} of another domain`;
        this.#report('own-frames', frame, text);
      }
    }
  }

  #auditDescriptors(): void {
    for (const id of this.#xen.domainIds) {
      const { perDomainFrame } = this.#xen.domain(id);
      for (let page = 0; page < GDT_PAGES + LDT_PAGES; page++) {
        const entry = this.#memory.loadWord(perDomainFrame * 4096 + 4 * page);
        if ((entry & PTE_P) === 0) continue;
        if ((entry & (PTE_G | PDE_PS)) !== 0) {
          this.#report(
            'descriptors',
            perDomainFrame,
            `per-domain entry ${page} (${hex(entry)}) has forbidden bits`,
          );
        }
        this.#auditDescriptorPage(entry >>> 12, page);
      }
    }
  }

  #auditDescriptorPage(frame: number, page: number): void {
    const words = this.#memory.frameWords(frame);
    for (let entry = 0; entry < 512; entry++) {
      // Xen's own entries are in the first page of the GDT.
      if (page === 0 && entry >= FIRST_RESERVED_GDT_ENTRY && entry <= LAST_RESERVED_GDT_ENTRY) continue;
      const low = words[2 * entry]!;
      const high = words[2 * entry + 1]!;
      const fault = descriptorFault(low, high);
      if (fault === undefined) continue;
      const table = page < GDT_PAGES ? 'GDT' : 'LDT';
      const text = `${table} page ${page % GDT_PAGES} (${name(frame)}) holds ${hex(high)}:${hex(low)} as entry ${entry}: ${fault}`;
      this.#report('descriptors', frame, text);
    }
  }

  /** Whether a frame is in use as a table or descriptor page. */
  #isTable(frame: number): boolean {
    const type = this.#frames.type(frame);
    return (type & COUNT_MASK) !== 0 && typeOf(type) >= TYPE_L1 && typeOf(type) <= TYPE_GDT + 1;
  }

  #describe(frame: number): string {
    return `${TYPE_NAMES[typeOf(this.#frames.type(frame))]} ${name(frame)}`;
  }
}
