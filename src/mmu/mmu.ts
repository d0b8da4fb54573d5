import * as accesses from '../arch/access.ts';
import { formatAddress, PAGE_OFFSET_MASK, PAGE_SIZE } from '../arch/address.ts';
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
} from '../arch/control.ts';
import { type CpuFeatures, type CpuModel, cpuFeatures } from '../arch/cpu.ts';
import { PTE_P } from '../arch/entry.ts';
import { InvalidOpcodeError } from '../arch/exceptions.ts';
import { VECTOR_GP, VECTOR_PF, VECTOR_SS } from '../arch/fault.ts';
import { fromHalves, highHalf, isCanonical, isCanonicalHigh, lowHalf } from '../arch/linear.ts';
import { PAGING_MODES } from '../arch/paging-modes.ts';
import { RIGHT_D } from '../arch/permissions.ts';
import {
  type ControlState,
  checkChange,
  checkState,
  cr0Bits,
  cr0Ones,
  has,
  pagingMode,
  refuse,
  withLongModeActive,
} from '../arch/registers.ts';
import { reserved64 } from '../arch/reserved.ts';
import { type DirectRam, directRam } from '../memory/direct-ram.ts';
import * as chunks from '../memory/physical-memory.ts';
import type { Ram } from '../memory/ram.ts';
import { PageTlb } from '../tlb/page-tlb.ts';
import { SetAssociativeTlb, type TlbGeometry } from '../tlb/set-associative-tlb.ts';
import { Tlb } from '../tlb/tlb.ts';
import * as tlbWord from '../tlb/tlb-word.ts';
import type { WalkContext } from '../walk/context.ts';
import { explainWalk } from '../walk/explain.ts';
import type { PagingMode, WalkFault, WalkReport } from '../walk/report.ts';
import { checkApart, checkResults, unsignedView } from './lists.ts';
import { type Segment, segmentFault } from './segment.ts';
import { ABOVE_4_GIB, NO_ADDRESS, NO_FAULT, translateRun } from './translate-run.ts';
import { Walker } from './walker.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time..
const { ACCESS_WRITE_BIT, READ, WRITE } = accesses;
const { CHUNK_MASK, CHUNK_SHIFT } = chunks;
const { WORD_ADDRESS, WORD_BEYOND_4G, WORD_GLOBAL, WORD_LARGE } = tlbWord;

type Access = accesses.Access;

/** What `translate` and the accesses return when the CPU raises an exception instead. */
export const FAULT = -1;

/** The state an {@link Mmu} starts in. */
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
  readonly pdptes?: readonly [number | bigint, number | bigint, number | bigint, number | bigint];
  /**
   * A modelled TLB, with sets, ways, evictions and statistics. Default: the fast one, which caches every page
   * that was used until something flushes it.
   */
  readonly tlb?: TlbGeometry;
}

/** The TLB used for what the fast one cannot hold: long mode, and pages above 4 GiB. */
const WIDE_GEOMETRY: TlbGeometry = { small: { entries: 4096, ways: 4 }, large: { entries: 512, ways: 4 } };

/**
 * The memory management unit of an x86 CPU: translates linear addresses as the CPU does, with the rights, the
 * accessed and dirty bits, the faults and the TLB of the chosen model.
 *
 * Linear addresses are taken modulo 2^32, in long mode modulo 2^64; there a bigint may be given as well as a number.
 * What the *guest* does wrong is a value: {@link FAULT}, with `cr2`, `faultCode` and `faultVector` latched. What
 * the *caller* does wrong throws.
 *
 * @example
 * const mmu = new Mmu(memory, { cpu: 'i486', cr3: domain.pageDirectory });
 * mmu.translate(0xc000_0000, READ);      // physical address, or FAULT
 * mmu.explain(0xc000_0000, WRITE);       // every step of the walk, decoded
 *
 * @typeParam Memory - The RAM behind it: a `PhysicalMemory`, or any {@link Ram} of your own.
 */
export class Mmu<Memory extends Ram = Ram> {
  /** The RAM behind this MMU, as it was given. */
  readonly memory: Memory;
  /** The CPU model's features. */
  readonly cpu: CpuFeatures;
  /** What is cached now: entries, their rights, which are stale. */
  readonly tlb: Tlb;

  /** The fast TLB's words, here too so that a hit needs one load less. */
  #cached: Int32Array;
  readonly #pages = new PageTlb();
  readonly #walker: Walker;
  /** The modelled TLB: given by the caller, or made when a mode needs it. */
  #model: SetAssociativeTlb | undefined;
  /** The caller chose the geometry, so the fast TLB stays empty. */
  readonly #modelled: boolean;
  readonly #ram: DirectRam;
  readonly #words: readonly Int32Array[];
  /** Frames below 4 GiB that can be indexed in `#words`. */
  readonly #frames32: number;

