import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PTE_A, PTE_D } from '../../src/arch/index.ts';
import { diffMaps, type MapDifference, whoMaps } from '../../src/inspect/index.ts';
import { type Mmu, READ, type WalkSuccess } from '../../src/mmu/index.ts';
import {
  FRAMES,
  generator,
  mmuOf,
  type RandomMachine,
  randomLinear,
  randomUnmaskedMachine,
  sparseMemory,
} from '../support/arbitraries.ts';

/** What is mapped at an address, rights left aside: a walk that asks for nothing. */
function mappedAt(
  mmu: Mmu,
  linear: bigint,
): { physical: number; leaf: bigint; report: WalkSuccess['steps'] } | undefined {
  const { steps } = mmu.explain(linear, READ);
  const last = steps.at(-1);
  if (last?.leadsTo !== 'page') return undefined;
  const shift = { PML5E: 48, PML4E: 39, PDPTE: 30, PDE: last.entryBytes === 4 ? 22 : 21, PTE: 12 }[last.kind];
  return {
    physical: last.target! + Number(BigInt.asUintN(shift, linear)),
    leaf: BigInt(last.entry),
    report: steps,
  };
}

describe('whoMaps', () => {
  const cases = randomUnmaskedMachine.chain((machine) =>
    fc.tuple(fc.constant(machine), fc.array(randomLinear(machine.mode), { minLength: 1, maxLength: 10 })),
  );

  it('finds every linear address that a walk leads from to the physical one', () => {
    fc.assert(
      fc.property(cases, ([machine, addresses]) => {
        const mmu = mmuOf(sparseMemory(machine), machine);
        for (const linear of addresses) {
          const found = mappedAt(mmu, linear);
          if (found === undefined) continue;
          const { mappings } = whoMaps(mmu, found.physical);
          const hit = mappings.some((mapping) => {
            const distance = linear - BigInt(mapping.linear);
            const size = BigInt(mapping.pageSize);
            return distance >= 0n && distance % size === 0n && distance / size < BigInt(mapping.count);
          });
          expect(hit, `${linear.toString(16)} leads to ${found.physical.toString(16)}`).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells nothing that a walk denies, with the rights and the entry that the walk has', () => {
    fc.assert(
      fc.property(randomUnmaskedMachine, fc.nat(FRAMES * 4096 - 1), (machine, physical) => {
        const mmu = mmuOf(sparseMemory(machine), machine);
        for (const mapping of whoMaps(mmu, physical).mappings.slice(0, 50)) {
          for (const i of [0, mapping.count - 1]) {
            const linear = BigInt(mapping.linear) + BigInt(i * mapping.pageSize);
            const found = mappedAt(mmu, linear);
            expect(found?.physical).toBe(physical);
            expect(found?.report.at(-1)?.rights).toEqual(mapping.rights);
            if (i === 0) expect(found?.report.at(-1)?.entryAddress).toBe(mapping.entryAddress);
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  it('tells the entries that use the frame as a table', () => {
    fc.assert(
      fc.property(cases, ([machine, addresses]) => {
        const mmu = mmuOf(sparseMemory(machine), machine);
        for (const linear of addresses) {
          for (const step of mmu.explain(linear, READ).steps) {
            if (step.leadsTo !== 'table') continue;
            const { pointers } = whoMaps(mmu, step.target!);
            expect(pointers.map(({ entryAddress }) => entryAddress)).toContain(step.entryAddress);
          }
        }
        const root =
          machine.mode === 'PAE' ? machine.cr3 - (machine.cr3 % 32) : machine.cr3 - (machine.cr3 % 4096);
        expect(whoMaps(mmu, root).pointers[0]?.kind).toBeUndefined();
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what is no physical address', () => {
    const machine = fc.sample(randomUnmaskedMachine, { numRuns: 1, seed: 1 })[0]!;
    const mmu = mmuOf(sparseMemory(machine), machine);
    for (const bad of [-1, 0.5, 2 ** 52, Number.NaN]) expect(() => whoMaps(mmu, bad)).toThrow(RangeError);
  });
});

describe('diffMaps', () => {
  /** The same machine twice, with some entries changed in between. */
  function changed(machine: RandomMachine, changes: number, seed: number): [Mmu, Mmu] {
    const before = sparseMemory(machine);
    const after = sparseMemory(machine);
    const next = generator(seed);
    for (let i = 0; i < changes; i++) {
      // Mostly an entry that is there.
      const at = (next() % FRAMES) * 4096 + (next() % 4 === 0 ? next() % 512 : next() % 4) * 8;
      const value = before.readUint32(at);
      const flip = [1, 2, 4, 8, PTE_A, PTE_D, 0x100, 0x1000, 0x20_0000][next() % 9]!;
      after.writeUint32(at, (value ^ flip) >>> 0);
    }
    return [mmuOf(before, machine), mmuOf(after, machine)];
  }

  function differenceAt(differences: readonly MapDifference[], linear: bigint): MapDifference | undefined {
    return differences.find(({ start, end }) => linear >= BigInt(start) && linear < BigInt(end));
  }

  it('tells at each address what two walks tell', () => {
    const cases = randomUnmaskedMachine
      .filter(({ mode }) => mode !== 'PAE') // its PDPTEs may not be flipped at random
      .chain((machine) =>
        fc.record({
          machine: fc.constant(machine),
          changes: fc.integer({ min: 0, max: 40 }),
          seed: fc.nat(),
          addresses: fc.array(randomLinear(machine.mode), { minLength: 5, maxLength: 30 }),
        }),
      );
    let seen = 0;
    fc.assert(
      fc.property(cases, ({ machine, changes, seed, addresses }) => {
        const [before, after] = changed(machine, changes, seed);
        const differences: MapDifference[] = [];
        for (const difference of diffMaps(before, after)) {
          differences.push(difference);
        }
        seen += differences.length;
        let last = 0n;
        for (const { start, end, bytes } of differences) {
          expect(BigInt(start) >= last && BigInt(end) - BigInt(start) === BigInt(bytes)).toBe(true);
          last = BigInt(end);
        }
        const edges = differences
          .slice(0, 40)
          .flatMap(({ start, end }) => [BigInt(start), BigInt(start) - 1n, BigInt(end) - 1n, BigInt(end)])
          .filter((linear) => linear >= 0n && linear < 2n ** (machine.mode === '32-bit' ? 32n : 64n));
        for (const linear of [...addresses, ...edges]) {
          const [was, is] = [mappedAt(before, linear), mappedAt(after, linear)];
          const difference = differenceAt(differences, linear);
          const { changes: told = [] } = difference ?? {};
          expect(told.includes('mapped'), linear.toString(16)).toBe(was === undefined && is !== undefined);
          expect(told.includes('unmapped')).toBe(was !== undefined && is === undefined);
          if (was === undefined || is === undefined) continue;
          expect(told.includes('moved')).toBe(was.physical !== is.physical);
          const rights = [was, is].map(({ report }) => JSON.stringify(report.at(-1)!.rights));
          expect(told.includes('rights')).toBe(rights[0] !== rights[1]);
          const bits = (n: number) => [was.leaf, is.leaf].map((leaf) => (leaf & BigInt(n)) !== 0n);
          const [[a0, a1], [d0, d1]] = [bits(PTE_A), bits(PTE_D)];
          expect(told.includes('touched')).toBe(!a0 && a1);
          expect(told.includes('written')).toBe(!d0 && d1);
          expect(told.includes('bits-cleared')).toBe((a0 && !a1) || (d0 && !d1));
        }
      }),
      { numRuns: 60 },
    );
    expect(seen).toBeGreaterThan(100);
  });

  it('tells nothing of two that are the same', () => {
    fc.assert(
      fc.property(randomUnmaskedMachine, (machine) => {
        const [before, after] = changed(machine, 0, 1);
        const [first] = diffMaps(before, after);
        expect(first).toBeUndefined();
      }),
      { numRuns: 20 },
    );
  });
});
