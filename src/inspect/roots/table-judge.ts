/** Whether frames look like page tables of some level, each looked at once. */

import { PTE_A, PTE_D, PTE_P } from '../../arch/entry.ts';
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
import type { RamIndex } from './ram-index.ts';

/** What a frame looks like: a table without a present entry, a table, or something else. */
interface Verdict {
  readonly looks: 'empty' | 'sound' | 'broken';
  readonly entries: number;
  readonly wrong: number;
}

/** The tables under a root. */
export interface JudgedTables {
  /** Their physical addresses, each once. PDPTE registers are not among them. */
  readonly addresses: readonly number[];
  /** Present entries. */
  readonly entries: number;
  /** Of them, those with reserved bits set, or that lead to a table where no RAM is. */
  readonly wrong: number;
}

/** A root with more tables than that is looked at in part. */
const MAX_TABLES = 65_536;
/** Flags in which neighbours in a table are mostly alike: all but A and D, and those free for software. */
const LIKE_FLAGS = 0x1ff & ~(PTE_A | PTE_D);
/** Up to so many tables may look broken before a root is given up, and a tenth of all. */
const BROKEN_ALLOWED = 3;

/** Judges the tables of one paging mode. */
export class TableJudge {
  readonly #memory: RamReader;
  readonly #ram: RamIndex;
  readonly #rules: EntryRules;
  /** By address and level. */
  readonly #verdicts = new Map<number, Verdict>();

  constructor(context: WalkContext, ram: RamIndex) {
    this.#memory = context.memory;
    this.#ram = ram;
    this.#rules = entryRules(context);
  }

  /** All tables under a root; undefined if too many of them are none. */
  under(root: number): JudgedTables | undefined {
    const { levels } = this.#rules;
    const seen = new Set<number>();
    const addresses = new Set<number>();
    const pending: [address: number, depth: number][] = [[root, 0]];
    let broken = 0;
    let sound = 0;
    let entries = 0;
    let wrong = 0;
    for (let next = pending.pop(); next !== undefined && seen.size < MAX_TABLES; next = pending.pop()) {
      const [address, depth] = next;
      const key = address * 8 + depth;
      if (seen.has(key)) continue;
      seen.add(key);
      const level = levels[depth]!;
      const { looks, ...counted } = this.#verdict(address, depth);
      if (looks === 'broken') {
        broken++;
        if (depth === 0 || (broken > BROKEN_ALLOWED && broken * 10 > sound)) return undefined;
        continue;
      }
      if (looks === 'sound') sound++;
      entries += counted.entries;
      wrong += counted.wrong;
      if (!level.inRegisters) addresses.add(address);
      if (level.isLast) continue;
      this.#each(address, level, (low, high) => {
        if (mapsPage(level, low)) return;
        const child = tableAddressIn(this.#rules, low, high);
        if (this.#ram.of(child) >= 0) pending.push([child, depth + 1]);
      });
    }
    if (sound < 2 && levels.length > 2) return undefined;
    return { addresses: [...addresses], entries, wrong };
  }

  #verdict(address: number, depth: number): Verdict {
    const known = this.#verdicts.get(address * 8 + depth);
    if (known !== undefined) return known;
    const verdict = this.#look(address, this.#rules.levels[depth]!);
    this.#verdicts.set(address * 8 + depth, verdict);
    return verdict;
  }

  #look(address: number, level: LevelRules): Verdict {
    let entries = 0;
    let wrong = 0;
    let outside = 0;
    let unlike = 0;
    let flags = -1;
    this.#each(address, level, (low, high) => {
      entries++;
      const isPage = mapsPage(level, low);
      const reserved = isPage ? level.reservedPage : level.reservedTable;
      const isRam = this.#ram.of(
        isPage ? pageAddressIn(this.#rules, level, low, high) : tableAddressIn(this.#rules, low, high),
      );
      if ((low & reserved) !== 0 || (high & level.reservedHigh) !== 0 || (!isPage && isRam < 0)) wrong++;
      else if (isRam < 0) outside++;
      const now = low & LIKE_FLAGS;
      if (flags >= 0 && now !== flags) unlike++;
      flags = now;
    });
    if (entries === 0) return { looks: 'empty', entries, wrong };
    // Tables of devices lead out of RAM, all to the same kind of memory: those are few, and orderly.
    const disorderly = unlike * 2 > entries && entries >= 8;
    const elsewhere = outside * 2 > entries && unlike * 8 > entries;
    const isBroken = wrong * 20 > entries || disorderly || elsewhere;
    return { looks: isBroken ? 'broken' : 'sound', entries, wrong };
  }

  /** Calls back for each present entry of a table. */
  #each(address: number, level: LevelRules, visit: (low: number, high: number) => void): void {
    const bytes = this.#rules.entryBytes;
    for (let index = 0; index < level.entries; index++) {
      const low = this.#memory.loadWord(address + index * bytes);
      if ((low & PTE_P) !== 0)
        visit(low, bytes === 8 ? this.#memory.loadWord(address + index * bytes + 4) : 0);
    }
  }
}
