/**
 * What the control registers say to a page walk and to a TLB hit, prepared: masks and small tables, derived once when a
 * register changes, so that a walk only looks them up.
 */

import {
  ACCESS_FETCH_BIT,
  ACCESS_KINDS,
  ACCESS_SHADOW_STACK_BIT,
  ACCESS_USER_BIT,
  ACCESS_WRITE_BIT,
  type Access,
  IMPLICIT_READ,
  IMPLICIT_WRITE,
  SHADOW_STACK_ACCESSES,
} from '../arch/access.ts';
import { FOUR_GIB, PAGE_OFFSET_MASK } from '../arch/address.ts';
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
import { PDE_PS, PTE_FRAME_MASK, PTE_G } from '../arch/entry.ts';
import { PF_ID, PF_SS, PF_US, PF_WR } from '../arch/fault.ts';
import { isMasked, linearMasking, maskedHigh } from '../arch/linear-masking.ts';
import { isLongMode, PAGING_MODES, type PagingMode } from '../arch/paging-modes.ts';
import { grantTable, keyDenies } from '../arch/permissions.ts';
import { type ControlState, has, hasShadowStacks, pagingMode } from '../arch/registers.ts';
import { reserved4M, reserved64 } from '../arch/reserved.ts';
import { WORD_GRANTS, wordBits } from '../tlb/tlb-word.ts';

/** The levels of 64-bit paging, from the root down. A walk counts them from the pages up: level 1 for PTEs. */
const LEVELS = PAGING_MODES['5-level'].levels;

/** `key + KEY_OF_USER_PAGE` is the place of a user page's key in {@link WalkRules.keyGrants}. */
export const KEY_OF_USER_PAGE = 16;

/** Accesses are numbers below this. */
const ACCESSES: number = 2 * ACCESS_SHADOW_STACK_BIT;

export class WalkRules {
  mode: PagingMode = 'off';
  /** Linear addresses have 64 bits. */
  isLong = false;
  /** Width of a linear address. */
  linearBits = 32;
  /** Physical address of the root table, in halves; in PAE paging that of the PDPTEs. */
  rootLow = 0;
  rootHigh = 0;
  /** The level of the root table's entries: 4 or 5 in long mode. */
  rootLevel = 4;
  /** The PDPTE registers of PAE: low and high halves in turn. */
  readonly pdptes: Int32Array = new Int32Array(8);

  /** Linear-address masking is on, for some pointers. */
  masks = false;
  /** How many low bits count of user pointers and of supervisor pointers, beside bit 63. */
  userBits = 64;
  supervisorBits = 64;

  /** Bit 7 of a 32-bit PDE where it means a 4 MiB page, else 0. */
  largeBit = 0;
  /** Reserved bits of a 32-bit PDE that maps a 4 MiB page. */
  readonly reserved4M: number;
  /** Reserved bits in the high half of a 64-bit entry. */
  reservedHigh = 0;
  /** By level: reserved bits in the low half of a 64-bit entry with PS set. */
  readonly reservedLarge: Int32Array = new Int32Array(LEVELS.length + 1);
  /** The same without PS; none at the level of PTEs and PDEs. */
  readonly reservedTable: Int32Array = new Int32Array(LEVELS.length + 1);
  /** G where CR4.PGE lets it count, else 0. */
  globalBit = 0;

  /** By rights: the accesses that a cached translation may answer, a bit each. See {@link grantTable}. */
  grants: Int32Array = new Int32Array(16);
  /** By rights: the low bits of a word of `PageTlb`. */
  wordBits: Int32Array = new Int32Array(16);
  /** By protection key, plus {@link KEY_OF_USER_PAGE}: the accesses that it does not forbid, a bit each. */
  readonly keyGrants: Int32Array = new Int32Array(2 * KEY_OF_USER_PAGE).fill(-1);
  /** By access: the bits of an error code that describe it. */
  readonly accessCodes: Int32Array = new Int32Array(ACCESSES);

  /** The accesses that there are, a bit each. */
  accesses: number = WORD_GRANTS;

  alignmentCheck = false;
  pkru = 0;
  pkrs = 0;

  /** The address lines that leave the package, as masks on the halves of a frame's address. */
  readonly busLow: number;
  readonly busHigh: number;

  readonly #cpu: CpuFeatures;
  #cr4 = 0;
  #wp = false;
  #smep = false;
  #smap = false;
  #userKeys = false;
  #supervisorKeys = false;

  constructor(cpu: CpuFeatures) {
    this.#cpu = cpu;
    this.reserved4M = reserved4M(cpu);
    const lines = cpu.addressLines ?? cpu.physicalAddressBits;
    this.busLow = lines < 32 ? ((2 ** lines - 1) & PTE_FRAME_MASK) | 0 : PTE_FRAME_MASK;
    this.busHigh = lines < 32 ? 0 : (2 ** (lines - 32) - 1) | 0;
  }

  /** Walks begin at cached entries, where there are any: no loop over a list may walk by itself. */
  cachesStructures = false;

  /** 32-bit paging with every address line: the case that `translateRun` has a loop for. */
  get isPlain(): boolean {
    return this.mode === '32-bit' && this.busLow === PTE_FRAME_MASK;
  }

