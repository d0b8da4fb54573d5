/** Faults for want of a page table: the MMU finds them without its slow path, by the directory that it has at hand. */

import { beforeEach, describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, NO_FAULT, READ, TLB_GEOMETRIES, USER_WRITE, WRITE } from '../../src/mmu/index.ts';

const [DIRECTORY, TABLE, PAGE] = [0x1000, 0x2000, 0x5000];
/** Where the directory has an entry, once {@link map} has written it; and where never. */
const [MAPPED, NOWHERE] = [0x40_0000, 0x80_1234];

let memory: PhysicalMemory;
let mmu: Mmu;

function map(directory = DIRECTORY): void {
  memory.writeUint32(directory + 4, TABLE | 7);
  memory.writeUint32(TABLE, PAGE | 7);
}

function expectFault(linear: number, access: typeof READ | typeof USER_WRITE, code: number): void {
  mmu.cr2 = 0;
  expect(mmu.translate(linear, access)).toBe(FAULT);
  expect([mmu.cr2, mmu.faultCode, mmu.faultVector]).toEqual([linear, code, 14]);
  mmu.cr2 = 0;
  expect(mmu.translateHalves(linear, -1, access)).toBe(FAULT);
  expect([mmu.cr2, mmu.faultCode]).toEqual([linear, code]);
}

beforeEach(() => {
  memory = new PhysicalMemory(128 * 2 ** 20);
  mmu = new Mmu(memory, { cr3: DIRECTORY });
});

it('tables that are written, changed and cleared behind its back count at once', () => {
  expectFault(MAPPED, READ, 0);
  map();
  expect(mmu.translate(MAPPED, READ)).toBe(PAGE);
  expectFault(NOWHERE, USER_WRITE, 0b110);
  memory.writeUint32(DIRECTORY + 8, TABLE | 7);
  expect(mmu.translate(NOWHERE - 0x1000, READ)).toBe(PAGE + 0x234);
  memory.writeUint32(DIRECTORY + 8, 0);
  expectFault(NOWHERE, READ, 0);
  expect(mmu.translate(NOWHERE - 0x1000, READ)).toBe(PAGE + 0x234); // cached
});

it('the directory that CR3 points to counts, in whatever RAM', () => {
  map();
  expect(mmu.translate(MAPPED, READ)).toBe(PAGE);
  const other = 100 * 2 ** 20;
  mmu.cr3 = other; // never written so far
  expectFault(MAPPED, READ, 0);
  map(other);
  expect(mmu.translate(MAPPED, READ)).toBe(PAGE);
  mmu.cr3 = 0x3000;
  expectFault(MAPPED, READ, 0);
  mmu.cr3 = memory.sizeBytes; // no RAM: entries read as ones
  expect(mmu.explain(MAPPED, READ)).toMatchObject({ ok: true, physical: mmu.translate(MAPPED, READ) });
});

it('page 0, which is cached apart, answers although its table is gone', () => {
  memory.writeUint32(DIRECTORY, TABLE | 7);
  memory.writeUint32(TABLE, PAGE | 7);
  expect(mmu.translate(0x10, READ)).toBe(PAGE + 0x10);
  memory.writeUint32(DIRECTORY, 0);
  expect(mmu.translate(0x10, READ)).toBe(PAGE + 0x10);
  expectFault(0x1000, READ, 0);
});

it('what is no address or no access throws there too', () => {
  map();
  expect(mmu.translate(MAPPED, READ)).toBe(PAGE);
  for (const linear of [NOWHERE + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => mmu.translate(linear, READ)).toThrow(RangeError);
  }
  for (const access of [3, 16] as never[]) {
    expect(() => mmu.translate(NOWHERE, access)).toThrow(RangeError);
    expect(() => mmu.translateHalves(NOWHERE, 0, access)).toThrow(RangeError);
  }
});

