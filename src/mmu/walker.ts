/**
 * The page walk, tuned: what the MMU runs on a TLB miss. It sets A and D in RAM and leaves its result in
 * fields, so that it allocates nothing and throws nothing. `explain.ts` is the same rule written to be
 * read; a property test pins the one to the other.
 *
 * Order, for every mode: walk and collect rights; check them; only then set A and D. So a walk that faults
 * changes no entry.
 */

import * as accesses from '../arch/access.ts';
import * as address from '../arch/address.ts';
import {
  CR0_WP,
  CR4_PAE,
  CR4_PGE,
  CR4_PKE,
  CR4_PKS,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  EFER_NXE,
} from '../arch/control.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import * as entry from '../arch/entry.ts';
import * as fault from '../arch/fault.ts';
import { isLongMode, PAGING_MODES, type PagingMode } from '../arch/paging-modes.ts';
import * as permission from '../arch/permissions.ts';
import { type ControlState, has, pagingMode } from '../arch/registers.ts';
import { type Reserved64, reserved4M, reserved64 } from '../arch/reserved.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import * as chunks from '../memory/physical-memory.ts';
import * as word from '../tlb/tlb-word.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time: a fifth of a miss.
const { PAGE_SHIFT, PAGE_SIZE } = address;
const { ACCESS_FETCH_BIT, ACCESS_USER_BIT, ACCESS_WRITE_BIT } = accesses;
const { PDE_PS, PTE_A, PTE_D, PTE_FRAME_MASK, PTE_G, PTE_KEY_HIGH, PTE_KEY_SHIFT_HIGH, PTE_P } = entry;
const { PF_ID, PF_P, PF_PK, PF_RSVD, PF_US, PF_WR } = fault;
const { CHUNK_MASK, CHUNK_SHIFT } = chunks;
const { grantTable, keyDenies, RIGHT_D, RIGHT_NX, RIGHT_RW, RIGHT_US } = permission;
const { rightsOfWord, WORD_ADDRESS, WORD_BEYOND_4G, WORD_GLOBAL, WORD_LARGE, wordBits } = word;
type Access = accesses.Access;

/** log2 of the page sizes, and the shifts of the levels that map them. */
const SHIFT_4K = PAGE_SHIFT;
const SHIFT_2M = PAGING_MODES.PAE.largePageShifts[0]!;
const SHIFT_4M = PAGING_MODES['32-bit'].largePageShifts[0]!;
/** By how much a level of 64-bit paging differs from the next: all but the PDPTEs of PAE have so many index bits. */
const INDEX_BITS = PAGING_MODES['4-level'].levels[0]!.indexBits;

/** No address is cut: the CPU has all its address lines. */
const NO_CUT = 0;

export class Walker {
  // --- the result of the last successful walk ---

  /** Physical address of the page, aligned to its size. */
  pageBase = 0;
  /** log2 of the page's size: 12, 21, 22 or 30. */
  pageShift: number = SHIFT_4K;
  /** `RIGHT_…` bits of the page: R/W and U/S over all levels, NX, and D as the leaf holds it now. */
  rights = 0;
  /** The leaf has G set and CR4.PGE is on. */
  global = false;
  /** Protection key of the page (long mode). */
  key = 0;

  /** The page-fault error code of the last walk that failed. */
  faultCode = 0;

  // --- what the registers say, prepared ---

  mode: PagingMode = 'off';
  /** Physical address of the root table: int32 in 32-bit paging, else a number. */
  root = 0;
  /** By rights: the accesses that a cached translation may answer, a bit each. See {@link grantTable}. */
  grants: Int32Array = new Int32Array(16);
  /** By rights: the low bits of a word of the fast TLB. */
  wordBits: Int32Array = new Int32Array(16);
  /** 4 KiB pages in the smallest large page. */
  piecesOfLarge = 1;
  /** G where CR4.PGE lets it count, else 0. */
  globalBit = 0;
  /** The PDPTE registers of PAE: low and high halves in turn. */
  readonly pdptes: Int32Array = new Int32Array(8);
  /** Shift of the root table's level, in long mode. */
  #rootShift = 0;
  /** Bit 7 of a 32-bit PDE where it means a 4 MiB page, else 0. */
  #largeBit = 0;
  #reserved4M = 0;
  #reserved64: Reserved64;
  /** By access: the error code's bits that describe it. */
  readonly accessCodes: Int32Array = new Int32Array(16);
  #wp = false;
  #smep = false;
  #smap = false;
  #userKeys = false;
  #supervisorKeys = false;
  alignmentCheck = false;
  pkru = 0;
  pkrs = 0;

