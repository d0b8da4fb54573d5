/**
 * The page walk, tuned: what the MMU runs on a TLB miss. It sets A and D in RAM and leaves its result in
 * fields, so that it allocates nothing and throws nothing. `walk/explain.ts` is the same rule written to be
 * read; a property test pins the one to the other.
 *
 * Order, for every mode: walk and collect rights; check them; only then set A and D. So a walk that faults
 * changes no entry.
 */

import * as accesses from '../arch/access.ts';
import * as address from '../arch/address.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import * as entry from '../arch/entry.ts';
import * as fault from '../arch/fault.ts';
import { PAGING_MODES } from '../arch/paging-modes.ts';
import * as permission from '../arch/permissions.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import * as chunk from '../memory/physical-memory.ts';
import * as word from '../tlb/tlb-word.ts';
import * as rules from './walk-rules.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time: a fifth of a miss.
const { FOUR_GIB } = address;
const { ACCESS_WRITE_BIT } = accesses;
const { PDE_PS, PTE_A, PTE_D, PTE_KEY_HIGH, PTE_KEY_SHIFT_HIGH, PTE_P, PTE_US } = entry;
const { PF_P, PF_PK, PF_RSVD } = fault;
const { CHUNK_MASK, CHUNK_SHIFT } = chunk;
const { mayUseShadowStack, RIGHT_D, RIGHT_NX, RIGHT_RW, RIGHT_US } = permission;
const { rightsOfWord, WORD_ADDRESS, NO_WORD, WORD_GLOBAL, WORD_LARGE } = word;
const { KEY_OF_USER_PAGE } = rules;
type Access = accesses.Access;

/** log2 of the page sizes. */
const SHIFT_4K: number = address.PAGE_SHIFT;
const SHIFT_4M: number = PAGING_MODES['32-bit'].largePageShifts[0]!;
/** By how much a level of 64-bit paging differs from the next. */
const INDEX_BITS: number = PAGING_MODES['4-level'].levels[0]!.indexBits;
const INDEX_MASK: number = 2 ** INDEX_BITS - 1;

/** Of an address shifted: the index of an entry, as that of the first of its two words. */
const PAIR_MASK: number = 2 * INDEX_MASK;

/** `frame >>> FRAME_TO_CHUNK` is the number of the chunk that holds a frame. */
const FRAME_TO_CHUNK: number = CHUNK_SHIFT - SHIFT_4K;
/** What entries above a leaf have in common, where there are none. */
const NOTHING_ABOVE = -1;
/** A frame that no RAM has. */
const NO_FRAME = -1;

export class Walker extends rules.WalkRules {
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

  readonly #ram: DirectRam;
  readonly #chunks: readonly Int32Array[];
  /** Frames that lie in the chunks, and of those the ones below 4 GiB: what 32-bit entries reach. */
  readonly #frames: number = 0;
  readonly #frames32: number = 0;

  // The entries of a 64-bit walk, by level, kept to set A in them once the walk has succeeded.
  readonly #entryAtLow = new Int32Array(6);
  readonly #entryAtHigh = new Int32Array(6);
  readonly #entryLow = new Int32Array(6);

  constructor(cpu: CpuFeatures, ram: DirectRam) {
    super(cpu);
    this.#ram = ram;
    this.#chunks = ram.words;
    this.#frames = ram.frameCount;
    this.#frames32 = Math.min(ram.frameCount, FOUR_GIB / address.PAGE_SIZE);
  }

  /** The accesses that a page of these rights and this key may answer, a bit each; a write only if it is dirty. */
  grantsOf(rights: number, key: number): number {
    const user = (rights & RIGHT_US) !== 0 ? KEY_OF_USER_PAGE : 0;
    return this.grants[rights]! & this.keyGrants[key + user]!;
  }

  /** Whether an access may use a page of these rights and this key, dirty or not. Latches the error code if not. */
  check(rights: number, key: number, access: Access): boolean {
    if ((this.grantsOf(rights | RIGHT_D, key) & (1 << access)) !== 0) return true;
    const user = (rights & RIGHT_US) !== 0 ? KEY_OF_USER_PAGE : 0;
    const keyed = (this.keyGrants[key + user]! & (1 << access)) === 0;
    this.faultCode = PF_P | (keyed ? PF_PK : 0) | this.accessCodes[access]!;
    return false;
  }

  // --- 32-bit paging ---

