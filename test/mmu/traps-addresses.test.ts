/** Mistakes that other emulators made, with addresses: crossings, CR2, wrap-around, signs, segments. See traps.md. */

import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, FETCH, Mmu, READ, Segment, USER_READ, USER_WRITE, WRITE } from '../../src/mmu/index.ts';
import { BASE, guest32, ROOT, TABLE } from '../support/small-guest.ts';

const SECOND = BASE + 0x1000;

describe('traps: accesses that cross into another page', () => {
  it('T20 a write whose second page refuses it stores nothing in the first', () => {
    for (const pte of [0x6005, 0x6006, 0]) {
      const { mmu, memory } = guest32(0x2007, [0x5007, pte]);
      memory.writeUint32(0x5ffc, 0x1111_1111);
      memory.writeUint32(0x6000, 0x2222_2222);
      for (const offset of [1, 2, 3]) {
        expect(mmu.writeUint32(SECOND - offset, 0xdead_beef)).toBe(FAULT);
        expect([memory.readUint32(0x5ffc), memory.readUint32(0x6000)]).toEqual([0x1111_1111, 0x2222_2222]);
      }
      expect(mmu.writeUint16(SECOND - 1, 0xffff)).toBe(FAULT);
      expect(memory.readUint32(0x5ffc)).toBe(0x1111_1111);
    }
  });

  it('T20 a write whose first page refuses it stores nothing in the second', () => {
    const { mmu, memory } = guest32(0x2007, [0x5005, 0x6007]);
    expect(mmu.writeUint32(SECOND - 2, 0xffff_ffff)).toBe(FAULT);
    expect(mmu.cr2).toBe(SECOND - 2);
    expect(memory.readUint32(0x6000)).toBe(0);
  });

  it('T21 CR2 is the first byte of the failing page, and the error code is that of this page', () => {
    // First page: a supervisor page. Second: absent, or read-only for the user.
    const absent = guest32(0x2007, [0x5007, 0]).mmu;
    expect(absent.readUint32(SECOND - 1, USER_READ)).toBe(FAULT);
    expect([absent.cr2, absent.faultCode]).toEqual([SECOND, 0b100]);
    const readOnly = guest32(0x2007, [0x5007, 0x6005]).mmu;
    expect(readOnly.writeUint32(SECOND - 3, 0, USER_WRITE)).toBe(FAULT);
    expect([readOnly.cr2, readOnly.faultCode]).toEqual([SECOND, 0b111]);
    const both = guest32(0x2007, [0x5003, 0]).mmu;
    expect(both.readUint32(SECOND - 3, USER_READ)).toBe(FAULT);
    expect([both.cr2, both.faultCode]).toEqual([SECOND - 3, 0b101]);
  });

  it('T21 without a crossing CR2 is the whole address, not that of the page', () => {
    const { mmu } = guest32(0x2007, [0]);
    mmu.readUint32(BASE + 0xabc);
    expect(mmu.cr2).toBe(BASE + 0xabc);
  });

  it('T28 a fetch that goes on into a page unmapped since faults there once the page is invalidated', () => {
    const { mmu, memory, pteAddress } = guest32(0x2007, [0x5007, 0x6007]);
    expect(mmu.readUint32(SECOND - 2, FETCH)).toBe(0);
    memory.writeUint32(pteAddress(1), 0);
    mmu.invlpg(SECOND);
    expect(mmu.readUint32(SECOND - 2, FETCH)).toBe(FAULT);
    expect(mmu.cr2).toBe(SECOND);
  });
});

describe('traps: the ends of the address space', () => {
  it('T22 an access at 0xffff_ffff goes on at 0', () => {
    const memory = new PhysicalMemory(0x10_0000);
    memory.writeUint32(ROOT, TABLE | 7);
    memory.writeUint32(ROOT + 0xffc, TABLE | 7);
    memory.writeUint32(TABLE, 0x5007);
    memory.writeUint32(TABLE + 0xffc, 0x6007);
    memory.writeUint8(0x6fff, 0x11);
    memory.write(0x5000, Uint8Array.of(0x22, 0x33, 0x44));
    const mmu = new Mmu(memory, { cr3: ROOT });
    expect(mmu.readUint32(0xffff_ffff)).toBe(0x4433_2211);
    expect(mmu.readUint16(0xffff_ffff)).toBe(0x2211);
    memory.writeUint32(TABLE, 0);
    mmu.invlpg(0);
    expect(mmu.readUint32(0xffff_ffff)).toBe(FAULT);
    expect(mmu.cr2).toBe(0);
  });

  it('T23 nothing is negative from 2^31 up: addresses, CR2, CR3, values', () => {
    const memory = new PhysicalMemory(0x1_0000_0000);
    const root = 0xf000_0000;
    memory.writeUint32(root + 0xffc, 0xf000_1067);
    memory.writeUint32(0xf000_1ffc, 0xffff_f067);
    const mmu = new Mmu(memory, { cr3: root });
    expect(mmu.cr3).toBe(root);
    for (let hit = 0; hit < 2; hit++) expect(mmu.translate(0xffff_fffc, WRITE)).toBe(0xffff_fffc);
    expect(mmu.writeUint32(0xffff_fffc, 0xffff_fffe)).toBe(0);
    expect(mmu.readUint32(0xffff_fffc)).toBe(0xffff_fffe);
    expect(memory.readUint32(0xffff_fffc)).toBe(0xffff_fffe);
    expect(mmu.translate(0x8000_0000, READ)).toBe(FAULT);
    expect(mmu.cr2).toBe(0x8000_0000);
    const report = mmu.explain(0xffff_ffff, READ);
    expect(report.ok && report.physical).toBe(0xffff_ffff);
    expect(report.steps.map(({ entryAddress, entry }) => [entryAddress, entry])).toEqual([
      [0xf000_0ffc, 0xf000_1067],
      [0xf000_1ffc, 0xffff_f067],
    ]);
    expect(mmu.tlb.entries()).toMatchObject([{ linear: 0xffff_f000, physical: 0xffff_f000 }]);
  });

  it('T23 signed and unsigned lists of addresses mean the same', () => {
    const { mmu } = guest32(0x2007, [0x5007]);
    const physical = new Uint32Array(1);
    for (const list of [Uint32Array.of(BASE), Int32Array.of(BASE | 0)]) {
      expect(mmu.translateMany(list, physical, READ)).toBe(1);
      expect(physical[0]).toBe(0x5000);
    }
  });
});

describe('traps: segments', () => {
  it('T27 beyond the limit it is #GP, in a stack #SS, before any page is asked', () => {
    const { mmu, memory, pdeAddress } = guest32(0x2007, [0]);
    mmu.cr2 = 0x1234_5678;
    const flat = { base: 0, code: false, writable: true, readable: true, expandDown: false, dpl: 1 };
    const data = new Segment({ ...flat, limit: BASE - 1 });
    expect(mmu.translateLogical(data, BASE, READ)).toBe(FAULT);
    expect([mmu.faultVector, mmu.faultCode, mmu.cr2]).toEqual([13, 0, 0x1234_5678]);
    expect(mmu.translateLogical(data.asStack(), BASE - 2, WRITE, 4)).toBe(FAULT);
    expect(mmu.faultVector).toBe(12);
    expect(memory.readUint32(pdeAddress)).toBe(0x2007);
    // One byte less and paging has its say.
    expect(mmu.translateLogical(new Segment({ ...flat, limit: BASE }), BASE, READ)).toBe(FAULT);
    expect([mmu.faultVector, mmu.cr2]).toEqual([14, BASE]);
  });
});
