import * as accesses from '../arch/access.ts';
import * as address from '../arch/address.ts';
import { CR4_PCIDE } from '../arch/control.ts';
import { type CpuFeatures, cpuFeatures } from '../arch/cpu.ts';
import * as entry from '../arch/entry.ts';
import { InvalidOpcodeError } from '../arch/exceptions.ts';
import { VECTOR_GP, VECTOR_SS } from '../arch/fault.ts';
import { fromHalves, highHalf, isCanonical, lowHalf } from '../arch/linear.ts';
import { PAGING_MODES, type PagingMode } from '../arch/paging-modes.ts';
import { has, refuse } from '../arch/registers.ts';
import { type DirectRam, directRam } from '../memory/direct-ram.ts';
import * as chunks from '../memory/physical-memory.ts';
import type { Ram } from '../memory/ram.ts';
import { said } from '../said/said.ts';
import { StructureCaches } from '../tlb/structure-caches.ts';
import { Tlb } from '../tlb/tlb.ts';
import * as tlbWord from '../tlb/tlb-word.ts';
import * as wideTlb from '../tlb/wide-tlb.ts';
import type { WalkContext } from '../walk/context.ts';
import { explainWalk } from '../walk/explain.ts';
import type { WalkFault, WalkReport } from '../walk/report.ts';
import { Accesses } from './accesses.ts';
import { Caches } from './caches.ts';
import { ControlRegisters } from './control-registers.ts';
import { ListTranslation } from './list-translation.ts';
import type { LinearList, PhysicalList } from './lists.ts';
import type { MmuOptions } from './options.ts';
import { type Segment, segmentFault } from './segment.ts';
import { StructureWalker } from './structure-walker.ts';
import { noAccess, Translation } from './translation.ts';
import { Walker } from './walker.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { READ, WRITE } = accesses;
const { FOUR_GIB, PAGE_OFFSET_MASK, PAGE_SHIFT, PAGE_SIZE } = address;
const { PTE_P } = entry;
const { CHUNK_MASK, CHUNK_SHIFT } = chunks;
const { NO_WORD, WORD_ADDRESS, WORD_GRANTS } = tlbWord;
const { WIDE_EPOCH, WIDE_SLOT_MASK, WIDE_SLOTS, WIDE_TAG } = wideTlb;

type Access = accesses.Access;

/** What `translate` and the accesses return when the CPU raises an exception instead. */
export const FAULT = -1;

/** Stands for the arrays of a wide TLB that is not there. */
const NO_WIDE_WORDS = new Int32Array(WIDE_SLOTS);
const NO_WIDE_NUMBERS = new Float64Array(WIDE_SLOTS);
const NO_CHUNKS: readonly Int32Array[] = [NO_WIDE_WORDS];
/** Stands for a directory of which only a walk can tell what it holds: no entry of it is absent. */
const NO_DIRECTORY = new Int32Array(1024).fill(PTE_P);
/** `linear >>> DIRECTORY_SHIFT` is the index in a directory of 32-bit paging. */
const DIRECTORY_SHIFT: number = PAGING_MODES['32-bit'].levels[0]!.shift;
/** {@link FAULT} once more: V8 loads what is exported at every use. */
const NOWHERE: typeof FAULT = -1;

/** A bigint in, its halves out: the one way that V8 has to take a bigint apart without making others. */
const bigints = new BigInt64Array(1);
const bigintHalves = new Int32Array(bigints.buffer);

