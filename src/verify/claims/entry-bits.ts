import { XEN_FIRST_SLOT } from '../../abi/xen.ts';
import {
  PDE_PAT_LARGE,
  PDE_PS,
  PTE_FRAME_MASK,
  PTE_G,
  PTE_P,
  PTE_PCD,
  PTE_PWT,
  PTE_US,
} from '../../arch/entry.ts';
import type { Counterexample } from '../../claims/verification.ts';
import type { Memory } from '../../memory/ram.ts';
import { type ClaimRule, type Evidence, hex, refutedByValue } from '../evidence.ts';

/** Bit 7 is PS in a directory entry and PAT in a level-1 entry. */
const WATCHED = PTE_PWT | PTE_PCD | PDE_PS | PTE_G;

/** Bits of an entry: which are looked at, and which of those must be set. */
interface Bits {
  readonly watched: number;
  readonly wanted: number;
}

const NAMES: readonly (readonly [bit: number, name: string])[] = [
  [PTE_US, 'US'],
  [PTE_PWT, 'PWT'],
  [PTE_PCD, 'PCD'],
  [PDE_PS, 'PS or PAT'],
  [PTE_G, 'G'],
  [PDE_PAT_LARGE, 'PAT'],
];

const ENTRIES = 1024;
const FIRST_SMALL_XEN_SLOT = 1020;

/**
 * The bits that no walk shows. Most say how a page is cached, by the TLB or the data caches: Xen refuses GLOBAL, PAT and
 * PSE in a guest's entries (docs/xen-1.2.md §8), and its own are as in §7. The others are the US of directory entries that
 * lead to tables whose entries have none. A and D may have come by use, and bits 9 to 11 mean nothing.
 *
 * Unlike the claims about reachability, this one reads the entries itself, those that are present.
 */
export const entryBits: ClaimRule = {
  name: 'entry-bits',
  title:
    'The bits that no walk shows are as specified: G, PAT or PS, PCD and PWT, and US of directory entries.',
  refute: (evidence) => {
    const { memory, domain } = evidence;
    const directory = domain.pageDirectory & PTE_FRAME_MASK;
    for (let slot = 0; slot < ENTRIES; slot++) {
      const entry = entryAt(memory, directory, slot);
      if ((entry & PTE_P) === 0) continue;
      const wrong = wrongBits(entry, slot * 0x40_0000, 'directory entry', directoryBits(evidence, slot));
      if (wrong !== undefined) return wrong;
      if (slot >= XEN_FIRST_SLOT && domain.xen.kind !== 'image') continue;
      const inTable = firstWrongIn(evidence, slot, entry);
      if (inTable !== undefined) return inTable;
    }
    return undefined;
  },
};

function firstWrongIn({ memory }: Evidence, slot: number, pde: number): Counterexample | undefined {
  // A table beyond the end of RAM has no entries to read; where it leads is for other claims.
  if (pde >>> 12 >= memory.frameCount) return undefined;
  const bits = { watched: WATCHED, wanted: slot >= XEN_FIRST_SLOT ? PTE_G : 0 };
  for (let index = 0; index < ENTRIES; index++) {
    const entry = entryAt(memory, pde & PTE_FRAME_MASK, index);
    if ((entry & PTE_P) === 0) continue;
    const wrong = wrongBits(entry, slot * 0x40_0000 + index * 0x1000, 'level-1 entry', bits);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** What a directory entry must have of the bits that it is watched for. */
function directoryBits({ domain }: Evidence, slot: number): Bits {
  if (slot < XEN_FIRST_SLOT) return { wanted: PTE_US, watched: WATCHED | PTE_US };
  if (domain.xen.kind !== 'slots') return { wanted: 0, watched: WATCHED };
  if (slot >= FIRST_SMALL_XEN_SLOT) return { wanted: 0, watched: WATCHED | PTE_US };
  return { wanted: PDE_PS | PTE_G, watched: WATCHED | PDE_PAT_LARGE };
}

function wrongBits(
  entry: number,
  linear: number,
  what: string,
  { wanted, watched }: Bits,
): Counterexample | undefined {
  if ((entry & watched) === wanted) return undefined;
  const found = `${bitNames(entry & watched)} (entry ${hex(entry >>> 0)})`;
  return refutedByValue(what, bitNames(wanted), found, linear);
}

function bitNames(bits: number): string {
  const names = NAMES.filter(([bit]) => (bits & bit) !== 0).map(([, name]) => name);
  return names.length === 0 ? 'no such bit' : names.join(' ');
}

function entryAt(memory: Memory, table: number, index: number): number {
  return memory.loadWord((table >>> 0) + index * 4);
}
