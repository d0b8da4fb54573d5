/** Tables in the making: written by {@link Mapper}, and then made wrong where an exercise wants them so. */

import { PTE_A, PTE_D, PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import type { Ram } from '../memory/index.ts';
import type { Random } from '../random/random.ts';
import { Mapper } from '../tables/index.ts';

/** Frames of exercises lie in 16 MiB: addresses of six digits that differ in more than one. */
export const RAM_BYTES: number = 16 * 2 ** 20;

/** What an entry says beside its frame. Present unless it says otherwise; what else is not named is clear. */
export interface Flags {
  readonly present?: boolean;
  readonly writable?: boolean;
  readonly user?: boolean;
  readonly accessed?: boolean;
  /** In an entry that leads to a table the CPU ignores it. */
  readonly dirty?: boolean;
}

/** Tables in the making. */
export interface Sketch {
  /** Physical address of the directory. */
  readonly directory: number;
  /** The base address of a frame that nothing uses yet. */
  frame(): number;
  /** Puts an empty table behind an entry of the directory. @returns Its physical address. */
  table(slot: number, flags: Flags): number;
  /** Maps a page of 4 KiB through the table of a slot. @returns Physical address of its entry. */
  page(slot: number, index: number, target: number, flags: Flags): number;
  /** Maps a page of 4 MiB. */
  largePage(slot: number, target: number, flags: Omit<Flags, 'present'>): void;
  /** Changes an entry, or what will be taken for one: the one place where tables are wrong on purpose. */
  change(entryAddress: number, entry: number): void;
  /** The entry at a physical address. */
  entry(entryAddress: number): number;
  /** All words that are not zero, by physical address. */
  words(): ReadonlyMap<number, number>;
}

/** The first linear address of a page, by its two indices. */
export function pageAt(slot: number, index: number): number {
  return ((slot << 22) | (index << 12)) >>> 0;
}

const FLAGS = PTE_P | PTE_RW | PTE_US | PTE_A | PTE_D;

/** Flags as bits of an entry. */
export function bitsOf({ present = true, writable, user, accessed, dirty }: Flags): number {
  return (
    (present ? PTE_P : 0) |
    (writable ? PTE_RW : 0) |
    (user ? PTE_US : 0) |
    (accessed ? PTE_A : 0) |
    (dirty ? PTE_D : 0)
  );
}

/** Begins tables with an empty directory. */
export function sketch(random: Random): Sketch {
  // Below 1 MiB nothing is used, so that a frame number is never taken for an address.
  const frames = random.distinct(96, 0x100, RAM_BYTES / 4096 - 1);
  const frame = (): number => frames.pop()! * 4096;
  const written = new Map<number, number>();
  const mapper = new Mapper(ramOf(written), {
    mode: '32-bit',
    cpu: 'pentium-iii',
    allocateFrame: () => frame() / 4096,
  });
  // On top of what is written, and not in it: Mapper refuses to go on under an entry that allows too little.
  const changed = new Map<number, number>();
  const entry = (at: number): number => changed.get(at) ?? written.get(at) ?? 0;
  const change = (at: number, value: number): void => void changed.set(at, value >>> 0);
  const directory = mapper.root;
  return {
    directory,
    frame,
    entry,
    change,
    words: () => new Map([...written, ...changed]),
    table(slot, flags) {
      const at = directory + slot * 4;
      // A table without a page: it stays where it is when its only page goes.
      mapper.map(pageAt(slot, 0), 0, 4096);
      mapper.unmap(pageAt(slot, 0), 4096);
      change(at, (entry(at) & ~FLAGS) | bitsOf(flags));
      return (entry(at) & ~0xfff) >>> 0;
    },
    page(slot, index, target, { present = true, ...attributes }) {
      mapper.map(pageAt(slot, index), target, 4096, attributes);
      const at = ((written.get(directory + slot * 4)! & ~0xfff) >>> 0) + index * 4;
      if (!present) change(at, entry(at) & ~PTE_P);
      return at;
    },
    largePage(slot, target, flags) {
      mapper.map(pageAt(slot, 0), target, 0x40_0000, { ...flags, pageSize: 0x40_0000 });
    },
  };
}

/** RAM of which only the words that are not zero are kept. */
function ramOf(words: Map<number, number>): Ram {
  return {
    sizeBytes: RAM_BYTES,
    loadWord: (physical) => (words.get(physical) ?? 0) | 0,
    storeWord(physical, word) {
      if (word === 0) words.delete(physical);
      else words.set(physical, word >>> 0);
    },
  };
}
