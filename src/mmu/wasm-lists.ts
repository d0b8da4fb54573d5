/**
 * Lists of translations inside WebAssembly memory: what the loops of `list-module.ts` need, and the way in and out for lists
 * that do not lie there.
 */

import { ACCESS_WRITE_BIT, type Access } from '../arch/access.ts';
import { PAGE_SHIFT } from '../arch/address.ts';
import { PTE_A, PTE_D } from '../arch/entry.ts';
import type { DirectRam } from '../memory/direct-ram.ts';
import type { ListRegion } from '../memory/list-region.ts';
import type { Desk } from '../memory/wasm-ram.ts';
import { LINEAR_PAGES, MAX_FILLS, type PageTlb, type PageTlbArrays } from '../tlb/page-tlb.ts';
import { WIDE_SLOTS, type WideTlb, type WideTlbArrays, wideMeta } from '../tlb/wide-tlb.ts';
import { wasmFunctions } from '../wasm/host.ts';
import { type ListFunctions, listModule } from './list-module.ts';
import { PLACE, RULE } from './list-places.ts';
import type { WalkRules } from './walk-rules.ts';

/** Addresses that go in at once: with the results, they stay in the second-level cache. After a miss, the rest is slower. */
const AT_ONCE = 4096;

/** The way in and out for lists of one kind. */
interface Ways {
  /** log2 of the bytes of an address, and of a result. */
  readonly bytesLog2: 2 | 3;
  /** Receives the addresses. */
  readonly linear: Uint32Array | Int32Array;
  /** How many elements an address is. */
  readonly parts: 1 | 2;
  /** Receives the results. */
  readonly physical: Uint32Array | Float64Array;
}

export class WasmLists {
  readonly pageArrays: PageTlbArrays;
  readonly wideArrays: WideTlbArrays;
  readonly #base: number;
  readonly #frames: number;
  readonly #functions: ListFunctions;
  readonly #lists: ListRegion;
  readonly #ways32: Ways;
  readonly #ways64: Ways;
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;

