/**
 * Mistakes that other emulators made, each a test that would catch it here: rights, accessed and dirty bits, error
 * codes. `traps.md` in this folder lists all of them, and where those that are not tested here went.
 */

import { describe, expect, it } from 'vitest';
import {
  ACCESS_KINDS,
  FAULT,
  FETCH,
  type Mmu,
  READ,
  USER_FETCH,
  USER_READ,
  USER_WRITE,
  WRITE,
} from '../../src/mmu/index.ts';
import { BASE, guest32, guestPae } from '../support/small-guest.ts';

const CR0_WP = 0x8001_0001;
const CR0_NO_WP = 0x8000_0001;
const A = 0x20;
const D = 0x40;

describe('traps: rights', () => {
  it('T01 the 386 has no CR0.WP: a ring-0 write ignores R/W whatever was written to CR0', () => {
    const { mmu } = guest32(0x2005, [0x5005], { cpu: 'i386', cr0: CR0_WP });
    expect(mmu.translate(BASE, WRITE)).toBe(0x5000);
    mmu.cr0 = CR0_WP;
    expect(mmu.translate(BASE, WRITE)).toBe(0x5000);
    expect(guest32(0x2005, [0x5005], { cpu: 'i486', cr0: CR0_WP }).mmu.translate(BASE, WRITE)).toBe(FAULT);
  });

  it('T01 the reserved bits of CR0 read as 1 on the 386 and as 0, but for ET, on the 486', () => {
    expect(guest32(0, [], { cpu: 'i386', cr0: CR0_NO_WP }).mmu.cr0).toBe(0xffff_ffe1);
    expect(guest32(0, [], { cpu: 'i486', cr0: CR0_NO_WP }).mmu.cr0).toBe(0x8000_0011);
  });

  it('T02 with WP clear a ring-0 write through R/W=0 succeeds and sets D', () => {
    const { mmu, memory, pteAddress } = guest32(0x2005, [0x5005], { cr0: CR0_NO_WP });
    expect(mmu.writeUint32(BASE, 0xfeed_f00d)).toBe(0);
    expect(memory.readUint32(pteAddress(0))).toBe(0x5005 | A | D);
    expect(memory.readUint32(0x5000)).toBe(0xfeed_f00d);
  });

  it('T02 a change of WP takes effect at once, on a cached page too, in both directions', () => {
    const { mmu } = guest32(0x2005, [0x5005], { cr0: CR0_NO_WP });
    expect(mmu.translate(BASE, WRITE)).toBe(0x5000);
    mmu.cr0 = CR0_WP;
    expect(mmu.translate(BASE, WRITE)).toBe(FAULT);
    expect(mmu.faultCode).toBe(0b011);
    mmu.cr0 = CR0_NO_WP;
    expect(mmu.translate(BASE, WRITE)).toBe(0x5000);
  });

  it('T06 the hit path checks U/S too: a page cached by the supervisor faults for the user', () => {
    const { mmu } = guest32(0x2003, [0x5003]);
    expect(mmu.translate(BASE, WRITE)).toBe(0x5000);
    for (const [access, code] of [
      [USER_READ, 0b101],
      [USER_WRITE, 0b111],
      [USER_FETCH, 0b101],
    ] as const) {
      expect(mmu.translate(BASE, access)).toBe(FAULT);
      expect(mmu.faultCode).toBe(code);
    }
  });

  it('T26 R/W and U/S of directory and table entry are combined by AND', () => {
    for (const [pde, pte] of [
      [0x2001, 0x5007],
      [0x2007, 0x5001],
      [0x2003, 0x5005],
      [0x2005, 0x5003],
    ] as const) {
      const { mmu } = guest32(pde, [pte], { cr0: CR0_WP });
      expect(mmu.translate(BASE, USER_WRITE)).toBe(FAULT);
      expect(mmu.faultCode).toBe(0b111);
    }
    expect(guest32(0x2001, [0x5007], { cr0: CR0_WP }).mmu.translate(BASE, WRITE)).toBe(FAULT);
    expect(guest32(0x2007, [0x5007]).mmu.translate(BASE, USER_WRITE)).toBe(0x5000);
  });
});

