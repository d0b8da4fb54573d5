/** Long lives of an MMU: every answer against the reference, over random tables, registers and CPUs. */

import fc from 'fast-check';
import { expect } from 'vitest';
import { CR4_PGE } from '../../src/arch/index.ts';
import { FAULT } from '../../src/mmu/index.ts';
import {
  applySets,
  generator,
  mmuOf,
  randomAccess,
  randomLinear,
  randomMachine,
  randomMemory,
  referenceAccess,
  referenceOf,
} from '../support/arbitraries.ts';
import { referenceWalk } from '../support/reference-walker.ts';
import type { Target } from './target.ts';

/** Accesses of one life. */
const ACCESSES = 400;

export function lives(count: (outcome: string) => void): Target {
  const scenario = randomMachine.chain((machine) =>
    fc.record({
      machine: fc.constant(machine),
      // Few addresses, so that most are met again while tables change under them.
      pool: fc.array(fc.tuple(randomLinear(machine.mode), randomAccess), { minLength: 4, maxLength: 40 }),
      seed: fc.integer({ min: 1, max: 0x7fff_ffff }),
    }),
  );
  return {
    name: 'lives',
    property: fc.property(scenario, ({ machine, pool, seed }) => {
      const memory = randomMemory(machine);
      const mirror = randomMemory(machine);
      const mmu = mmuOf(memory, machine);
      const { cr3 } = mmu;
      const reference = referenceOf(mirror, machine);
      const next = generator(seed);
      for (let i = 0; i < ACCESSES; i++) {
        if (next() % 16 === 0) {
          // An entry changes, and the TLB forgets everything.
          const physical = (next() % (memory.sizeBytes / 4)) * 4;
          const word = next();
          memory.writeUint32(physical, word);
          mirror.writeUint32(physical, word);
          // Global entries outlive a load of CR3; a change of PGE spares nothing.
          if (machine.mode === 'PAE') return count('PAE: a life ends with its registers');
          if (mmu.cpu.pge) {
            mmu.cr4 = machine.cr4 ^ CR4_PGE;
            mmu.cr4 = machine.cr4;
          }
          mmu.cr3 = cr3;
        }
        const [linear, access] = pool[next() % pool.length]!;
        const number = linear <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(linear) : linear;
        const expected = referenceWalk(reference, linear, referenceAccess(access));
        const physical = mmu.translate(number, access);
        if (expected.ok) {
          applySets(mirror, expected.sets);
          expect(BigInt(physical)).toBe(expected.physical);
          count('translated');
        } else {
          expect([physical, mmu.faultVector, mmu.faultCode]).toEqual([
            FAULT,
            expected.vector,
            Number(expected.code),
          ]);
          count('faulted');
        }
      }
      expect(Buffer.compare(memory.read(0, memory.sizeBytes), mirror.read(0, mirror.sizeBytes))).toBe(0);
    }),
  };
}
