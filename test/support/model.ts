/**
 * What an MMU may answer, by a reference that keeps no TLB. It walks RAM anew for every access (reference-walker.ts),
 * and remembers each translation that a walk has given since it was last flushed: those may still be cached, or
 * may have been evicted. An answer is legal if it is the walk's, or one of these.
 */

import { isDeepStrictEqual } from 'node:util';
import type { PhysicalMemory } from '../../src/memory/index.ts';
import type { Access, CpuFeatures, TlbEntry } from '../../src/mmu/index.ts';
import { loadOrOnes, referenceAccess } from './arbitraries.ts';
import {
  type ReferenceMachine,
  type ReferenceResult,
  type ReferenceRights,
  referenceAddress,
  referenceMode,
  referenceRefusals,
  referenceWalk,
} from './reference-walker.ts';

/** A translation that a TLB may hold. */
export interface Cached {
  /** First linear address of the page. */
  readonly linear: bigint;
  readonly bytes: bigint;
  /** Physical address of that byte. */
  readonly physical: bigint;
  readonly global: boolean;
  readonly pcid: number;
  /** D was set when the translation was made: a write needs no walk. */
  readonly dirty: boolean;
  /** What all entries together allow, and the protection key: the registers of now decide what that means. */
  readonly rights: ReferenceRights;
  readonly key: number;
}

/** A translation that nothing has dropped since it was cached. */
interface Held extends Cached {
  /** The 4 KiB page that was used; of a large page perhaps no other was. */
  readonly page: bigint;
}

export interface Registers {
  cr0: number;
  cr3: bigint;
  cr4: number;
  readonly efer: number;
  alignmentCheck?: boolean;
  pkru?: number;
  pkrs?: number;
}

const CR0_PG = 0x8000_0000;
const CR4_PAE = 0x20;
const CR4_PCIDE = 0x2_0000;
/** CR4 bits that empty the TLB when they change: PSE, PAE, PGE; PCIDE when it is cleared. */
const CR4_FLUSHING = 0x10 | CR4_PAE | 0x80;
/** SMEP empties it when it is set. */
const CR4_SMEP = 0x10_0000;

export class LegalAnswers {
  readonly registers: Registers;
  readonly #cpu: CpuFeatures;
  readonly #memory: PhysicalMemory;
  #pdptes: readonly bigint[] = [0n, 0n, 0n, 0n];
  #cached: Cached[] = [];
  #held: Held[] = [];

