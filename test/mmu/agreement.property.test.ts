import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCanonical, PAGING_MODES } from '../../src/arch/index.ts';
import type { PhysicalMemory } from '../../src/memory/index.ts';
import { type Access, FAULT, type Mmu, READ, WRITE } from '../../src/mmu/index.ts';
import {
  applySets,
  FRAMES,
  mmuOf,
  type RandomMachine,
  randomAccess,
  randomAccessOf,
  randomLinear,
  randomMachine,
  randomMemory,
  referenceAccess,
  referenceOf,
} from '../support/arbitraries.ts';
import { referenceAddress, referenceWalk } from '../support/reference-walker.ts';

/** A machine and some accesses to it. */
const scenario = randomMachine.chain((machine) =>
  fc.record({
    machine: fc.constant(machine),
    accesses: fc.array(fc.tuple(randomLinear(machine.mode), randomAccessOf(machine)), {
      minLength: 20,
      maxLength: 60,
    }),
  }),
);

/** An address as the public surface takes it: a number where that is exact. */
function surface(linear: bigint): number | bigint {
  return linear <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(linear) : linear;
}

interface Result {
  readonly physical?: bigint;
  readonly vector?: number;
  readonly code?: number;
}

function translated(mmu: Mmu, pointer: bigint, linear: bigint, access: Access): Result {
  const physical = mmu.translate(surface(pointer), access);
  if (physical !== FAULT) return { physical: BigInt(physical) };
  if (mmu.faultVector === 14) expect(BigInt(mmu.cr2)).toBe(linear);
  return { vector: mmu.faultVector, code: mmu.faultCode };
}

/** All of RAM, as text: one comparison instead of one for each byte. */
function contents(memory: PhysicalMemory): string {
  return Buffer.from(memory.read(0, FRAMES * 0x1000)).toString('latin1');
}

function latches(mmu: Mmu): unknown {
  return [mmu.cr2, mmu.faultCode, mmu.faultVector];
}

