/**
 * An exercise of an operating-systems course, solved: page tables for 32-bit and PAE paging.
 *
 * (a) `mapAsked` maps what is asked for: each range with its rights, in pages of its size.
 * (b) `mapAllMemory` maps all of RAM at `DIRECT` besides, to be written by the kernel, but neither page tables nor what
 *     is mapped read-only.
 * (c) `unmap` takes a mapping away while the CPU runs.
 *
 * The methods are small, so that a mistake is one of them written differently: see mistakes.ts.
 */

import type { BuildRequest, RequestedMapping } from 'x86-paging/campaign';
import { PhysicalMemory } from 'x86-paging/memory';
import type { Mmu } from 'x86-paging/mmu';

const [P, RW, US, PS, G] = [0x1n, 0x2n, 0x4n, 0x80n, 0x100n];
const NX = 1n << 63n;

const PAGE = 4096;
/** Where all of RAM is mapped. */
export const DIRECT = 0xd000_0000;
/** The tables of the direct map, beside those that the request reckons with. */
const MORE_TABLES = 2;

/** One level of the tables, root first: where its index starts, and how many bits it has. */
type Level = readonly [shift: number, bits: number];
type Rights = Pick<RequestedMapping, 'writable' | 'user' | 'executable' | 'global'>;

export class Solution {
  readonly asked: BuildRequest;
  readonly memory: PhysicalMemory;
  readonly root: number;
  protected readonly isPae: boolean;
  readonly #free: number[];
  readonly #levels: readonly Level[];
  readonly #entryBytes: number;

  constructor(asked: BuildRequest) {
    this.asked = asked;
    const frames = asked.memoryBytes / PAGE;
    this.memory = new PhysicalMemory(asked.memoryBytes + MORE_TABLES * PAGE);
    this.#free = [...asked.frames, ...Array.from({ length: MORE_TABLES }, (_, i) => frames + i)];
    this.isPae = asked.mode === 'PAE';
    this.#levels = this.isPae ? [[30, 2], [21, 9], [12, 9]] : [[22, 10], [12, 10]]; // biome-ignore format: a picture
    this.#entryBytes = this.isPae ? 8 : 4;
    this.root = this.#newTable();
  }

  get registers(): { cr0: number; cr3: number; cr4: number; efer: number } {
    const PSE = 0x10;
    const PAE = 0x20;
    const PGE = 0x80;
    const NXE = 0x800;
    // CR0: PG, WP and PE.
    return { cr0: 0x8001_0001, cr3: this.root, cr4: PGE | (this.isPae ? PAE : PSE), efer: NXE };
  }

  mapAsked(): void {
    for (const mapping of this.asked.mappings) {
      const { linear, physical, bytes, pageSize } = mapping;
      for (let done = 0; done < bytes; done += pageSize)
        this.#mapPage(Number(linear) + done, physical + done, pageSize, mapping);
    }
  }

  mapAllMemory(): void {
    for (let frame = 0; frame < this.memory.frameCount; frame++) {
      const rights = { writable: !this.mustStay(frame), user: false, executable: !this.isPae, global: true };
      this.#mapPage(DIRECT + frame * PAGE, frame * PAGE, PAGE, rights);
    }
  }

  /** Whether nobody may write to a frame. */
  protected mustStay(frame: number): boolean {
    return this.isTable(frame) || this.isReadOnlyElsewhere(frame);
  }

  protected isTable(frame: number): boolean {
    return this.asked.frames.includes(frame) || frame >= this.asked.memoryBytes / PAGE;
  }

  protected isReadOnlyElsewhere(frame: number): boolean {
    return this.asked.mappings.some(
      ({ physical, bytes, writable }) =>
        !writable && frame * PAGE >= physical && frame * PAGE < physical + bytes,
    );
  }

  unmap({ linear, bytes, pageSize }: RequestedMapping, cpu: Mmu): void {
    for (let at = Number(linear); at < Number(linear) + bytes; at += pageSize) {
      this.#store(this.#entryFor(at, pageSize), 0n);
      this.forget(at, cpu);
    }
  }

  /** Tells the CPU that a page's entry has changed. */
  protected forget(linear: number, cpu: Mmu): void {
    cpu.invlpg(linear);
  }

  protected indexOf(linear: number, [shift, bits]: Level): number {
    return (linear >>> shift) & (2 ** bits - 1);
  }

  /** An entry that leads to a table. The pages below decide about rights: the CPU grants what all entries allow. */
  protected tableEntry(frame: number): bigint {
    return BigInt(frame * PAGE) | P | RW | US;
  }

  /** An entry that maps a page. */
  protected pageEntry(physical: number, rights: Rights, isLarge: boolean): bigint {
    let entry = BigInt(physical) | P;
    if (rights.writable) entry |= RW;
    if (rights.user) entry |= US;
    if (rights.global) entry |= G;
    if (isLarge) entry |= PS;
    if (!rights.executable) entry |= NX;
    return entry;
  }

  #mapPage(linear: number, physical: number, pageSize: number, rights: Rights): void {
    this.#store(this.#entryFor(linear, pageSize), this.pageEntry(physical, rights, pageSize > PAGE));
  }

  /** The address of the entry that maps a page; makes the tables above it. */
  #entryFor(linear: number, pageSize: number): number {
    let table = this.root;
    for (const level of this.#levels) {
      const entry = table + this.indexOf(linear, level) * this.#entryBytes;
      if (2 ** level[0] === pageSize) return entry;
      // A PDPTE of PAE has no rights: their bits are reserved.
      const isPdpte = level[0] === 30;
      if (this.memory.readUint32(entry) === 0) {
        const frame = this.#newTable() / PAGE;
        this.#store(entry, isPdpte ? BigInt(frame * PAGE) | P : this.tableEntry(frame));
      }
      table = this.memory.readUint32(entry) & -PAGE;
    }
    throw new Error(`there is no page of ${pageSize} bytes`);
  }

  #newTable(): number {
    return this.#free.shift()! * PAGE;
  }

  #store(at: number, entry: bigint): void {
    this.memory.writeUint32(at, Number(entry & 0xffff_ffffn));
    if (this.isPae) this.memory.writeUint32(at + 4, Number(entry >> 32n));
  }
}
