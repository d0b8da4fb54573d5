/** Lists of every kind, in every mode: the same as `translate` for one address after the other. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import {
  ABOVE_4_GIB,
  type Access,
  FAULT,
  type LinearList,
  Mmu,
  NO_FAULT,
  NOT_CANONICAL,
  type PhysicalList,
  READ,
  USER_READ,
  WRITE,
} from '../../src/mmu/index.ts';
import {
  FRAMES,
  mmuOf,
  type RandomMachine,
  randomAccess,
  randomLinear,
  randomMachine,
  randomMemory,
} from '../support/arbitraries.ts';
import { tablesAt } from '../support/tables-at.ts';

const LINEAR = {
  Uint32Array: (list: readonly bigint[]) =>
    Uint32Array.from(list, (address) => Number(address & 0xffff_ffffn)),
  Int32Array: (list: readonly bigint[]) =>
    Int32Array.from(list, (address) => Number(BigInt.asIntN(32, address))),
  BigUint64Array: (list: readonly bigint[]) => BigUint64Array.from(list),
  BigInt64Array: (list: readonly bigint[]) => BigInt64Array.from(list),
} as const satisfies Record<string, (list: readonly bigint[]) => LinearList>;

const PHYSICAL = { Uint32Array, Float64Array } as const;

/** Neighbouring pages and repeats among addresses from anywhere. */
function addresses(machine: RandomMachine): fc.Arbitrary<bigint[]> {
  const run = fc
    .tuple(
      randomLinear(machine.mode),
      fc.constantFrom(0n, 8n, 0x1000n, 0x20_0000n),
      fc.integer({ min: 1, max: 12 }),
    )
    .map(([first, step, length]) =>
      Array.from({ length }, (_, i) => BigInt.asUintN(64, first + BigInt(i) * step)),
    );
  return fc.array(run, { minLength: 1, maxLength: 5 }).map((runs) => runs.flat());
}

const scenario = randomMachine.chain((machine) =>
  fc.record({
    machine: fc.constant(machine),
    lists: fc.array(fc.tuple(addresses(machine), randomAccess), { minLength: 1, maxLength: 3 }),
    linearKind: fc.constantFrom(...(Object.keys(LINEAR) as (keyof typeof LINEAR)[])),
    physicalKind: fc.constantFrom(...(Object.keys(PHYSICAL) as (keyof typeof PHYSICAL)[])),
  }),
);

/** The addresses as the list holds them, as `translate` takes them. */
function asBigints(list: LinearList): bigint[] {
  return Array.from(list as ArrayLike<number | bigint>, (address) =>
    BigInt.asUintN(list.BYTES_PER_ELEMENT === 8 ? 64 : 32, BigInt(address)),
  );
}

interface Outcome {
  readonly physical: number;
  readonly code: number;
}

function oneByOne(mmu: Mmu, linear: readonly bigint[], access: Access, upToFault: boolean): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const address of linear) {
    const physical = mmu.translate(address, access);
    if (physical === FAULT && upToFault) break;
    const fault = mmu.faultVector === 14 ? mmu.faultCode : NOT_CANONICAL;
    outcomes.push({ physical, code: physical === FAULT ? fault : NO_FAULT });
  }
  return outcomes;
}

function ram(memory: PhysicalMemory): string {
  return Buffer.from(memory.read(0, FRAMES * 0x1000)).toString('latin1');
}

const latches = (mmu: Mmu): unknown => [mmu.cr2, mmu.faultCode, mmu.faultVector];

