/** Whether frames look like page tables of some level, each looked at once; and what they map. */

import { PTE_A, PTE_D, PTE_NX_HIGH, PTE_P, PTE_RW, PTE_US } from '../../arch/entry.ts';
import type { RamReader } from '../../memory/index.ts';
import {
  type EntryRules,
  entryRules,
  type LevelRules,
  mapsPage,
  pageAddressIn,
  tableAddressIn,
} from '../../walk/entry-rules.ts';
import type { WalkContext } from '../../walk/index.ts';
import { FrameSet } from './frame-set.ts';
import type { RamIndex } from './ram-index.ts';

/** What a frame looks like: a table without a present entry, a table, or something else. */
interface Verdict {
  readonly looks: 'empty' | 'sound' | 'broken';
  readonly entries: number;
  readonly wrong: number;
}

/** What the tables under a root hold. */
export interface TreeFacts {
  /** Physical addresses of the tables, each once. PDPTE registers are not among them. */
  readonly addresses: ReadonlySet<number>;
  /** Present entries. */
  readonly entries: number;
  /** Of them, those with reserved bits set, or that lead to a table where no RAM is. */
  readonly wrong: number;
  /** Pages of all sizes, those under shared tables once. */
  readonly pages: number;
  /** Of them, those that users may reach. */
  readonly userPages: number;
  /** Supervisor pages that can be executed. */
  readonly kernelCode: number;
  /** Frames of RAM that a supervisor can write to through them. */
  readonly reachable: number;
  /** Of its own tables, how many a supervisor sees through them: a kernel must, to change them, if with CR0.WP clear. */
  readonly ownTables: number;
  /** Of these, how many it can write to whatever CR0.WP is. */
  readonly writableTables: number;
}

/** A root with more tables than that is looked at in part. */
const MAX_TABLES = 65_536;
/** So many tables are looked at in all, those of several roots once for each: some seconds' work. */
const MAX_VISITS = 2 ** 22;
/** Flags in which neighbours in a table are mostly alike: all but A and D, and those free for software. */
const LIKE_FLAGS = 0x1ff & ~(PTE_A | PTE_D);
/** Up to so many tables may look broken before a root is given up, and a tenth of all. */
const BROKEN_ALLOWED = 3;

/** So many tables may be empty, and twice as many more as are not. */
const EMPTY_ALLOWED = 64;

/** Rights that the levels above leave: `PTE_RW`, `PTE_US`, and this. */
const NX = 1;
const ALL_RIGHTS = PTE_RW | PTE_US;

/** A table to be looked at. */
interface Visit {
  readonly address: number;
  readonly depth: number;
  readonly rights: number;
}

/** Judges the tables of one paging mode. */
export class TableJudge {
  readonly #memory: RamReader;
  readonly #ram: RamIndex;
  readonly #rules: EntryRules;
  /** By address and level. */
  readonly #verdicts = new Map<number, Verdict>();
  readonly #words = new Int32Array(1024);
  #visits = 0;

  constructor(context: WalkContext, ram: RamIndex) {
    this.#memory = context.memory;
    this.#ram = ram;
    this.#rules = entryRules(context);
  }

  /** What lies under a root; undefined if it is none, since too many of its tables are none, or it maps nothing. */
  under(root: number): TreeFacts | undefined {
    const tables = this.#tables(root);
    return tables && this.#facts(tables);
  }

  /**
   * All tables under a root, each once for a level and rights, level by level: so what is no root is known as such
   * after a look at the first tables.
   */
  #tables(root: number): readonly Visit[] | undefined {
    const { levels } = this.#rules;
    const seen = new Set<number>();
    const sound: Visit[] = [];
    let broken = 0;
    let filled = 0;
    let current: Visit[] = [{ address: root, depth: 0, rights: ALL_RIGHTS }];
    for (let depth = 0; current.length > 0; depth++) {
      const next: Visit[] = [];
      for (const visit of current) {
        if (seen.size >= MAX_TABLES || this.#visits >= MAX_VISITS) break;
        const key = (visit.address / 32) * 64 + depth * 8 + visit.rights;
        if (seen.has(key)) continue;
        seen.add(key);
        this.#visits++;
        const { looks } = this.#verdict(visit.address, depth);
        if (looks === 'broken') {
          broken++;
          if (depth === 0 || (broken > BROKEN_ALLOWED && broken * 10 > filled)) return undefined;
          continue;
        }
        sound.push(visit);
        if (looks === 'empty') continue;
        filled++;
        if (depth + 1 < levels.length) this.#children(visit, next);
      }
      current = next;
    }
    // Kernels keep empty tables ready, some dozens; a table of pages, taken for a root, leads to empty memory everywhere.
    if (sound.length - filled > EMPTY_ALLOWED + 2 * filled) return undefined;
    // A root alone is one only where it can map pages itself.
    if (filled === 0 || (filled < 2 && levels.length > 2)) return undefined;
    return sound;
  }

  #children({ address, depth, rights }: Visit, into: Visit[]): void {
    const level = this.#rules.levels[depth]!;
    this.#each(address, level, (low, high) => {
      if (mapsPage(level, low)) return;
      const child = tableAddressIn(this.#rules, low, high);
      if (this.#ram.of(child) < 0) return;
      into.push({
        address: child,
        depth: depth + 1,
        rights: narrowed(this.#rules, level, rights, low, high),
      });
    });
  }

