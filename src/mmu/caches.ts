/** The TLBs of an MMU, and what drops entries from them: flushes by a register, INVLPG, INVPCID. */

import type { Access } from '../arch/access.ts';
import { PAGE_SHIFT } from '../arch/address.ts';
import { PAGING_MODES } from '../arch/paging-modes.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import { PageTlb } from '../tlb/page-tlb.ts';
import { SetAssociativeTlb, type TlbGeometry } from '../tlb/set-associative-tlb.ts';
import type { StructureCaches } from '../tlb/structure-caches.ts';
import { WideTlb } from '../tlb/wide-tlb.ts';
import type { WalkRules } from './walk-rules.ts';
import { WasmLists } from './wasm-lists.ts';

export class Caches {
  /** 32-bit addresses whose pages lie below 4 GiB. Empty in long mode. */
  readonly pages: PageTlb;
  /** The addresses of long mode, and pages above 4 GiB. Made when the first needs it. */
  wide: WideTlb | undefined;
  /** The TLB that the caller chose. The others then stay empty. */
  readonly model: SetAssociativeTlb | undefined;
  /** Paging-structure caches, where the caller wants them. */
  readonly structures: StructureCaches | undefined;
  readonly #rules: WalkRules;
  readonly #moved: () => void;
  readonly #ram: DirectRam;
  /** Where RAM lies in WebAssembly memory, and once a TLB is there: the loops that run inside. */
  #lists: WasmLists | undefined | 'not asked' = 'not asked';
  #pcid = 0;
  /** log2 of the smallest large page. */
  #largeShift: number = PAGE_SHIFT;

  /** @param moved - Called when a TLB has come to be, or has other arrays than before. */
  constructor(
    rules: WalkRules,
    ram: DirectRam,
    geometry: TlbGeometry | undefined,
    structures: StructureCaches | undefined,
    moved: () => void,
  ) {
    this.#rules = rules;
    this.#ram = ram;
    this.structures = structures;
    this.#moved = moved;
    this.pages = new PageTlb(moved, () => this.lists?.pageArrays);
    if (geometry !== undefined) this.model = new SetAssociativeTlb(geometry);
  }

  /** The wide TLB, from now on there. */
  ownWide(): WideTlb {
    if (this.wide === undefined) {
      this.wide = new WideTlb(this.lists?.wideArrays);
      this.wide.setLargeShift(this.#largeShift);
      this.wide.switchTo(this.#pcid);
      this.#moved();
    }
    return this.wide;
  }

  /** The loops for lists that run inside WebAssembly memory, with the TLBs; undefined where there are none. */
  get lists(): WasmLists | undefined {
    if (this.#lists === 'not asked') this.#lists = WasmLists.in(this.#ram, this);
    return this.#lists;
  }

  /** The process-context identifier of what is cached from now on. */
  get pcid(): number {
    return this.#pcid;
  }

  /** The paging mode has changed, and everything has been flushed. */
  modeChanged(): void {
    this.#largeShift = PAGING_MODES[this.#rules.mode].largePageShifts[0] ?? PAGE_SHIFT;
    this.wide?.setLargeShift(this.#largeShift);
    if (this.#rules.isLong && this.model === undefined) this.ownWide();
  }

  /** Caches a word; what the wide TLB had for the page goes. */
  keepWord(low: number, word: number, access: Access): void {
    this.pages.fill(low, word, access);
    if (this.wide !== undefined) this.wide.invalidate(low, 0, 0, true);
  }

  /** Caches what no word can hold; a word that was there for the page goes. */
  keepWide(low: number, high: number, physical: number, grants: number, meta: number): void {
    this.ownWide().fill(low, high, physical, grants, meta);
    if (!this.#rules.isLong) this.pages.drop(low);
  }

  /** A load of CR3. @param keeps - Nothing is to be dropped. @param tagged - Only what has the new PCID is concerned. */
  switchTo(pcid: number, tagged: boolean, keeps: boolean): void {
    this.#pcid = pcid;
    if (!tagged) {
      this.flushNonGlobal();
    } else if (!keeps) {
      this.flushPcid(pcid);
    }
    this.wide?.switchTo(pcid);
  }

  /** Drops everything, global entries too. */
  flush(): void {
    this.pages.flush();
    this.wide?.flush();
    this.model?.flush();
    this.structures?.flush();
  }

  /** Drops what is not global, of every PCID. */
  flushNonGlobal(): void {
    this.pages.flushNonGlobal();
    this.wide?.flushNonGlobal();
    this.model?.flushNonGlobal();
    // Global or not is a matter of pages alone.
    this.structures?.flush();
  }

  /** Drops what is not global, of one PCID. Outside long mode all entries have PCID 0. */
  flushPcid(pcid: number): void {
    if (pcid === 0) this.pages.flushNonGlobal();
    this.wide?.flushPcid(pcid);
    this.model?.flushNonGlobal(pcid);
    this.structures?.flushPcid(pcid);
  }

  /** Drops the translation of an address in one PCID, or any if global, with all pieces of its page: INVLPG. */
  invalidate(low: number, high: number, pcid: number, globals: boolean): void {
    if (high === 0) this.pages.invalidate(low, 1 << (this.#largeShift - PAGE_SHIFT), globals);
    this.wide?.invalidate(low, high, pcid, globals);
    this.model?.invalidate(low, high, pcid, globals);
    this.structures?.flushPcid(pcid);
  }

  /** A register changed what entries grant; no entry is dropped. */
  regrant(): void {
    this.pages.regrant(this.#rules.wordBits);
    this.wide?.regrant();
  }

  /** The same for a register that only long mode knows. */
  regrantWide(): void {
    this.wide?.regrant();
  }
}
