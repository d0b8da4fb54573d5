/** Lists of 32-bit addresses into `Float64Array`, whose pages lie below and above 4 GiB in turn: hits beside `translate`. */

import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, READ, USER_READ, WRITE } from '../../src/mmu/index.ts';
import { Mapper } from '../../src/tables/index.ts';

const PAGES = 64;

/** Every second page lies above 4 GiB; every third may not be written to, every fifth not be used by the user. */
function machine(): { mmu: Mmu; linear: Uint32Array } {
  const memory = new PhysicalMemory(16 * 2 ** 30);
  let frame = 16;
  const mapper = new Mapper(memory, { mode: 'PAE', cpu: 'pentium-iii', allocateFrame: () => frame++ });
  // The second half has the slots of the first in the wide TLB.
  const linear = Uint32Array.from(
    { length: PAGES },
    (_, page) => (page % 32) * 0x70_1000 + (page < 32 ? 0 : 0x1000_0000) + page * 4,
  );
  linear.forEach((address, page) => {
    const physical = page % 2 === 0 ? 2 ** 32 + page * 2 ** 26 : 2 ** 25 + page * 4096;
    mapper.map((address & ~0xfff) >>> 0, physical, 4096, {
      writable: page % 3 !== 0,
      user: page % 5 !== 0,
    });
  });
  return { mmu: new Mmu(memory, mapper.registers), linear };
}

describe('hits of a list whose pages lie above 4 GiB too', () => {
  it('grant what each page grants, set D at the first write, and see what INVLPG and CR3 drop', () => {
    const [{ mmu: many, linear }, { mmu: one }] = [machine(), machine()];
    const physical = new Float64Array(PAGES);
    const codes = new Uint8Array(PAGES);
    for (const access of [READ, READ, USER_READ, WRITE, WRITE, READ, USER_READ]) {
      many.translateEach(linear, physical, codes, access);
      const expected = Array.from(linear, (address) => one.translate(address, access));
      expect(Array.from(physical)).toEqual(expected);
      expect(many.tlb.entries()).toEqual(one.tlb.entries());
      for (const mmu of [many, one]) mmu.invlpg(linear[access + 2]!);
    }
    expect(physical.filter((address) => address >= 2 ** 32).length).toBeGreaterThan(20);
    expect(physical.filter((address) => address === -1).length).toBeGreaterThan(10);
    // WP off: what is cached then grants more to the supervisor.
    for (const mmu of [many, one]) mmu.cr0 = (Number(mmu.cr0) & ~0x1_0000) >>> 0;
    expect(many.translateMany(linear, physical, WRITE)).toBe(PAGES);
    expect(Array.from(physical)).toEqual(Array.from(linear, (address) => one.translate(address, WRITE)));
    for (const mmu of [many, one]) mmu.cr0 = (Number(mmu.cr0) | 0x1_0000) >>> 0;
    expect(many.translateMany(linear, physical, WRITE)).toBe(0);
    expect(one.translate(linear[0]!, WRITE)).toBe(FAULT);
    expect(many.tlb.entries()).toEqual(one.tlb.entries());
  });
});