  /**
   * Walks 32-bit paging structures. Rights are looked up as on a TLB hit, in the word that a hit would find.
   *
   * @param linear - int32.
   * @returns What `PageTlb` may cache, never 0; then `global` is set too. 0 on a page fault; `faultCode` then holds its code. `NO_WORD` where
   * no word can hold the page; the other fields then hold it.
   */
  word32(linear: number, access: Access): number {
    const pdeAddress = this.rootLow | ((linear >>> 20) & 0xffc);
    const pde = this.#load32(pdeAddress);
    if ((pde & PTE_P) === 0) {
      this.faultCode = this.accessCodes[access]!;
      return 0;
    }
    if ((pde & this.largeBit) !== 0) return this.#large32(linear, pdeAddress, pde, access);

    const pteAddress = (pde & this.busLow) | ((linear >>> 10) & 0xffc);
    const pte = this.#load32(pteAddress);
    if ((pte & PTE_P) === 0) {
      this.faultCode = this.accessCodes[access]!;
      return 0;
    }
    const used = pte | usedBits(access);
    const bits = this.wordBits[rights32(pde & pte, used)]!;
    if ((bits & (1 << access)) === 0 && !mayUseShadowStack(pde, pte, access)) {
      this.faultCode = PF_P | this.accessCodes[access]!;
      return 0;
    }
    if ((pde & PTE_A) === 0) this.#store32(pdeAddress, pde | PTE_A);
    if (used !== pte) this.#store32(pteAddress, used);
    this.global = (pte & this.globalBit) !== 0;
    return ((linear ^ (pte & this.busLow)) & WORD_ADDRESS) | (this.global ? WORD_GLOBAL : 0) | bits;
  }

  /**
   * The same for those who want the result in fields.
   * @returns false on a page fault; `faultCode` then holds its code.
   */
  walk32(linear: number, access: Access): boolean {
    const found = this.word32(linear, access);
    if (found === 0) return false;
    this.key = 0;
    if ((found & WORD_LARGE) !== 0) return true;
    this.pageBase = ((found ^ linear) & WORD_ADDRESS) >>> 0;
    this.pageShift = SHIFT_4K;
    this.rights = rightsOfWord(found);
    return true;
  }

  #large32(linear: number, pdeAddress: number, pde: number, access: Access): number {
    if ((pde & this.reserved4M) !== 0) {
      this.faultCode = PF_P | PF_RSVD | this.accessCodes[access]!;
      return 0;
    }
    const used = pde | usedBits(access);
    const rights = rights32(pde, used);
    const bits = this.wordBits[rights]!;
    if ((bits & (1 << access)) === 0 && !mayUseShadowStack(NOTHING_ABOVE, pde, access)) {
      this.faultCode = PF_P | this.accessCodes[access]!;
      return 0;
    }
    if (used !== pde) this.#store32(pdeAddress, used);

