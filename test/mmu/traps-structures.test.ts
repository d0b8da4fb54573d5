/** Mistakes that other emulators made, with the structures: large pages, reserved bits, CR3, PDPTEs. See traps.md. */

import { describe, expect, it } from 'vitest';
import {
  CPU_MODELS,
  FAULT,
  GeneralProtectionError,
  Mmu,
  READ,
  USER_READ,
  WRITE,
} from '../../src/mmu/index.ts';
import { BASE, DIRECTORY, guest32, guestPae, PDPTES, ROOT, TABLE, write64 } from '../support/small-guest.ts';

const PSE = 0x10;
const PAE = 0x20;

describe('traps: large pages', () => {
  it('T09 PDE.PS is ignored while CR4.PSE is clear: the entry points to a table', () => {
    const { mmu } = guest32(0x2087, [0x5007]);
    expect(mmu.translate(BASE + 0x123, READ)).toBe(0x5123);
    // And on CPUs without CR4 at all.
    expect(guest32(0x2087, [0x5007], { cpu: 'i486' }).mmu.translate(BASE, READ)).toBe(0x5000);
  });

  it('T10 PAE ignores CR4.PSE: PDE.PS makes a page of 2 MiB whatever it is', () => {
    for (const cr4 of [PAE, PAE | PSE]) {
      const { mmu } = guestPae(0x40_0087n, [0x5007n], { cr4 });
      expect(mmu.translate(BASE + 0x1f_fabc, READ)).toBe(0x5f_fabc);
      expect(mmu.explain(BASE, READ)).toMatchObject({ ok: true, pageSize: 0x20_0000 });
    }
  });

  it('T11 PSE-36: MAXPHYADDR decides which of PDE bits 13–21 are reserved; a reserved bit faults with P', () => {
    for (const [physicalAddressBits, reservedFrom] of [
      [32, 13],
      [36, 17],
      [40, 21],
      [52, 21],
    ] as const) {
      const cpu = { ...CPU_MODELS['pentium-iii'], physicalAddressBits };
      for (let bit = 13; bit <= 21; bit++) {
        const { mmu } = guest32(0x0087 + 2 ** bit, [], { cpu, cr4: PSE });
        const result = mmu.translate(BASE, USER_READ);
        if (bit >= reservedFrom) {
          expect([bit, result, mmu.faultCode]).toEqual([bit, FAULT, 0b1101]);
        } else {
          expect([bit, result]).toEqual([bit, 2 ** (bit + 19)]);
        }
      }
    }
  });

  it('T11 without PSE-36 bits 13–21 are all reserved; bit 12 is PAT and never is', () => {
    for (const cpu of ['pentium', 'pentium-pro', 'pentium-iii'] as const) {
      expect(guest32(0x1087, [], { cpu, cr4: PSE }).mmu.translate(BASE + 0x1000, READ)).toBe(0x1000);
    }
    for (let bit = 13; bit <= 21; bit++) {
      const { mmu } = guest32(0x0087 + 2 ** bit, [], { cpu: 'pentium', cr4: PSE });
      expect(mmu.translate(BASE, WRITE)).toBe(FAULT);
      expect(mmu.faultCode).toBe(0b1011);
    }
  });

  it('T12 the offset in a large page is 22 bits of 4 MiB, 21 bits of 2 MiB', () => {
    const large = guest32(0x0040_0087, [], { cr4: PSE }).mmu;
    expect(large.translate(BASE + 0x3f_ffff, READ)).toBe(0x7f_ffff);
    expect(large.translate(BASE + 0x20_0000, READ)).toBe(0x60_0000);
    const pae = guestPae(0x60_0087n, []).mmu;
    expect(pae.translate(BASE + 0x1f_ffff, READ)).toBe(0x7f_ffff);
    expect(pae.translate(BASE + 0x10_0000, READ)).toBe(0x70_0000);
  });

  it('T29 512 equal entries, as of a guard page, are a valid table', () => {
    const same = Array.from({ length: 512 }, () => 0x5005n);
    const { mmu } = guestPae(BigInt(TABLE) | 7n, same);
    for (let page = 0; page < 512; page++) expect(mmu.translate(BASE + page * 4096 + 7, READ)).toBe(0x5007);
  });
});

