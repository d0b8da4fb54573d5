/** The MMU over memory that is no `PhysicalMemory`: somebody else's bytes, and a memory with a device in a hole. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PhysicalMemory, Ram } from '../../src/memory/index.ts';
import { FAULT, Mmu, READ, WRITE } from '../../src/mmu/index.ts';
import {
  FRAMES,
  mmuOf,
  randomAccess,
  randomLinear,
  randomMachine,
  randomMemory,
} from '../support/arbitraries.ts';
import { BytesRam, RamWithDevice } from '../support/other-rams.ts';
import { tablesAt } from '../support/tables-at.ts';

const OPERATIONS = ['translate', 'read8', 'read16', 'read32', 'write8', 'write16', 'write32'] as const;

const scenario = randomMachine.chain((machine) =>
  fc.record({
    machine: fc.constant(machine),
    accesses: fc.array(
      fc.tuple(
        fc.constantFrom(...OPERATIONS),
        fc.oneof(randomLinear(machine.mode), crossing(randomLinear(machine.mode))),
        randomAccess,
        fc.nat(0xffff_ffff),
      ),
      { minLength: 20, maxLength: 60 },
    ),
  }),
);

/** The last bytes of a page. */
function crossing(linear: fc.Arbitrary<bigint>): fc.Arbitrary<bigint> {
  return fc.tuple(linear, fc.nat(3)).map(([address, back]) => (address | 0xfffn) - BigInt(back));
}

type Operation = (typeof OPERATIONS)[number];

function perform(mmu: Mmu, operation: Operation, linear: bigint, access: 0 | 1, value: number): number {
  switch (operation) {
    case 'translate':
      return mmu.translate(linear, access);
    case 'read8':
      return mmu.readUint8(linear, access);
    case 'read16':
      return mmu.readUint16(linear, access);
    case 'read32':
      return mmu.readUint32(linear, access);
    case 'write8':
      return mmu.writeUint8(linear, value, access);
    case 'write16':
      return mmu.writeUint16(linear, value, access);
    case 'write32':
      return mmu.writeUint32(linear, value, access);
  }
}

function ramOf(memory: Ram): number[] {
  return Array.from({ length: FRAMES * 1024 }, (_, i) => memory.loadWord(i * 4));
}

function stateOf(mmu: Mmu): unknown {
  return [mmu.cr2, mmu.faultCode, mmu.faultVector, mmu.tlb.entries()];
}

describe('an MMU over a plain Uint8Array', () => {
  it('does all that it does over PhysicalMemory, in every mode', () => {
    const seen = { done: 0, faulted: 0, modes: new Set<string>() };
    fc.assert(
      fc.property(scenario, ({ machine, accesses }) => {
        const memory = randomMemory(machine);
        const bytes = new BytesRam(memory.read(0, memory.sizeBytes));
        const [ours, theirs] = [mmuOf(memory, machine), mmuOf(bytes, machine)];
        for (const [operation, linear, access, value] of accesses) {
          const expected = perform(ours, operation, linear, access as 0 | 1, value);
          expect(perform(theirs, operation, linear, access as 0 | 1, value)).toBe(expected);
          expect(theirs.explain(linear, access)).toEqual(ours.explain(linear, access));
          if (expected === FAULT) seen.faulted++;
          else seen.done++;
          seen.modes.add(machine.mode);
        }
        expect(stateOf(theirs)).toEqual(stateOf(ours));
        expect(ramOf(bytes)).toEqual(ramOf(memory));
      }),
      { numRuns: 200 },
    );
    expect(Math.min(seen.done, seen.faulted)).toBeGreaterThan(1000);
    expect([...seen.modes].sort()).toEqual(['32-bit', '4-level', '5-level', 'PAE']);
  });

  it('takes lists as over PhysicalMemory', () => {
    fc.assert(
      fc.property(
        randomMachine.filter(({ mode }) => mode === '32-bit' || mode === 'PAE'),
        fc.uint32Array({ minLength: 1, maxLength: 40 }),
        randomAccess,
        (machine, linear, access) => {
          const memory: PhysicalMemory = randomMemory(machine);
          const bytes = new BytesRam(memory.read(0, memory.sizeBytes));
          const each = [memory, bytes].map((ram) => {
            const mmu = mmuOf<Ram>(ram, machine);
            const [physical, codes] = [new Uint32Array(linear.length), new Uint8Array(linear.length)];
            let error: unknown;
            try {
              mmu.translateEach(linear, physical, codes, access);
            } catch (thrown) {
              error = `${thrown}`;
            }
            return [[...physical], [...codes], error, stateOf(mmu), ramOf(ram)];
          });
          expect(each[1]).toEqual(each[0]);
        },
      ),
      { numRuns: 100 },
    );
  });
});

