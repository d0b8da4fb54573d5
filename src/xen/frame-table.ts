import { PAGE_SIZE } from '../arch/address.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { FRAME_ENTRY_BYTES, FRAME_TABLE_BASE } from './layout.ts';

/**
 * The frame table: for each machine frame who owns it, how often it is referred to, and as what.
 *
 * It lies in the emulated RAM where Xen's lay, 24 bytes a frame, and nowhere else: whoever overwrites it there
 * deceives this hypervisor as he would have deceived that one.
 *
 * | offset | word |
 * |---|---|
 * | 0, 4 | links of the list that the frame is on; not kept here |
 * | 8 | owner (see {@link FrameTable.owner}); of a free frame, which CPUs may hold translations to it |
 * | 12 | count word: flags and a count of all references |
 * | 16 | type word: type, whether it is validated, and a count of the references that need the type |
 * | 20 | time stamp of the flush clock when the type count last fell to 0, or the frame was freed |
 */

const OWNER = 8;
const COUNT = 12;
const TYPE = 16;
const STAMP = 20;
/** Word of a page of the table after which no entry begins that ends in it. */
const LAST_WHOLE_ENTRY: number = (PAGE_SIZE - FRAME_ENTRY_BYTES) / 4 + 1;

/** The count in a count word or type word. */
export const COUNT_MASK = 0x0fff_ffff;
/** Count word: the frame is the owner's until he gives it back, which is one reference. */
export const COUNT_ALLOCATED: number = 1 << 28;
/** Count word: the owner has pinned the type, which is one reference and one type reference. */
export const COUNT_PINNED: number = 1 << 29;
/** Count word: translations of this frame may allow writes; flush before it gets another type. */
export const COUNT_FLUSH: number = 1 << 30;
/** Count word: the owner is dying. */
export const COUNT_ZOMBIE: number = 1 << 31;
/** Type word: the contents have been checked for the type. */
export const TYPE_VALIDATED: number = 1 << 28;

/** Bits 31–29 of a type word. */
export type PageType = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7;
export const TYPE_NONE = 0;
export const TYPE_L1 = 1;
export const TYPE_L2 = 2;
/** The highest type that is a page table. */
export const TYPE_L4 = 4;
export const TYPE_GDT = 5;
export const TYPE_LDT = 6;
export const TYPE_WRITABLE = 7;

/** What each type is called. */
export const TYPE_NAMES: readonly string[] = [
  'none',
  'page table',
  'page directory',
  'level-3 table',
  'level-4 table',
  'GDT',
  'LDT',
  'writable',
];

/** The type in a type word. */
export function typeOf(word: number): PageType {
  return (word >>> 29) as PageType;
}

/** All words are int32 here; see {@link FrameTable} for what they mean. */
export class FrameTable {
  readonly #ram: PhysicalMemory;

  /** @param ram - The machine's memory. */
  constructor(ram: PhysicalMemory) {
    this.#ram = ram;
  }

  /** The count word. */
  count(frame: number): number {
    return this.#load(frame, COUNT);
  }

  setCount(frame: number, word: number): void {
    this.#store(frame, COUNT, word);
  }

  /** The type word. */
  type(frame: number): number {
    return this.#load(frame, TYPE);
  }

  setType(frame: number, word: number): void {
    this.#store(frame, TYPE, word);
  }

  /** The time stamp. */
  stamp(frame: number): number {
    return this.#load(frame, STAMP) >>> 0;
  }

  setStamp(frame: number, clock: number): void {
    this.#store(frame, STAMP, clock);
  }

  /**
   * Who owns the frame, as the pointer that the original kept: the linear address of the owner's structure. Here
   * that of his per-domain table, as an int32. 0: nobody.
   */
  owner(frame: number): number {
    return this.#load(frame, OWNER);
  }

  setOwner(frame: number, pointer: number): void {
    this.#store(frame, OWNER, pointer);
  }

  /** Whether nothing refers to a frame. */
  isFree(frame: number): boolean {
    return (this.count(frame) & COUNT_MASK) === 0;
  }

  /** The frames below `frameCount` whose count or type word is not 0. */
  used(frameCount: number): number[] {
    const used: number[] = [];
    let frame = 0;
    while (frame < frameCount) {
      const at = FRAME_TABLE_BASE + frame * FRAME_ENTRY_BYTES;
      const words = this.#ram.frameWords(Math.floor(at / PAGE_SIZE));
      let i = (at % PAGE_SIZE) / 4;
      for (; frame < frameCount && i < LAST_WHOLE_ENTRY; frame++, i += FRAME_ENTRY_BYTES / 4) {
        if ((words[i + COUNT / 4]! | words[i + TYPE / 4]!) !== 0) used.push(frame);
      }
      // An entry that goes on in the table's next page.
      for (; frame < frameCount && i < PAGE_SIZE / 4; frame++, i += FRAME_ENTRY_BYTES / 4) {
        if ((this.count(frame) | this.type(frame)) !== 0) used.push(frame);
      }
    }
    return used;
  }

  /** Entries of frames beyond memory are whatever lies behind the table: memory of domains, then nothing. */
  #load(frame: number, offset: number): number {
    const address = FRAME_TABLE_BASE + frame * FRAME_ENTRY_BYTES + offset;
    return address < this.#ram.sizeBytes ? this.#ram.loadWord(address) : 0;
  }

  #store(frame: number, offset: number, word: number): void {
    this.#ram.storeWord(FRAME_TABLE_BASE + frame * FRAME_ENTRY_BYTES + offset, word);
  }
}
