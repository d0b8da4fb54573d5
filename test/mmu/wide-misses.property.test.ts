/**
 * Lists in long mode, where the loop for misses does the walking: orderly tables with a few bits turned, so that most
 * addresses are ordinary and each rule of the walk decides about some.
 */

import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import {
  ACCESS_KINDS,
  CR0_PE,
  CR0_PG,
  CR0_WP,
  CR4_LA57,
  CR4_PAE,
  CR4_PCIDE,
  CR4_PGE,
  CR4_PKE,
  CR4_PKS,
  CR4_SMAP,
  CR4_SMEP,
  EFER_LME,
  EFER_NXE,
} from '../../src/arch/index.ts';
import { FrameAllocator, PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu } from '../../src/mmu/index.ts';
import { WasmLists } from '../../src/mmu/wasm-lists.ts';
import { Mapper } from '../../src/tables/index.ts';
import { entriesOf, tablesOf } from '../../src/walk/index.ts';

const SIZE = 2 ** 20;
/** Two regions of 1 GiB that lie side by side, and one with the same low half elsewhere. */
const STARTS = [0x7fff_8000_0000n, 0x7fff_c000_0000n, 0xffff_ffff_8000_0000n, 0x0123_8000_0000n];
/** The first again, but for bit 63: not canonical, and the same entry in every table. */
const NOT_CANONICAL = STARTS[0]! | (1n << 63n);
const PAGES = 24;

const bits = {
  P: 0,
  RW: 1,
  US: 2,
  A: 5,
  D: 6,
  PS: 7,
  G: 8,
  'frame beyond RAM': 30,
  'frame above 4 GiB': 36,
  reserved: 51,
  'key bit 0': 59,
  'key bit 3': 62,
  NX: 63,
} as const;

const scenario = fc.record({
  fiveLevels: fc.boolean(),
  attributes: fc.record({ writable: fc.boolean(), user: fc.boolean(), global: fc.boolean() }),
  // The first of the entries lead to tables.
  flips: fc.array(fc.tuple(fc.oneof(fc.nat(12), fc.nat(60)), fc.constantFrom(...Object.values(bits))), {
    maxLength: 6,
  }),
  cr0: fc.constantFrom(0, CR0_WP),
  cr4: fc.subarray([CR4_PGE, CR4_SMEP, CR4_SMAP, CR4_PKE, CR4_PKS, CR4_PCIDE]),
  keys: fc.tuple(fc.nat(0xffff_ffff), fc.nat(0xffff_ffff)),
  lists: fc.array(
    fc.record({
      access: fc.constantFrom(...ACCESS_KINDS),
      pages: fc.array(fc.tuple(fc.constantFrom(...STARTS, ...STARTS, NOT_CANONICAL), fc.nat(PAGES - 1)), {
        minLength: 1,
        maxLength: 30,
      }),
      reload: fc.constantFrom('nothing', 'CR3', 'another PCID', 'INVLPG'),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});
type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

function build(
  { fiveLevels, attributes, flips, cr0, cr4, keys }: Scenario,
  backing: 'plain' | 'wasm' = 'plain',
): Mmu<PhysicalMemory> {
  const memory = new PhysicalMemory(SIZE, { backing });
  const allocator = new FrameAllocator(memory);
  const allocateFrame = (): number => allocator.allocate(1)[0]!;
  const mapper = new Mapper(memory, { mode: fiveLevels ? '5-level' : '4-level', allocateFrame });
  for (const start of STARTS) {
    for (let page = 0; page < PAGES; page++) {
      if (page % 7 !== 3)
        mapper.map(start + BigInt(page) * 0x1000n, allocateFrame() * 4096, 4096, attributes);
    }
  }
  const all = CR4_PAE | (fiveLevels ? CR4_LA57 : 0) | cr4.reduce((sum, bit) => sum | bit, 0);
  const mmu = new Mmu(memory, {
    cpu: 'sapphire-rapids',
    cr0: (CR0_PG | CR0_PE | cr0) >>> 0,
    cr3: mapper.root,
    cr4: all,
    efer: EFER_LME | EFER_NXE,
  });
  [mmu.pkru, mmu.pkrs] = keys;
  // What a kernel does on its first accesses: A is set above the pages.
  for (const start of STARTS) mmu.translate(start, 0);
  const entries = [...tablesOf(mmu)]
    .flatMap((table) => [...entriesOf(mmu, table)])
    .filter((each) => each.value !== 0);
  for (const [nth, bit] of flips) {
    const at = entries[nth % entries.length]!.address + (bit >= 32 ? 4 : 0);
    memory.writeUint32(at, (memory.readUint32(at) ^ (1 << (bit % 32))) >>> 0);
  }
  return mmu;
}

function between(mmu: Mmu, what: Scenario['lists'][number]['reload'], turn: number): void {
  const hasPcids = (mmu.cr4 & CR4_PCIDE) !== 0;
  const { cr3 } = mmu;
  if (what === 'CR3') mmu.cr3 = cr3;
  else if (what === 'another PCID' && hasPcids) {
    mmu.cr3 = (BigInt(cr3) & ~0xfffn) | BigInt(turn % 3) | (1n << 63n);
  } else if (what === 'INVLPG') mmu.invlpg(STARTS[turn % STARTS.length]!);
}

it.each([
  ['plain', 400],
  ['wasm', 40],
] as const)(
  'a list is translated as its addresses one by one: results, RAM, TLB, fault (%s)',
  (backing, numRuns) => {
    let [ordinary, ended] = [0, 0];
    const called = vi.spyOn(WasmLists.prototype, 'many64');
    fc.assert(
      fc.property(scenario, (machine) => {
        const [many, one] = [build(machine, backing), build(machine)];
        expect(many.memory.backing).toBe(backing);
        for (const [turn, { access, pages, reload }] of machine.lists.entries()) {
          between(many, reload, turn);
          between(one, reload, turn);
          const linear = BigUint64Array.from(pages, ([start, page]) => start + BigInt(page * 4096 + page));
          const expected: number[] = [];
          for (const address of linear) {
            const physical = one.translate(address, access);
            if (physical === FAULT) break;
            expected.push(physical);
          }
          const physical = new Float64Array(linear.length);
          expect(many.translateMany(linear, physical, access)).toBe(expected.length);
          expect([...physical.subarray(0, expected.length)]).toEqual(expected);
          expect([many.cr2, many.faultCode]).toEqual([one.cr2, one.faultCode]);
          ordinary += expected.length;
          if (expected.length < linear.length) ended++;
        }
        expect(Buffer.compare(many.memory.read(0, SIZE), one.memory.read(0, SIZE))).toBe(0);
        expect(many.tlb.entries()).toEqual(one.tlb.entries());
      }),
      { numRuns },
    );
    const taken = called.mock.calls.filter(([, , start], i) => called.mock.results[i]!.value > start);
    expect(taken.length > 20, 'lists that went on inside').toBe(backing === 'wasm');
    called.mockRestore();
    expect(Math.min(ordinary, ended), 'both happened often').toBeGreaterThan(numRuns / 2);
  },
);