  readonly #cpu: CpuFeatures;
  readonly #memory: DirectRam;
  readonly #words: readonly Int32Array[];
  /** Frames below 4 GiB that can be indexed; a 32-bit walk compares with it rather than with a size beyond int32. */
  readonly #frames32: number;
  /** 2^lines where the board has fewer address lines than the CPU addresses, else {@link NO_CUT}. */
  readonly #cut: number;
  /** The same as a mask on 32-bit frame addresses. */
  readonly #frameMask: number;

  // The entries of a 64-bit walk, root first, kept to set A in them once the walk has succeeded.
  readonly #entryAddress = new Float64Array(5);
  readonly #entryLow = new Int32Array(5);

  constructor(cpu: CpuFeatures, memory: DirectRam) {
    this.#cpu = cpu;
    this.#memory = memory;
    this.#words = memory.words;
    this.#frames32 = Math.min(memory.frameCount, 0x10_0000);
    const lines = cpu.addressLines ?? cpu.physicalAddressBits;
    this.#cut = lines < cpu.physicalAddressBits ? 2 ** lines : NO_CUT;
    this.#frameMask = lines < 32 ? ((2 ** lines - 1) & PTE_FRAME_MASK) | 0 : PTE_FRAME_MASK;
    this.#reserved64 = reserved64(cpu, false, false);
  }

  /** 32-bit paging with every address line: the case that `translateRun` has a loop for. */
  get isPlain(): boolean {
    return this.mode === '32-bit' && this.#frameMask === PTE_FRAME_MASK;
  }

  /** Takes over the registers after any of them changed. */
  configure(state: ControlState, cr3: number): void {
    const { cr0, cr4, efer } = state;
    this.mode = pagingMode(state);
    this.#largeBit = has(cr4, CR4_PSE) ? PDE_PS : 0;
    this.#reserved4M = reserved4M(this.#cpu);
    const longMode = isLongMode(this.mode);
    const { levels, largePageShifts } = PAGING_MODES[this.mode];
    this.#rootShift = levels[0]?.shift ?? 0;
    this.piecesOfLarge = 2 ** ((largePageShifts[0] ?? PAGE_SHIFT) - PAGE_SHIFT);
    this.#reserved64 = reserved64(this.#cpu, longMode, has(efer, EFER_NXE));
    this.globalBit = has(cr4, CR4_PGE) ? PTE_G : 0;
    this.#wp = has(cr0, CR0_WP);
    this.#smep = has(cr4, CR4_SMEP);
    this.#smap = has(cr4, CR4_SMAP);
    const fetchCode = (has(cr4, CR4_PAE) && has(efer, EFER_NXE)) || this.#smep ? PF_ID : 0;
    for (let access = 0; access < 16; access++) {
      this.accessCodes[access] =
        ((access & ACCESS_WRITE_BIT) !== 0 ? PF_WR : 0) |
        ((access & ACCESS_USER_BIT) !== 0 ? PF_US : 0) |
        ((access & ACCESS_FETCH_BIT) !== 0 ? fetchCode : 0);
    }
    this.#userKeys = longMode && has(cr4, CR4_PKE);
    this.#supervisorKeys = longMode && has(cr4, CR4_PKS);
    this.setRoot(cr3);
    this.updateGrants();
  }

  /** Takes over CR3 after it alone has changed. */
  setRoot(cr3: number): void {
    if (this.mode === '32-bit') this.root = cr3 & this.#frameMask;
    else this.root = this.onBus(cr3 - (cr3 % PAGE_SIZE));
  }