    // PSE-36: PDE bits 20–13 are address bits 39–32. Without it they are reserved, hence 0 here.
    const high = (pde >>> 13) & 0xff & this.busHigh;
    const low = pde & 0xffc0_0000 & this.busLow;
    this.pageBase = high * FOUR_GIB + (low >>> 0);
    this.pageShift = SHIFT_4M;
    this.rights = rights;
    this.key = 0;
    this.global = (pde & this.globalBit) !== 0;
    if (high !== 0) return NO_WORD;
    const piece = (linear ^ (low | (linear & 0x3f_ffff))) & WORD_ADDRESS;
    return piece | WORD_LARGE | (this.global ? WORD_GLOBAL : 0) | bits;
  }

  // --- 64-bit entries ---

  /** Walks PAE structures from the PDPTE registers down. @see Walker.walk32 */
  walkPae(linear: number, access: Access): boolean {
    const register = (linear >>> 30) * 2;
    const low = this.pdptes[register]!;
    if ((low & PTE_P) === 0) {
      this.faultCode = this.accessCodes[access]!;
      return false;
    }
    return this.#walk64(linear, 0, access, low & this.busLow, this.pdptes[register + 1]! & this.busHigh, 2);
  }

  /**
   * Walks 4-level or 5-level structures.
   * @param low - Bits 31–0 of the linear address, int32.
   * @param high - Bits 63–32, int32. The caller has checked that the address is canonical.
   */
  walkLong(low: number, high: number, access: Access): boolean {
    if (this.rootLevel === 4 && this.#walkPage(low, high, access) === true) return true;
    return this.#walk64(low, high, access, this.rootLow, this.rootHigh, this.rootLevel);
  }

  /**
   * The walk to a page of 4 KiB in 4-level paging, in one go, where it is one that succeeds and marks no table. It reads all
   * entries before it judges any: what an absent one leads to is read for nothing.
   * @returns false where it is not that simple. Then nothing has been done.
   */
  #walkPage(low: number, high: number, access: Access): boolean {
    const chunks = this.#chunks;
    const frames = this.#frames;
    const { rootLow, rootHigh, busLow, busHigh } = this;

    const rootFrame = (rootLow >>> SHIFT_4K) | (rootHigh << 20);
    if (rootFrame >>> 0 >= frames) return false;
    const chunk4 = rootFrame >>> FRAME_TO_CHUNK;
    const words4 = chunks[chunk4]!;
    const at4 = ((rootLow & CHUNK_MASK) >>> 2) | ((high >>> 6) & PAIR_MASK);
    const low4 = words4[at4]!;
    const high4 = words4[at4 | 1]!;

    const frame3 = ((low4 & busLow) >>> SHIFT_4K) | ((high4 & busHigh) << 20);
    if (frame3 >>> 0 >= frames) return false;
    const chunk3 = frame3 >>> FRAME_TO_CHUNK;
    const words3 = chunk3 === chunk4 ? words4 : chunks[chunk3]!;
    const at3 = ((low4 & busLow & CHUNK_MASK) >>> 2) | (((high << 3) | (low >>> 29)) & PAIR_MASK);
    const low3 = words3[at3]!;
    const high3 = words3[at3 | 1]!;

    const frame2 = ((low3 & busLow) >>> SHIFT_4K) | ((high3 & busHigh) << 20);
    if (frame2 >>> 0 >= frames) return false;
    const chunk2 = frame2 >>> FRAME_TO_CHUNK;
    const words2 = chunk2 === chunk3 ? words3 : chunks[chunk2]!;
    const at2 = ((low3 & busLow & CHUNK_MASK) >>> 2) | ((low >>> 20) & PAIR_MASK);
    const low2 = words2[at2]!;
    const high2 = words2[at2 | 1]!;

    const frame1 = ((low2 & busLow) >>> SHIFT_4K) | ((high2 & busHigh) << 20);
    if (frame1 >>> 0 >= frames) return false;
    const chunk1 = frame1 >>> FRAME_TO_CHUNK;
    const words1 = chunk1 === chunk2 ? words2 : chunks[chunk1]!;
    const at1 = ((low2 & busLow & CHUNK_MASK) >>> 2) | ((low >>> 11) & PAIR_MASK);
    const leaf = words1[at1]!;
    const leafHigh = words1[at1 | 1]!;

    const tables = low4 & low3 & low2;
    const highs = high4 | high3 | high2;
    if ((tables & (PTE_P | PTE_A) & (leaf | PTE_A)) !== (PTE_P | PTE_A)) return false;
    const reserved = (low4 & this.reservedTable[4]!) | (low3 & this.reservedTable[3]!);
    const isLarge = (low4 | low3 | low2) & PDE_PS;
    // Frames beyond 64 GiB have lost bits above.
    const beyond = (rootHigh | (highs & busHigh)) >>> 4;
    if ((reserved | isLarge | beyond | ((highs | leafHigh) & this.reservedHigh)) !== 0) return false;

    const rights =
      (((tables & leaf) >>> 1) & (RIGHT_RW | RIGHT_US)) | (((highs | leafHigh) >>> 28) & RIGHT_NX);
    const key = (leafHigh & PTE_KEY_HIGH) >>> PTE_KEY_SHIFT_HIGH;
    if ((this.grantsOf(RIGHT_D | rights, key) & (1 << access)) === 0) return false;
    const used = leaf | ((access & ACCESS_WRITE_BIT) !== 0 ? PTE_A | PTE_D : PTE_A);
    if (used !== leaf) words1[at1] = used;
    this.pageBase = (leafHigh & busHigh) * FOUR_GIB + ((leaf & busLow) >>> 0);
    this.pageShift = SHIFT_4K;
    this.rights = ((used >>> 4) & RIGHT_D) | rights;
    this.key = key;
    this.global = (leaf & this.globalBit) !== 0;
    return true;
  }

  /**
   * @param firstTableLow - Physical address of the first table, with its high half, both as int32.
   * @param firstLevel - The level of that table's entries: 1 for PTEs, 2 for PDEs, up to 5.
   */
  #walk64(
    low: number,
    high: number,
    access: Access,
    firstTableLow: number,
    firstTableHigh: number,
    firstLevel: number,
  ): boolean {
    let tableLow = firstTableLow;
    let tableHigh = firstTableHigh;
    let rights = RIGHT_RW | RIGHT_US;
    let accessed = PTE_A;
    for (let level = firstLevel; ; level--) {
      const at = tableLow | (index64(low, high, level) << 3);
      const frame = frameOf(tableLow, tableHigh);
      let entryLow = 0;
      let entryHigh = 0;
      if (frame >>> 0 < this.#frames) {
        const words = this.#chunks[frame >>> FRAME_TO_CHUNK]!;
        entryLow = words[(at & CHUNK_MASK) >>> 2]! | 0;
        entryHigh = words[((at & CHUNK_MASK) >>> 2) | 1]! | 0;
      } else {
        const address = tableHigh * FOUR_GIB + (at >>> 0);
        entryLow = this.#ram.loadWord(address);
        entryHigh = this.#ram.loadWord(address + 4);
      }
      if ((entryLow & PTE_P) === 0) {
        this.faultCode = this.accessCodes[access]!;
        return false;
      }
      const large = level !== 1 && (entryLow & PDE_PS) !== 0;
      const reserved = entryLow & (large ? this.reservedLarge : this.reservedTable)[level]!;
      if ((reserved | (entryHigh & this.reservedHigh)) !== 0) {
        this.faultCode = PF_P | PF_RSVD | this.accessCodes[access]!;
        return false;
      }
      const above = rights;
      // R/W and U/S are bits 1 and 2 of an entry, combined by AND; NX is bit 63, combined by OR.
      rights = (rights & (entryLow >>> 1) & 3) | ((rights | (entryHigh >>> 28)) & RIGHT_NX);
      if (large || level === 1) {
        const key = (entryHigh & PTE_KEY_HIGH) >>> PTE_KEY_SHIFT_HIGH;
        if (!this.check(rights, key, access) && !this.#onShadowStack(above, entryLow, key, access))
          return false;
        if (accessed === 0) this.#markTables(level + 1, firstLevel);
        const used = entryLow | usedBits(access);
        if (used !== entryLow) this.#setBits(at, tableHigh, usedBits(access));
        const shift = SHIFT_4K + INDEX_BITS * (level - 1);
        const base = entryLow & (-1 << shift) & this.busLow;
        this.pageBase = (entryHigh & this.busHigh) * FOUR_GIB + (base >>> 0);
        this.pageShift = shift;
        // D is bit 6 of an entry.
        this.rights = rights | ((used >>> 4) & RIGHT_D);
        this.key = this.isLong ? key : 0;
        this.global = (entryLow & this.globalBit) !== 0;
        return true;
      }
      accessed &= entryLow;
      this.#entryAtLow[level] = at;
      this.#entryAtHigh[level] = tableHigh;
      this.#entryLow[level] = entryLow;
      tableLow = entryLow & this.busLow;
      tableHigh = entryHigh & this.busHigh;
    }
  }

  /**
   * Whether an access, which the rights have refused, is one to a shadow stack that may have it. No TLB entry grants these
   * accesses, and no table has them, so that the others need not ask.
   * @param above - The rights that the entries above the leaf leave.
   */
  #onShadowStack(above: number, leaf: number, key: number, access: Access): boolean {
    const entries = (above & (RIGHT_RW | RIGHT_US)) << 1;
    if (!mayUseShadowStack(entries, leaf, access)) return false;
    const user = (entries & leaf & PTE_US) !== 0 ? KEY_OF_USER_PAGE : 0;
    return (this.keyGrants[key + user]! & (1 << access)) !== 0;
  }

  /** Sets A in the entries of a walk that lead to tables. */
  #markTables(lowest: number, highest: number): void {
    for (let level = highest; level >= lowest; level--) {
      if ((this.#entryLow[level]! & PTE_A) !== 0) continue;
      this.#setBits(this.#entryAtLow[level]!, this.#entryAtHigh[level]!, PTE_A);
    }
  }

  /** Sets bits in the low half of an entry. A table may map itself, so that what the walk has read is read again. */
  #setBits(low: number, high: number, bits: number): void {
    const address = high * FOUR_GIB + (low >>> 0);
    this.#ram.storeWord(address, this.#ram.loadWord(address) | bits);
  }

  // --- 32-bit entries ---

  /** A 32-bit entry; all ones where no RAM answers. @param address - int32, 4-byte aligned. */
  #load32(address: number): number {
    if (address >>> 12 >= this.#frames32) return this.#ram.loadWord(address >>> 0);
    return this.#chunks[address >>> CHUNK_SHIFT]![(address & CHUNK_MASK) >>> 2]!;
  }

  /** Stores to an entry that was just read as present, so that its chunk exists. */
  #store32(address: number, value: number): void {
    if (address >>> 12 >= this.#frames32) this.#ram.storeWord(address >>> 0, value);
    else this.#chunks[address >>> CHUNK_SHIFT]![(address & CHUNK_MASK) >>> 2] = value;
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

/** The 9-bit index that a linear address has at a level: 1 for PTEs, up to 5 for PML5Es. */
export function index64(low: number, high: number, level: number): number {
  // The one that lies in both halves.
  if (level === 3) return ((high << 2) | (low >>> 30)) & INDEX_MASK;
  const shift = SHIFT_4K + INDEX_BITS * (level - 1);
  return level < 3 ? (low >>> shift) & INDEX_MASK : (high >>> (shift - 32)) & INDEX_MASK;
}

/** The number of the frame at a physical address, or {@link NO_FRAME} from 64 GiB up. */
export function frameOf(low: number, high: number): number {
  return high >>> 4 === 0 ? (low >>> SHIFT_4K) | (high << 20) : NO_FRAME;
}
