/** Every field of `explain`'s report, against the reference walker, which shares no code with it. */

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FaultReason, MemoryType, WalkReport } from '../../src/mmu/index.ts';
import {
  FRAMES,
  mmuOf,
  type RandomMachine,
  randomAccessOf,
  randomLinear,
  randomMachine,
  randomMemory,
  referenceAccess,
  referenceOf,
  wholeCr3,
} from '../support/arbitraries.ts';
import {
  type ReferenceCause,
  type ReferenceResult,
  type ReferenceStep,
  referenceAddress,
  referenceWalk,
} from '../support/reference-walker.ts';

const RAM_BYTES = FRAMES * 4096;

const scenario = randomMachine.chain((machine) =>
  fc.record({
    machine: fc.constant(machine),
    accesses: fc.array(fc.tuple(randomLinear(machine.mode), randomAccessOf(machine)), {
      minLength: 15,
      maxLength: 25,
    }),
  }),
);

const CAUSES: Readonly<Record<FaultReason, ReferenceCause | undefined>> = {
  'not-present': 'present',
  'reserved-bit': 'reserved',
  'user-access-to-supervisor-page': 'user',
  'write-to-read-only-page': 'write',
  'fetch-from-no-execute-page': 'fetch',
  'supervisor-fetch-from-user-page': 'smep',
  'supervisor-access-to-user-page': 'smap',
  'not-a-shadow-stack': 'shadow',
  'shadow-stack-of-the-user': 'shadow-user',
  'protection-key': 'key',
  'not-canonical': 'canonical',
  'segment-limit': undefined,
  'segment-type': undefined,
};

const MEMORY_TYPES: Readonly<Record<string, MemoryType>> = {
  0: 'UC',
  1: 'WC',
  4: 'WT',
  5: 'WP',
  6: 'WB',
  7: 'UC-',
};

const KINDS = {
  '32-bit': ['PDE', 'PTE'],
  PAE: ['PDPTE', 'PDE', 'PTE'],
  '4-level': ['PML4E', 'PDPTE', 'PDE', 'PTE'],
  '5-level': ['PML5E', 'PML4E', 'PDPTE', 'PDE', 'PTE'],
  off: [],
} as const;

function surface(linear: bigint): number | bigint {
  return linear <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(linear) : linear;
}

/** What is said of each entry, from what the reference read. */
function expectedSteps(
  machine: RandomMachine,
  steps: readonly ReferenceStep[],
  expected: ReferenceResult,
): object[] {
  const { mode, cpu } = machine;
  const entryBytes = mode === '32-bit' ? 4 : 8;
  const lines = BigInt(cpu.addressLines ?? cpu.physicalAddressBits);
  return steps.map(({ table, index, value, rights, target, reserved }, i) => {
    const register = mode === 'PAE' && i === 0;
    const entryAddress = BigInt.asUintN(Number(lines), table + index * BigInt(entryBytes));
    const last = i === steps.length - 1;
    const leadsTo =
      target === undefined
        ? 'not-present'
        : reserved !== 0n
          ? 'reserved-bit'
          : last && (expected.ok || !['present', 'reserved'].includes(expected.causes[0]!))
            ? 'page'
            : 'table';
    return {
      kind: KINDS[mode][i],
      index: Number(index),
      tableAddress: Number(table),
      entryAddress: Number(entryAddress),
      source: register ? 'register' : entryAddress < BigInt(RAM_BYTES) ? 'ram' : 'open-bus',
      entry: surface(value),
      entryBytes,
      reservedBits: Array.from({ length: 64 }, (_, bit) => bit).filter(
        (bit) => (reserved >> BigInt(bit)) & 1n,
      ),
      leadsTo,
      rights,
      // Where a malformed entry points, and what its other bits would mean, is a matter of taste.
      ...(reserved === 0n && {
        target: target === undefined ? undefined : Number(target),
        flags: expectedFlags(machine, value, i, target !== undefined, leadsTo),
      }),
    };
  });
}

