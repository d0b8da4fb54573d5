/** Reads and writes of every width, against bytes: a read of n bytes is n reads of a byte, or a fault. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, type Mmu, READ, WRITE } from '../../src/mmu/index.ts';
import { FRAMES, mmuOf, randomLinear, randomMachine, randomMemory } from '../support/arbitraries.ts';

const WIDTHS = [1, 2, 4, 8] as const;
type Width = (typeof WIDTHS)[number];

const scenario = randomMachine.chain((machine) => {
  const anywhere = randomLinear(machine.mode);
  const atBorder = fc.tuple(anywhere, fc.nat(8)).map(([linear, back]) => (linear | 0xfffn) - BigInt(back));
  return fc.record({
    machine: fc.constant(machine),
    accesses: fc.array(
      fc.tuple(
        fc.oneof(anywhere, atBorder),
        fc.constantFrom(...WIDTHS),
        fc.boolean(),
        fc.bigInt(0n, 2n ** 64n - 1n),
      ),
      { minLength: 20, maxLength: 50 },
    ),
  });
});

function read(mmu: Mmu, linear: bigint, width: Width): bigint | undefined {
  const methods = { 1: 'readUint8', 2: 'readUint16', 4: 'readUint32', 8: 'readBigUint64' } as const;
  const value = mmu[methods[width]](linear);
  return value === FAULT ? undefined : BigInt(value);
}

function write(mmu: Mmu, linear: bigint, width: Width, value: bigint): boolean {
  if (width === 8) return mmu.writeBigUint64(linear, value) === 0;
  const methods = { 1: 'writeUint8', 2: 'writeUint16', 4: 'writeUint32' } as const;
  return mmu[methods[width]](linear, Number(BigInt.asUintN(32, value))) === 0;
}

/** Empties the TLB by the one way that every model has: paging off and on. */
function dropAll(mmu: Mmu): void {
  const { cr0 } = mmu;
  mmu.cr0 = cr0 - 0x8000_0000;
  mmu.cr0 = cr0;
}

function ram(memory: PhysicalMemory): string {
  return Buffer.from(memory.read(0, FRAMES * 0x1000)).toString('latin1');
}

describe('an access of n bytes', () => {
  it('is n accesses of one byte, all or nothing, in every mode', () => {
    const seen = { crossed: 0, faulted: 0 };
    fc.assert(
      fc.property(scenario, ({ machine, accesses }) => {
        const [memory, mirror] = [randomMemory(machine), randomMemory(machine)];
        const [mmu, bytes] = [mmuOf(memory, machine), mmuOf(mirror, machine)];
        const start = memory.read(0, memory.sizeBytes);
        const long = machine.mode === '4-level' || machine.mode === '5-level';
        for (const [linear, width, isWrite, value] of accesses) {
          // Tables as they were, since a write may change them, and nothing cached: `explain` walks, too.
          for (const each of [mmu, bytes]) {
            each.memory.write(0, start);
            dropAll(each);
          }
          const places = Array.from({ length: width }, (_, i) => {
            const at = BigInt.asUintN(long ? 64 : 32, linear + BigInt(i));
            return { at, physical: bytes.explain(at, isWrite ? WRITE : READ) };
          });
          const crosses = (linear & 0xfffn) + BigInt(width) > 0x1000n;
          // The first page is translated, with its A and D, even where the second one faults; #GP comes before all.
          const canonical = places.every(({ physical }) => physical.ok || physical.fault.vector === 14);
          if (canonical) bytes.translate(places[0]!.at, isWrite ? WRITE : READ);
          const first = places[0]!.physical.ok;
          if (canonical && first && crosses) bytes.translate((linear | 0xfffn) + 1n, isWrite ? WRITE : READ);
          const possible = canonical && places.every(({ physical }) => physical.ok);
          if (crosses) seen.crossed++;
          if (!possible) seen.faulted++;
          if (isWrite) {
            expect(write(mmu, linear, width, value)).toBe(possible);
            for (const [i, { at }] of possible ? places.entries() : []) {
              bytes.writeUint8(at, Number((value >> BigInt(8 * i)) & 0xffn));
            }
          } else {
            const expected = possible
              ? places.reduce((all, { at }, i) => all | (BigInt(bytes.readUint8(at)) << BigInt(8 * i)), 0n)
              : undefined;
            expect(read(mmu, linear, width)).toBe(expected);
          }
          expect(ram(memory) === ram(mirror), 'RAM is the same').toBe(true);
        }
      }),
      { numRuns: 150 },
    );
    expect(Math.min(seen.crossed, seen.faulted)).toBeGreaterThan(500);
  });
});
