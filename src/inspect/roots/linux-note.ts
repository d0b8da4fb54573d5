/**
 * What Linux notes for each CPU about its address space: `cpu_tlbstate`, since 4.0. It holds a pointer to the
 * `mm_struct` that is loaded, whose `pgd` points to the root, and the value of CR4 a few words further on. With it
 * the root that is in use can be told from those of other processes.
 *
 * Source: Linux, `arch/x86/include/asm/tlbflush.h`, `struct tlb_state`; `include/linux/mm_types.h`, `mm_struct`.
 */

import { READ } from '../../arch/access.ts';
import { CR4_LA57, CR4_PAE, CR4_PGE, CR4_PSE } from '../../arch/control.ts';
import { bigintFromHalves } from '../../arch/linear.ts';
import type { PagingMode } from '../../arch/paging-modes.ts';
import type { Memory } from '../../memory/index.ts';
import { explainWalk, type WalkContext } from '../../walk/index.ts';

/** A place where Linux seems to note what a CPU has loaded. */
export interface LoadedNote {
  /** Physical address of the noted CR4. */
  readonly address: number;
  /** CR4 as noted. */
  readonly cr4: number;
  /** Physical address of the root that the noted `mm_struct` has. */
  readonly root: number;
}

/** CR4.OSFXSR, which has no meaning for paging. */
const CR4_OSFXSR = 0x200;
/** Bits of CR4 that a kernel may have set; a word with others is something else. */
const CR4_KNOWN = 0x03ff_7fff;
/** A kernel of this century sets one of them on any CPU that has it; small numbers that mean something else do not. */
const CR4_ONE_OF = CR4_PGE | CR4_OSFXSR;
/** The pointer to the `mm_struct` lies so many words before CR4 at most: with the ASIDs and `last_user_mm` between. */
const WORDS_BEFORE = 4;
/** `pgd` lies in the first bytes of an `mm_struct`. */
const MM_BYTES = 0x200;
/** ASIDs are small numbers, two of 16 bits in a word, with flags above them. */
const MAX_ASID = 16;

/** Something in RAM that has the form of a note. */
interface Possible {
  readonly address: number;
  readonly cr4: number;
  /** What may be the pointer to the `mm_struct`, the farthest from CR4 first. */
  readonly pointers: readonly bigint[];
}

/** In noise, the list must not grow. */
const MAX_POSSIBLE = 65_536;

/** Collects what has the form of a note, as long as nothing is known of the tables. */
export class PossibleNotes {
  readonly #stride: 1 | 2;
  readonly found: Possible[] = [];

  /** @param wordBytes - Bytes of the kernel's long. */
  constructor(wordBytes: 4 | 8) {
    this.#stride = wordBytes === 8 ? 2 : 1;
  }

  /** Looks at a piece of RAM. @param words - Its 32-bit words. @param physical - Where it lies. */
  take(words: Int32Array, physical: number): void {
    const stride = this.#stride;
    for (let at = WORDS_BEFORE * stride; at + stride <= words.length; at += stride) {
      const cr4 = words[at]!;
      if ((cr4 & ~CR4_KNOWN) !== 0 || (cr4 & CR4_ONE_OF) === 0) continue;
      if (stride === 2 && words[at + 1] !== 0) continue;
      if (!areAsids(words, at) || this.found.length >= MAX_POSSIBLE) continue;
      const pointers: bigint[] = [];
      // The farthest first: between it and CR4 newer kernels have the last user's `mm_struct`.
      for (let back = WORDS_BEFORE; back >= 2; back--) {
        const mm = pointerAt(words, at - back * stride, stride);
        if (mm !== undefined) pointers.push(mm);
      }
      if (pointers.length > 0) this.found.push({ address: physical + at * 4, cr4, pointers });
    }
  }
}

/** Tells what of it are notes of one system. */
export class LoadedNotes {
  readonly #memory: Memory;
  readonly #mode: PagingMode;
  readonly #context: WalkContext;
  readonly #roots: ReadonlySet<number>;
  /** By address of an `mm_struct`: the root that it has, if one of the candidates. */
  readonly #known = new Map<bigint, number | undefined>();

  /**
   * @param context - Walks the kernel's half, in which all candidates agree.
   * @param roots - Physical addresses of the candidates.
   */
  constructor(memory: Memory, mode: PagingMode, context: WalkContext, roots: readonly number[]) {
    this.#memory = memory;
    this.#mode = mode;
    this.#context = context;
    this.#roots = new Set(roots);
  }

  /** The notes, those of the first CPU first. */
  among({ found }: PossibleNotes): LoadedNote[] {
    const notes: LoadedNote[] = [];
    for (const { address, cr4, pointers } of found) {
      if (!this.#fitsMode(cr4)) continue;
      const root = pointers.map((mm) => this.#rootOf(mm)).find((found) => found !== undefined);
      if (root !== undefined) notes.push({ address, cr4, root });
    }
    return notes;
  }

  #fitsMode(cr4: number): boolean {
    if (this.#mode === '32-bit') return (cr4 & CR4_PAE) === 0 && (cr4 & CR4_PSE) !== 0;
    return (cr4 & CR4_PAE) !== 0 && ((cr4 & CR4_LA57) !== 0) === (this.#mode === '5-level');
  }

  /** The candidate that an `mm_struct` at a linear address has as its root. */
  #rootOf(mm: bigint): number | undefined {
    if (this.#known.has(mm)) return this.#known.get(mm);
    const root = this.#lookup(mm);
    this.#known.set(mm, root);
    return root;
  }

  #lookup(mm: bigint): number | undefined {
    const bytes = this.#mode === '4-level' || this.#mode === '5-level' ? 8 : 4;
    const start = this.#physical(mm);
    // An `mm_struct` does not end at a page's edge, where the rest would be elsewhere.
    if (start === undefined) return undefined;
    for (let at = 0; at < MM_BYTES && (start % 4096) + at < 4096; at += bytes) {
      const low = this.#memory.loadWord(start + at);
      // A root is page-aligned, or to 32 bytes in PAE.
      if ((low & 0x1f) !== 0) continue;
      const pointer =
        bytes === 8 ? bigintFromHalves(low, this.#memory.loadWord(start + at + 4)) : BigInt(low >>> 0);
      if (!isKernelPointer(pointer, bytes)) continue;
      const physical = this.#physical(pointer);
      if (physical !== undefined && this.#roots.has(physical)) return physical;
    }
    return undefined;
  }

  #physical(linear: bigint): number | undefined {
    const report = explainWalk(this.#context, linear, READ);
    return report.ok ? report.physical : undefined;
  }
}

/** What lies before CR4, in 64 bits: two ASIDs of 16 bits, and flags. */
function areAsids(words: Int32Array, at: number): boolean {
  const word = words[at - 2]!;
  return (word & 0xffff) <= MAX_ASID && word >>> 16 <= MAX_ASID && words[at - 1]! >>> 0 <= 0xff_ffff;
}

function pointerAt(words: Int32Array, at: number, stride: number): bigint | undefined {
  const pointer = stride === 2 ? bigintFromHalves(words[at]!, words[at + 1]!) : BigInt(words[at]! >>> 0);
  return (words[at]! & (stride * 4 - 1)) === 0 && isKernelPointer(pointer, stride * 4) ? pointer : undefined;
}

function isKernelPointer(pointer: bigint, bytes: number): boolean {
  if (bytes === 4) return pointer >= 0x8000_0000n && pointer < 0xffff_f000n;
  return pointer >= 0xff00_0000_0000_0000n && pointer < 0xffff_ffff_ffff_f000n;
}