  /** The physical address that {@link Mmu.#miss} found, where no word can hold it. */
  #beyond4G = 0;
  // What the last access found: see `#find`.
  #first = 0;
  #second = 0;
  #inPage = 0;

  #state: ControlState;
  #cr3: number;
  #pcid = 0;
  #cr2Low = 0;
  #cr2High = 0;
  #faultCode = 0;
  #faultVector = 0;

  /**
   * @param memory - The RAM. {@link PhysicalMemory} is the fastest; see {@link Ram} for what another one needs.
   * @throws TypeError for what is no RAM.
   * @throws RangeError for an unknown CPU model or a value too large for its register.
   * @throws GeneralProtectionError if the CPU could not be in the given state.
   */
  constructor(memory: Memory, options: MmuOptions = {}) {
    this.memory = memory;
    this.cpu = cpuFeatures(options.cpu ?? 'pentium-iii');
    const ram = directRam(memory);
    this.#ram = ram;
    this.#words = ram.words;
    this.#frames32 = Math.min(ram.frameCount, 0x10_0000);
    this.#cached = this.#pages.words;
    this.#walker = new Walker(this.cpu, ram);
    this.#modelled = options.tlb !== undefined;
    if (options.tlb !== undefined) this.#model = new SetAssociativeTlb(options.tlb);

    const cr0 = register32('cr0', options.cr0 ?? CR0_PG + CR0_PE + (this.cpu.wp ? CR0_WP : 0));
    const cr4 = register32('cr4', options.cr4 ?? 0);
    if (cr4 !== 0 && !this.cpu.cr4) throw new InvalidOpcodeError('CR4', this.cpu);
    const efer = register32('efer', options.efer ?? 0);
    const state = withLongModeActive({ cr0: (cr0 & cr0Bits(this.cpu)) >>> 0, cr4, efer });
    checkState(this.cpu, state);
    this.#state = state;
    this.#cr3 = this.#checkedCr3(options.cr3 ?? 0, state);
    if (this.mode === 'PAE') {
      this.#walker.pdptes.set(
        options.pdptes ? this.#checkedPdptes(options.pdptes) : this.#readPdptes(this.#cr3),
      );
    }
    this.#configure();
    this.tlb = new Tlb(this, this.#pages, () => this.#model, this.#modelled);
  }

  // --- registers ---

