import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLinear } from '../../src/inspect/index.ts';
import { FAULT, READ } from '../../src/mmu/index.ts';
import { FRAMES, mmuOf, randomLinear, randomUnmaskedMachine, sparseMemory } from '../support/arbitraries.ts';

describe('readLinear', () => {
  it('reads the bytes that an MMU reads, as far as it reads them, in any mode', () => {
    const cases = randomUnmaskedMachine.chain((machine) =>
      fc.tuple(fc.constant(machine), randomLinear(machine.mode), fc.integer({ min: 0, max: 9000 })),
    );
    let stopped = 0;
    let crossed = 0;
    fc.assert(
      fc.property(cases, ([machine, linear, length]) => {
        const memory = sparseMemory(machine);
        const before = memory.read(0, memory.sizeBytes);
        // Nothing forbids the MMU what a debugger may: no SMAP, no keys.
        const mmu = mmuOf(memory, { ...machine, cr4: machine.cr4 & ~0x160_0000 });
        const pieces = readLinear(mmu, linear, length);
        let at = linear;
        let next = pieces.next();
        for (; next.done !== true; next = pieces.next()) {
          expect(BigInt(next.value.linear)).toBe(at);
          if (at > linear) crossed++;
          for (let i = 0; i < next.value.bytes.length; i += 397)
            expect(next.value.bytes[i]).toBe(memory.readUint8(physical(at + BigInt(i))));
          at += BigInt(next.value.bytes.length);
        }
        // Explained, not translated: no accessed bit is set.
        expect(Buffer.compare(memory.read(0, memory.sizeBytes), before)).toBe(0);
        if (next.value === undefined) expect(at).toBe(linear + BigInt(length));
        else {
          stopped++;
          const { reason, linear: where } = next.value;
          expect(BigInt(where)).toBe(at);
          if (reason === 'not-mapped') expect(mmu.translate(where, READ)).toBe(FAULT);
          else if (reason === 'no-ram') expect(physical(at)).toBeGreaterThanOrEqual(FRAMES * 4096);
          else expect(at).toBe(machine.mode === '32-bit' || machine.mode === 'PAE' ? 1n << 32n : 1n << 64n);
        }
        function physical(address: bigint): number {
          const report = mmu.explain(address, READ);
          return report.ok ? report.physical : Number.NaN;
        }
      }),
      { numRuns: 250 },
    );
    expect(stopped).toBeGreaterThan(5);
    expect(crossed).toBeGreaterThan(5);
  });

  it('refuses addresses and lengths that cannot be', () => {
    const machine = fc.sample(
      randomUnmaskedMachine.filter(({ mode }) => mode === '32-bit'),
      { numRuns: 1, seed: 1 },
    )[0]!;
    const mmu = mmuOf(sparseMemory(machine), machine);
    expect(() => readLinear(mmu, 2 ** 32, 1).next()).toThrow(
      /linear address 4294967296 is not .* 0xffffffff/,
    );
    for (const length of [-1, 0.5, 2 ** 53])
      expect(() => readLinear(mmu, 0, length).next()).toThrow(RangeError);
    expect(readLinear(mmu, 0, 0).next()).toEqual({ done: true, value: undefined });
  });
});