  #verdict(address: number, depth: number): Verdict {
    const key = address * 8 + depth;
    const known = this.#verdicts.get(key);
    if (known !== undefined) return known;
    const verdict = this.#look(address, this.#rules.levels[depth]!);
    this.#verdicts.set(key, verdict);
    return verdict;
  }

  #look(address: number, level: LevelRules): Verdict {
    let entries = 0;
    let wrong = 0;
    let outside = 0;
    let unlike = 0;
    let atZero = 0;
    let flags = -1;
    let same = 0;
    let before = 0;
    const odd = this.#each(address, level, (low, high) => {
      entries++;
      if (low === before) same++;
      before = low;
      const isPage = mapsPage(level, low);
      const reserved = isPage ? level.reservedPage : level.reservedTable;
      const target = isPage
        ? pageAddressIn(this.#rules, level, low, high)
        : tableAddressIn(this.#rules, low, high);
      const isRam = this.#ram.of(target) >= 0;
      // No table lies at 0.
      const isLost = !isPage && (!isRam || target === 0);
      if ((low & reserved) !== 0 || (high & level.reservedHigh) !== 0 || isLost) wrong++;
      else if (!isRam) outside++;
      if (isPage && target === 0) atZero++;
      const now = low & LIKE_FLAGS;
      if (flags >= 0 && now !== flags) unlike++;
      flags = now;
    });
    // Freed memory may be filled with a pattern that looks like an entry.
    if (this.#rules.entryBytes === 4 && same === level.entries - 1)
      return { looks: 'broken', entries, wrong };
    if (entries === 0) return { looks: odd === 0 || level.isLast ? 'empty' : 'broken', entries, wrong };
    // Tables of devices lead out of RAM, all to the same kind of memory: those are few, and orderly.
    const disorderly = unlike * 2 > entries && entries >= 8;
    const elsewhere = outside * 2 > entries && unlike * 8 > entries;
    const isFull = !level.isLast && odd > entries + 8;
    // Small odd numbers, which are frequent, look like pages at 0.
    const isData = atZero > 1 && atZero * 2 > entries;
    const isBroken = wrong * 20 > entries || disorderly || elsewhere || isFull || isData;
    return { looks: isBroken ? 'broken' : 'sound', entries, wrong };
  }

  #facts(tables: readonly Visit[]): TreeFacts | undefined {
    const reached = new FrameSet(this.#ram);
    const readOnly = new FrameSet(this.#ram);
    const addresses = new Set<number>();
    let entries = 0;
    let wrong = 0;
    let pages = 0;
    let userPages = 0;
    let kernelCode = 0;
    for (const { address, depth, rights } of tables) {
      const level = this.#rules.levels[depth]!;
      if (!level.inRegisters) addresses.add(address);
      const verdict = this.#verdict(address, depth);
      entries += verdict.entries;
      wrong += verdict.wrong;
      if (verdict.entries === 0) continue;
      this.#each(address, level, (low, high) => {
        if (!mapsPage(level, low) || (low & level.reservedPage) !== 0 || (high & level.reservedHigh) !== 0)
          return;
        pages++;
        const own = narrowed(this.#rules, level, rights, low, high);
        if ((own & PTE_US) !== 0) {
          userPages++;
          return;
        }
        if ((own & NX) === 0) kernelCode++;
        const frames = (own & PTE_RW) !== 0 ? reached : readOnly;
        frames.add(pageAddressIn(this.#rules, level, low, high) / 4096, level.pages);
      });
    }
    if (pages === 0) return undefined;
    let [ownTables, writableTables] = [0, 0];
    for (const address of addresses) {
      const isWritable = reached.has(address / 4096);
      if (isWritable) writableTables++;
      if (isWritable || readOnly.has(address / 4096)) ownTables++;
    }
    const reachable = reached.size;
    return {
      addresses,
      entries,
      wrong,
      pages,
      userPages,
      kernelCode,
      reachable,
      ownTables,
      writableTables,
    };
  }

  /** Calls back for each present entry of a table. @returns How many others hold something like an address. */
  #each(address: number, level: LevelRules, visit: (low: number, high: number) => void): number {
    const step = this.#rules.entryBytes / 4;
    const words = level.inRegisters ? this.#words.subarray(0, level.entries * step) : this.#words;
    this.#load(address, words);
    let odd = 0;
    for (let at = 0; at < words.length; at += step) {
      const low = words[at]!;
      const high = step === 2 ? words[at + 1]! : 0;
      if ((low & PTE_P) !== 0) visit(low, high);
      else if (((low >>> 12) | high) !== 0) odd++;
    }
    return odd;
  }

  #load(address: number, into: Int32Array): void {
    const memory = this.#memory;
    if (memory.loadWords !== undefined) memory.loadWords(address, into);
    else for (let i = 0; i < into.length; i++) into[i] = memory.loadWord(address + 4 * i);
  }
}

function narrowed(rules: EntryRules, level: LevelRules, rights: number, low: number, high: number): number {
  // A PDPTE of PAE has no rights.
  if (level.inRegisters) return rights;
  const noExecute = rules.noExecute && (high & PTE_NX_HIGH) !== 0 ? NX : 0;
  return (rights & low & ALL_RIGHTS) | (rights & NX) | noExecute;
}
