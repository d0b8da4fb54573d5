/** What no TypeScript program can write, or only with a number that is none: it throws, cached or not. */

import { beforeEach, describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { type Access, Mmu, READ, WRITE } from '../../src/mmu/index.ts';
import { write64 } from '../support/small-guest.ts';

/** Page 0 and its neighbours one to one, for everyone, G and D set: every bit that an access could be taken for. */
function machine32(): Mmu {
  const memory = new PhysicalMemory(0x10_0000);
  memory.writeUint32(0x1000, 0x2067);
  for (let page = 0; page < 16; page++) memory.writeUint32(0x2000 + 4 * page, (page << 12) | 0x167);
  return new Mmu(memory, { cr3: 0x1000, cr4: 0x80 });
}

function machine64(): Mmu {
  const memory = new PhysicalMemory(0x10_0000);
  for (const table of [0x1000, 0x2000, 0x3000]) write64(memory, table, BigInt(table) + 0x1067n);
  for (let page = 0; page < 16; page++) write64(memory, 0x4000 + 8 * page, BigInt(page << 12) | 0x167n);
  return new Mmu(memory, { cpu: 'broadwell', cr3: 0x1000, cr4: 0xa0, efer: 0x100 });
}

describe.each([
  ['32-bit', machine32],
  ['4-level', machine64],
])('the caller’s mistakes in %s paging', (_, make) => {
  let mmu: Mmu;

  beforeEach(() => {
    mmu = make();
    // Cached, so that a hit would be possible.
    for (let page = 0; page < 16; page++) mmu.translate(page << 12, WRITE);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('%d is no address', (linear) => {
    const message = `linear address ${linear} is not a whole number`;
    for (const call of [
      () => mmu.translate(linear, READ),
      () => mmu.readUint8(linear),
      () => mmu.readUint16(linear),
      () => mmu.readUint32(linear),
      () => mmu.readBigUint64(linear),
      () => mmu.writeUint8(linear, 0),
      () => mmu.writeUint16(linear, 0),
      () => mmu.writeUint32(linear, 0),
      () => mmu.writeBigUint64(linear, 0n),
      () => mmu.invlpg(linear),
      () => mmu.explain(linear, READ),
    ]) {
      expect(call).toThrow(message);
    }
  });

  it('a fraction is no address where the TLB does not answer', () => {
    expect(() => mmu.translate(0x8_0000 + 0.5, READ)).toThrow(
      'linear address 524288.5 is not a whole number',
    );
  });

  it.each([3, 7, 10, 11, 12, 13, 28, 31, -1])('%i is no access, cached or not', (number) => {
    const access = number as Access;
    const message = `access ${number} is none`;
    for (const linear of [0, 0x1000, 0x5000, 0xf000, 0x4000_0000]) {
      expect(() => mmu.translate(linear, access)).toThrow(message);
      expect(() => mmu.translate(BigInt(linear), access)).toThrow(message);
      expect(() => mmu.translateHalves(linear, 0, access)).toThrow(message);
      expect(() => mmu.explain(linear, access)).toThrow(message);
      expect(() => mmu.readUint32(linear, access)).toThrow(message);
      expect(() => mmu.writeUint32(linear, 0, access)).toThrow(message);
      expect(() => mmu.readUint8(linear, access)).toThrow(message);
      expect(() => mmu.readUint16(linear, access)).toThrow(message);
      expect(() => mmu.translateMany(Uint32Array.of(linear), new Uint32Array(1), access)).toThrow(message);
      expect(() =>
        mmu.translateEach(BigUint64Array.of(BigInt(linear)), new Float64Array(1), new Uint8Array(1), access),
      ).toThrow(message);
    }
  });

  it('page 0 is a page like any other', () => {
    expect([0, 1, 0xfff, 0x1000].map((linear) => mmu.translate(linear, READ))).toEqual([0, 1, 0xfff, 0x1000]);
    expect(mmu.translateHalves(0x123, 0, WRITE)).toBe(0x123);
    expect(mmu.tlb.lookup(0x800)).toMatchObject({ linear: 0, physical: 0, global: true });
    mmu.cr3 = 0x1000;
    expect(mmu.tlb.lookup(0)).toBeDefined();
    mmu.invlpg(0xfff);
    expect(mmu.tlb.lookup(0)).toBeUndefined();
    expect(mmu.tlb.lookup(0x1000)).toBeDefined();
    const physical = new Uint32Array(2);
    expect(mmu.translateMany(Uint32Array.of(4, 0x1004), physical, READ)).toBe(2);
    expect([...physical]).toEqual([4, 0x1004]);
    expect(mmu.tlb.lookup(0)).toMatchObject({ filledBy: READ });
  });
});
