import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { CR4_PGE } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, type Mmu } from '../../src/mmu/index.ts';
import { WasmLists } from '../../src/mmu/wasm-lists.ts';
import { mmuOf, randomAccess, randomMachine, randomMemory } from '../support/arbitraries.ts';

/** Neighbours and the same pages again, among addresses from anywhere. */
const run = fc
  .record({
    first: fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 0xffff_f000, 0x7fff_f000)),
    step: fc.constantFrom(0, 4, 0x1000, 0x40_0000),
    length: fc.integer({ min: 1, max: 24 }),
  })
  .map(({ first, step, length }) => Array.from({ length }, (_, i) => (first + i * step) >>> 0));

const scenario = fc.record({
  machine: randomMachine.filter(({ mode }) => mode === '32-bit' || mode === 'PAE'),
  lists: fc.array(
    fc.record({
      addresses: fc.array(run, { minLength: 1, maxLength: 6 }).map((runs) => runs.flat()),
      access: randomAccess,
      before: fc.constantFrom('nothing', 'CR3', 'PGE'),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** @returns What the CPU says: PDPTEs that walks have written to may not be loaded any more. */
function reload(mmu: Mmu, what: string): string {
  const { cr3 } = mmu;
  try {
    if (what === 'CR3') mmu.cr3 = cr3;
    else if (what === 'PGE' && mmu.cpu.pge && mmu.cpu.cr4) mmu.cr4 ^= CR4_PGE;
    return 'done';
  } catch (error) {
    return (error as Error).message;
  }
}

it('lists inside WebAssembly memory are translated as addresses one by one: results, RAM, TLB, fault', () => {
  let [ordinary, ended] = [0, 0];
  const called = vi.spyOn(WasmLists.prototype, 'many32');
  fc.assert(
    fc.property(scenario, ({ machine, lists }) => {
      const plain = randomMemory(machine);
      const inside = new PhysicalMemory(plain.sizeBytes, { backing: 'wasm' });
      expect(inside.backing).toBe('wasm');
      inside.write(0, plain.read(0, plain.sizeBytes));
      const [many, one] = [mmuOf(inside, machine), mmuOf(plain, machine)];
      // Twice, so that the second time meets what the first has cached.
      for (const { addresses, access, before } of [...lists, ...lists]) {
        expect(reload(many, before)).toBe(reload(one, before));
        const expected: number[] = [];
        for (const address of addresses) {
          const physical = one.translate(address, access);
          if (physical === FAULT || physical > 0xffff_ffff) break;
          expected.push(physical);
        }
        const linear = Uint32Array.from(addresses);
        const physical = new Uint32Array(linear.length);
        expect(many.translateMany(linear, physical, access)).toBe(expected.length);
        expect([...physical.subarray(0, expected.length)]).toEqual(expected);
        expect([many.cr2, many.faultCode]).toEqual([one.cr2, one.faultCode]);
        ordinary += expected.length;
        if (expected.length < linear.length) ended++;
      }
      const same = Buffer.compare(inside.read(0, plain.sizeBytes), plain.read(0, plain.sizeBytes));
      expect(same, 'RAM is the same').toBe(0);
      expect(many.tlb.entries()).toEqual(one.tlb.entries());
    }),
    { numRuns: 50 },
  );
  const taken = called.mock.calls.filter(([, , start], i) => called.mock.results[i]!.value > start);
  expect(taken.length, 'lists that went on inside').toBeGreaterThan(20);
  called.mockRestore();
  expect(Math.min(ordinary, ended), 'both happened often').toBeGreaterThan(25);
});
