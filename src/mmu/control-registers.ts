/**
 * The control registers of an MMU: what a write is refused for, and what it makes the TLBs drop. Every write is all or
 * nothing. `arch/registers.ts` has the rules; the documentation of each register stands at `Mmu`.
 */

import { formatAddress } from '../arch/address.ts';
import {
  CR0_CD,
  CR0_NW,
  CR0_PE,
  CR0_PG,
  CR0_WP,
  CR3_PCID,
  CR4_LA57,
  CR4_PAE,
  CR4_PCIDE,
  CR4_PGE,
  CR4_PSE,
  CR4_SMEP,
  EFER_LMA,
  EFER_NXE,
  PDPTES_ALIGNMENT,
} from '../arch/control.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import { PTE_P } from '../arch/entry.ts';
import { InvalidOpcodeError } from '../arch/exceptions.ts';
import { fromHalves, highHalf, lowHalf } from '../arch/linear.ts';
import type { PagingMode } from '../arch/paging-modes.ts';
import {
  type ControlState,
  checkChange,
  checkState,
  cr0Bits,
  cr0Ones,
  cr3FlagsHigh,
  has,
  pagingMode,
  refuse,
  withLongModeActive,
} from '../arch/registers.ts';
import { reserved64 } from '../arch/reserved.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import { rangeError, type SaidValue, said } from '../said/said.ts';
import type { Caches } from './caches.ts';
import type { MmuOptions, Pdptes } from './options.ts';
import type { WalkRules } from './walk-rules.ts';

export class ControlRegisters {
  readonly #cpu: CpuFeatures;
  readonly #rules: WalkRules;
  readonly #caches: Caches;
  readonly #ram: DirectRam;
  readonly #pdpteLow: number;
  readonly #pdpteHigh: number;
  /** PDPTEs that are not yet known to be good. */
  readonly #staged = new Int32Array(8);
  #state: ControlState;
  /** CR3 without the flags of its high half, and those. */
  #cr3: number;
  #cr3Flags = 0;

