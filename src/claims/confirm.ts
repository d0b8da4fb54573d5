/**
 * The second opinion: an MMU is asked what the pass over the tables has concluded, page by page, access by access. The
 * two share no code but the rules of the manual, and not those where they can be derived by walking.
 */

import { ACCESS_KINDS, type Access } from '../arch/access.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import { CR4_LAM_SUP } from '../arch/control.ts';
import { fromHalves } from '../arch/linear.ts';
import { isLongMode } from '../arch/paging-modes.ts';
import { cr3Address, pagingMode } from '../arch/registers.ts';
import type { Ram } from '../memory/ram.ts';
import { ABOVE_4_GIB, FAULT, Mmu, NO_FAULT } from '../mmu/index.ts';
import { type Said, said } from '../said/said.ts';
import type { WalkContext } from '../walk/context.ts';
import { addressOf } from '../walk/page-runs.ts';
import { hex } from './counterexample.ts';
import type { WordFinding } from './finding.ts';
import type { MappedSpace } from './mapped-space.ts';
import { pageText } from './pages.ts';
import { TableSnapshot } from './table-snapshot.ts';
import { accessPhrase } from './title.ts';

/** Pages asked for at a time, and between two calls of `onProgress`. */
const STEP = 4096;
/** Pages of the 32-bit linear space. */
const PAGES_32 = 2 ** 20;
/** The bit that tells `NO_FAULT` and `ABOVE_4_GIB` from error codes, and the same in four bytes at once. */
const TRANSLATED = 0x80;
const ANY_TRANSLATED = 0x8080_8080 | 0;

/** How many pages the MMU is asked about: all that are mapped and those beside them, or every one there is. */
export type ConfirmScope = 'mapped' | 'every';

/** What the MMU said. */
export interface Confirmation {
  /** The first page where it says something else than the tables; undefined where it agrees on all. */
  readonly finding: WordFinding | undefined;
  /** How many translations were compared. */
  readonly translations: number;
}

/**
 * Compares what the tables say with what an MMU does. Memory is left as it was, also when `onProgress` throws.
 *
 * @param scope - `every` asks about all 2^20 pages of a 32-bit space; in long mode it is the same as `mapped`.
 * @param onProgress - Called now and then with the pages done and their number.
 */
export function confirm(
  space: MappedSpace,
  tables: readonly number[],
  scope: ConfirmScope,
  onProgress?: (done: number, total: number) => void,
): Confirmation {
  const snapshot = new TableSnapshot(space.context.memory, tables);
  try {
    const mmu = freshMmu(space.context, snapshot.ram);
    const check = new Comparison(mmu, space);
    if (scope === 'every' && !isLongMode(space.mode)) check.everyPage(onProgress);
    else check.mappedPages(onProgress);
    return { finding: check.finding, translations: check.translations };
  } finally {
    snapshot.restore();
  }
}

/**
 * An MMU in the state of a context, with nothing in its TLB. Claims are about linear addresses, so that no pointer is
 * masked.
 */
function freshMmu(
  { cpu, cr0, cr3, cr4, efer, pdptes, alignmentCheck, pkru, pkrs }: WalkContext,
  ram: Ram,
): Mmu {
  const entry = (i: number): number | bigint => fromHalves(pdptes[2 * i]!, pdptes[2 * i + 1]!);
  const state = { cpu, cr0, cr3: cr3Address(cr3), cr4: (cr4 & ~CR4_LAM_SUP) >>> 0, efer };
  const isPae = pagingMode(state) === 'PAE';
  const mmu = new Mmu(ram, isPae ? { ...state, pdptes: [entry(0), entry(1), entry(2), entry(3)] } : state);
  mmu.alignmentCheck = alignmentCheck;
  mmu.pkru = pkru;
  mmu.pkrs = pkrs;
  return mmu;
}

class Comparison {
  finding: WordFinding | undefined;
  translations = 0;
  readonly #mmu: Mmu;
  readonly #space: MappedSpace;

  constructor(mmu: Mmu, space: MappedSpace) {
    this.#mmu = mmu;
    this.#space = space;
  }

