/** The MMU as a second opinion: which pages and accesses it is asked about, and that it is listened to. */

import { describe, expect, it } from 'vitest';
import { type CheckOptions, type Claim, checkLayout, type LayoutClaim } from '../../src/claims/index.ts';
import { READ } from '../../src/mmu/index.ts';
import type { TableMode } from '../../src/tables/index.ts';
import { DATA, MODES, type SmallKernel, smallKernel, TEXT } from './layout.ts';

/** Flips bits of a word once the tables have been read, and before the MMU is asked: the two must then differ. */
function flippedMeanwhile(
  kernel: SmallKernel,
  address: number,
  mask: number,
  options?: CheckOptions,
): Claim | undefined {
  const { memory } = kernel;
  const flipped = memory.loadWord(address) ^ mask;
  const claim: LayoutClaim = {
    kind: 'atMost',
    tables: 100,
    // Asked for when the claim is judged.
    get title() {
      memory.storeWord(address, flipped);
      return 'It is as it was.';
    },
  };
  return checkLayout(kernel.mmu, [claim], options).claims.find(({ name }) => name === 'mmu-agrees');
}

const pteOf = ({ mmu }: SmallKernel, linear: number): number =>
  mmu.explain(linear, READ).steps.at(-1)!.entryAddress;

/** A part of the address space where nothing is mapped, far from everything, comes to have the pages of text. */
function farAway(mode: TableMode, options?: CheckOptions): Claim | undefined {
  const kernel = smallKernel(mode);
  const step = kernel.mmu.explain(TEXT, READ).steps.at(-2)!;
  const entry = kernel.memory.loadWord(step.entryAddress);
  // The next but two in the directory: neither text's own nor a neighbour.
  return flippedMeanwhile(kernel, step.entryAddress + 3 * step.entryBytes, entry, options);
}

describe('the confirmation by the MMU', () => {
  it.each(MODES)('is silent in %s where the MMU does what the tables say', (mode) => {
    expect(flippedMeanwhile(smallKernel(mode), 0, 0)).toBeUndefined();
  });

  it.each(
    MODES.flatMap((mode) =>
      [
        ['read', 0, 0],
        ['write', 0, 1],
        ['user read', 0, 2],
        ['fetch', 4, 31],
      ].map((row) => [mode, ...row] as [TableMode, string, number, number]),
    ).filter(([mode, access]) => mode !== '32-bit' || access !== 'fetch'),
  )('asks in %s for each access: %s', (mode, access, offset, bit) => {
    const kernel = smallKernel(mode);
    const found = flippedMeanwhile(kernel, pteOf(kernel, TEXT + 0x3000) + offset, 1 << bit);
    expect(found?.counterexample?.text).toMatch(
      new RegExp(`^${access} through the MMU at 0xc000_3000: expected .*, as the tables say, found `),
    );
  });

  it.each(MODES)('asks in %s about the pages on both sides of every border', (mode) => {
    for (const [at, inside] of [
      [DATA + 0x8000, DATA + 0x7000],
      [0x40_2000, 0x40_1000],
    ] as const) {
      const kernel = smallKernel(mode);
      const entryBytes = mode === '32-bit' ? 4 : 8;
      const found = flippedMeanwhile(kernel, pteOf(kernel, inside) + entryBytes, 0x10_0003, {
        confirm: 'mapped',
      });
      expect(found?.counterexample?.linear).toBe(at);
    }
  });

  it('asks in 32-bit and PAE paging about all 2^20 pages, unless it is told not to', () => {
    for (const mode of ['32-bit', 'PAE'] as const) {
      let asked = 0;
      const onProgress = (done: number): void => {
        asked = done;
      };
      expect(farAway(mode, { onProgress })?.counterexample?.found).toBe('frame 0x100');
      expect(asked).toBe(2 ** 20);
      expect(farAway(mode, { confirm: 'mapped' })).toBeUndefined();
      expect(farAway(mode, { confirm: false })).toBeUndefined();
    }
  });
});
