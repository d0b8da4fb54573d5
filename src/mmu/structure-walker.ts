/**
 * A walker with paging-structure caches, for those who want to see what a CPU may do with them: readable and not quick. It
 * walks as `explain` does, but reads from its caches what they hold, and leaves the result where `Walker` does.
 */

import { ACCESS_WRITE_BIT, type Access } from '../arch/access.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import { PTE_A, PTE_D, PTE_KEY_HIGH, PTE_KEY_SHIFT_HIGH } from '../arch/entry.ts';
import { fromHalves, highHalf, lowHalf } from '../arch/linear.ts';
import { PAGING_MODES } from '../arch/paging-modes.ts';
import { RIGHT_D, RIGHT_NX, RIGHT_RW, RIGHT_US } from '../arch/permissions.ts';
import type { ControlState } from '../arch/registers.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import type { RamReader } from '../memory/ram.ts';
import type { StructureCaches } from '../tlb/structure-caches.ts';
import { NO_WORD, WORD_ADDRESS, WORD_GLOBAL, WORD_LARGE } from '../tlb/tlb-word.ts';
import { explainWalk } from '../walk/explain.ts';
import { Walker } from './walker.ts';

export class StructureWalker extends Walker {
  readonly #cpu: CpuFeatures;
  readonly #ram: DirectRam;
  readonly #caches: StructureCaches;
  readonly #pcid: () => number;
  #state: ControlState = { cr0: 0, cr4: 0, efer: 0 };
  #cr3 = 0;

  /** @param pcid - The current process-context identifier. */
  constructor(cpu: CpuFeatures, ram: DirectRam, caches: StructureCaches, pcid: () => number) {
    super(cpu, ram);
    this.cachesStructures = true;
    this.#cpu = cpu;
    this.#ram = ram;
    this.#caches = caches;
    this.#pcid = pcid;
  }

  override configure(state: ControlState, cr3: number, cr3High: number): void {
    this.#state = state;
    super.configure(state, cr3, cr3High);
  }

  override setRoot(cr3: number, cr3High: number): boolean {
    this.#cr3 = cr3;
    return super.setRoot(cr3, cr3High);
  }

  override word32(linear: number, access: Access): number {
    if (!this.#walk(linear, 0, access)) return 0;
    const offset = linear & ~(-1 << this.pageShift);
    const physical = this.pageBase + (offset >>> 0);
    if (physical > 0xffff_ffff) return NO_WORD;
    const large = this.pageShift === PAGING_MODES['32-bit'].largePageShifts[0] ? WORD_LARGE : 0;
    const bits = this.wordBits[this.rights]!;
    return ((linear ^ physical) & WORD_ADDRESS) | large | (this.global ? WORD_GLOBAL : 0) | bits;
  }

  override walkPae(linear: number, access: Access): boolean {
    return this.#walk(linear, 0, access);
  }

  override walkLong(low: number, high: number, access: Access): boolean {
    return this.#walk(low, high, access);
  }

  #walk(low: number, high: number, access: Access): boolean {
    const pcid = this.#pcid();
    // What can be cached: entries in memory that lead to tables. The PDPTEs of PAE are in registers.
    const levels = PAGING_MODES[this.mode].levels
      .slice(0, -1)
      .filter(({ shift }) => this.mode !== 'PAE' || shift < 30);
    const shifts = levels.map(({ shift }) => shift).toReversed();
    const cached = this.#caches.find(low, high, pcid, shifts);
    const report = explainWalk(
      {
        cpu: this.#cpu,
        memory: new CachedReader(this.#ram, cached?.words ?? []),
        ...this.#state,
        cr2: 0,
        cr3: this.#cr3,
        pdptes: this.pdptes,
        alignmentCheck: this.alignmentCheck,
        pkru: this.pkru,
        pkrs: this.pkrs,
      },
      fromHalves(low, high),
      access,
    );
    if (!report.ok) {
      this.faultCode = report.fault.code;
      this.#caches.drop(low, high, pcid, shifts);
      return false;
    }
    for (const { entryAddress, bits } of report.sets) {
      this.#ram.storeWord(entryAddress, this.#ram.loadWord(entryAddress) | bits);
    }
    const steps = report.steps.filter(({ source }) => source !== 'register');
    const words: number[] = [];
    for (const { kind, shift, entry, entryBytes } of steps.slice(0, -1)) {
      // Only entries that are marked as accessed are cached, and now they are.
      words.push(lowHalf(entry) | PTE_A);
      if (entryBytes === 8) words.push(highHalf(entry));
      this.#caches.keep(low, high, { kind, shift, pcid, words: [...words] });
    }
    const leaf = steps.at(-1)!;
    const { rights, pageSize, global } = report;
    const dirty = (lowHalf(leaf.entry) & PTE_D) !== 0 || (access & ACCESS_WRITE_BIT) !== 0;
    this.pageBase = leaf.target!;
    this.pageShift = Math.log2(pageSize);
    this.rights =
      (rights.writable ? RIGHT_RW : 0) |
      (rights.user ? RIGHT_US : 0) |
      (dirty ? RIGHT_D : 0) |
      (rights.executable ? 0 : RIGHT_NX);
    this.key = this.isLong ? (highHalf(leaf.entry) & PTE_KEY_HIGH) >>> PTE_KEY_SHIFT_HIGH : 0;
    this.global = global;
    return true;
  }
}

/** RAM for one walk, whose first words come from a cache. */
class CachedReader implements RamReader {
  readonly sizeBytes: number;
  readonly #ram: DirectRam;
  readonly #words: readonly number[];
  #next = 0;

  constructor(ram: DirectRam, words: readonly number[]) {
    this.sizeBytes = ram.sizeBytes;
    this.#ram = ram;
    this.#words = words;
  }

  isRam(physical: number): boolean {
    return this.#ram.isRam?.(physical) ?? physical < this.sizeBytes;
  }

  loadWord(physical: number): number {
    return this.#words[this.#next++] ?? this.#ram.loadWord(physical);
  }
}