describe('traps: accessed and dirty', () => {
  it('T03 a write that hits an entry cached by a read still sets D', () => {
    const { mmu, memory, pteAddress } = guest32(0x2007, [0x5007]);
    mmu.translate(BASE, READ);
    expect(memory.readUint32(pteAddress(0))).toBe(0x5007 | A);
    mmu.translate(BASE, WRITE);
    expect(memory.readUint32(pteAddress(0))).toBe(0x5007 | A | D);
  });

  it('T03 two entries of the same frame keep A and D of their own', () => {
    const { mmu, memory, pteAddress } = guest32(0x2007, [0x5007, 0x5007]);
    mmu.translate(BASE, READ);
    mmu.translate(BASE + 0x1000, WRITE);
    expect(memory.readUint32(pteAddress(0))).toBe(0x5007 | A);
    expect(memory.readUint32(pteAddress(1))).toBe(0x5007 | A | D);
  });

  it('T03 two directory entries of the same large page too, with WP clear', () => {
    const guest = guest32(0x0085, [], { cr4: 0x10, cr0: CR0_NO_WP });
    guest.memory.writeUint32(guest.pdeAddress + 4, 0x0085);
    guest.mmu.translate(BASE, READ);
    guest.mmu.translate(BASE + 0x40_0000, WRITE);
    expect(guest.memory.readUint32(guest.pdeAddress)).toBe(0x0085 | A);
    expect(guest.memory.readUint32(guest.pdeAddress + 4)).toBe(0x0085 | A | D);
  });

  it('T04 a fault changes neither A nor D of the leaf; A of the directory entry may or may not be set', () => {
    for (const [pte, access] of [
      [0x5006, READ],
      [0x5003, USER_READ],
      [0x5005, USER_WRITE],
      [0x5001, WRITE],
    ] as const) {
      const { mmu, memory, pdeAddress, pteAddress } = guest32(0x2007, [pte]);
      expect(mmu.translate(BASE, access)).toBe(FAULT);
      expect(memory.readUint32(pteAddress(0))).toBe(pte);
      expect([0x2007, 0x2007 | A]).toContain(memory.readUint32(pdeAddress));
    }
  });

  it('T04 the same of a large page: it is the leaf', () => {
    const { mmu, memory, pdeAddress } = guest32(0x0081, [], { cr4: 0x10 });
    for (const access of [USER_READ, WRITE, USER_WRITE]) expect(mmu.translate(BASE, access)).toBe(FAULT);
    expect(memory.readUint32(pdeAddress)).toBe(0x0081);
  });
});

describe('traps: error codes', () => {
  it('T07 bit 4 marks a fetch only where NXE or SMEP is on', () => {
    const nxe = { cpu: 'core2', cr4: 0x20, efer: 0x800 } as const;
    const smep = { cpu: 'broadwell', cr4: 0x10_0000 } as const;
    expect(faultCode(guestPae(0n, [], nxe).mmu, USER_FETCH)).toBe(0b1_0100);
    expect(faultCode(guest32(0, [], smep).mmu, FETCH)).toBe(0b1_0000);
    // Not without either; and NXE counts in 64-bit entries only.
    expect(faultCode(guestPae(0n, [], { ...nxe, efer: 0 }).mmu, USER_FETCH)).toBe(0b0_0100);
    expect(faultCode(guest32(0, [], { cpu: 'core2', efer: 0x800 }).mmu, USER_FETCH)).toBe(0b0_0100);
    // And never on data.
    expect(faultCode(guestPae(0n, [], nxe).mmu, USER_WRITE)).toBe(0b0_0110);
  });

  it('T08 bit 0 is set where the page is present and the access breaks a right, clear where it is not', () => {
    const absent = guest32(0x2007, [0]).mmu;
    const forbidden = guest32(0x2003, [0x5003]).mmu;
    const noTable = guest32(0, []).mmu;
    for (const access of [USER_READ, USER_WRITE]) {
      expect(faultCode(absent, access) & 1).toBe(0);
      expect(faultCode(noTable, access) & 1).toBe(0);
      expect(faultCode(forbidden, access) & 1).toBe(1);
    }
  });

  it('T08 W/R and U/S describe the access, not the page', () => {
    const { mmu } = guest32(0x2007, [0x5006]);
    expect(ACCESS_KINDS.map((access) => faultCode(mmu, access))).toEqual([0, 2, 0, 4, 6, 4]);
  });
});

function faultCode(mmu: Mmu, access: (typeof ACCESS_KINDS)[number]): number {
  expect(mmu.translate(BASE, access)).toBe(FAULT);
  return mmu.faultCode;
}
