import { XEN_FIRST_SLOT } from '../abi/xen.ts';
import { PTE_P, PTE_RW } from '../arch/entry.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import {
  COUNT_ALLOCATED,
  COUNT_MASK,
  COUNT_PINNED,
  FrameTable,
  TYPE_L1,
  TYPE_L2,
  TYPE_VALIDATED,
  typeOf,
} from './frame-table.ts';
import { GDT_PAGES, LDT_PAGES } from './layout.ts';
import type { DomainState } from './state.ts';

/** How often each frame is really referred to, counted from scratch over everything that may refer to a frame. */
export interface Census {
  /** Every frame that has a word in the frame table which is not 0, or a reference; ascending up to the last few. */
  readonly known: readonly number[];
  /** References, by frame. */
  readonly references: Int32Array;
  /** References that need the frame's type, by frame. */
  readonly typeReferences: Int32Array;
  /** Page tables in use. */
  readonly tables: readonly number[];
  /** Directories in use. */
  readonly directories: readonly number[];
}

/**
 * Counts anew. What refers to a frame: its being allocated, its pin, entries of tables in use, directories that are
 * current, GDTs, LDT shadows, and Xen itself for the frames that it shares.
 */
export function takeCensus(memory: PhysicalMemory, domains: readonly Readonly<DomainState>[]): Census {
  const { frameCount } = memory;
  const frames = new FrameTable(memory);
  const references = new Int32Array(frameCount);
  const typeReferences = new Int32Array(frameCount);
  const tables: number[] = [];
  const directories: number[] = [];
  const known: number[] = [];
  const isKnown = new Uint8Array(frameCount);
  const one = (frame: number): void => {
    if (frame >= frameCount) return;
    references[frame]!++;
    if (isKnown[frame] !== 0) return;
    isKnown[frame] = 1;
    known.push(frame);
  };
  const both = (frame: number): void => {
    one(frame);
    if (frame < frameCount) typeReferences[frame]!++;
  };

  for (const frame of frames.used(frameCount)) {
    const count = frames.count(frame);
    const type = frames.type(frame);
    isKnown[frame] = 1;
    known.push(frame);
    if ((count & COUNT_ALLOCATED) !== 0) one(frame);
    if ((count & COUNT_PINNED) !== 0) both(frame);
    if ((type & COUNT_MASK) === 0 || (type & TYPE_VALIDATED) === 0) continue;
    if (typeOf(type) === TYPE_L1) tables.push(frame);
    if (typeOf(type) === TYPE_L2) directories.push(frame);
  }
  for (const table of tables) {
    const words = memory.frameWords(table);
    for (let entry = 0; entry < 1024; entry++) {
      const value = words[entry]!;
      if ((value & PTE_P) === 0) continue;
      if ((value & PTE_RW) !== 0) both(value >>> 12);
      else one(value >>> 12);
    }
  }
  for (const directory of directories) {
    const words = memory.frameWords(directory);
    for (let slot = 0; slot < XEN_FIRST_SLOT; slot++) {
      const value = words[slot]!;
      if ((value & PTE_P) !== 0 && value >>> 12 !== directory) both(value >>> 12);
    }
  }
  for (const { cr3, perDomainFrame, sharedInfoFrame } of domains) {
    if (cr3 !== 0) both(cr3 >>> 12);
    both(sharedInfoFrame);
    for (const entry of memory.frameWords(perDomainFrame).subarray(0, GDT_PAGES + LDT_PAGES)) {
      if (entry >>> 12 !== 0) both(entry >>> 12);
    }
  }
  return { known, references, typeReferences, tables, directories };
}
