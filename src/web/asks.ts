/** What a guest may ask of Xen, as examples: some are granted, most are not. */

import { XEN_FIRST_SLOT } from '../abi/xen.ts';
import { PTE_A, PTE_D, PTE_G, PTE_P, PTE_RW, READ } from '../arch/index.ts';
import type { Domain } from '../builder/index.ts';
import type { PhysicalMemory } from '../memory/index.ts';
import type { Mmu } from '../mmu/index.ts';
import { LARGE_BYTES } from './page-machine.ts';
import type { Session } from './session.ts';
import { otherFrames, type Update } from './xen-below.ts';

/** In the order in which they are offered: the first is granted. */
export const ASKS = [
  'read-only',
  'own-table',
  'foreign',
  'xen-frame',
  'xen-slot',
  'data-as-table',
  'global',
  'list',
  'linear-map',
  'linear-writable',
] as const;
export type AskName = (typeof ASKS)[number];

/** A frame of Xen's image, which nobody but Xen owns. */
const XEN_FRAME = 0x100;
/** What a table entry gets: present, writable, accessed. */
const DATA = PTE_P | PTE_RW | PTE_A;
/** A directory entry for a directory that is mapped as a page table: present, accessed, dirty, not writable. */
export const LINEAR_MAP: number = PTE_P | PTE_A | PTE_D;
/** A slot of the directory in which nothing is: addresses from 0 on. */
const FREE_SLOT = 0;

/** The last entry that a walk reads, as it stands in memory. */
export function entryOf(mmu: Mmu, linear: number): Update {
  const step = mmu.explain(linear, READ).steps.at(-1);
  return [step?.entryAddress ?? 0, Number(step?.entry ?? 0)];
}

const word = (frame: number, flags: number): number => (frame * 4096 + flags) >>> 0;

/** An example's updates on a machine as it is now. The machine must have Xen below it. */
export function askFor(name: AskName, { machine, mmu }: Session): readonly Update[] {
  const domain = machine.domain!;
  const { own, directory } = placesOf(domain);
  const [entry, value] = entryOf(mmu, own);
  const slot = (index: number): number => domain.pageDirectory + 4 * index;
  const one = (pointer: number, to: number): Update[] => [[pointer, to >>> 0]];
  switch (name) {
    case 'read-only':
      return one(entry, value & ~PTE_RW);
    case 'own-table': {
      const [pointer, now] = entryOf(mmu, directory);
      return one(pointer, now | PTE_RW);
    }
    case 'foreign':
      return one(entry, word(otherFrames(machine.memory as PhysicalMemory, domain)[0]!, DATA));
    case 'xen-frame':
      return one(entry, word(XEN_FRAME, DATA));
    case 'xen-slot':
      return one(slot(1008), word(XEN_FRAME, DATA));
    case 'data-as-table':
      return one(slot(FREE_SLOT), word(frameOf(domain, own + 3 * 4096), DATA));
    case 'global':
      return one(entry, word(frameOf(domain, own + 4096), DATA | PTE_G));
    case 'list': {
      const [next] = entryOf(mmu, own + 4096);
      const [last, lastValue] = entryOf(mmu, own + 8192);
      const updates: Update[] = [
        [entry, (value & ~PTE_RW) >>> 0],
        [next, word(XEN_FRAME, DATA)],
        [last, (lastValue & ~PTE_RW) >>> 0],
      ];
      return updates;
    }
    case 'linear-map':
      return one(slot(FREE_SLOT), word(domain.pageDirectory / 4096, LINEAR_MAP));
    case 'linear-writable':
      return one(slot(FREE_SLOT), word(domain.pageDirectory / 4096, LINEAR_MAP | PTE_RW));
  }
}

/** The first address that the entry at a physical address translates; undefined: the entry of no table of the domain. */
export function translatedBy({ machine: { domain, memory } }: Session, pointer: number): number | undefined {
  if (domain === undefined) return undefined;
  const frame = Math.floor(pointer / 4096);
  const index = (pointer % 4096) >>> 2;
  if (frame === domain.pageDirectory / 4096) return index * LARGE_BYTES;
  for (let slot = 0; slot < XEN_FIRST_SLOT; slot++) {
    const entry = memory.loadWord(domain.pageDirectory + 4 * slot);
    if ((entry & PTE_P) !== 0 && entry >>> 12 === frame) return slot * LARGE_BYTES + index * 4096;
  }
  return undefined;
}

/** Where the guest sees the word at a physical address; undefined: nowhere. */
export function seenAt(domain: Domain, page: number, physical: number): number | undefined {
  return page < 0 ? undefined : domain.loadAddress + page * 4096 + (physical % 4096);
}

function placesOf({ layout, loadAddress, pageCount }: Domain): { own: number; directory: number } {
  const free = layout.find(({ name }) => name === 'free');
  return { own: free?.start ?? loadAddress, directory: loadAddress + (pageCount - 1) * 4096 };
}

function frameOf({ frames, loadAddress }: Domain, linear: number): number {
  return frames[(linear - loadAddress) / 4096]!;
}