  /** All 2^20 pages of a 32-bit linear space. */
  everyPage(onProgress: ((done: number, total: number) => void) | undefined): void {
    const linear = new Uint32Array(STEP);
    const physical = new Uint32Array(STEP);
    const faultCodes = new Uint8Array(STEP);
    for (let first = 0; first < PAGES_32; first += STEP) {
      for (let i = 0; i < STEP; i++) linear[i] = (first + i) << PAGE_SHIFT;
      for (const access of ACCESS_KINDS) {
        this.#mmu.translateEach(linear, physical, faultCodes, access);
        this.translations += STEP;
        if (this.finding === undefined) this.#compareStep(first, access, physical, faultCodes);
      }
      onProgress?.(first + STEP, PAGES_32);
    }
  }

  #compareStep(first: number, access: Access, physical: Uint32Array, faultCodes: Uint8Array): void {
    const space = this.#space;
    let run = space.runFrom(first);
    for (let page = first; page < first + STEP; ) {
      const start = run < space.count ? Math.max(page, space.first[run]!) : PAGES_32;
      const gapEnd = Math.min(start, first + STEP);
      const stray = firstTranslated(faultCodes, page - first, gapEnd - first);
      if (stray !== undefined) {
        this.#differ(first + stray, access, undefined);
        return;
      }
      page = gapEnd;
      if (page === first + STEP) return;
      const end = Math.min(space.end[run]!, first + STEP);
      const granted = (space.granted[run]! & (1 << access)) !== 0;
      for (; page < end; page++) {
        const code = faultCodes[page - first]!;
        const told = granted ? space.physicalOf(run, page) : FAULT;
        const did =
          code === NO_FAULT
            ? physical[page - first]!
            : code === ABOVE_4_GIB
              ? this.#mmu.translate(page * PAGE_SIZE, access)
              : FAULT;
        if (told !== did) {
          this.#differ(page, access, told);
          return;
        }
      }
      run++;
    }
  }

  /** Every page that is mapped, and the pages before and after each piece that is not. */
  mappedPages(onProgress: ((done: number, total: number) => void) | undefined): void {
    const space = this.#space;
    for (let run = 0; run < space.count && this.finding === undefined; run++) {
      const first = space.first[run]!;
      const end = space.end[run]!;
      if (run === 0 || space.end[run - 1] !== first) this.#one(first - 1, FAULT, 0);
      // A large page is asked for at its first and its last 4 KiB.
      const unit = space.pageUnits(run);
      for (let page = first; page < end && this.finding === undefined; page += unit) {
        this.#one(page, space.physicalOf(run, page), space.granted[run]!);
        if (unit > 1) this.#one(page + unit - 1, space.physicalOf(run, page + unit - 1), space.granted[run]!);
      }
      if (run + 1 === space.count || space.first[run + 1] !== end) this.#one(end, FAULT, 0);
      if (run % STEP === 0) onProgress?.(run, space.count);
    }
    onProgress?.(space.count, space.count);
  }

  #one(page: number, physical: number, granted: number): void {
    if (page < 0 || page >= (isLongMode(this.#space.mode) ? 2 ** 52 : PAGES_32)) return;
    const linear = addressOf(page);
    for (const access of ACCESS_KINDS) {
      const told = (granted & (1 << access)) !== 0 ? physical : FAULT;
      this.translations++;
      if (this.#mmu.translate(linear, access) === told) continue;
      this.#differ(page, access, told);
      return;
    }
  }

  #differ(page: number, access: Access, told: number | undefined): void {
    const did = this.#mmu.translate(addressOf(page), access);
    const text = (physical: number): Said =>
      physical === FAULT ? said`a fault` : said`frame ${hex(physical / PAGE_SIZE)}`;
    this.finding = {
      subject: said`${accessPhrase(access)} through the MMU`,
      expected: said`${text(told ?? FAULT)}, as the tables say`,
      found: text(did),
      page,
      mend: said`report it: for ${pageText(page)} the walk and the pass over the tables must say the same`,
    };
  }
}

/** The first of some bytes that tells of a translation. Most tell of none: four are passed over at a time. */
function firstTranslated(faultCodes: Uint8Array, from: number, to: number): number | undefined {
  const quads = new Int32Array(faultCodes.buffer);
  for (let i = from; i < to; i++) {
    if (i % 4 === 0) while (i + 4 <= to && (quads[i / 4]! & ANY_TRANSLATED) === 0) i += 4;
    if (i < to && (faultCodes[i]! & TRANSLATED) !== 0) return i;
  }
  return undefined;
}
