/** Mistakes that other emulators made, with the TLB: what is cached, what a flush drops, what stays. See traps.md. */

import { describe, expect, it } from 'vitest';
import { FAULT, type Mmu, READ, TLB_GEOMETRIES, USER_READ, USER_WRITE, WRITE } from '../../src/mmu/index.ts';
import { BASE, type Guest, guest32, guestPae, ROOT, write64 } from '../support/small-guest.ts';

const PSE = 0x10;
const PAE = 0x20;
const PGE = 0x80;
const G = 0x100;

/** The default TLB, and one with sets and ways. */
const TLBS = [
  ['default', {}],
  ['modelled', { tlb: TLB_GEOMETRIES['pentium-iii'] }],
] as const;

describe.each(TLBS)('traps: the %s TLB', (_, tlb) => {
  it('T05 a walk that faults caches nothing', () => {
    const { mmu, memory, pteAddress } = guest32(0x2007, [0x5005, 0], tlb);
    expect(mmu.translate(BASE, USER_WRITE)).toBe(FAULT);
    expect(mmu.translate(BASE + 0x1000, READ)).toBe(FAULT);
    expect(mmu.tlb.size).toBe(0);
    memory.writeUint32(pteAddress(1), 0x6007);
    expect(mmu.translate(BASE + 0x1000, READ)).toBe(0x6000);
  });

  it('T05 too few cached rights: RAM is walked before the fault, since it may have been given more', () => {
    const { mmu, memory, pteAddress } = guest32(0x2007, [0x5001], tlb);
    mmu.translate(BASE, READ);
    memory.writeUint32(pteAddress(0), 0x6007);
    expect(mmu.translate(BASE, USER_WRITE)).toBe(0x6000);
    expect(mmu.translate(BASE, READ)).toBe(0x6000);
  });

  it('T16 each change of CR0.PG, CR4.PSE, PAE and PGE empties it, global entries too', () => {
    const toggles: readonly ((mmu: Mmu) => void)[] = [
      (mmu) => {
        mmu.cr0 = 1;
        mmu.cr0 = 0x8001_0001;
      },
      (mmu) => {
        mmu.cr4 = PGE | PSE;
      },
      (mmu) => {
        mmu.cr4 = 0;
      },
      (mmu) => {
        mmu.cr4 = PGE | PAE;
        mmu.cr4 = PGE;
      },
    ];
    for (const toggle of toggles) {
      const { mmu, memory, pteAddress } = guest32(0x2007, [0x5007 | G, 0x5007], { cr4: PGE, ...tlb });
      mmu.translate(BASE, READ);
      mmu.translate(BASE + 0x1000, READ);
      memory.writeUint32(pteAddress(0), 0x6007 | G);
      memory.writeUint32(pteAddress(1), 0x6007);
      toggle(mmu);
      expect([mmu.translate(BASE, READ), mmu.translate(BASE + 0x1000, READ)]).toEqual([0x6000, 0x6000]);
    }
  });

  it('T16 a change of CR0.WP makes no stale right usable', () => {
    const { mmu } = guest32(0x2005, [0x5005], { cr0: 0x8000_0001, ...tlb });
    mmu.translate(BASE, WRITE);
    mmu.cr0 = 0x8001_0001;
    expect(mmu.translate(BASE, WRITE)).toBe(FAULT);
  });

  it('T17 a load of CR3 spares global pages and only those; a toggle of CR4.PGE spares none', () => {
    const guest = guest32(0x2007, [0x5007 | G, 0x5007], { cr4: PGE, ...tlb });
    const both = () => [guest.mmu.translate(BASE, READ), guest.mmu.translate(BASE + 0x1000, READ)];
    both();
    guest.memory.writeUint32(guest.pteAddress(0), 0x6007 | G);
    guest.memory.writeUint32(guest.pteAddress(1), 0x6007);
    guest.mmu.cr3 = ROOT;
    expect(both()).toEqual([0x5000, 0x6000]);
    guest.mmu.cr4 = 0;
    expect(both()).toEqual([0x6000, 0x6000]);
  });

  it('T17 G means nothing while CR4.PGE is clear', () => {
    const { mmu, memory, pteAddress } = guest32(0x2007, [0x5007 | G], tlb);
    mmu.translate(BASE, READ);
    memory.writeUint32(pteAddress(0), 0x6007 | G);
    mmu.cr3 = ROOT;
    expect(mmu.translate(BASE, READ)).toBe(0x6000);
  });

  it('T18 INVLPG anywhere in a large page drops all that is cached of it, global or not', () => {
    const guests: readonly (readonly [Guest, number, (guest: Guest) => void])[] = [
      [
        guest32(0x0187, [], { cr4: PSE | PGE, ...tlb }),
        0x40_0000,
        ({ memory, pdeAddress }) => memory.writeUint32(pdeAddress, 0x0040_0187),
      ],
      [
        guestPae(0x0187n, [], { cr4: PAE | PGE, ...tlb }),
        0x20_0000,
        ({ memory, pdeAddress }) => write64(memory, pdeAddress, 0x40_0187n),
      ],
    ];
    for (const [guest, pageSize, move] of guests) {
      const offsets = [0, 0x1000, pageSize / 2, pageSize - 0x1000];
      const all = () => offsets.map((offset) => guest.mmu.translate(BASE + offset, READ));
      expect(all()).toEqual(offsets);
      move(guest);
      expect(all(), 'stale, as it should be').toEqual(offsets);
      guest.mmu.invlpg(BASE + 0x5_5555);
      expect(all()).toEqual(offsets.map((offset) => 0x40_0000 + offset));
    }
  });

  it('T19 an edited entry without a flush: the old translation stays, and the view says so', () => {
    const { mmu, memory, pteAddress } = guest32(0x2007, [0x5007], tlb);
    mmu.translate(BASE + 4, USER_READ);
    memory.writeUint32(pteAddress(0), 0);
    expect(mmu.translate(BASE + 8, READ)).toBe(0x5008);
    expect(mmu.tlb.stale()).toMatchObject([
      { entry: { linear: BASE, filledBy: USER_READ }, differs: ['not-present'] },
    ]);
    mmu.invlpg(BASE);
    expect(mmu.translate(BASE + 8, READ)).toBe(FAULT);
  });

  it('T30 an absent page is not cached (a Cyrix might; such a mode is not modelled)', () => {
    const { mmu, memory, pdeAddress, pteAddress } = guest32(0, [0], tlb);
    expect(mmu.translate(BASE, READ)).toBe(FAULT);
    memory.writeUint32(pdeAddress, 0x2007);
    expect(mmu.translate(BASE, READ)).toBe(FAULT);
    memory.writeUint32(pteAddress(0), 0x5007);
    expect(mmu.translate(BASE, READ)).toBe(0x5000);
  });
});