  private constructor({ base, memory }: Desk, lists: ListRegion, functions: ListFunctions, frames: number) {
    const { buffer } = memory;
    this.#base = base;
    this.#lists = lists;
    this.#frames = frames;
    this.#functions = functions;
    this.pageArrays = {
      words: new Int32Array(buffer, base + PLACE.words, LINEAR_PAGES),
      fills: new Int32Array(buffer, base + PLACE.fills, MAX_FILLS),
    };
    this.wideArrays = {
      words: new Int32Array(buffer, base + PLACE.wideWords, WIDE_SLOTS),
      highs: new Int32Array(buffer, base + PLACE.wideHighs, WIDE_SLOTS),
      bases: new Float64Array(buffer, base + PLACE.wideBases, WIDE_SLOTS),
      physical: new Float64Array(buffer, base + PLACE.widePhysical, WIDE_SLOTS),
      stamps: new Float64Array(buffer, base + PLACE.wideStamps, WIDE_SLOTS),
      meta: new Int32Array(buffer, base + PLACE.wideMeta, WIDE_SLOTS),
    };
    this.#ways32 = {
      bytesLog2: 2,
      linear: new Uint32Array(buffer, base + PLACE.linear, AT_ONCE),
      parts: 1,
      physical: new Uint32Array(buffer, base + PLACE.physical, AT_ONCE),
    };
    this.#ways64 = {
      bytesLog2: 3,
      linear: new Int32Array(buffer, base + PLACE.linear, 2 * AT_ONCE),
      parts: 2,
      physical: new Float64Array(buffer, base + PLACE.physical, AT_ONCE),
    };
    this.#words = new Int32Array(buffer, base + PLACE.rules, 256);
    this.#doubles = new Float64Array(buffer, base + PLACE.rules, 128);
  }

  /**
   * @param holder - Whose TLBs lie inside: the room is lent as long as it lives.
   * @returns undefined where RAM is not in WebAssembly memory, or all room in it is lent.
   */
  static in(ram: DirectRam, holder: object): WasmLists | undefined {
    const { wasm } = ram;
    if (wasm === undefined) return undefined;
    const functions = wasmFunctions<ListFunctions>(listModule(), wasm.memory);
    if (functions === undefined) return undefined;
    const desk = wasm.lend(holder);
    return desk && new WasmLists(desk, wasm.lists, functions, ram.frameCount);
  }

  /**
   * Hits, and misses that lead to a 4 KiB page, in 32-bit paging with every address line.
   * @returns The index of the first address not translated.
   */
  many32(
    linear: Uint32Array,
    physical: Uint32Array,
    start: number,
    access: Access,
    tlb: PageTlb,
    rules: WalkRules,
  ): number {
    if (rules.rootLow >>> PAGE_SHIFT >= this.#frames) return start;
    tlb.reserve(Math.min(linear.length - start, LINEAR_PAGES));
    tlb.open();
    this.#setRules(access, rules);
    this.#set(RULE.fillCount, tlb.fillCount);
    this.#words.set(rules.wordBits, RULE.bits >>> 2);
    const i = this.#run(this.#functions.many32, this.#ways32, linear, physical, start);
    tlb.fillCount = this.#words[RULE.fillCount >>> 2]!;
    tlb.close();
    return i;
  }

  /**
   * The same in long mode, where no pointer is masked.
   * @param halves - The addresses, low and high halves in turn.
   */
  many64(
    halves: Int32Array,
    physical: Float64Array,
    start: number,
    access: Access,
    tlb: WideTlb,
    rules: WalkRules,
  ): number {
    if (rules.rootHigh !== 0) return start;
    this.#setRules(access, rules);
    this.#set(RULE.key, tlb.key);
    this.#set(RULE.pcid, tlb.pcid);
    this.#set(RULE.rootLevel, rules.rootLevel);
    this.#set(RULE.canonicalShift, rules.linearBits - 33);
    this.#set(RULE.meta, wideMeta(0, 0, PAGE_SHIFT, false, access, tlb.pcid));
    this.#doubles[RULE.clock >>> 3] = tlb.clock;
    this.#doubles[RULE.aliveAfter >>> 3] = tlb.aliveAfter;
    this.#doubles[RULE.globalsAliveAfter >>> 3] = tlb.globalsAliveAfter;
    this.#words.set(rules.grants, RULE.bits >>> 2);
    this.#words.set(rules.keyGrants, RULE.keyBits >>> 2);
    this.#words.set(rules.reservedTable, RULE.reservedTable >>> 2);
    const i = this.#run(this.#functions.many64, this.#ways64, halves, physical, start);
    tlb.clock = this.#doubles[RULE.clock >>> 3]!;
    return i;
  }

  /** Lists that lie in the same memory are read and written there. @returns The index of the first not translated. */
  #run(
    translate: ListFunctions['many32'],
    { bytesLog2, parts, linear: into, physical: outOf }: Ways,
    linear: Uint32Array | Int32Array,
    physical: Uint32Array | Float64Array,
    start: number,
  ): number {
    const length = linear.length / parts;
    const [source, target] = [this.#lists.addressOf(linear), this.#lists.addressOf(physical)];
    for (let i = start; i < length; ) {
      const count = Math.min(AT_ONCE, length - i);
      const first = source !== 0 ? source + (i << bytesLog2) : this.#base + PLACE.linear;
      const result = target !== 0 ? target + (i << bytesLog2) : this.#base + PLACE.physical;
      if (source === 0) into.set(count === length ? linear : linear.subarray(parts * i, parts * (i + count)));
      const stopped = translate(this.#base, first, first + (count << bytesLog2), result) >>> 0;
      const done = (stopped - first) >>> bytesLog2;
      // To make a view takes as long as some translations.
      if (target === 0) physical.set(done === outOf.length ? outOf : outOf.subarray(0, done), i);
      i += done;
      if (done < count) return i;
    }
    return length;
  }

  #setRules(access: Access, rules: WalkRules): void {
    this.#set(RULE.frames, this.#frames);
    this.#set(RULE.root, rules.rootLow);
    this.#set(RULE.bit, 1 << access);
    this.#set(RULE.usedBits, (access & ACCESS_WRITE_BIT) !== 0 ? PTE_A | PTE_D : PTE_A);
    this.#set(RULE.access, access);
    this.#set(RULE.globalBit, rules.globalBit);
    this.#set(RULE.busLow, rules.busLow);
    this.#set(RULE.busHigh, rules.busHigh);
    this.#set(RULE.reservedHigh, rules.reservedHigh);
  }

  #set(at: number, value: number): void {
    this.#words[at >>> 2] = value;
  }
}