  /** How linear addresses are translated now. */
  get mode(): PagingMode {
    return pagingMode(this.#state);
  }

  /** CR0 as the CPU reads it back: bits that the model fixes at 1 read as 1. */
  get cr0(): number {
    return (this.#state.cr0 | cr0Ones(this.cpu)) >>> 0;
  }

  /**
   * Writes CR0. A change of PG or PE empties the TLB; one of WP takes effect at once.
   * @throws GeneralProtectionError for PG without PE, NW without CD, or PG against EFER.LME or CR4.PCIDE.
   */
  set cr0(value: number) {
    const cr0 = (register32('cr0', value) & cr0Bits(this.cpu)) >>> 0;
    const changed = this.#state.cr0 ^ cr0;
    if (has(changed, CR0_PG) && !has(cr0, CR0_PG) && has(this.#state.cr4, CR4_PCIDE)) {
      refuse('CR0.PG cannot be cleared while CR4.PCIDE is set', value);
    }
    this.#change(
      withLongModeActive({ ...this.#state, cr0 }),
      has(changed, CR0_PG | CR0_CD | CR0_NW),
      has(changed, CR0_PG | CR0_PE),
    );
  }

  /** The linear address of the last page fault; a bigint only where it does not fit a number. */
  get cr2(): number | bigint {
    return fromHalves(this.#cr2Low, this.#cr2High);
  }

  /** Writes CR2, which changes nothing else. */
  set cr2(value: number | bigint) {
    this.#cr2Low = lowHalf(value);
    this.#cr2High = this.#isLong ? highHalf(value) : 0;
  }

  /** CR3: physical address of the root table, PWT, PCD, and the PCID while CR4.PCIDE is set. */
  get cr3(): number {
    return this.#cr3;
  }

  /**
   * Writes CR3: drops the TLB's entries that are not global and, in PAE paging, loads the PDPTE registers.
   * With CR4.PCIDE, only entries of the new PCID go; bit 63 set keeps those too.
   *
   * @throws GeneralProtectionError for reserved bits of CR3, or of a present PDPTE in PAE paging.
   * @throws RangeError for more than 32 bits outside long mode.
   */
  set cr3(value: number | bigint) {
    const cr3 = this.#checkedCr3(value, this.#state);
    if (this.mode === 'PAE') this.#walker.pdptes.set(this.#readPdptes(cr3));
    this.#cr3 = cr3;
    this.#walker.setRoot(cr3);
    this.#pcid = this.#currentPcid;
    if (!has(this.#state.cr4, CR4_PCIDE)) {
      this.#pages.flushNonGlobal();
      this.#model?.flushNonGlobal();
    } else if (highHalf(value) >= 0) {
      this.#model?.flushNonGlobal(this.#pcid);
    }
  }

  /** The four PDPTE registers, which PAE paging walks from; undefined in other modes. */
  get pdptes(): MmuOptions['pdptes'] {
    if (this.mode !== 'PAE') return undefined;
    const register = (i: number): number | bigint =>
      fromHalves(this.#walker.pdptes[2 * i]!, this.#walker.pdptes[2 * i + 1]!);
    return [register(0), register(1), register(2), register(3)];
  }

  /** CR4; 0 on a CPU without it. */
  get cr4(): number {
    return this.#state.cr4;
  }

  /**
   * Writes CR4. A change of PSE, PAE, PGE or LA57, setting SMEP and clearing PCIDE empty the TLB.
   * @throws InvalidOpcodeError on a CPU without CR4.
   * @throws GeneralProtectionError for bits that the model reserves, and where long mode forbids the change.
   */
  set cr4(value: number) {
    if (!this.cpu.cr4) throw new InvalidOpcodeError('CR4', this.cpu);
    const cr4 = register32('cr4', value);
    const changed = this.#state.cr4 ^ cr4;
    const flush =
      has(changed, CR4_PSE | CR4_PAE | CR4_PGE | CR4_LA57) ||
      has(changed & cr4, CR4_SMEP) ||
      has(changed & ~cr4, CR4_PCIDE);
    this.#change({ ...this.#state, cr4 }, has(changed, CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP), flush);
  }

  /** IA32_EFER; 0 on a CPU without it. LMA is on while long mode is active. */
  get efer(): number {
    return this.#state.efer;
  }

  /**
   * Writes EFER. LMA is read-only: its bit in the value does not count. A change of NXE empties the TLB.
   * @throws GeneralProtectionError for bits that the model reserves, or a change of LME while paging is on.
   */
  set efer(value: number) {
    const efer = register32('efer', value);
    this.#change(withLongModeActive({ ...this.#state, efer }), false, has(this.#state.efer ^ efer, EFER_NXE));
  }

  /** EFLAGS.AC: while CR4.SMAP is set, true lets explicit supervisor accesses use user pages. */
  get alignmentCheck(): boolean {
    return this.#walker.alignmentCheck;
  }

  /** Takes effect at once, on cached translations too. */
  set alignmentCheck(value: boolean) {
    if (this.#walker.alignmentCheck === value) return;
    this.#walker.alignmentCheck = value;
    this.#regrant();
  }

  /** PKRU: rights of user pages by protection key, two bits a key (AD, WD). Counts while CR4.PKE is set. */
  get pkru(): number {
    return this.#walker.pkru;
  }

  /** Takes effect at once. */
  set pkru(value: number) {
    this.#walker.pkru = register32('pkru', value);
  }

  /** IA32_PKRS: the same for supervisor pages. Counts while CR4.PKS is set. */
  get pkrs(): number {
    return this.#walker.pkrs;
  }

  /** Takes effect at once. */
  set pkrs(value: number) {
    this.#walker.pkrs = register32('pkrs', value);
  }

  /** The error code of the last fault. */
  get faultCode(): number {
    return this.#faultCode;
  }

  /** The vector of the last fault: 14 #PF, 13 #GP, 12 #SS; 0 before the first. */
  get faultVector(): number {
    return this.#faultVector;
  }

  // --- translation ---

  /**
   * Translates a linear address as the CPU does, setting A and D in RAM.
   *
   * Allocates nothing and throws nothing. On a fault it returns {@link FAULT}; `cr2`, `faultCode` and
   * `faultVector` then hold the cause until the next one. To see every step without side effects, use
   * {@link Mmu.explain}.
   *
   * @param linear - Byte address, modulo 2^32 (in long mode 2^64; a bigint may be given).
   * @param access - `READ`, `WRITE`, `FETCH`, `USER_READ`, `USER_WRITE`, `USER_FETCH` or an `IMPLICIT_` one.
   * @returns Physical byte address, 0 to 2^52 − 1, or {@link FAULT} (−1).
   * @see SDM 3A chapter 4, "Paging"
   */
  translate(linear: number | bigint, access: Access): number {
    if (typeof linear === 'number') {
      const word = this.#cached[linear >>> 12]!;
      if ((word & (1 << access)) !== 0) return ((word & WORD_ADDRESS) ^ linear) >>> 0;
    }
    // In halves, as int32: a number from 2^31 up would be boxed for the call.
    const low = lowHalf(linear);
    return +this.#physicalOf(this.#miss(low, highHalf(linear), access), low);
  }

  /**
   * Translates many addresses, up to the first fault.
   *
   * @param linear - Byte addresses below 2^32.
   * @param physical - Receives the physical addresses; at least as long as `linear`.
   * @returns How many were translated. Fewer than `linear.length`: the next one faulted, with the cause latched.
   * @throws RangeError if `physical` is too short or overlaps `linear` in memory, or an address reached lies at 4 GiB or
   * above; results before it are there.
   */
  translateMany(linear: Uint32Array | Int32Array, physical: Uint32Array, access: Access): number {
    checkResults('physical', physical, linear);
    return this.#translateRun(linear, physical, undefined, access);
  }

  /**
   * Translates many addresses, each by itself: a fault is a result like any other. For those who want to know what an
   * address space allows, such as every page of it.
   *
   * A and D are set as always. `cr2`, `faultCode` and `faultVector` keep their values.
   *
   * @param linear - Byte addresses below 2^32.
   * @param physical - Receives the physical addresses, and `0xffff_ffff` where there is none or none that fits.
   * @param faultCodes - Receives {@link NO_FAULT}, or the error code of the page fault, or {@link ABOVE_4_GIB}.
   * @throws RangeError if a list is too short, or two overlap in memory. What the tables say is never a reason to throw.
   */
  translateEach(
    linear: Uint32Array | Int32Array,
    physical: Uint32Array,
    faultCodes: Uint8Array,
    access: Access,
  ): void {
    checkResults('physical', physical, linear);
    checkResults('faultCodes', faultCodes, linear);
    checkApart('physical', physical, 'faultCodes', faultCodes);
    const { cr2, faultCode, faultVector } = this;
    faultCodes.fill(NO_FAULT, 0, linear.length);
    this.#translateRun(linear, physical, faultCodes, access);
    this.cr2 = cr2;
    this.#faultCode = faultCode;
    this.#faultVector = faultVector;
  }

  /** @returns How many were translated: all, or without `faultCodes` those before the first fault. */
  #translateRun(
    linear: Uint32Array | Int32Array,
    physical: Uint32Array,
    faultCodes: Uint8Array | undefined,
    access: Access,
  ): number {
    const addresses = linear instanceof Int32Array ? unsignedView(linear) : linear;
    const { length } = addresses;
    for (let i = 0; ; i++) {
      const walk = this.#walker.isPlain && this.#model === undefined ? this.#walker : undefined;
      i = translateRun(addresses, physical, i, access, faultCodes, this.#pages, this.#ram, walk);
      this.#cached = this.#pages.words;
      if (i === length) return length;
      const result = this.translate(addresses[i]!, access);
      if (result !== FAULT && result <= 0xffff_ffff) {
        physical[i] = result;
        continue;
      }
      if (faultCodes !== undefined) {
        faultCodes[i] = result === FAULT ? this.#faultCode : ABOVE_4_GIB;
        physical[i] = NO_ADDRESS;
        continue;
      }
      if (result === FAULT) return i;
      throw new RangeError(
        `${formatAddress(addresses[i]!)} maps to ${formatAddress(result)}, beyond the 32 bits of a list; use translate`,
      );
    }
  }

  /**
   * Explains a translation: every entry with its bits, the rights as they narrow, the result or the fault.
   * Pure: sets no A or D, fills no TLB entry, latches no fault. It walks RAM, so it says what a CPU with an empty
   * TLB would do; `tlb` shows what is cached.
   */
  explain(linear: number | bigint, access: Access): WalkReport {
    return explainWalk(this.walkContext, linear, access);
  }

  /** Memory, CPU and registers as they stand now: what `src/walk` needs to read the tables by itself. */
  get walkContext(): WalkContext {
    return {
      cpu: this.cpu,
      memory: this.memory,
      cr0: this.#state.cr0,
      cr2: this.cr2,
      cr3: this.#cr3,
      cr4: this.#state.cr4,
      efer: this.#state.efer,
      pdptes: this.#walker.pdptes,
      alignmentCheck: this.alignmentCheck,
      pkru: this.pkru,
      pkrs: this.pkrs,
    };
  }

  /**
   * Translates an offset in a segment: segmentation first, then paging, as the CPU does for every access.
   *
   * @param offset - Byte offset in the segment.
   * @param bytes - Size of the access; all of it must lie in the segment. Default 1.
   * @returns Physical address of the first byte, or {@link FAULT}: #GP (#SS for a stack segment) with error
   * code 0 for a segment violation, before paging is asked.
   */
  translateLogical(segment: Segment, offset: number, access: Access, bytes = 1): number {
    // 64-bit code uses no limits; its segments are flat.
    if (!this.#isLong && segmentFault(segment, offset, access, bytes) !== undefined) {
      this.#segmentFault(segment.stack ? VECTOR_SS : VECTOR_GP);
      return FAULT;
    }
    const result = this.translate(this.#isLong ? offset : segment.linear(offset), access);
    if (result === FAULT && segment.stack && this.#faultVector === VECTOR_GP) this.#faultVector = VECTOR_SS;
    return result;
  }

  /** Explains {@link Mmu.translateLogical} as {@link Mmu.explain} does: pure, with the segment's verdict first. */
  explainLogical(segment: Segment, offset: number, access: Access, bytes = 1): WalkReport {
    const linear = this.#isLong ? offset : segment.linear(offset);
    const vector = segment.stack ? VECTOR_SS : VECTOR_GP;
    const reason = this.#isLong ? undefined : segmentFault(segment, offset, access, bytes);
    if (reason !== undefined) {
      const { mode, cr3, cr2 } = this;
      const fault: WalkFault = { vector, reason, code: 0, cr2, kind: undefined };
      return { ok: false, linear, access, mode, cr3, fault, steps: [] };
    }
    const report = this.explain(linear, access);
    if (report.ok || report.fault.reason !== 'not-canonical') return report;
    return { ...report, fault: { ...report.fault, vector } };
  }

  // --- data ---

  /** Reads a byte at a linear address. @returns The value, or {@link FAULT}. */
  readUint8(linear: number | bigint, access: Access = READ): number {
    const physical = this.translate(linear, access);
    return physical === FAULT ? FAULT : this.#ram.loadByte(physical);
  }

  /** Reads 16 bits, little-endian, at any byte address. @returns The value, or {@link FAULT}. */
  readUint16(linear: number | bigint, access: Access = READ): number {
    if (!this.#find(lowHalf(linear), highHalf(linear), 2, access)) return FAULT;
    return this.#load(2);
  }

  /**
   * Reads 32 bits, little-endian, at any byte address. A read that crosses into another page reads nothing unless
   * both pages allow it. Where no RAM answers, all bits read as 1.
   *
   * @returns The value, 0 to 2^32 − 1, or {@link FAULT}.
   */
  readUint32(linear: number | bigint, access: Access = READ): number {
    if (typeof linear === 'number') {
      const word = this.#cached[linear >>> 12]!;
      if ((word & (1 << access)) !== 0) {
        const physical = (word & WORD_ADDRESS) ^ linear;
        if ((physical & 3) === 0 && physical >>> 12 < this.#frames32) {
          return this.#words[physical >>> CHUNK_SHIFT]![(physical & CHUNK_MASK) >>> 2]! >>> 0;
        }
      }
    }
    if (!this.#find(lowHalf(linear), highHalf(linear), 4, access)) return FAULT;
    return this.#load(4) >>> 0;
  }

  /** Writes the low 8 bits of the value. @returns 0, or {@link FAULT}. */
  writeUint8(linear: number | bigint, value: number, access: Access = WRITE): number {
    const physical = this.translate(linear, access);
    if (physical === FAULT) return FAULT;
    this.#ram.storeByte(physical, value);
    return 0;
  }

  /** Writes the low 16 bits of the value, at any byte address, both bytes or none. @returns 0, or {@link FAULT}. */
  writeUint16(linear: number | bigint, value: number, access: Access = WRITE): number {
    if (!this.#find(lowHalf(linear), highHalf(linear), 2, access)) return FAULT;
    this.#store(value, 2);
    return 0;
  }

  /**
   * Writes the low 32 bits of the value, at any byte address. A write that crosses into another page writes nothing
   * unless both pages allow it. Where no RAM answers, the write is lost.
   *
   * @returns 0, or {@link FAULT}.
   */
  writeUint32(linear: number | bigint, value: number, access: Access = WRITE): number {
    if (typeof linear === 'number') {
      const word = this.#cached[linear >>> 12]!;
      if ((word & (1 << access)) !== 0 && (linear & 3) === 0) {
        this.#ram.storeWord(((word & WORD_ADDRESS) ^ linear) >>> 0, value);
        return 0;
      }
    }
    if (!this.#find(lowHalf(linear), highHalf(linear), 4, access)) return FAULT;
    this.#store(value, 4);
    return 0;
  }

  // --- invalidation ---

  /**
   * INVLPG: drops what is cached for the page of an address, global or not; of a large page, every piece.
   * @throws InvalidOpcodeError on a CPU without it (the 386).
   */
  invlpg(linear: number | bigint): void {
    if (!this.cpu.invlpg) throw new InvalidOpcodeError('INVLPG', this.cpu);
    this.#pages.invalidate(lowHalf(linear), this.#walker.piecesOfLarge, true);
    this.#model?.invalidate(lowHalf(linear), this.#isLong ? highHalf(linear) : 0, this.#pcid, true);
  }

  /**
   * INVPCID: drops entries by process-context identifier.
   *
   * @param type - 0: one address of one PCID · 1: one PCID, but for global entries · 2: everything · 3: everything
   * but global entries.
   * @param pcid - 0–4095, for types 0 and 1.
   * @param linear - For type 0: all 64 bits of the descriptor count, outside long mode too, where an address from 2^32
   * up names no page.
   * @throws InvalidOpcodeError on a CPU without it.
   * @throws GeneralProtectionError for another type or PCID, a PCID other than 0 while CR4.PCIDE is clear, or an
   * address that is not canonical for the widest paging of the CPU, whatever the mode.
   * @see SDM 2A "INVPCID—Invalidate Process-Context Identifier"
   */
  invpcid(type: number, pcid = 0, linear: number | bigint = 0): void {
    if (!this.cpu.invpcid) throw new InvalidOpcodeError('INVPCID', this.cpu);
    if (!(Number.isInteger(type) && type >= 0 && type <= 3)) refuse('INVPCID has types 0 to 3', type);
    if (!(Number.isInteger(pcid) && pcid >= 0 && pcid <= 0xfff)) refuse('a PCID is 0 to 4095', pcid);
    if (type < 2 && pcid !== 0 && !has(this.#state.cr4, CR4_PCIDE))
      refuse('CR4.PCIDE is clear, so the PCID must be 0', pcid);
    if (type === 0) {
      const widest = this.cpu.la57 ? '5-level' : '4-level';
      if (!isCanonical(BigInt(linear), PAGING_MODES[widest].linearBits)) {
        refuse('the address is not canonical', linear);
      }
      const low = lowHalf(linear);
      const high = highHalf(linear);
      if (high === 0) this.#pages.invalidate(low, this.#walker.piecesOfLarge, false);
      this.#model?.invalidate(low, high, pcid, false);
    } else if (type === 2) {
      this.#flush();
    } else {
      this.#pages.flushNonGlobal();
      this.#model?.flushNonGlobal(type === 1 ? pcid : undefined);
    }
  }

  // --- the slow path ---

  get #isLong(): boolean {
    return has(this.#state.efer, EFER_LMA);
  }

  /** What {@link Mmu.#miss} found for an address, as `translate` returns it. */
  #physicalOf(word: number, low: number): number {
    if (word === 0) return FAULT;
    if (word === WORD_BEYOND_4G) return this.#beyond4G;
    return ((word & WORD_ADDRESS) ^ low) >>> 0;
  }

  /**
   * The fast TLB does not answer: another one may, else RAM is walked.
   *
   * One function for all modes on purpose. In parts, each would be small enough for V8 to compile into `translate` and
   * so into every loop that calls it; loops over TLB hits would then be slower.
   *
   * @returns A word whose address part XOR the linear address is the physical one; 0 on a fault, which is latched;
   * `WORD_BEYOND_4G` where the physical address is in `#beyond4G`.
   */
  #miss(low: number, high: number, access: Access): number {
    const walker = this.#walker;
    const model = this.#model;
    const { mode } = walker;
    if (mode === '32-bit' && model === undefined) {
      const word = walker.word32(low, access);
      if (word === 0) return this.#pageFault(low, 0);
      if (word === WORD_BEYOND_4G) return this.#fillModel(low, 0, access);
      this.#pages.fill(low, word, access);
      this.#cached = this.#pages.words;
      return word;
    }
    if (mode === 'off') return this.#wordFor(low, walker.onBus(low >>> 0));

    const isLong = this.#isLong;
    if (isLong && !this.#isCanonical(high)) return this.#segmentFault(VECTOR_GP);
    const highUsed = isLong ? high : 0;
    if (model?.lookup(low, highUsed, this.#pcid, PAGING_MODES[mode].largePageShifts)) {
      const clean = (model.rights & RIGHT_D) === 0;
      if (!((access & ACCESS_WRITE_BIT) !== 0 && clean) && walker.check(model.rights, model.key, access)) {
        return this.#wordFor(low, model.use(low));
      }
      // Not enough cached rights: RAM decides, since it may have been changed without an invalidation.
      model.drop();
    }
    model?.countMiss();
    const found =
      mode === '32-bit'
        ? walker.walk32(low, access)
        : mode === 'PAE'
          ? walker.walkPae(low, access)
          : walker.walkLong(low, high, access);
    if (!found) return this.#pageFault(low, highUsed);
    if (this.#modelled || isLong) return this.#fillModel(low, highUsed, access);
    return this.#fillFast(low, access);
  }

  /** Caches the walk's result in the fast TLB, if it can hold it. */
  #fillFast(low: number, access: Access): number {
    const { pageBase, pageShift, rights, global, wordBits } = this.#walker;
    const physical = pageBase + ((low & ~(-1 << pageShift)) >>> 0);
    if (physical > 0xffff_ffff) return this.#fillModel(low, 0, access);
    const large = pageShift === 12 ? 0 : WORD_LARGE;
    const word = ((low ^ physical) & WORD_ADDRESS) | large | (global ? WORD_GLOBAL : 0) | wordBits[rights]!;
    this.#pages.fill(low, word, access);
    this.#cached = this.#pages.words;
    return word;
  }

  #fillModel(low: number, high: number, access: Access): number {
    const { pageBase, pageShift, rights, key, global } = this.#walker;
    this.#model ??= new SetAssociativeTlb(WIDE_GEOMETRY);
    this.#model.fill(low, high, pageBase, pageShift, rights, key, global, this.#pcid, access);
    return this.#wordFor(low, pageBase + ((low & ~(-1 << pageShift)) >>> 0));
  }

  /** A word for a physical address that no word is cached for. Bit 0 tells it from 0 and from `WORD_BEYOND_4G`. */
  #wordFor(low: number, physical: number): number {
    if (physical > 0xffff_ffff) {
      this.#beyond4G = physical;
      return WORD_BEYOND_4G;
    }
    return ((low ^ physical) & WORD_ADDRESS) | 1;
  }

  #pageFault(low: number, high: number): number {
    this.#cr2Low = low;
    this.#cr2High = high;
    this.#faultCode = this.#walker.faultCode;
    this.#faultVector = VECTOR_PF;
    return 0;
  }

  /** #GP(0) or #SS(0): CR2 keeps its value. */
  #segmentFault(vector: number): number {
    this.#faultCode = 0;
    this.#faultVector = vector;
    return 0;
  }

  /**
   * Translates all pages of an access, before any byte of it is read or written. One that ends where addresses are not
   * canonical is refused as a whole, before its first page is asked: the address is checked before paging begins.
   *
   * @returns false on a fault. Else `#first` is the physical address of the first byte, and `#second` that of the
   * first byte of the next page, `#inPage` bytes on, if the access reaches it.
   */
  #find(low: number, high: number, bytes: number, access: Access): boolean {
    const last = (low + bytes - 1) | 0;
    if (this.#isLong && !this.#isCanonical(carried(low, last, high))) {
      this.#segmentFault(VECTOR_GP);
      return false;
    }
    const first = this.#translateHalves(low, high, access);
    if (first === FAULT) return false;
    const inPage = PAGE_SIZE - (low & PAGE_OFFSET_MASK);
    this.#first = first;
    this.#inPage = inPage;
    if (inPage >= bytes) return true;
    // CR2 names this byte if its page faults.
    const next = (low + inPage) | 0;
    const second = this.#translateHalves(next, carried(low, next, high), access);
    this.#second = second;
    return second !== FAULT;
  }

  #translateHalves(low: number, high: number, access: Access): number {
    const word = this.#cached[low >>> 12]!;
    return this.#physicalOf((word & (1 << access)) !== 0 ? word : this.#miss(low, high, access), low);
  }

  /** The bytes that `#find` has found, as int32. */
  #load(bytes: number): number {
    const ram = this.#ram;
    const first = this.#first;
    const inPage = this.#inPage;
    if (bytes === 4 && inPage >= 4) return ram.loadWord(first);
    let value = 0;
    for (let i = 0; i < bytes; i++) {
      value |= ram.loadByte(i < inPage ? first + i : this.#second + i - inPage) << (8 * i);
    }
    return value;
  }

  #store(value: number, bytes: number): void {
    const ram = this.#ram;
    const first = this.#first;
    const inPage = this.#inPage;
    if (bytes === 4 && inPage >= 4) {
      ram.storeWord(first, value);
      return;
    }
    for (let i = 0; i < bytes; i++) {
      ram.storeByte(i < inPage ? first + i : this.#second + i - inPage, value >>> (8 * i));
    }
  }

  #isCanonical(high: number): boolean {
    return isCanonicalHigh(high, PAGING_MODES[this.#walker.mode].linearBits);
  }

  // --- register changes ---

  /** Checks a change of registers, then makes it: all of it or nothing. */
  #change(next: ControlState, reloadsPdptes: boolean, flushes: boolean): void {
    checkState(this.cpu, next);
    checkChange(this.#state, next, this.#cr3 & CR3_PCID);
    const modeChanges = pagingMode(next) !== this.mode;
    if (pagingMode(next) === 'PAE' && (reloadsPdptes || modeChanges)) {
      this.#walker.pdptes.set(this.#readPdptes(this.#cr3));
    }
    this.#state = next;
    this.#configure();
    if (flushes || modeChanges) this.#flush();
    else this.#regrant();
  }

  #configure(): void {
    this.#walker.configure(this.#state, this.#cr3);
    this.#pcid = this.#currentPcid;
  }

  /** The PCID in CR3, or 0 while there are none. */
  get #currentPcid(): number {
    return has(this.#state.cr4, CR4_PCIDE) ? this.#cr3 & CR3_PCID : 0;
  }

  #regrant(): void {
    this.#walker.updateGrants();
    this.#pages.regrant(this.#walker.wordBits);
  }

  #flush(): void {
    this.#pages.flush();
    this.#model?.flush();
  }

  /** @returns The value as CR3 keeps it: without bit 63, which is an order to the TLB. */
  #checkedCr3(value: number | bigint, state: ControlState): number {
    if (!has(state.efer, EFER_LMA)) return register32('cr3', value);
    if (BigInt(value) !== BigInt.asUintN(64, BigInt(value))) {
      throw new RangeError(`cr3 ${value} is not in 0 to 2^64 - 1`);
    }
    let bits = BigInt(value);
    if (has(state.cr4, CR4_PCIDE)) bits = BigInt.asUintN(63, bits);
    if (bits >> BigInt(this.cpu.physicalAddressBits) !== 0n) {
      refuse(`CR3 bits from ${this.cpu.physicalAddressBits} up are reserved`, value);
    }
    return Number(bits);
  }

  /** Reads the four PDPTEs that CR3 points to. @throws GeneralProtectionError for reserved bits in a present one. */
  #readPdptes(cr3: number): Int32Array {
    const table = cr3 - (cr3 % 32);
    const pdptes = Int32Array.from({ length: 8 }, (_, i) => this.#ram.loadWord(table + i * 4));
    this.#checkPdptes(pdptes, (i) => ` at ${formatAddress(table + i * 8)}`);
    return pdptes;
  }

  /** PDPTE registers as the caller gives them. @throws GeneralProtectionError as a load of CR3 would. */
  #checkedPdptes(values: readonly (number | bigint)[]): Int32Array {
    const pdptes = new Int32Array(8);
    for (const [i, value] of values.entries()) pdptes.set([lowHalf(value), highHalf(value)], 2 * i);
    this.#checkPdptes(pdptes, () => '');
    return pdptes;
  }

  #checkPdptes(pdptes: Int32Array, where: (i: number) => string): void {
    const { pdpteLow, pdpteHigh } = reserved64(this.cpu, false, false);
    for (let i = 0; i < 4; i++) {
      const low = pdptes[2 * i]!;
      const high = pdptes[2 * i + 1]!;
      if ((low & PTE_P) !== 0 && ((low & pdpteLow) !== 0 || (high & pdpteHigh) !== 0)) {
        refuse(`PDPTE ${i}${where(i)} has reserved bits set`, fromHalves(low, high));
      }
    }
  }
}

function register32(name: string, value: number | bigint): number {
  const number = Number(value);
  if (!(Number.isInteger(number) && number >= 0 && number <= 0xffff_ffff)) {
    throw new RangeError(`${name} ${value} is not a whole number in 0 to 0xffff_ffff`);
  }
  return number;
}

/** The high half of an address a little further on: the low half may have run over. */
function carried(from: number, to: number, high: number): number {
  return to >>> 0 < from >>> 0 ? (high + 1) | 0 : high;
}