  /** Derives {@link Walker.grants} anew, after a register that it depends on has changed. */
  updateGrants(): void {
    const { alignmentCheck } = this;
    this.grants = grantTable({ wp: this.#wp, smep: this.#smep, smap: this.#smap, alignmentCheck });
    this.wordBits = wordBits(this.grants);
  }

  /** Whether an access may use a page of these rights and this key, dirty or not. Latches the error code if not. */
  check(rights: number, key: number, access: Access): boolean {
    const keyed = this.#keyFault(rights, key, access);
    if (keyed === 0 && (this.grants[rights | RIGHT_D]! & (1 << access)) !== 0) return true;
    this.faultCode = PF_P | keyed | this.accessCodes[access]!;
    return false;
  }

  /**
   * Walks 32-bit paging structures. Rights are looked up as on a TLB hit, in the word that a hit would find.
   *
   * @param linear - int32.
   * @returns What the fast TLB may cache, never 0; then `global` is set too. 0 on a page fault; `faultCode` then
   * holds its code. `WORD_BEYOND_4G` where no word can hold the page; the other fields then hold it.
   */
  word32(linear: number, access: Access): number {
    const pdeAddress = this.root | ((linear >>> 20) & 0xffc);
    const pde = this.#load32(pdeAddress);
    if ((pde & PTE_P) === 0) {
      this.faultCode = this.accessCodes[access]!;
      return 0;
    }
    if ((pde & this.#largeBit) !== 0) return this.#large32(linear, pdeAddress, pde, access);

    const pteAddress = (pde & this.#frameMask) | ((linear >>> 10) & 0xffc);
    const pte = this.#load32(pteAddress);
    if ((pte & PTE_P) === 0) {
      this.faultCode = this.accessCodes[access]!;
      return 0;
    }
    const used = pte | usedBits(access);
    const bits = this.wordBits[rights32(pde & pte, used)]!;
    if ((bits & (1 << access)) === 0) {
      this.faultCode = PF_P | this.accessCodes[access]!;
      return 0;
    }
    if ((pde & PTE_A) === 0) this.#store32(pdeAddress, pde | PTE_A);
    if (used !== pte) this.#store32(pteAddress, used);
    this.global = (pte & this.globalBit) !== 0;
    return ((linear ^ (pte & this.#frameMask)) & WORD_ADDRESS) | (this.global ? WORD_GLOBAL : 0) | bits;
  }

  /**
   * The same for those who want the result in fields.
   * @returns false on a page fault; `faultCode` then holds its code.
   */
  walk32(linear: number, access: Access): boolean {
    const found = this.word32(linear, access);
    if (found === 0) return false;
    if ((found & WORD_LARGE) !== 0) return true;
    this.pageBase = ((found ^ linear) & WORD_ADDRESS) >>> 0;
    this.pageShift = SHIFT_4K;
    this.rights = rightsOfWord(found);
    return true;
  }

  #large32(linear: number, pdeAddress: number, pde: number, access: Access): number {
    if ((pde & this.#reserved4M) !== 0) {
      this.faultCode = PF_P | PF_RSVD | this.accessCodes[access]!;
      return 0;
    }
    const used = pde | usedBits(access);
    const rights = rights32(pde, used);
    const bits = this.wordBits[rights]!;
    if ((bits & (1 << access)) === 0) {
      this.faultCode = PF_P | this.accessCodes[access]!;
      return 0;
    }
    if (used !== pde) this.#store32(pdeAddress, used);

    // PSE-36: PDE bits 20–13 are address bits 39–32. Without it they are reserved, hence 0 here.
    const above4G = (pde >>> 13) & 0xff;
    this.pageBase = this.onBus(above4G * 0x1_0000_0000 + ((pde & 0xffc0_0000) >>> 0));
    this.pageShift = SHIFT_4M;
    this.rights = rights;
    this.global = (pde & this.globalBit) !== 0;
    if (this.pageBase > 0xffff_ffff) return WORD_BEYOND_4G;
    const word = (linear ^ (this.pageBase | (linear & 0x3f_ffff))) & WORD_ADDRESS;
    return word | WORD_LARGE | (this.global ? WORD_GLOBAL : 0) | bits;
  }

  /** Walks PAE structures from the PDPTE registers down. @see Walker.walk32 */
  walkPae(linear: number, access: Access): boolean {
    const register = (linear >>> 30) * 2;
    const low = this.pdptes[register]!;
    if ((low & PTE_P) === 0) {
      this.faultCode = this.accessCodes[access]!;
      return false;
    }
    const table = physicalOf(this.pdptes[register + 1]!, low & PTE_FRAME_MASK);
    return this.#walk64(linear, 0, access, table, SHIFT_2M, RIGHT_RW | RIGHT_US);
  }

  /**
   * Walks 4-level or 5-level structures.
   * @param low - Bits 31–0 of the linear address, int32.
   * @param high - Bits 63–32, int32. The caller has checked that the address is canonical.
   */
  walkLong(low: number, high: number, access: Access): boolean {
    return this.#walk64(low, high, access, this.root, this.#rootShift, RIGHT_RW | RIGHT_US);
  }

  #walk64(
    linearLow: number,
    linearHigh: number,
    access: Access,
    root: number,
    rootShift: number,
    initialRights: number,
  ): boolean {
    const reserved = this.#reserved64;
    let table = root;
    let rights = initialRights;
    let shift = rootShift;
    let depth = 0;
    for (;;) {
      const address = this.onBus(table + index64(linearLow, linearHigh, shift) * 8);
      const low = this.#memory.loadWord(address);
      if ((low & PTE_P) === 0) {
        this.faultCode = this.accessCodes[access]!;
        return false;
      }
      const high = this.#memory.loadWord(address + 4);
      const large = (low & PDE_PS) !== 0 && shift !== SHIFT_4K;
      const reservedLow = large ? reserved.large[shift]! : reserved.table[shift]!;
      if ((low & reservedLow) !== 0 || (high & reserved.high) !== 0) {
        this.faultCode = PF_P | PF_RSVD | this.accessCodes[access]!;
        return false;
      }
      rights = (rights & (((low >>> 1) & 3) | RIGHT_NX)) | (high < 0 ? RIGHT_NX : 0);
      this.#entryAddress[depth] = address;
      this.#entryLow[depth] = low;
      if (large || shift === SHIFT_4K) {
        this.key = (high & PTE_KEY_HIGH) >>> PTE_KEY_SHIFT_HIGH;
        if (!this.check(rights, this.key, access)) return false;
        const used = this.#markUsed(depth, (access & ACCESS_WRITE_BIT) !== 0);
        this.pageBase = this.onBus(physicalOf(high, low & pageMask(shift)));
        this.pageShift = shift;
        this.rights = rights | ((used & PTE_D) !== 0 ? RIGHT_D : 0);
        this.global = (low & this.globalBit) !== 0;
        return true;
      }
      table = physicalOf(high, low & PTE_FRAME_MASK);
      shift -= INDEX_BITS;
      depth++;
    }
  }

  /** Sets A in every entry of the walk, and D in the leaf on a write. Returns the leaf's low half. */
  #markUsed(leaf: number, write: boolean): number {
    for (let depth = 0; depth < leaf; depth++) this.#mark(depth, PTE_A);
    return this.#mark(leaf, write ? PTE_A | PTE_D : PTE_A);
  }

  #mark(depth: number, bits: number): number {
    const address = this.#entryAddress[depth]!;
    const before = this.#entryLow[depth]!;
    // A table may map itself: re-read what a mark one level up may have changed.
    if ((before & bits) !== bits) this.#memory.storeWord(address, this.#memory.loadWord(address) | bits);
    return before | bits;
  }

  #keyFault(rights: number, key: number, access: Access): number {
    const userPage = (rights & RIGHT_US) !== 0;
    if (!(userPage ? this.#userKeys : this.#supervisorKeys)) return 0;
    return keyDenies(userPage ? this.pkru : this.pkrs, key, access, this.#wp) ? PF_PK : 0;
  }

  /** Cuts the address lines that the board lacks. */
  onBus(physical: number): number {
    return this.#cut === NO_CUT ? physical : physical % this.#cut;
  }

  /** A 32-bit entry; all ones where no RAM answers. @param address - int32, 4-byte aligned. */
  #load32(address: number): number {
    if (address >>> 12 >= this.#frames32) return this.#memory.loadWord(address >>> 0);
    return this.#words[address >>> CHUNK_SHIFT]![(address & CHUNK_MASK) >>> 2]!;
  }

  /** Stores to an entry that was just read as present, so that its chunk exists. */
  #store32(address: number, value: number): void {
    if (address >>> 12 >= this.#frames32) this.#memory.storeWord(address >>> 0, value);
    else this.#words[address >>> CHUNK_SHIFT]![(address & CHUNK_MASK) >>> 2] = value;
  }
}

/** What a walk that succeeds sets in the leaf. */
function usedBits(access: Access): number {
  return (access & ACCESS_WRITE_BIT) !== 0 ? PTE_A | PTE_D : PTE_A;
}

/**
 * The `RIGHT_…` bits of a 32-bit page. R/W and U/S are bits 1 and 2 of an entry, D is bit 6.
 * @param both - What directory entry and table entry have in common.
 * @param leaf - The leaf as the walk leaves it.
 */
function rights32(both: number, leaf: number): number {
  return ((both >>> 1) & (RIGHT_RW | RIGHT_US)) | ((leaf >>> 4) & RIGHT_D);
}

/** The 9-bit index that a linear address has at the level of the given shift (12, 21, 30, 39, 48). */
export function index64(low: number, high: number, shift: number): number {
  if (shift === 30) return ((high << 2) | (low >>> 30)) & 0x1ff;
  return shift < 30 ? (low >>> shift) & 0x1ff : (high >>> (shift - 32)) & 0x1ff;
}

/** The physical address in a 64-bit entry: bits 51–32 from its high half, `low` already masked. */
export function physicalOf(high: number, low: number): number {
  return (high & 0xf_ffff) * 0x1_0000_0000 + (low >>> 0);
}

/** Masks the low half of a 64-bit leaf to the address of its page: bit 12 up, 21 up, 30 up. */
function pageMask(shift: number): number {
  return -1 << shift;
}
