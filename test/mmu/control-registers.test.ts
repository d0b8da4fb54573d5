/** Rules of control registers that no walk shows, and what a write to one drops from the TLB. */

import { describe, expect, it } from 'vitest';
import { CR0_PE, CR0_PG, CR0_WP } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { GeneralProtectionError, InvalidOpcodeError, Mmu, READ, USER_FETCH } from '../../src/mmu/index.ts';
import { BASE, guestPae } from '../support/small-guest.ts';

const PG_PE = 0x8000_0001;
const WP = 0x1_0000;
const CET = 0x80_0000;

describe('CR4.CET needs CR0.WP', () => {
  const memory = new PhysicalMemory(0x1_0000);
  const mmuWith = (cr0: number, cr4 = 0) => new Mmu(memory, { cpu: 'sapphire-rapids', cr0, cr4 });

  it('cannot be set while WP is clear', () => {
    const mmu = mmuWith(PG_PE);
    expect(() => {
      mmu.cr4 = CET;
    }).toThrow('CR4.CET needs CR0.WP');
    expect(mmu.cr4).toBe(0);
    mmu.cr0 = PG_PE + WP;
    mmu.cr4 = CET;
    expect(mmu.cr4).toBe(CET);
  });

  it('keeps WP from being cleared', () => {
    const mmu = mmuWith(PG_PE + WP, CET);
    expect(() => {
      mmu.cr0 = PG_PE;
    }).toThrow(GeneralProtectionError);
    expect(mmu.cr0 & WP).toBe(WP);
    expect(() => mmuWith(PG_PE, CET)).toThrow(GeneralProtectionError);
  });

  it('is a reserved bit where the CPU does not have it', () => {
    expect(() => new Mmu(memory, { cpu: 'ice-lake-server', cr4: CET })).toThrow('reserves CR4 bits 0x800000');
  });
});

describe('a register of 32 bits', () => {
  const memory = new PhysicalMemory(0x1_0000);

  it('takes the negative number that bits joined by | are in JavaScript, and reads back unsigned', () => {
    const mmu = new Mmu(memory, { cr0: CR0_PG | CR0_PE });
    expect(mmu.cr0).toBe(0x8000_0011);
    mmu.cr0 = CR0_PG | CR0_WP | CR0_PE;
    expect(mmu.cr0).toBe(0x8001_0011);
    expect(mmu.explain(0, READ).ok).toBe(false);
  });

  it('takes nothing of more bits, nor half a number', () => {
    for (const cr0 of [2 ** 32, -(2 ** 31) - 1, 0.5, Number.NaN]) {
      expect(() => new Mmu(memory, { cr0 })).toThrow(`cr0 ${cr0} is not a whole number of 32 bits`);
    }
  });
});

describe('a change of EFER.NXE', () => {
  it('empties the TLB: bit 63 of a cached entry has another meaning now', () => {
    const NX = 1n << 63n;
    const { mmu } = guestPae(0x2007n, [0x5007n | NX, 0x5007n], { cpu: 'core2', efer: 0x800 });
    expect(mmu.translate(BASE, READ)).toBe(0x5000);
    expect(mmu.translate(BASE + 0x1000, USER_FETCH)).toBe(0x5000);
    mmu.efer = 0;
    expect(mmu.tlb.size).toBe(0);
    expect(mmu.translate(BASE, READ), 'bit 63 is reserved without NXE').toBe(-1);
    expect(mmu.faultCode).toBe(0b1001);
    expect(mmu.translate(BASE + 0x1000, READ)).toBe(0x5000);
    mmu.efer = 0x800;
    expect(mmu.tlb.size).toBe(0);
  });
});

describe('INVPCID, the address of type 0', () => {
  const memory = new PhysicalMemory(0x1_0000);
  const WIDE = 1n << 50n;
  const longMode = { cr4: 0x20, efer: 0x100 };

  it.each([
    ['in 4-level paging', longMode],
    ['in 32-bit paging', {}],
    ['with paging off', { cr0: 1 }],
  ])('must be canonical for the widest paging that the CPU has, %s', (_, registers) => {
    const narrow = new Mmu(memory, { cpu: 'broadwell', ...registers });
    expect(() => narrow.invpcid(0, 0, WIDE)).toThrow('the address is not canonical');
    expect(() => narrow.invpcid(0, 0, 0xffff_8000_0000_0000n)).not.toThrow();
    const wide = new Mmu(memory, { cpu: 'ice-lake-server', ...registers });
    expect(() => wide.invpcid(0, 0, WIDE)).not.toThrow();
    expect(() => wide.invpcid(0, 0, WIDE << 10n)).toThrow('the address is not canonical');
  });

  it('counts with all 64 bits outside long mode: above 4 GiB it names no page', () => {
    const guest = guestPae(0x2007n, [0x5007n], { cpu: 'broadwell' });
    guest.mmu.translate(BASE, READ);
    guest.mmu.invpcid(0, 0, 2 ** 32 + BASE);
    guest.mmu.invpcid(0, 0, 0xffff_ffff_0000_0000n + BigInt(BASE));
    expect(guest.mmu.tlb.size).toBe(1);
    guest.mmu.invpcid(0, 0, BASE);
    expect(guest.mmu.tlb.size).toBe(0);
  });

  it('spares global pages outside long mode, too', () => {
    const guest = guestPae(0x2007n, [0x5107n, 0x5007n], { cpu: 'broadwell', cr4: 0xa0 });
    for (const page of [0, 0x1000]) guest.mmu.translate(BASE + page, READ);
    for (const page of [0, 0x1000]) guest.mmu.invpcid(0, 0, BASE + page);
    expect(guest.mmu.tlb.entries().map(({ linear }) => linear)).toEqual([BASE]);
  });

  it('does not exist before Haswell', () => {
    expect(() => new Mmu(memory, { cpu: 'core2' }).invpcid(2)).toThrow(InvalidOpcodeError);
  });
});