describe('lists of 64-bit addresses, and of physical addresses above 4 GiB', () => {
  it('translateEach is translate for each address: results, codes, RAM, TLB, and the fault latched before', () => {
    const seen = { modes: new Set<string>(), kinds: new Set<string>(), above: 0, notCanonical: 0 };
    fc.assert(
      fc.property(scenario, ({ machine, lists, linearKind, physicalKind }) => {
        const [memory, mirror] = [randomMemory(machine), randomMemory(machine)];
        const [each, one] = [mmuOf(memory, machine), mmuOf(mirror, machine)];
        // Twice each, so that the second time meets what the first has cached.
        for (const [list, access] of [...lists, ...lists]) {
          const linear = LINEAR[linearKind](list);
          const expected = oneByOne(one, asBigints(linear), access, false);
          const physical: PhysicalList = new PHYSICAL[physicalKind](list.length);
          const codes = new Uint8Array(list.length);
          const before = latches(each);
          each.translateEach(linear, physical, codes, access);
          expect(latches(each)).toEqual(before);
          const narrow = physicalKind === 'Uint32Array';
          const above = expected.map((outcome) => narrow && outcome.physical > 0xffff_ffff);
          expect(Array.from(physical)).toEqual(
            expected.map((outcome, i) =>
              narrow ? (above[i] ? 0xffff_ffff : outcome.physical >>> 0) : outcome.physical,
            ),
          );
          expect(Array.from(codes)).toEqual(expected.map(({ code }, i) => (above[i] ? ABOVE_4_GIB : code)));
          seen.above += above.filter((is) => is).length;
          seen.notCanonical += codes.filter((code) => code === NOT_CANONICAL).length;
          seen.modes.add(machine.mode);
          seen.kinds.add(`${linearKind} ${physicalKind}`);
        }
        expect(ram(memory) === ram(mirror), 'RAM is the same').toBe(true);
        expect(each.tlb.entries()).toEqual(one.tlb.entries());
      }),
      { numRuns: 300 },
    );
    expect([...seen.modes].sort()).toEqual(['32-bit', '4-level', '5-level', 'PAE']);
    expect(seen.kinds.size).toBe(8);
    expect(Math.min(seen.above, seen.notCanonical)).toBeGreaterThan(20);
  });

  it('translateMany is translate up to the first fault, with the fault latched', () => {
    let stopped = 0;
    fc.assert(
      fc.property(scenario, ({ machine, lists, linearKind }) => {
        const [memory, mirror] = [randomMemory(machine), randomMemory(machine)];
        const [many, one] = [mmuOf(memory, machine), mmuOf(mirror, machine)];
        for (const [list, access] of [...lists, ...lists]) {
          const linear = LINEAR[linearKind](list);
          const expected = oneByOne(one, asBigints(linear), access, true);
          const physical = new Float64Array(list.length);
          expect(many.translateMany(linear, physical, access)).toBe(expected.length);
          expect([...physical.subarray(0, expected.length)]).toEqual(expected.map((each) => each.physical));
          if (expected.length === list.length) continue;
          expect(latches(many)).toEqual(latches(one));
          stopped++;
        }
        expect(ram(memory) === ram(mirror), 'RAM is the same').toBe(true);
        expect(many.tlb.entries()).toEqual(one.tlb.entries());
      }),
      { numRuns: 200 },
    );
    expect(stopped).toBeGreaterThan(100);
  });

  it('translateMany into 32 bits stops before what they cannot hold, as at a fault, and translate gives it', () => {
    const seen = { above: 0, faults: 0 };
    fc.assert(
      fc.property(scenario, fc.boolean(), ({ machine, lists, linearKind }, onlyMapped) => {
        const [memory, mirror] = [randomMemory(machine), randomMemory(machine)];
        const [many, one] = [mmuOf(memory, machine), mmuOf(mirror, machine)];
        for (const [all, access] of [...lists, ...lists]) {
          // Most lists of random addresses end with a fault, long before a page above 4 GiB.
          const list = onlyMapped ? all.filter((address) => one.explain(address, access).ok) : all;
          const linear = LINEAR[linearKind](list);
          const expected: number[] = [];
          let stoppedBy: number | undefined;
          for (const address of asBigints(linear)) {
            const physical = one.translate(address, access);
            if (physical === FAULT || physical > 0xffff_ffff) {
              stoppedBy = physical;
              break;
            }
            expected.push(physical);
          }
          const narrow = new Uint32Array(list.length);
          expect(many.translateMany(linear, narrow, access)).toBe(expected.length);
          expect([...narrow.subarray(0, expected.length)]).toEqual(expected);
          // Behind the end, and in the place of what did not fit, nothing is written.
          expect(narrow.subarray(expected.length).every((physical) => physical === 0)).toBe(true);
          expect([many.cr2, many.faultCode]).toEqual([one.cr2, one.faultCode]);
          if (stoppedBy === undefined) continue;
          if (stoppedBy === FAULT) {
            expect(many.faultVector).toBe(one.faultVector);
            seen.faults++;
            continue;
          }
          expect(many.faultVector).toBe(0);
          const next = asBigints(linear)[expected.length]!;
          expect(many.translate(next, access)).toBe(stoppedBy);
          expect(one.translate(next, access)).toBe(stoppedBy);
          seen.above++;
        }
        expect(ram(memory) === ram(mirror), 'RAM is the same').toBe(true);
        expect(many.tlb.entries()).toEqual(one.tlb.entries());
      }),
      { numRuns: 200 },
    );
    expect(seen.above).toBeGreaterThan(4);
    expect(seen.faults).toBeGreaterThan(50);
  });

  it.each(['32-bit', 'PAE', '4-level', '5-level'] as const)(
    'translateMany in place stops before a page above 4 GiB and leaves its address where it was (%s)',
    (mode) => {
      const memory = new PhysicalMemory(0x10_0000);
      const mapper = tablesAt(memory, mode);
      // PSE-36 and its like in other modes: a large page is what every mode can put there.
      const pageSize = mode === '32-bit' ? 0x40_0000 : 0x20_0000;
      mapper.map(0x1000, 0x5000, 0x1000, { writable: true });
      mapper.map(0x80_0000, 2 ** 32 + 0x80_0000, pageSize, { writable: true, pageSize });
      const mmu = new Mmu(memory, mapper.registers);
      mmu.translate(0x7000, USER_READ);
      const latched = [mmu.cr2, mmu.faultCode];
      // Once walked, once from the TLB.
      for (let time = 0; time < 2; time++) {
        const list = Uint32Array.of(0x1123, 0x1456, 0x80_0456, 0x1789);
        expect(mmu.translateMany(list, list, WRITE)).toBe(2);
        expect([...list]).toEqual([0x5123, 0x5456, 0x80_0456, 0x1789]);
        expect([mmu.faultVector, mmu.cr2, mmu.faultCode]).toEqual([0, ...latched]);
        const { steps } = mmu.explain(0x80_0456, READ);
        expect(steps.at(-1)?.flags).toEqual(expect.arrayContaining(['A', 'D']));
        expect(mmu.translate(0x80_0456, WRITE)).toBe(2 ** 32 + 0x80_0456);
      }
      const wide = new Float64Array(1);
      expect(mmu.translateMany(Uint32Array.of(0x80_0456), wide, WRITE)).toBe(1);
      expect(wide[0]).toBe(2 ** 32 + 0x80_0456);
    },
  );
});