describe('traps: CR3', () => {
  it('T13 the low bits of CR3 are no address: PWT, PCD and ignored bits', () => {
    for (const bits of [0x08, 0x10, 0x18, 0xfff]) {
      const { mmu } = guest32(0x2007, [0x5007], { cr3: ROOT | bits });
      expect(mmu.translate(BASE, READ)).toBe(0x5000);
      expect(mmu.explain(BASE, READ).steps[0]?.tableAddress).toBe(ROOT);
      expect(mmu.cr3).toBe(ROOT | bits);
    }
  });

  it('T14 in PAE, CR3 names a table of 32 bytes that may lie anywhere in its page', () => {
    expect(PDPTES % 4096).not.toBe(0);
    for (const bits of [0, 0x08, 0x10, 0x1f]) {
      const { mmu } = guestPae(0x2007n, [0x5007n], { cr3: PDPTES | bits });
      expect(mmu.translate(BASE, READ)).toBe(0x5000);
    }
  });
});

describe('traps: PDPTEs', () => {
  it('T15 they are loaded with CR3: what is stored in RAM later does not count until the next load', () => {
    const { mmu, memory } = guestPae(0x2007n, [0x5007n]);
    write64(memory, PDPTES + 3 * 8, 0n);
    mmu.invlpg(BASE);
    expect(mmu.translate(BASE, READ)).toBe(0x5000);
    mmu.cr3 = PDPTES;
    expect(mmu.translate(BASE, READ)).toBe(FAULT);
    write64(memory, PDPTES + 3 * 8, BigInt(DIRECTORY) | 1n);
    expect(mmu.translate(BASE, READ)).toBe(FAULT);
  });

  it('T15 a reserved bit in a present PDPTE is #GP at the load, not #PF at the walk, and changes nothing', () => {
    const width = CPU_MODELS['pentium-iii'].physicalAddressBits;
    for (const bit of [1, 2, 5, 6, 7, 8, width, 51, 62, 63]) {
      const { mmu, memory } = guestPae(0x2007n, [0x5007n]);
      memory.write(0x4000, memory.read(PDPTES, 32));
      write64(memory, 0x4000, 1n | (1n << BigInt(bit)));
      const load = () => {
        mmu.cr3 = 0x4000;
      };
      expect(load, `bit ${bit}`).toThrow(GeneralProtectionError);
      expect(mmu.cr3).toBe(PDPTES);
      expect(mmu.translate(BASE, READ)).toBe(0x5000);
      // Not present: its other bits mean nothing.
      write64(memory, 0x4000, 1n << BigInt(bit));
      expect(load).not.toThrow();
    }
  });

  it('T15 a write to CR0 or CR4 that changes PG, CD, NW, PAE, PGE or PSE loads them, another does not', () => {
    const toggles: readonly (readonly [string, (mmu: Mmu) => void, boolean])[] = [
      [
        'CR0.CD',
        (mmu) => {
          mmu.cr0 = 0xc001_0001;
        },
        true,
      ],
      [
        'CR4.PGE',
        (mmu) => {
          mmu.cr4 = PAE | 0x80;
        },
        true,
      ],
      [
        'CR4.PSE',
        (mmu) => {
          mmu.cr4 = PAE | PSE;
        },
        true,
      ],
      [
        'CR0.WP',
        (mmu) => {
          mmu.cr0 = 0x8000_0001;
        },
        false,
      ],
      [
        'CR4.TSD',
        (mmu) => {
          mmu.cr4 = PAE | 4;
        },
        false,
      ],
    ];
    for (const [name, toggle, loads] of toggles) {
      const { mmu, memory } = guestPae(0x2007n, [0x5007n]);
      write64(memory, PDPTES + 3 * 8, 0n);
      toggle(mmu);
      // Another address of the same PDPTE: nothing of it is cached.
      expect([name, mmu.translate(BASE, READ)]).toEqual([name, loads ? FAULT : 0x5000]);
    }
  });
});

describe('traps: where there is no RAM', () => {
  it('T24 tables beyond the end of RAM read as ones and crash nothing', () => {
    const { mmu } = guest32(0xffff_f007, []);
    expect(mmu.translate(BASE, READ)).toBe(0xffff_f000);
    expect(mmu.readUint32(BASE)).toBe(0xffff_ffff);
    expect(mmu.writeUint32(BASE, 1)).toBe(0);
    const nowhere = new Mmu(guest32(0, []).memory, { cr3: 0xf000_0000, cr4: PSE });
    expect(nowhere.translate(0, READ)).toBe(FAULT);
    expect(nowhere.faultCode).toBe(0b1001);
  });

  it('T25 a board with 24 address lines drops the bits above, for tables and pages alike', () => {
    const cpu = { ...CPU_MODELS.i386, name: 'i386sx', addressLines: 24 };
    const { mmu } = guest32(0xab00_2007, [0xcd00_5007], { cpu, cr3: 0xef00_0000 + ROOT });
    expect(mmu.translate(BASE, READ)).toBe(0x5000);
    mmu.cr0 = 1;
    expect(mmu.translate(0x1200_3456, READ)).toBe(0x3456);
  });
});