describe('the MMU over arbitrary tables, registers and CPU models', () => {
  it('translate, explain and the reference walker agree on address, fault, error code, A and D', () => {
    const seen = { translated: 0, faulted: 0, modes: new Set<string>(), pageSizes: new Set<string>() };
    fc.assert(
      fc.property(scenario, ({ machine, accesses }) => {
        const memory = randomMemory(machine);
        const mirror = randomMemory(machine);
        const mmu = mmuOf(memory, machine);
        const reference = referenceOf(mirror, machine);
        expect(mmu.mode).toBe(machine.mode);
        for (const [linear, access] of accesses) {
          const expected = referenceWalk(reference, linear, referenceAccess(access));
          const report = mmu.explain(surface(linear), access);
          const address = referenceAddress(reference, linear, referenceAccess(access));
          const actual = translated(mmu, linear, address, access);
          if (expected.ok) {
            applySets(mirror, expected.sets);
            expect(actual).toEqual({ physical: expected.physical });
            expect(report.ok && [BigInt(report.physical), BigInt(report.pageSize), report.global]).toEqual([
              expected.physical,
              expected.pageBytes,
              expected.global,
            ]);
            seen.translated++;
            seen.modes.add(machine.mode);
            seen.pageSizes.add(`${machine.mode} ${expected.pageBytes}`);
          } else {
            expect(actual).toEqual({ vector: expected.vector, code: Number(expected.code) });
            expect(report.ok ? 'no fault' : [report.fault.vector, report.fault.code]).toEqual([
              expected.vector,
              Number(expected.code),
            ]);
            seen.faulted++;
          }
        }
        expect(contents(memory) === contents(mirror), 'RAM afterwards agrees').toBe(true);
      }),
      { numRuns: 600 },
    );
    // The property says something only if both outcomes were common, in all modes and sizes.
    expect(seen.translated).toBeGreaterThan(3000);
    expect(seen.faulted).toBeGreaterThan(3000);
    expect([...seen.modes].sort()).toEqual(['32-bit', '4-level', '5-level', 'PAE']);
    expect([...seen.pageSizes].sort()).toEqual([
      '32-bit 4096',
      '32-bit 4194304',
      '4-level 1073741824',
      '4-level 2097152',
      '4-level 4096',
      '5-level 1073741824',
      '5-level 2097152',
      '5-level 4096',
      'PAE 2097152',
      'PAE 4096',
    ]);
  });

  it('explain changes nothing: not RAM, not the TLB, not the latched fault', () => {
    fc.assert(
      fc.property(scenario, ({ machine, accesses }) => {
        const memory = randomMemory(machine);
        const mmu = mmuOf(memory, machine);
        const half = accesses.length >> 1;
        for (const [linear, access] of accesses.slice(0, half)) mmu.translate(surface(linear), access);
        const ram = contents(memory);
        const before = [mmu.tlb.entries(), latches(mmu)];
        for (const [linear, access] of accesses) mmu.explain(surface(linear), access);
        expect([mmu.tlb.entries(), latches(mmu)]).toEqual(before);
        expect(contents(memory) === ram, 'RAM is unchanged').toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('translateMany is translate, one after the other, up to the first fault', () => {
    fc.assert(
      fc.property(
        randomMachine.filter(({ mode }) => mode === '32-bit' || mode === 'PAE'),
        fc.uint32Array({ minLength: 1, maxLength: 40 }),
        randomAccess,
        (machine, linear, access) => {
          const [many, one] = [randomMemory(machine), randomMemory(machine)];
          const [mmuMany, mmuOne] = [mmuOf(many, machine), mmuOf(one, machine)];
          const expected: number[] = [];
          for (const address of linear) {
            const physical = mmuOne.translate(address, access);
            if (physical === FAULT) break;
            expected.push(physical);
          }
          const physical = new Uint32Array(linear.length);
          const count = mmuMany.translateMany(linear, physical, access);
          // Beyond 4 GiB it stops as at a fault: its result does not fit.
          const tooHigh = expected.findIndex((address) => address > 0xffff_ffff);
          if (tooHigh >= 0) {
            expect([...physical.subarray(0, count)]).toEqual(expected.slice(0, tooHigh));
            return;
          }
          expect([...physical.subarray(0, count)]).toEqual(expected);
          expect(latches(mmuMany)).toEqual(latches(mmuOne));
          expect(contents(many) === contents(one), 'RAM afterwards agrees').toBe(true);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('a write across a page border changes data in both pages or in none, and CR2 names the page that fails', () => {
    let [crossed, refused] = [0, 0];
    fc.assert(
      fc.property(scenario, fc.integer({ min: 1, max: 3 }), ({ machine, accesses }, inSecond) => {
        const [memory, mirror] = [randomMemory(machine), randomMemory(machine)];
        const [mmu, probe] = [mmuOf(memory, machine), mmuOf(mirror, machine)];
        const start = memory.read(0, memory.sizeBytes);
        for (const [anywhere] of accesses) {
          for (const each of [mmu, probe]) {
            each.memory.write(0, start);
            dropAll(each, machine);
          }
          const linear = (anywhere & ~0xfffn) + 0x1000n - 4n + BigInt(inSecond);
          const next = (anywhere & ~0xfffn) + 0x1000n;
          if (leavesCanonical(machine, linear, next)) {
            // Refused as a whole before paging begins, so that the first page is not even asked.
            expect([mmu.writeUint32(surface(linear), 1, WRITE), mmu.faultVector]).toEqual([FAULT, 13]);
            expect(contents(memory) === contents(mirror)).toBe(true);
            continue;
          }
          const first = probe.translate(surface(linear), WRITE);
          const second = first === FAULT ? FAULT : probe.translate(wrapped(next, machine), WRITE);
          const pointer = first === FAULT ? linear : BigInt(wrapped(next, machine));
          const failing = referenceAddress(referenceOf(mirror, machine), pointer, referenceAccess(WRITE));
          const code = probe.faultCode;

          const result = mmu.writeUint32(surface(linear), 0xa1b2_c3d4, WRITE);
          if (second === FAULT) {
            refused++;
            expect(result).toBe(FAULT);
            expect(mmu.faultCode).toBe(code);
            if (mmu.faultVector === 14) expect(BigInt(mmu.cr2)).toBe(failing);
          } else {
            crossed++;
            expect(result).toBe(0);
            for (let i = 0; i < 4; i++) {
              const physical = i < 4 - inSecond ? first + i : second + i - (4 - inSecond);
              if (physical < mirror.sizeBytes) mirror.writeUint8(physical, (0xa1b2_c3d4 >>> (8 * i)) & 0xff);
            }
          }
          // Whatever the outcome, RAM is what the two translations left, plus all of the data or nothing.
          expect(contents(memory) === contents(mirror), 'RAM afterwards agrees').toBe(true);
        }
      }),
      { numRuns: 60 },
    );
    expect(crossed).toBeGreaterThan(50);
    expect(refused).toBeGreaterThan(50);
  });

  it('tables where no RAM is read as ones, and crash nothing', () => {
    fc.assert(
      fc.property(scenario, ({ machine, accesses }) => {
        const memory = randomMemory(machine);
        const nowhere = { ...machine, cr3: 0xffff_f000 };
        const mmu = machine.mode === 'PAE' ? undefined : mmuOf(memory, nowhere);
        if (mmu === undefined) {
          // The CPU would load four malformed PDPTEs.
          expect(() => mmuOf(memory, nowhere)).toThrow('#GP');
          return;
        }
        const before = contents(memory);
        for (const [linear, access] of accesses) {
          expect(() => mmu.explain(surface(linear), access)).not.toThrow();
          expect(() => mmu.translate(surface(linear), access)).not.toThrow();
          expect(mmu.readUint32(surface(linear), READ)).toBeGreaterThanOrEqual(FAULT);
          mmu.writeUint32(surface(linear), 1);
        }
        expect(contents(memory) === before, 'RAM is unchanged').toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

function leavesCanonical(machine: RandomMachine, first: bigint, second: bigint): boolean {
  const { mode } = machine;
  if (mode === '32-bit' || mode === 'PAE') return false;
  const { linearBits } = PAGING_MODES[mode];
  const reference = referenceOf(randomMemory(machine), machine);
  const isAllowed = (pointer: bigint): boolean =>
    isCanonical(referenceAddress(reference, pointer, referenceAccess(WRITE)), linearBits);
  return isAllowed(first) && !isAllowed(second);
}

function wrapped(linear: bigint, machine: RandomMachine): number | bigint {
  const width = machine.mode === '32-bit' || machine.mode === 'PAE' ? 32 : 64;
  return surface(BigInt.asUintN(width, linear));
}

/** Empties the TLB by the one way that every model has: paging off and on. */
function dropAll(mmu: Mmu, machine: RandomMachine): void {
  mmu.cr0 = machine.cr0 - 0x8000_0000;
  mmu.cr0 = machine.cr0;
}