describe('where more than the directory counts', () => {
  it('a large page is none that is absent', () => {
    mmu = new Mmu(memory, { cr3: DIRECTORY, cr4: 0x10 });
    memory.writeUint32(DIRECTORY + 4, 0x40_0000 | 0x87);
    expect(mmu.translate(MAPPED + 0x1234, WRITE)).toBe(0x40_1234);
    expectFault(NOWHERE, READ, 0);
  });

  it('a TLB of the caller, and cached structures, answer although the table is gone', () => {
    for (const options of [{ tlb: TLB_GEOMETRIES.i386 }, { structureCaches: true }]) {
      map();
      memory.writeUint32(TABLE + 4, PAGE | 7);
      mmu = new Mmu(memory, { cr3: DIRECTORY, ...options });
      expect(mmu.translate(MAPPED, READ)).toBe(PAGE);
      memory.writeUint32(DIRECTORY + 4, 0);
      const other = 'tlb' in options ? MAPPED : MAPPED + 0x1000;
      expect(mmu.translate(other, READ), JSON.stringify(options)).toBe(PAGE);
    }
  });

  it('a page above 4 GiB stays cached, although its directory entry is gone', () => {
    // PSE-36: bit 13 of the entry is address bit 32.
    memory.writeUint32(DIRECTORY + 4, 0x2087);
    mmu = new Mmu(memory, { cr3: DIRECTORY, cr4: 0x10 });
    expect(mmu.translate(MAPPED, READ)).toBe(2 ** 32);
    memory.writeUint32(DIRECTORY + 4, 0);
    expect(mmu.translate(MAPPED, READ)).toBe(2 ** 32);
    expect(mmu.translate(NOWHERE, READ)).toBe(FAULT);
  });

  it('without paging, and in PAE paging, the directory is none', () => {
    mmu = new Mmu(memory, { cr0: 1, cr3: DIRECTORY });
    expect(mmu.translate(NOWHERE, READ)).toBe(NOWHERE);
    memory.writeUint32(0x4000, DIRECTORY | 1);
    memory.writeUint32(DIRECTORY + 16, TABLE | 7);
    memory.writeUint32(TABLE + 8, PAGE | 7);
    mmu = new Mmu(memory, { cr3: 0x4000, cr4: 0x20 });
    expect(mmu.translate(MAPPED + 0x1000, READ)).toBe(PAGE);
  });
});

it('in lists of any length, with what is mapped anywhere among what is not, as one by one', () => {
  map();
  const alone = new Mmu(memory, { cr3: DIRECTORY });
  for (const length of [1, 7, 8, 9, 17, 127, 128, 129, 400]) {
    for (const mapped of [[], [0], [length - 1], [length >>> 1], [3, 5, length - 2], [length - 9]]) {
      const linear = Uint32Array.from({ length }, (_, i) =>
        mapped.includes(i) ? MAPPED + i : NOWHERE + i * 0x1000,
      );
      const physical = new Uint32Array(length + 1).fill(7);
      const faultCodes = new Uint8Array(length + 1).fill(7);
      mmu.translateEach(linear, physical, faultCodes, USER_WRITE);
      const each = Array.from(linear, (address) => alone.translate(address, USER_WRITE));
      expect([...physical]).toEqual([...each.map((at) => at >>> 0), 7]);
      expect([...faultCodes]).toEqual([...each.map((at) => (at === FAULT ? 0b110 : NO_FAULT)), 7]);
    }
  }
});

it('lists of hits of any length end at the first that is none', () => {
  map();
  for (let length = 1; length < 40; length++) {
    for (let end = 0; end <= length; end++) {
      const linear = Uint32Array.from({ length }, (_, i) => (i === end ? NOWHERE : MAPPED + i));
      const physical = new Uint32Array(length + 1).fill(7);
      expect(mmu.translateMany(linear, physical, WRITE)).toBe(end);
      expect([...physical]).toEqual(Array.from({ length: length + 1 }, (_, i) => (i < end ? PAGE + i : 7)));
    }
  }
});
