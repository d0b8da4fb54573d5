/** What a failure comes down to: a predicate that is planted, and the plainest value that breaks it. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CPU_MODELS, READ, USER_WRITE } from '../../src/arch/index.ts';
import type { BuildRequest } from '../../src/campaign/index.ts';
import {
  access,
  accessSequence,
  bitsOf,
  controlRegisters,
  cpuModel,
  domain,
  domainOf,
  frameList,
  kernel,
  layout,
  linearAddress,
  machine,
  mapperScript,
  pageTables,
  pagingState,
  physicalAddress,
  tableEntry,
} from '../../src/testing/index.ts';

/** The plainest value of an arbitrary that has a property, as fast-check finds it from some seeds. */
function plainest<T>(arbitrary: fc.Arbitrary<T>, has: (value: T) => boolean): T[] {
  return [1, 2, 3].map((seed) => {
    const { counterexample } = fc.check(
      fc.property(arbitrary, (value) => !has(value)),
      { seed, numRuns: 20_000 },
    );
    if (counterexample === null) throw new Error(`seed ${seed}: no value has the property`);
    return counterexample[0];
  });
}

function allAre<T>(found: readonly T[], expected: T): void {
  for (const value of found) expect(value).toEqual(expected);
}

describe('shrinking', () => {
  it('brings addresses down to the lowest that will do', () => {
    allAre(
      plainest(linearAddress(), (at) => at >= 0x1234),
      0x1234,
    );
    allAre(
      plainest(linearAddress({ alignment: 4096 }), (at) => at > 0x7fff_ffff),
      0x8000_0000,
    );
    allAre(
      plainest(linearAddress({ mode: '4-level' }), (at) => at >= 0x8000_0000_0000),
      0xffff_8000_0000_0000n,
    );
    allAre(
      plainest(linearAddress({ mode: '5-level' }), () => true),
      0,
    );
    allAre(
      plainest(physicalAddress({ below: 2 ** 52 }), (at) => at >= 2 ** 32),
      2 ** 32,
    );
  });

  it('brings lists of frames down to few, low and in order', () => {
    allAre(
      plainest(frameList(), (frames) => frames.length >= 3),
      [0, 1, 2],
    );
    allAre(
      plainest(frameList({ from: 8 }), (frames) => frames.some((frame) => frame > 19)),
      [20],
    );
    allAre(
      plainest(frameList({ from: 1 }), (frames) => frames.some((frame, i) => frame < (frames[i - 1] ?? 0))),
      [2, 1],
    );
  });

  it('leaves only the bits that matter', () => {
    allAre(
      plainest(bitsOf(0xffffn), (bits) => (bits & 0x810n) === 0x810n),
      0x810n,
    );
    allAre(
      plainest(tableEntry({ mode: 'PAE' }), (entry) => (entry & 0x83n) === 0x83n),
      0x83n,
    );
    allAre(
      plainest(tableEntry({ mode: '4-level' }), (entry) => entry >> 63n === 1n),
      1n << 63n,
    );
    const smep = CPU_MODELS.broadwell;
    allAre(
      plainest(controlRegisters(smep), ({ cr4 }) => (cr4 & 0x10_0000) !== 0),
      { cr0: 0, cr4: 0x10_0000, efer: 0 },
    );
    // Long mode brings PAE with it.
    allAre(
      plainest(controlRegisters(smep), ({ cr0, efer }) => cr0 >= 0x8000_0000 && (efer & 0x100) !== 0),
      { cr0: 0x8000_0001, cr4: 0x20, efer: 0x100 },
    );
  });

  it('ends at the plainest machine', () => {
    allAre(
      plainest(cpuModel(), () => true),
      CPU_MODELS.i386,
    );
    allAre(
      plainest(access(), (kind) => kind >= USER_WRITE),
      USER_WRITE,
    );
    allAre(
      plainest(pagingState(), ({ cr4 }) => (cr4 & 0x80) !== 0),
      {
        cpu: CPU_MODELS['pentium-pro'],
        mode: '32-bit',
        cr0: 0x8000_0001,
        cr3: 0,
        cr4: 0x80,
        efer: 0,
        alignmentCheck: false,
        pkru: 0,
        pkrs: 0,
      },
    );
    for (const { memory } of plainest(machine(), ({ regions = [] }) => regions.length > 1)) {
      expect(memory).toEqual({ frames: 2, hole: false, writes: [] });
    }
  });

  it('makes tables of as few entries as will do', () => {
    const mapsItself = (value: bigint, table: number): boolean =>
      Number(value >> 12n) === table && (value & 1n) === 1n;
    const found = plainest(pageTables({ modes: ['32-bit'] }), ({ entries }) =>
      entries.some(({ table, value }) => table > 0 && mapsItself(value, table)),
    );
    allAre(
      found.map(({ entries }) => entries),
      [{ table: 1, index: 0, value: 0x1001n }],
    );
  });

  it('makes sequences and scripts of as few calls as will do', () => {
    allAre(
      plainest(accessSequence(), (steps) => steps.length > 1),
      [
        { linear: 0, access: READ, bytes: 1, value: 0 },
        { linear: 0, access: READ, bytes: 1, value: 0 },
      ],
    );
    const found = plainest(mapperScript('4-level'), (steps) => steps.some(({ kind }) => kind === 'unmap'));
    allAre(found, [{ kind: 'unmap', linear: 0, bytes: 4096 }]);
  });

  it('makes kernels and domains small', () => {
    allAre(
      plainest(kernel(), ({ bytes }) => bytes > 4096),
      { bytes: 4097, loadPage: 0xc_0000 },
    );
    allAre(
      plainest(domain(), ({ pageCount }) => pageCount > 1000),
      {
        profile: 'document',
        pageCount: 1001,
        order: 'ascending',
        seed: 0,
        kernel: { bytes: 0, loadPage: 0xc_0000 },
        initrdBytes: undefined,
        commandLine: '',
        xenSlots: false,
      },
    );
  });

  it('meets no domain on its way that cannot be built', () => {
    for (const recipe of fc.sample(domain(), { seed: 1, numRuns: 3000 })) {
      if (recipe.pageCount < 20) expect(domainOf(recipe).frames.length).toBe(recipe.pageCount);
    }
    for (const recipe of plainest(domain(), ({ initrdBytes = 0 }) => initrdBytes > 8000)) {
      expect([domainOf(recipe).frames.length, recipe.initrdBytes]).toEqual([16, 8001]);
    }
  });

  it('makes layouts of one page where one suffices', () => {
    const plain: BuildRequest['mappings'][number] = {
      linear: 0,
      physical: 0,
      bytes: 4096,
      pageSize: 4096,
      writable: false,
      user: false,
      executable: true,
      global: false,
    };
    const request: BuildRequest = {
      seed: 0,
      mode: 'PAE',
      memoryBytes: 64 * 4096,
      frames: [1, 2, 3],
      mappings: [plain],
    };
    const modes = ['PAE'] as const;
    allAre(
      plainest(layout({ modes }), ({ mappings }) => mappings.some(({ executable }) => !executable)),
      { ...request, mappings: [{ ...plain, executable: false }] },
    );
    const crosses = ({ linear, bytes }: BuildRequest['mappings'][number]): boolean =>
      BigInt(linear) >> 21n !== (BigInt(linear) + BigInt(bytes) - 1n) >> 21n;
    for (const { mappings } of plainest(layout({ modes }), (found) => found.mappings.some(crosses))) {
      expect(mappings.map(({ bytes }) => bytes)).toEqual([2 * 4096]);
    }
  });
});