  constructor(cpu: CpuFeatures, memory: PhysicalMemory, registers: Registers) {
    this.#cpu = cpu;
    this.#memory = memory;
    this.registers = { ...registers };
    if (this.#isPae(registers)) this.#pdptes = this.#readPdptes(registers.cr3) ?? [];
  }

  /** How many translations may be cached. */
  get size(): number {
    return this.#cached.length;
  }

  /** The linear address that a pointer comes to. */
  addressOf(pointer: bigint, access: Access): bigint {
    return referenceAddress(this.#machine(this.registers.cr0), pointer, referenceAccess(access));
  }

  /** What a walk of RAM says now. */
  walk(linear: bigint, access: Access): ReferenceResult {
    return referenceWalk(this.#machine(this.registers.cr0), linear, referenceAccess(access));
  }

  /** Notes that a walk gave this answer, and set A and D: from now on it may be cached. */
  remember(pointer: bigint, access: Access): Cached | undefined {
    if (referenceMode(this.#machine(this.registers.cr0)) === 'off') return undefined;
    const found = this.walk(pointer, access);
    const linear = this.addressOf(pointer, access);
    if (!found.ok) throw new Error('only a walk that succeeds is cached');
    const within = linear % found.pageBytes;
    const leaf = found.steps.at(-1)!;
    const cached: Cached = {
      linear: linear - within,
      bytes: found.pageBytes,
      physical: found.physical - within,
      global: found.global,
      pcid: this.#pcid,
      dirty: (leaf.value & 0x40n) !== 0n,
      rights: leaf.rights,
      key: found.keyBits,
    };
    if (!this.#cached.some((other) => isDeepStrictEqual(other, cached))) this.#cached.push(cached);
    return cached;
  }

  /**
   * Notes what a TLB that never evicts must hold after an access: what it held where that answers; else nothing sure
   * for the page, as a fault and a walk drop what was there; after a walk that is sure, what the walk has found.
   * @param onePcid - The TLB holds a page for one PCID at a time.
   */
  hold(
    linear: bigint,
    access: Access,
    physical: bigint | undefined,
    walked: Cached | undefined,
    onePcid: boolean,
  ): void {
    const page = linear & ~0xfffn;
    if (onePcid && physical !== undefined) {
      this.#held = this.#held.filter((one) => one.page !== page || one.global || one.pcid === this.#pcid);
    }
    const here = this.#held.filter((one) => covers(one, linear) && (one.global || one.pcid === this.#pcid));
    // Of two entries for one address, a 4 KiB page and a large one, the CPU may use either.
    if (
      physical !== undefined &&
      here.length > 0 &&
      here.every((one) => this.#answers([one], linear, access, physical))
    ) {
      return;
    }
    this.#held = this.#held.filter((one) => !here.includes(one));
    if (walked === undefined) return;
    this.#held.push({ ...walked, page });
  }

  /**
   * What a TLB that never evicts has lost although nothing told it to: a flush that drops too much is legal, but it
   * changes statistics, and what a reader sees.
   */
  lost(entries: readonly TlbEntry[]): string[] {
    return this.#held
      .filter(
        (one) =>
          !entries.some(
            (entry) =>
              (one.global ? entry.global : !entry.global && entry.pcid === one.pcid) &&
              BigInt(entry.linear) <= one.page &&
              one.page < BigInt(entry.linear) + BigInt(entry.bytes) &&
              BigInt(entry.physical) - BigInt(entry.linear) === one.physical - one.linear,
          ),
      )
      .map((one) => `0x${one.page.toString(16)}${one.global ? ', global' : `, PCID ${one.pcid}`}`);
  }

  /** Whether a TLB may give this physical address without a walk. */
  mayHit(linear: bigint, access: Access, physical: bigint): boolean {
    return this.#answers(this.#cached, linear, access, physical);
  }

  /** @returns false where the CPU raises #GP instead; nothing has changed then. */
  setCr3(value: bigint, keep = false): boolean {
    if (this.#isPae(this.registers)) {
      const pdptes = this.#readPdptes(value);
      if (pdptes === undefined) return false;
      this.#pdptes = pdptes;
    }
    this.registers.cr3 = value;
    const tagged = (this.registers.cr4 & CR4_PCIDE) !== 0;
    if (!keep) this.#keep((one) => one.global || (tagged && one.pcid !== this.#pcid));
    return true;
  }

  /** @returns false where the CPU raises #GP instead. */
  setCr0(value: number): boolean {
    const changed = this.registers.cr0 ^ value;
    const next = { ...this.registers, cr0: value };
    if (!this.#reload(next, (changed & CR0_PG) !== 0)) return false;
    this.registers.cr0 = value;
    if ((changed & CR0_PG) !== 0) this.#keep(() => false);
    return true;
  }

  /** @returns false where the CPU raises #GP instead. */
  setCr4(value: number): boolean {
    const changed = this.registers.cr4 ^ value;
    const next = { ...this.registers, cr4: value };
    if (!this.#reload(next, (changed & CR4_FLUSHING) !== 0)) return false;
    this.registers.cr4 = value;
    const emptied = (changed & CR4_FLUSHING) | (changed & ~value & CR4_PCIDE) | (changed & value & CR4_SMEP);
    if (emptied !== 0) {
      this.#keep(() => false);
    }
    return true;
  }

  /** INVLPG drops a translation of the address whatever its PCID only if it is global. */
  invlpg(linear: bigint): void {
    this.#keep((one) => !(covers(one, linear) && (one.global || one.pcid === this.#pcid)));
  }

  invpcid(type: number, pcid: number, linear: bigint): void {
    if (type === 0) this.#keep((one) => one.global || one.pcid !== pcid || !covers(one, linear));
    else if (type === 1) this.#keep((one) => one.global || one.pcid !== pcid);
    else if (type === 2) this.#keep(() => false);
    else this.#keep((one) => one.global);
  }

  #answers(cached: readonly Cached[], linear: bigint, access: Access, physical: bigint): boolean {
    const machine = this.#machine(this.registers.cr0);
    const write = (access & 1) !== 0;
    return cached.some(
      (one) =>
        covers(one, linear) &&
        (one.global || one.pcid === this.#pcid) &&
        one.physical + (linear - one.linear) === physical &&
        referenceRefusals(machine, one.rights, one.key, referenceAccess(access)).length === 0 &&
        (!write || one.dirty),
    );
  }

  get #pcid(): number {
    return (this.registers.cr4 & CR4_PCIDE) !== 0 ? Number(this.registers.cr3 & 0xfffn) : 0;
  }

  #keep(condition: (one: Cached) => boolean): void {
    this.#cached = this.#cached.filter(condition);
    this.#held = this.#held.filter(condition);
  }

  #machine(cr0: number): ReferenceMachine {
    const { cr3, cr4, efer } = this.registers;
    return {
      cpu: this.#cpu,
      cr0: BigInt(cr0 >>> 0),
      cr3,
      cr4: BigInt(cr4),
      efer: BigInt(efer),
      alignmentCheck: this.registers.alignmentCheck ?? false,
      pkru: BigInt(this.registers.pkru ?? 0),
      pkrs: BigInt(this.registers.pkrs ?? 0),
      pdptes: this.#pdptes,
      load: (physical) => loadOrOnes(this.#memory, physical),
    };
  }

  #isPae({ cr0, cr4, efer }: Registers): boolean {
    return (cr0 & CR0_PG) !== 0 && (cr4 & CR4_PAE) !== 0 && (efer & 0x100) === 0;
  }

  #reload(next: Registers, changed: boolean): boolean {
    if (!this.#isPae(next) || !changed) return true;
    const pdptes = this.#readPdptes(next.cr3);
    if (pdptes === undefined) return false;
    this.#pdptes = pdptes;
    return true;
  }

  /** The PDPTEs at CR3, or undefined if a present one has a reserved bit. */
  #readPdptes(cr3: bigint): bigint[] | undefined {
    const table = cr3 & 0xffff_ffe0n;
    const load = (physical: bigint) => loadOrOnes(this.#memory, physical);
    const pdptes = [0n, 8n, 16n, 24n].map((at) => load(table + at) | (load(table + at + 4n) << 32n));
    const width = BigInt(this.#cpu.physicalAddressBits);
    const malformed = (pdpte: bigint) =>
      (pdpte & 1n) !== 0n && ((pdpte & 0x1e6n) !== 0n || pdpte >> width !== 0n);
    return pdptes.some(malformed) ? undefined : pdptes;
  }
}

function covers(one: Cached, linear: bigint): boolean {
  return linear >= one.linear && linear < one.linear + one.bytes;
}