  /**
   * Takes over the registers after any of them changed.
   * @param cr3 - Its address and low bits.
   * @param cr3High - The flags in its high half, as int32.
   */
  configure(state: ControlState, cr3: number, cr3High: number): void {
    const { cr0, cr4, efer } = state;
    this.#cr4 = cr4;
    this.mode = pagingMode(state);
    this.isLong = isLongMode(this.mode);
    this.rootLevel = PAGING_MODES[this.mode].levels.length;
    this.linearBits = PAGING_MODES[this.mode].linearBits;
    this.largeBit = has(cr4, CR4_PSE) ? PDE_PS : 0;
    const reserved = reserved64(this.#cpu, this.isLong, has(efer, EFER_NXE));
    this.reservedHigh = reserved.high;
    for (const [i, { shift }] of LEVELS.entries()) {
      this.reservedLarge[LEVELS.length - i] = reserved.large[shift]!;
      this.reservedTable[LEVELS.length - i] = reserved.table[shift]!;
    }
    this.globalBit = has(cr4, CR4_PGE) ? PTE_G : 0;
    this.#wp = has(cr0, CR0_WP);
    this.#smep = has(cr4, CR4_SMEP);
    this.#smap = has(cr4, CR4_SMAP);
    const fetchCode = (has(cr4, CR4_PAE) && has(efer, EFER_NXE)) || this.#smep ? PF_ID : 0;
    this.accesses = WORD_GRANTS | (hasShadowStacks(this.#cpu, cr4) ? SHADOW_STACK_BITS : 0);
    for (let access = 0; access < ACCESSES; access++) {
      this.accessCodes[access] =
        ((access & ACCESS_WRITE_BIT) !== 0 ? PF_WR : 0) |
        ((access & ACCESS_USER_BIT) !== 0 ? PF_US : 0) |
        ((access & ACCESS_FETCH_BIT) !== 0 ? fetchCode : 0) |
        ((access & ACCESS_SHADOW_STACK_BIT) !== 0 ? PF_SS : 0);
    }
    this.#userKeys = this.isLong && has(cr4, CR4_PKE);
    this.#supervisorKeys = this.isLong && has(cr4, CR4_PKS);
    this.setRoot(cr3, cr3High);
    this.updateGrants();
    this.updateKeys();
  }

  /**
   * Takes over CR3 after it alone has changed.
   * @param cr3High - The flags in its high half, as int32.
   * @returns Whether other pointers are masked than before.
   */
  setRoot(cr3: number, cr3High: number): boolean {
    this.rootLow = cr3 & this.busLow;
    this.rootHigh = Math.floor(cr3 / FOUR_GIB) & this.busHigh;
    return this.#cpu.lam === true && this.#setMasking(cr3High);
  }

  #setMasking(cr3High: number): boolean {
    const { userBits, supervisorBits } = this;
    const { user, supervisor } = linearMasking(this.mode, cr3High, this.#cr4);
    this.userBits = user;
    this.supervisorBits = supervisor;
    this.masks = user < 64 || supervisor < 64;
    return user !== userBits || supervisor !== supervisorBits;
  }

  /** The high half of the address that an access through a pointer goes to. In long mode only. */
  addressedHigh(high: number, access: Access): number {
    return this.masks && isMasked(access) ? this.#maskedHigh(high) : high;
  }

  /**
   * The accesses that reach an address through a pointer that is equal to it, a bit each: all, but where masking makes
   * another of it. That needs LAM_U48 in 5-level paging; elsewhere masking leaves what is canonical as it is.
   */
  grantsAt(high: number): number {
    return this.masks && this.#maskedHigh(high) !== high ? UNMASKED : -1;
  }

  #maskedHigh(high: number): number {
    return maskedHigh(high, high < 0 ? this.supervisorBits : this.userBits);
  }

  /** Derives {@link WalkRules.grants} anew, after a register that it depends on has changed. */
  updateGrants(): void {
    const { alignmentCheck } = this;
    this.grants = grantTable({ wp: this.#wp, smep: this.#smep, smap: this.#smap, alignmentCheck });
    this.wordBits = wordBits(this.grants);
  }

  /** Derives {@link WalkRules.keyGrants} anew, after a key register has changed. */
  updateKeys(): void {
    const masks = KEY_MASKS[this.#wp ? 1 : 0];
    for (let key = 0; key < 16; key++) {
      const supervisor = this.#supervisorKeys ? masks[(this.pkrs >>> (2 * key)) & 3]! : -1;
      const user = this.#userKeys ? masks[(this.pkru >>> (2 * key)) & 3]! : -1;
      this.keyGrants[key] = supervisor;
      this.keyGrants[key + KEY_OF_USER_PAGE] = user;
    }
  }

  /** Cuts the address lines that the board lacks. */
  onBus(physical: number): number {
    const low = physical & (this.busLow | PAGE_OFFSET_MASK);
    const high = Math.floor(physical / FOUR_GIB) & this.busHigh;
    return high * FOUR_GIB + (low >>> 0);
  }
}

/** The accesses to shadow stacks, a bit each. */
const SHADOW_STACK_BITS = SHADOW_STACK_ACCESSES.reduce<number>((mask, access) => mask | (1 << access), 0);

/** The accesses whose addresses are never masked, a bit each. */
const UNMASKED = [...ACCESS_KINDS, IMPLICIT_READ, IMPLICIT_WRITE].reduce<number>(
  (mask, access) => mask | (isMasked(access) ? 0 : 1 << access),
  0,
);

/** By CR0.WP, then by AD and WD of a key register: the accesses that they do not forbid. */
const KEY_MASKS = [false, true].map((wp) =>
  [0, 1, 2, 3].map((bits) => {
    const accesses = [...ACCESS_KINDS, IMPLICIT_READ, IMPLICIT_WRITE, ...SHADOW_STACK_ACCESSES];
    return accesses.reduce<number>(
      (mask, access) => mask | (keyDenies(bits, 0, access, wp) ? 0 : 1 << access),
      0,
    );
  }),
) as [number[], number[]];