/** Linear 0x0000–0xffff one to one; the device stands in frame 8. */
function deviceMachine(): { ram: RamWithDevice; mmu: Mmu<RamWithDevice> } {
  const ram = new RamWithDevice(0x1_0000, [0x8000, 0x9000]);
  tablesAt(ram, '32-bit').map(0, 0, 0x1_0000, { writable: true, user: true });
  return { ram, mmu: new Mmu(ram, { cr3: 0x1000 }) };
}

describe('an MMU over memory with a device in a hole', () => {
  it('gives each aligned word, and each byte, to the device once', () => {
    const { ram, mmu } = deviceMachine();
    expect(mmu.readUint32(0x8004)).toBe(0x1234_5678);
    expect(mmu.writeUint32(0x8008, 0xffff_0000)).toBe(0);
    expect(mmu.readUint8(0x8001)).toBe(0x5a);
    expect(mmu.writeUint8(0x8003, 0x107)).toBe(0);
    expect(mmu.readUint16(0x8002)).toBe(0x5a5a);
    expect(ram.cycles).toEqual(['r4 4', 'w4 4294901760 8', 'r1 1', 'w1 7 3', 'r1 2', 'r1 3']);
  });

  it('splits an access that reaches from RAM into the device', () => {
    const { ram, mmu } = deviceMachine();
    ram.storeWord(0x7ffc, 0x4433_2211);
    expect(mmu.readUint32(0x7ffe)).toBe(0x5a5a_4433);
    expect(mmu.writeUint32(0x7ffe, 0x0403_0201)).toBe(0);
    expect(ram.loadWord(0x7ffc)).toBe(0x0201_2211);
    expect(ram.cycles).toEqual(['r1 0', 'r1 1', 'w1 3 0', 'w1 4 1']);
  });

  it('makes bytes of words where the memory knows no bytes', () => {
    const bytes = new Uint8Array(0x1_0000).fill(0x11);
    const ram = new BytesRam(bytes);
    const mmu = new Mmu(ram, { cr0: 1 });
    expect(mmu.writeUint8(0x4002, 0xab)).toBe(0);
    expect(mmu.writeUint16(0x4007, 0xbeef)).toBe(0);
    expect([...bytes.subarray(0x4000, 0x400c)]).toEqual([
      0x11, 0x11, 0xab, 0x11, 0x11, 0x11, 0x11, 0xef, 0xbe, 0x11, 0x11, 0x11,
    ]);
    expect(mmu.readUint16(0x4007)).toBe(0xbeef);
    expect(mmu.readUint8(0xffff_fff0)).toBe(0xff);
    expect(mmu.writeUint8(0xffff_fff0, 1)).toBe(0);
  });

  it('walks tables in the device as it walks any: what it answers is the entry', () => {
    const { ram } = deviceMachine();
    const mmu = new Mmu(ram, { cr3: 0x8000 });
    // 0x1234_5678 has P clear.
    expect(mmu.translate(0x1000, READ)).toBe(FAULT);
    expect([mmu.faultCode, mmu.cr2]).toEqual([0, 0x1000]);
    expect(ram.cycles).toEqual(['r4 0']);
  });
});

describe('what is no RAM', () => {
  it('is refused with what is missing', () => {
    const asRam = (value: unknown): Ram => value as Ram;
    expect(() => new Mmu(asRam(5))).toThrow('5 is no RAM: an MMU needs sizeBytes, loadWord and storeWord');
    expect(() => new Mmu(asRam(undefined))).toThrow(TypeError);
    expect(() => new Mmu(asRam(new Uint8Array(4)))).toThrow(TypeError);
    const words = { loadWord: () => 0, storeWord() {} };
    expect(() => new Mmu(asRam({ ...words, sizeBytes: Number.NaN }))).toThrow(RangeError);
  });

  it('takes a word as the memory gives it, signed or not', () => {
    const ram = { sizeBytes: 0x10_0000, loadWord: () => 0xf000_1007, storeWord() {} };
    const mmu = new Mmu(ram, { cr3: 0x1000 });
    expect(mmu.translate(0x123, WRITE)).toBe(0xf000_1123);
  });
});