/**
 * The memory management unit of an x86 CPU: translates linear addresses as the CPU does, with the rights, the
 * accessed and dirty bits, the faults and the TLB of the chosen model.
 *
 * Linear addresses are taken modulo 2^32, in long mode modulo 2^64; there a bigint may be given as well as a number, and
 * {@link Mmu.translateHalves} takes neither.
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

  // What a hit needs, here so that it needs nothing else. `#adopt` takes it from the TLBs.
  #words: Int32Array = NO_WIDE_WORDS;
  /** 1 in long mode, which has no words; else 0. */
  #isLong = 0;
  #wideWords: Int32Array = NO_WIDE_WORDS;
  #wideHighs: Int32Array = NO_WIDE_WORDS;
  #wideBases: Float64Array = NO_WIDE_NUMBERS;
  #widePhysical: Float64Array = NO_WIDE_NUMBERS;
  #wideKey: number = WIDE_EPOCH;
  /** 1 in other modes than long mode, as long as no page above 4 GiB is cached: then only words answer. Else 0. */
  #onlyWords = 1;
  // What a read, and a fault for want of a page table, need. They begin as what they become: V8 then need not look.
  readonly #chunks: readonly Int32Array[] = NO_CHUNKS;
  /** Frames below 4 GiB that can be indexed in `#chunks`. */
  readonly #frames32: number = 0;
  /** The chunk with the directory of 32-bit paging, and the directory's place in it. */
  #directory: Int32Array = NO_DIRECTORY;
  #directoryAt = 0;

  readonly #ram: DirectRam;
  readonly #walker: Walker;
  readonly #caches: Caches;
  readonly #registers: ControlRegisters;
  readonly #translation: Translation;
  readonly #accesses: Accesses;
  readonly #lists: ListTranslation;

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
    this.#chunks = ram.words;
    this.#frames32 = Math.min(ram.frameCount, 0x10_0000);
    const structures = options.structureCaches === true ? new StructureCaches() : undefined;
    this.#walker =
      structures === undefined
        ? new Walker(this.cpu, ram)
        : new StructureWalker(this.cpu, ram, structures, () => this.#caches.pcid);
    this.#caches = new Caches(this.#walker, ram, options.tlb, structures, () => this.#adopt());
    this.#registers = new ControlRegisters(this.cpu, this.#walker, this.#caches, ram, options);
    this.#translation = new Translation(this.#walker, this.#caches);
    this.#accesses = new Accesses(this.#translation, this.#walker, this.#caches, ram);
    this.#lists = new ListTranslation(this.#walker, this.#caches, this.#translation, ram);
    this.tlb = new Tlb(this, this.#caches);
    this.#adopt();
  }

  // --- registers ---

  /** How linear addresses are translated now. */
  get mode(): PagingMode {
    return this.#registers.mode;
  }

  /** CR0 as the CPU reads it back: bits that the model fixes at 1 read as 1. */
  get cr0(): number {
    return this.#registers.cr0;
  }

  /**
   * Writes CR0. A change of PG or PE empties the TLB; one of WP takes effect at once.
   * @throws GeneralProtectionError for PG without PE, NW without CD, WP clear while CR4.CET is set, or PG against
   * EFER.LME or CR4.PCIDE.
   */
  set cr0(value: number) {
    this.#registers.cr0 = value;
    this.#adopt();
  }

  /** The linear address of the last page fault; a bigint only where it does not fit a number. */
  get cr2(): number | bigint {
    const { cr2Low, cr2High } = this.#translation;
    return cr2High === 0 ? cr2Low >>> 0 : fromHalves(cr2Low, cr2High);
  }

  /** Writes CR2, which changes nothing else. */
  set cr2(value: number | bigint) {
    this.#translation.cr2Low = lowHalf(value);
    this.#translation.cr2High = this.#walker.isLong ? highHalf(value) : 0;
  }

  /**
   * CR3: physical address of the root table, PWT, PCD, and the PCID while CR4.PCIDE is set. A bigint only where it does
   * not fit a number: while CR3.LAM_U48 or CR3.LAM_U57 is set.
   */
  get cr3(): number | bigint {
    return this.#registers.cr3;
  }

  /**
   * Writes CR3: drops the TLB's entries that are not global and, in PAE paging, loads the PDPTE registers.
   * With CR4.PCIDE, only entries of the new PCID go; bit 63 set keeps those too.
   *
   * On a CPU with linear-address masking, bits 62 and 61 choose how user pointers to data are masked from now on.
   *
   * @throws GeneralProtectionError for reserved bits of CR3, or of a present PDPTE in PAE paging.
   * @throws RangeError for more than 32 bits outside long mode.
   */
  set cr3(value: number | bigint) {
    this.#registers.cr3 = value;
    this.#adopt();
  }

  /** The four PDPTE registers, which PAE paging walks from; undefined in other modes. */
  get pdptes(): MmuOptions['pdptes'] {
    return this.#registers.pdptes;
  }

  /** CR4; 0 on a CPU without it. */
  get cr4(): number {
    return this.#registers.cr4;
  }

  /**
   * Writes CR4. A change of PSE, PAE, PGE or LA57, setting SMEP and clearing PCIDE empty the TLB.
   * @throws InvalidOpcodeError on a CPU without CR4.
   * @throws GeneralProtectionError for bits that the model reserves, CET without CR0.WP, and where long mode forbids the
   * change.
   */
  set cr4(value: number) {
    this.#registers.cr4 = value;
    this.#adopt();
  }

  /** IA32_EFER; 0 on a CPU without it. LMA is on while long mode is active. */
  get efer(): number {
    return this.#registers.efer;
  }

  /**
   * Writes EFER. LMA is read-only: its bit in the value does not count. A change of NXE empties the TLB.
   * @throws GeneralProtectionError for bits that the model reserves, or a change of LME while paging is on.
   */
  set efer(value: number) {
    this.#registers.efer = value;
    this.#adopt();
  }

  /** EFLAGS.AC: while CR4.SMAP is set, true lets explicit supervisor accesses use user pages. */
  get alignmentCheck(): boolean {
    return this.#walker.alignmentCheck;
  }

  /** Takes effect at once, on cached translations too. */
  set alignmentCheck(value: boolean) {
    this.#registers.alignmentCheck = value;
    this.#adopt();
  }

  /** PKRU: rights of user pages by protection key, two bits a key (AD, WD). Counts while CR4.PKE is set. */
  get pkru(): number {
    return this.#walker.pkru;
  }

  /** Takes effect at once, on cached translations too. */
  set pkru(value: number) {
    this.#registers.pkru = value;
    this.#adopt();
  }

  /** IA32_PKRS: the same for supervisor pages. Counts while CR4.PKS is set. */
  get pkrs(): number {
    return this.#walker.pkrs;
  }

  /** Takes effect at once, on cached translations too. */
  set pkrs(value: number) {
    this.#registers.pkrs = value;
    this.#adopt();
  }

  /** The error code of the last fault. */
  get faultCode(): number {
    return this.#translation.faultCode;
  }

  /**
   * The vector of the last fault: 14 #PF, 13 #GP, 12 #SS; 0 before the first, and where {@link Mmu.translateMany} stopped
   * for want of a wider list and not by a fault.
   */
  get faultVector(): number {
    return this.#translation.faultVector;
  }

  // --- translation ---

  /**
   * Translates a linear address as the CPU does, setting A and D in RAM.
   *
   * Allocates nothing and throws nothing for what a guest does. On a fault it returns {@link FAULT}; `cr2`, `faultCode`
   * and `faultVector` then hold the cause until the next one. To see every step without side effects, use
   * {@link Mmu.explain}.
   *
   * @param linear - Byte address, modulo 2^32 (in long mode 2^64; a bigint may be given).
   * @param access - `READ`, `WRITE`, `FETCH`, `USER_READ`, `USER_WRITE`, `USER_FETCH`, an `IMPLICIT_` one, or
   * while CR4.CET is set one of `SHADOW_STACK_ACCESSES`.
   * @returns Physical byte address, 0 to 2^52 − 1, or {@link FAULT} (−1).
   * @throws RangeError for what is no address, such as NaN, and no access, such as 3. Where the TLB answers, a fraction
   * is dropped unseen.
   * @see SDM 3A chapter 4, "Paging"
   */
  translate(linear: number | bigint, access: Access): number {
    if (typeof linear !== 'number') return this.#translateBigint(linear, access);
    const bit = (1 << access) & WORD_GRANTS;
    // The pluses say that a number comes back, where V8 does not look inside.
    if (this.#isLong === 0) {
      const word = this.#words[linear >>> PAGE_SHIFT]!;
      if ((word & bit) !== 0) return ((word & WORD_ADDRESS) ^ linear) >>> 0;
      if (this.#onlyWords !== 0) {
        if (Math.floor(linear) - linear !== 0) throw noAddress(linear);
        return +this.#translateWalked(linear | 0, access, bit);
      }
    }
    return +this.#translateWide(linear, access, bit);
  }

  /**
   * Translates a linear address given as two halves of 32 bits: the quickest way in long mode, where an address need not
   * fit a number. In other modes the high half does not count.
   *
   * @param low - Bits 31–0, as int32: modulo 2^32, as bit operations take it.
   * @param high - Bits 63–32, likewise.
   * @returns As {@link Mmu.translate}.
   * @throws RangeError for what is no access.
   */
  translateHalves(low: number, high: number, access: Access): number {
    const bit = (1 << access) & WORD_GRANTS;
    if (this.#isLong === 0) {
      const word = this.#words[low >>> PAGE_SHIFT]!;
      if ((word & bit) !== 0) return ((word & WORD_ADDRESS) ^ low) >>> 0;
      if (this.#onlyWords !== 0) return +this.#translateWalked(low | 0, access, bit);
    }
    return +this.#translateWideHalves(low, high, access, bit);
  }

  /**
   * Translates many addresses, up to the first that has no result: it faults, or its page lies where `physical`
   * cannot tell, at 4 GiB or above in a `Uint32Array`.
   *
   * @param linear - Byte addresses: 32-bit ones, or 64-bit ones as bigints. In long mode a 32-bit address is one below
   * 4 GiB; in other modes only the low half of a 64-bit one counts.
   * @param physical - Receives the physical addresses; at least as long as `linear`. A `Float64Array` holds any, a
   * `Uint32Array` those below 4 GiB. It may be `linear` itself.
   * @returns How many were translated. Fewer than `linear.length`: the next one faulted, with the cause latched; or
   * `faultVector` is 0, and it did not fault but leads to 4 GiB or above: {@link Mmu.translate} gives its address, and so
   * does a list of results that is a `Float64Array`. Its A and D are set and its page is cached, as by any translation;
   * `cr2` and `faultCode` keep their values.
   * @throws RangeError if `physical` is too short or overlaps `linear` in memory. What the tables say is never a reason
   * to throw.
   */
  translateMany(linear: LinearList, physical: PhysicalList, access: Access): number {
    return this.#lists.many(linear, physical, access);
  }

  /**
   * Translates many addresses, each by itself: a fault is a result like any other. For those who want to know what an
   * address space allows, such as every page of it.
   *
   * A and D are set as always. `cr2`, `faultCode` and `faultVector` keep their values.
   *
   * @param linear - As for {@link Mmu.translateMany}.
   * @param physical - Receives the physical addresses; where there is none, or none that fits, {@link FAULT} in a
   * `Float64Array` and `0xffff_ffff` in a `Uint32Array`.
   * @param faultCodes - Receives {@link NO_FAULT}, or the error code of the page fault, or {@link NOT_CANONICAL}, or
   * {@link ABOVE_4_GIB}.
   * @throws RangeError if a list is too short, or two overlap in memory. What the tables say is never a reason to throw.
   */
  translateEach(linear: LinearList, physical: PhysicalList, faultCodes: Uint8Array, access: Access): void {
    this.#lists.each(linear, physical, faultCodes, access);
  }

  /**
   * Explains a translation: every entry with its bits, the rights as they narrow, the result or the fault.
   * Pure: sets no A or D, fills no TLB entry, latches no fault. It walks RAM, so it says what a CPU with an empty
   * TLB would do; `tlb` shows what is cached.
   */
  explain(linear: number | bigint, access: Access): WalkReport {
    checkAddress(linear);
    if (((1 << access) & this.#walker.accesses) === 0) throw noAccess(access);
    return explainWalk(this.walkContext, linear, access);
  }

  /** Memory, CPU and registers as they stand now: what `src/walk` needs to read the tables by itself. */
  get walkContext(): WalkContext {
    const { cpu, memory, cr2, cr3, alignmentCheck, pkru, pkrs } = this;
    const { pdptes } = this.#walker;
    return { cpu, memory, cr2, cr3, ...this.#registers.state, pdptes, alignmentCheck, pkru, pkrs };
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
    const { isLong } = this.#walker;
    const translation = this.#translation;
    // 64-bit code uses no limits; its segments are flat.
    if (!isLong && segmentFault(segment, offset, access, bytes) !== undefined) {
      translation.segmentFault(segment.stack ? VECTOR_SS : VECTOR_GP);
      return FAULT;
    }
    const result = this.translate(isLong ? offset : segment.linear(offset), access);
    if (result === FAULT && segment.stack && translation.faultVector === VECTOR_GP) {
      translation.faultVector = VECTOR_SS;
    }
    return result;
  }

  /** Explains {@link Mmu.translateLogical} as {@link Mmu.explain} does: pure, with the segment's verdict first. */
  explainLogical(segment: Segment, offset: number, access: Access, bytes = 1): WalkReport {
    const { isLong } = this.#walker;
    const linear = isLong ? offset : segment.linear(offset);
    const vector = segment.stack ? VECTOR_SS : VECTOR_GP;
    const reason = isLong ? undefined : segmentFault(segment, offset, access, bytes);
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
    checkAddress(linear);
    if (!this.#accesses.find(lowHalf(linear), highHalf(linear), 2, access)) return FAULT;
    return this.#accesses.loadByte(0) | (this.#accesses.loadByte(1) << 8);
  }

  /**
   * Reads 32 bits, little-endian, at any byte address. A read that crosses into another page reads nothing unless
   * both pages allow it. Where no RAM answers, all bits read as 1.
   *
   * @returns The value, 0 to 2^32 − 1, or {@link FAULT}.
   */
  readUint32(linear: number | bigint, access: Access = READ): number {
    if (typeof linear === 'number') {
      const low = linear | 0;
      // The words that hold the first byte and the last: one and the same at an address that is a multiple of 4.
      const end = (low + 3) | 0;
      const first = this.#words[low >>> PAGE_SHIFT]!;
      const last = this.#words[end >>> PAGE_SHIFT]!;
      if ((first & last & (1 << access) & WORD_GRANTS) !== 0) {
        const from = (first & WORD_ADDRESS) ^ low;
        const to = (last & WORD_ADDRESS) ^ end;
        if (from >>> PAGE_SHIFT < this.#frames32 && to >>> PAGE_SHIFT < this.#frames32) {
          const before = this.#chunks[from >>> CHUNK_SHIFT]![(from & CHUNK_MASK) >>> 2]!;
          if ((low & 3) === 0) return before >>> 0;
          const behind = this.#chunks[to >>> CHUNK_SHIFT]![(to & CHUNK_MASK) >>> 2]!;
          return ((before >>> (8 * low)) | (behind << (-8 * low))) >>> 0;
        }
      }
    }
    checkAddress(linear);
    if (!this.#accesses.find(lowHalf(linear), highHalf(linear), 4, access)) return FAULT;
    return this.#accesses.loadWord(0) >>> 0;
  }

  /** Reads 64 bits, little-endian, at any byte address, all or nothing. @returns The value, or {@link FAULT}. */
  readBigUint64(linear: number | bigint, access: Access = READ): bigint | typeof FAULT {
    checkAddress(linear);
    const low = lowHalf(linear);
    const high = highHalf(linear);
    if ((low & 7) === 0) {
      const physical = this.translateHalves(low, high, access);
      if (physical === FAULT) return FAULT;
      if (physical >= this.#frames32 * PAGE_SIZE) {
        bigintHalves[0] = this.#ram.loadWord(physical);
        bigintHalves[1] = this.#ram.loadWord(physical + 4);
      } else {
        const chunk = this.#chunks[physical >>> CHUNK_SHIFT]!;
        const at = (physical & CHUNK_MASK) >>> 2;
        bigintHalves[0] = chunk[at]!;
        bigintHalves[1] = chunk[at | 1]!;
      }
    } else {
      if (!this.#accesses.find(low, high, 8, access)) return FAULT;
      bigintHalves[0] = this.#accesses.loadWord(0);
      bigintHalves[1] = this.#accesses.loadWord(4);
    }
    return BigInt.asUintN(64, bigints[0]!);
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
    checkAddress(linear);
    if (!this.#accesses.find(lowHalf(linear), highHalf(linear), 2, access)) return FAULT;
    this.#accesses.storeByte(0, value);
    this.#accesses.storeByte(1, value >>> 8);
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
      const word = this.#words[linear >>> PAGE_SHIFT]!;
      if ((word & (1 << access) & WORD_GRANTS) !== 0 && (linear & 3) === 0) {
        this.#ram.storeWord(((word & WORD_ADDRESS) ^ linear) >>> 0, value);
        return 0;
      }
    }
    checkAddress(linear);
    if (!this.#accesses.find(lowHalf(linear), highHalf(linear), 4, access)) return FAULT;
    this.#accesses.storeWord(0, value);
    return 0;
  }

  /** Writes the low 64 bits of the value, at any byte address, all or nothing. @returns 0, or {@link FAULT}. */
  writeBigUint64(linear: number | bigint, value: bigint, access: Access = WRITE): number {
    checkAddress(linear);
    const low = lowHalf(linear);
    const high = highHalf(linear);
    if ((low & 7) === 0) {
      const physical = this.translateHalves(low, high, access);
      if (physical === FAULT) return FAULT;
      bigints[0] = value;
      this.#ram.storeWord(physical, bigintHalves[0]!);
      this.#ram.storeWord(physical + 4, bigintHalves[1]!);
      return 0;
    }
    if (!this.#accesses.find(low, high, 8, access)) return FAULT;
    bigints[0] = value;
    this.#accesses.storeWord(0, bigintHalves[0]!);
    this.#accesses.storeWord(4, bigintHalves[1]!);
    return 0;
  }

  // --- invalidation ---

  /**
   * INVLPG: drops what is cached for the page of an address, global or not; of a large page, every piece.
   * @throws InvalidOpcodeError on a CPU without it (the 386).
   */
  invlpg(linear: number | bigint): void {
    if (!this.cpu.invlpg) throw new InvalidOpcodeError('INVLPG', this.cpu);
    checkAddress(linear);
    const high = this.#walker.isLong ? highHalf(linear) : 0;
    this.#caches.invalidate(lowHalf(linear), high, this.#caches.pcid, true);
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
    if (!(Number.isInteger(type) && type >= 0 && type <= 3)) refuse(said`INVPCID has types 0 to 3`, type);
    if (!(Number.isInteger(pcid) && pcid >= 0 && pcid <= 0xfff)) refuse(said`a PCID is 0 to 4095`, pcid);
    if (type < 2 && pcid !== 0 && !has(this.cr4, CR4_PCIDE))
      refuse(said`CR4.PCIDE is clear, so the PCID must be 0`, pcid);
    if (type === 0) {
      const widest = this.cpu.la57 ? '5-level' : '4-level';
      if (!isCanonical(BigInt(linear), PAGING_MODES[widest].linearBits)) {
        refuse(said`the address is not canonical`, linear);
      }
      this.#caches.invalidate(lowHalf(linear), highHalf(linear), pcid, false);
    } else if (type === 1) {
      this.#caches.flushPcid(pcid);
    } else if (type === 2) {
      this.#caches.flush();
    } else {
      this.#caches.flushNonGlobal();
    }
    this.#adopt();
  }

  // --- inside ---

  // Parts of `translate`, each as short as it can be: V8 compiles a loop together with what it calls, but only so much of it.

  #translateBigint(linear: bigint, access: Access): number {
    bigints[0] = linear;
    const low = bigintHalves[0]!;
    if (this.#isLong === 0) return +this.translateHalves(low, 0, access);
    return +this.#translateWideHalves(low, bigintHalves[1]!, access, (1 << access) & WORD_GRANTS);
  }

  /** Looks into the TLB of epochs. @param bit - The access's, if TLBs grant it, else 0. */
  #translateWide(linear: number, access: Access, bit: number): number {
    const slot = (linear >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const wide = this.#wideWords[slot]!;
    const offset = linear & PAGE_OFFSET_MASK;
    if (
      ((wide ^ this.#wideKey) & WIDE_EPOCH) === 0 &&
      (wide & bit) !== 0 &&
      this.#wideBases[slot] === linear - offset
    ) {
      return this.#widePhysical[slot]! + offset;
    }
    checkAddress(linear);
    // In halves, as int32: a number from 2^31 up would be boxed for the call.
    const found = this.#translation.find(linear | 0, Math.floor(linear / FOUR_GIB) | 0, access);
    return found ? this.#translation.physical : NOWHERE;
  }

  /** The same for halves. */
  #translateWideHalves(low: number, high: number, access: Access, bit: number): number {
    const slot = (low >>> PAGE_SHIFT) & WIDE_SLOT_MASK;
    const wide = this.#wideWords[slot]!;
    if (
      (((wide ^ (low & WIDE_TAG) ^ this.#wideKey) & WORD_ADDRESS) | (this.#wideHighs[slot]! ^ high)) === 0 &&
      (wide & bit) !== 0
    ) {
      return this.#widePhysical[slot]! + (low & PAGE_OFFSET_MASK);
    }
    return this.#translation.find(low | 0, high | 0, access) ? this.#translation.physical : NOWHERE;
  }

  /** No word answers, and no other TLB can. */
  #translateWalked(low: number, access: Access, bit: number): number {
    const pde = this.#directory[this.#directoryAt | (low >>> DIRECTORY_SHIFT)]!;
    // The word of page 0 is kept apart, and an access that is none throws: `miss` knows.
    if ((pde & PTE_P) === 0 && low >>> PAGE_SHIFT !== 0 && bit !== 0) {
      this.#translation.absent(low, access);
      return NOWHERE;
    }
    const found = this.#translation.miss(low, 0, access);
    if (found === 0) return NOWHERE;
    if (found === NO_WORD) return this.#translation.physical;
    return ((found & WORD_ADDRESS) ^ low) >>> 0;
  }

  /** Takes from the TLBs what hits need, after something that may have changed it. */
  #adopt(): void {
    const { wide, pages } = this.#caches;
    this.#words = pages.words;
    this.#isLong = this.#walker.isLong ? 1 : 0;
    this.#onlyWords = wide === undefined && !this.#walker.isLong ? 1 : 0;
    this.#adoptDirectory();
    if (wide === undefined) return;
    this.#wideWords = wide.words;
    this.#wideHighs = wide.highs;
    this.#wideBases = wide.bases;
    this.#widePhysical = wide.physical;
    this.#wideKey = wide.key;
  }

  #adoptDirectory(): void {
    const { isPlain, cachesStructures, rootLow } = this.#walker;
    const chunk = this.#chunks[rootLow >>> CHUNK_SHIFT];
    const isRam = rootLow >>> PAGE_SHIFT < this.#frames32 && this.#ram.isOwn(chunk!);
    if (isPlain && !cachesStructures && this.#caches.model === undefined && isRam) {
      this.#directory = chunk!;
      this.#directoryAt = (rootLow & CHUNK_MASK) >>> 2;
    } else {
      this.#directory = NO_DIRECTORY;
      this.#directoryAt = 0;
    }
  }
}

/** @throws RangeError for a number that is no address. */
function checkAddress(linear: number | bigint): void {
  if (typeof linear === 'number' && Math.floor(linear) - linear !== 0) throw noAddress(linear);
}

function noAddress(linear: number): RangeError {
  return new RangeError(`linear address ${linear} is not a whole number`);
}