/** The names of set bits that mean something. */
function expectedFlags(
  machine: RandomMachine,
  entry: bigint,
  depth: number,
  present: boolean,
  leadsTo: string,
): string[] {
  if (!present) return [];
  const { mode, cpu } = machine;
  const has = (bit: number): boolean => ((entry >> BigInt(bit)) & 1n) === 1n;
  const kind = KINDS[mode][depth]!;
  const register = mode === 'PAE' && depth === 0;
  const pse = mode !== '32-bit' || (machine.cr4 & 0x10) !== 0;
  const large = kind !== 'PTE' && !register && has(7) && pse;
  const leaf = leadsTo === 'page' || kind === 'PTE' || large;
  const names: readonly (readonly [string, boolean])[] = [
    ['P', true],
    ['RW', !register && has(1)],
    ['US', !register && has(2)],
    ['PWT', has(3)],
    ['PCD', has(4)],
    ['A', !register && has(5)],
    ['D', leaf && has(6)],
    ['PS', large],
    ['PAT', leaf && cpu.pat === true && has(kind === 'PTE' ? 7 : 12)],
    ['G', leaf && has(8) && (machine.cr4 & 0x80) !== 0],
    ['NX', mode !== '32-bit' && !register && (machine.efer & 0x800) !== 0 && has(63)],
  ];
  return names.filter(([, set]) => set).map(([name]) => name);
}

/** `toMatchObject`, but quick where it holds. */
function matches(actual: object, expected: object): void {
  const fields = Object.fromEntries(
    Object.keys(expected).map((key) => [key, (actual as Record<string, unknown>)[key]]),
  );
  if (!isDeepStrictEqual(fields, expected)) expect(fields).toEqual(expected);
}

function checkReport(
  report: WalkReport,
  machine: RandomMachine,
  pointer: bigint,
  linear: bigint,
  expected: ReferenceResult,
): void {
  matches(report, {
    ok: expected.ok,
    linear: surface(linear),
    pointer: linear === pointer ? undefined : surface(pointer),
    mode: machine.mode,
    cr3: wholeCr3(machine),
  });
  const steps = expectedSteps(machine, expected.steps, expected);
  expect(report.steps).toHaveLength(steps.length);
  for (const [i, step] of report.steps.entries()) matches(step, steps[i]!);
  if (report.ok && expected.ok) {
    const already = new Map(report.steps.map((step) => [step.entryAddress, BigInt(step.entry)]));
    const sets = [...expected.sets]
      .map(([address, bits]) => [Number(address), Number(bits & ~already.get(Number(address))!)] as const)
      .filter(([address, bits]) => bits !== 0 && address < RAM_BYTES);
    matches(report, {
      physical: Number(expected.physical),
      pageSize: Number(expected.pageBytes),
      rights: expected.steps.at(-1)!.rights,
      global: expected.global,
      memoryType: MEMORY_TYPES[`${expected.memoryType}`],
      protectionKey: expected.key,
    });
    matches(
      Object.fromEntries(report.sets.map(({ entryAddress, bits }) => [entryAddress, bits])),
      Object.fromEntries(sets),
    );
  } else if (!report.ok && !expected.ok) {
    const { vector, code, cr2, reason, kind } = report.fault;
    expect([vector, code]).toEqual([expected.vector, Number(expected.code)]);
    expect(cr2).toBe(expected.vector === 14 ? surface(linear) : 0);
    expect(expected.causes).toContain(CAUSES[reason]);
    if (expected.causes.includes('key')) expect(reason).toBe('protection-key');
    const atEntry = reason === 'not-present' || reason === 'reserved-bit';
    expect(kind).toBe(atEntry ? report.steps.at(-1)!.kind : undefined);
  }
}

describe('explain', () => {
  it('reports what the reference walker reads, field by field', () => {
    const seen = { causes: new Set<string>(), memoryTypes: new Set<bigint>(), keys: 0, sets: 0, masked: 0 };
    fc.assert(
      fc.property(scenario, ({ machine, accesses }) => {
        const memory = randomMemory(machine);
        const mmu = mmuOf(memory, machine);
        const reference = referenceOf(memory, machine);
        for (const [linear, access] of accesses) {
          const expected = referenceWalk(reference, linear, referenceAccess(access));
          const report = mmu.explain(surface(linear), access);
          expect(report.access).toBe(access);
          const address = referenceAddress(reference, linear, referenceAccess(access));
          checkReport(report, machine, linear, address, expected);
          if (address !== linear) seen.masked++;
          if (expected.ok) {
            seen.memoryTypes.add(expected.memoryType);
            if (expected.key !== undefined) seen.keys++;
            if (report.ok && report.sets.length > 1) seen.sets++;
          } else {
            for (const cause of expected.causes) seen.causes.add(cause);
          }
        }
      }),
      { numRuns: 300 },
    );
    expect(seen.causes.size).toBe(11);
    expect([...seen.memoryTypes].sort()).toEqual([0n, 4n, 6n, 7n]);
    expect(seen.keys).toBeGreaterThan(0);
    expect(seen.sets).toBeGreaterThan(200);
    expect(seen.masked).toBeGreaterThan(0);
  });
});