  constructor(cpu: CpuFeatures, rules: WalkRules, caches: Caches, ram: DirectRam, options: MmuOptions) {
    this.#cpu = cpu;
    this.#rules = rules;
    this.#caches = caches;
    this.#ram = ram;
    const { pdpteLow, pdpteHigh } = reserved64(cpu, false, false);
    this.#pdpteLow = pdpteLow;
    this.#pdpteHigh = pdpteHigh;

    const cr0 = register32('cr0', options.cr0 ?? CR0_PG + CR0_PE + (cpu.wp ? CR0_WP : 0));
    const cr4 = register32('cr4', options.cr4 ?? 0);
    if (cr4 !== 0 && !cpu.cr4) throw new InvalidOpcodeError('CR4', cpu);
    const efer = register32('efer', options.efer ?? 0);
    this.#state = withLongModeActive({ cr0: (cr0 & cr0Bits(cpu)) >>> 0, cr4, efer });
    checkState(cpu, this.#state);
    this.#cr3 = this.#checkedCr3(options.cr3 ?? 0);
    this.#cr3Flags = this.#flagsOf(options.cr3 ?? 0);
    if (this.mode === 'PAE') {
      if (options.pdptes !== undefined) this.#stage(options.pdptes);
      else this.#stageFromRam(this.#cr3);
      this.#takePdptes();
    }
    rules.configure(this.#state, this.#cr3, this.#cr3Flags);
    caches.modeChanged();
    caches.switchTo(this.#pcid, false, false);
  }

  get mode(): PagingMode {
    return pagingMode(this.#state);
  }

  get cr0(): number {
    return (this.#state.cr0 | cr0Ones(this.#cpu)) >>> 0;
  }

  set cr0(value: number) {
    const cr0 = (register32('cr0', value) & cr0Bits(this.#cpu)) >>> 0;
    const changed = this.#state.cr0 ^ cr0;
    if (has(changed, CR0_PG) && !has(cr0, CR0_PG) && has(this.#state.cr4, CR4_PCIDE)) {
      refuse(said`CR0.PG cannot be cleared while CR4.PCIDE is set`, cr0);
    }
    this.#change(
      { ...this.#state, cr0 },
      has(changed, CR0_PG | CR0_CD | CR0_NW),
      has(changed, CR0_PG | CR0_PE),
    );
  }

  get cr3(): number | bigint {
    const cr3 = this.#cr3;
    return this.#cr3Flags === 0 ? cr3 : fromHalves(lowHalf(cr3), highHalf(cr3) | this.#cr3Flags);
  }

  set cr3(value: number | bigint) {
    const cr3 = this.#checkedCr3(value);
    if (this.#rules.mode === 'PAE') {
      this.#stageFromRam(cr3);
      this.#takePdptes();
    }
    this.#cr3 = cr3;
    this.#cr3Flags = this.#flagsOf(value);
    if (this.#rules.setRoot(cr3, this.#cr3Flags)) this.#caches.regrantWide();
    const tagged = has(this.#state.cr4, CR4_PCIDE);
    this.#caches.switchTo(this.#pcid, tagged, tagged && highHalf(value) < 0);
  }

  get pdptes(): Pdptes | undefined {
    if (this.mode !== 'PAE') return undefined;
    const { pdptes } = this.#rules;
    const register = (i: number): number | bigint => fromHalves(pdptes[2 * i]!, pdptes[2 * i + 1]!);
    return [register(0), register(1), register(2), register(3)];
  }

  get cr4(): number {
    return this.#state.cr4;
  }

  set cr4(value: number) {
    if (!this.#cpu.cr4) throw new InvalidOpcodeError('CR4', this.#cpu);
    const cr4 = register32('cr4', value);
    const changed = this.#state.cr4 ^ cr4;
    const flush =
      has(changed, CR4_PSE | CR4_PAE | CR4_PGE | CR4_LA57) ||
      has(changed & cr4, CR4_SMEP) ||
      has(changed & ~cr4, CR4_PCIDE);
    this.#change({ ...this.#state, cr4 }, has(changed, CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP), flush);
  }

  get efer(): number {
    return this.#state.efer;
  }

  set efer(value: number) {
    const efer = register32('efer', value);
    this.#change({ ...this.#state, efer }, false, has(this.#state.efer ^ efer, EFER_NXE));
  }

  /** The registers as walks read them. */
  get state(): ControlState {
    return this.#state;
  }

  set alignmentCheck(value: boolean) {
    if (this.#rules.alignmentCheck === value) return;
    this.#rules.alignmentCheck = value;
    this.#rules.updateGrants();
    this.#caches.regrant();
  }

  set pkru(value: number) {
    this.#rules.pkru = register32('pkru', value);
    this.#rules.updateKeys();
    this.#caches.regrantWide();
  }

  set pkrs(value: number) {
    this.#rules.pkrs = register32('pkrs', value);
    this.#rules.updateKeys();
    this.#caches.regrantWide();
  }

  /** Checks a change of registers, then makes it: all of it or nothing. */
  #change(wanted: ControlState, reloadsPdptes: boolean, flushes: boolean): void {
    const next = withLongModeActive(wanted);
    checkState(this.#cpu, next);
    checkChange(this.#state, next, this.#cr3 & CR3_PCID);
    const modeChanges = pagingMode(next) !== this.mode;
    if (pagingMode(next) === 'PAE' && (reloadsPdptes || modeChanges)) {
      this.#stageFromRam(this.#cr3);
      this.#takePdptes();
    }
    this.#state = next;
    this.#rules.configure(next, this.#cr3, this.#cr3Flags);
    if (flushes || modeChanges) {
      this.#caches.flush();
      this.#caches.modeChanged();
    } else {
      this.#caches.regrant();
    }
    this.#caches.switchTo(this.#pcid, true, true);
  }

  /** The PCID in CR3, or 0 while there are none. */
  get #pcid(): number {
    return has(this.#state.cr4, CR4_PCIDE) ? this.#cr3 & CR3_PCID : 0;
  }

  /** The flags in the high half of a value for CR3, where there are any: those of linear-address masking. */
  #flagsOf(value: number | bigint): number {
    return has(this.#state.efer, EFER_LMA) ? highHalf(value) & cr3FlagsHigh(this.#cpu) : 0;
  }

  /** @returns The value as CR3 keeps it, but for its flags: without bit 63, which is an order to the TLB. */
  #checkedCr3(value: number | bigint): number {
    const { efer, cr4 } = this.#state;
    const bits = this.#cpu.physicalAddressBits;
    if (!has(efer, EFER_LMA)) return register32('cr3', value);
    if (typeof value === 'number') {
      if (Number.isInteger(value) && value >= 0 && value < 2 ** bits) return value;
      if (!Number.isInteger(value)) throw rangeError(said`cr3 ${value} is not a whole number`);
    }
    if (value < 0 || value >= 2n ** 64n) throw rangeError(said`cr3 ${value} is not in 0 to 2^64 - 1`);
    const flags = cr3FlagsHigh(this.#cpu) | (has(cr4, CR4_PCIDE) ? 1 << 31 : 0);
    const high = highHalf(value) & ~flags;
    const cr3 = (high >>> 0) * 0x1_0000_0000 + (lowHalf(value) >>> 0);
    if (cr3 >= 2 ** bits) refuse(said`CR3 bits from ${bits} up are reserved`, value);
    return cr3;
  }

  /** Reads the four PDPTEs that CR3 points to. @throws GeneralProtectionError for reserved bits in a present one. */
  #stageFromRam(cr3: number): void {
    const table = cr3 - (cr3 % PDPTES_ALIGNMENT);
    for (let half = 0; half < 8; half++) this.#staged[half] = this.#ram.loadWord(table + 4 * half);
    const wrong = this.#malformedPdpte();
    if (wrong >= 0) this.#refusePdpte(wrong, said` at ${formatAddress(table + wrong * 8)}`);
  }

  /** PDPTE registers as the caller gives them. @throws GeneralProtectionError as a load of CR3 would. */
  #stage(values: Pdptes): void {
    for (const [i, value] of values.entries()) this.#staged.set([lowHalf(value), highHalf(value)], 2 * i);
    const wrong = this.#malformedPdpte();
    if (wrong >= 0) this.#refusePdpte(wrong, '');
  }

  #takePdptes(): void {
    for (let half = 0; half < 8; half++) this.#rules.pdptes[half] = this.#staged[half]!;
  }

  /** The first of the staged PDPTEs that is present and has a reserved bit set, or -1. */
  #malformedPdpte(): number {
    const staged = this.#staged;
    for (let i = 0; i < 4; i++) {
      const low = staged[2 * i]!;
      const reserved = (low & this.#pdpteLow) | (staged[2 * i + 1]! & this.#pdpteHigh);
      if ((low & PTE_P) !== 0 && reserved !== 0) return i;
    }
    return -1;
  }

  #refusePdpte(i: number, where: SaidValue): never {
    refuse(
      said`PDPTE ${i}${where} has reserved bits set`,
      fromHalves(this.#staged[2 * i]!, this.#staged[2 * i + 1]!),
    );
  }
}

/** The 32 bits of a register's value. With bit 31 set they are negative as `CR0_PG | CR0_PE` gives them. */
function register32(name: string, value: number | bigint): number {
  const number = Number(value);
  if (!(Number.isInteger(number) && number >= -0x8000_0000 && number <= 0xffff_ffff)) {
    throw rangeError(said`${name} ${value} is not a whole number of 32 bits, 0 to 0xffff_ffff`);
  }
  return number >>> 0;
}
