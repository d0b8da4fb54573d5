import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { IMPLICIT_READ, Mmu, READ, Segment, USER_WRITE, WRITE } from '../../src/mmu/index.ts';
import {
  drawingText,
  formatBytes,
  verificationText,
  walkJson,
  walkText,
  wrap,
} from '../../src/render/index.ts';
import { verifyDomain } from '../../src/verify/index.ts';
import { smallDomain } from '../support/domain.ts';
import { tablesAt } from '../support/tables-at.ts';

function machine(): Mmu {
  const memory = new PhysicalMemory(0x10_0000);
  tablesAt(memory, '32-bit').map(0x4000_5000, 0x5000, 0x1000);
  return new Mmu(memory, { cr3: 0x1000 });
}

describe('walkText', () => {
  it('shows the address in its fields, each entry, the result and what the CPU sets', () => {
    expect(walkText(machine().explain(0x4000_5123, READ))).toBe(
      `read at 0x4000_5123   32-bit paging, CR3 0x0000_1000

  31         22   21      12   11         0
  0100000000    | 0000000101 | 000100100011
  directory 256   table 5      offset 0x123

  entry     at           value        bits     leads to           rights
  PDE[256]  0x0000_1400  0x0000_2007  P RW US  table 0x0000_2000  RW U X
  PTE[5]    0x0000_2014  0x0000_5001  P        page 0x0000_5000   RO S X

  ✓ physical 0x0000_5123   4 KiB page · RO S X · WB
    the CPU sets A in the entry at 0x0000_1400
    the CPU sets A in the entry at 0x0000_2014`,
    );
  });

  it('shows why an access faults, the error code bit by bit, and CR2', () => {
    const text = walkText(machine().explain(0x4000_5123, USER_WRITE));
    expect(text).toContain('✗ #PF: the page belongs to the supervisor, and ring 3 asked');
    expect(text).toContain('error code 7 = 0b111');
    expect(text).toContain('W/R  1  the access was a write');
    expect(text).toContain('CR2 0x4000_5123');
  });

  it('says nothing about an entry that is not there', () => {
    expect(walkText(machine().explain(0x4000_6000, READ))).toContain(
      'PTE[6]    0x0000_2018  0x0000_0000  -        nothing            -',
    );
  });

  it('says that paging is not asked when the segment refuses', () => {
    const text = walkText(
      machine().explainLogical(Segment.decode(0x00cf_b200_0000_c3ffn), 0xffff_ffff, READ),
    );
    expect(text).toContain('✗ #GP: the offset lies outside the segment; paging is not asked at all');
    expect(text).toContain('error code 0; CR2 keeps 0x0000_0000');
  });

  it('shows large pages, registers, reserved bits and 64-bit entries', () => {
    const memory = new PhysicalMemory(0x10_0000);
    memory.writeUint32(0x1008, 0x2001);
    memory.writeUint32(0x2000, 0x20_2083);
    memory.writeUint32(0x2004, 0x8000_0000);
    const mmu = new Mmu(memory, { cpu: 'core2', cr3: 0x1000, cr4: 0x20 });
    const text = walkText(mmu.explain(0x4000_0123, WRITE));
    expect(text).toContain('PDPTE[1]  register');
    expect(text).toContain('0x8000_0000_0020_2083');
    expect(text).toContain('reserved bit 13, 63');
    expect(text).toContain('✗ #PF: an entry on the way has a reserved bit set');
  });
});

describe('walkJson', () => {
  it('gives addresses as strings', () => {
    expect(walkJson(machine().explain(0x4000_5123, IMPLICIT_READ))).toMatchObject({
      schema: 'x86-paging/walk/1',
      access: 'implicit read',
      physical: '0x5123',
      steps: [{ kind: 'PDE', address: '0x1400' }, { kind: 'PTE' }],
      sets: [
        { address: '0x1400', bits: 0x20 },
        { address: '0x2014', bits: 0x20 },
      ],
    });
    expect(JSON.stringify(walkJson(machine().explain(0, READ)))).toContain('"reason":"not-present"');
  });
});

describe('drawingText', () => {
  const { domain } = smallDomain({ initrd: new Uint8Array(200_000) });
  const lines = drawingText(domain).split('\n');

  it('has every address of the layout on a boundary', () => {
    const text = lines.join('\n');
    for (const { start, firstPage } of domain.layout) {
      if (firstPage === undefined) continue;
      const hex = start.toString(16).padStart(8, '0');
      expect(text).toContain(`0x${hex.slice(0, 4)}_${hex.slice(4)} `);
    }
    expect(text).toContain('0xfc00_0000 ├');
  });

  it('is to scale: a region twice as large is twice as high', () => {
    // 512 pages: 16 kernel, 49 initrd, 443 free. Column 2, between its borders.
    const rows = (from: string, to: string): number => {
      const row = (address: string): number => lines.findIndex((line) => line.slice(27).startsWith(address));
      return row(from) - row(to) - 1;
    };
    const initrd = rows('0xc001_0000', '0xc004_1000');
    const free = rows('0xc004_1000', '0xc01f_c000');
    expect(free / initrd).toBeGreaterThan(443 / 49 - 3);
    expect(free / initrd).toBeLessThan(443 / 49 + 3);
  });

  it('marks what is smaller than its scale shows', () => {
    expect(lines.join('\n')).toContain('domain ▸*');
    expect(lines.at(-1)).toMatch(/^\* smaller than its scale shows/);
  });

  it('draws every column as high as the others', () => {
    expect(lines.slice(1, -1).every((line) => line.length === 80)).toBe(true);
  });
});

describe('verificationText', () => {
  it('shows the counterexample of a claim that fails, with its walk', () => {
    const { memory, domain } = smallDomain();
    const entry = domain.pageTables[0]! * 4096 + 510 * 4;
    memory.writeUint32(entry, memory.readUint32(entry) | 2);
    const text = verificationText(verifyDomain(memory, domain));
    expect(text).toContain('✗ Every page table and the page directory are read-only for rings 0 to 3.');
    expect(text).toContain('PTE[510]');
    expect(text).toMatch(/\d+ of 16 claims do not hold/);
  });
});

describe('small things', () => {
  it('formats bytes in the largest unit that divides them', () => {
    expect([0, 284, 4096, 6 * 2 ** 20, 2 ** 30].map(formatBytes)).toEqual([
      '0 bytes',
      '284 bytes',
      '4 KiB',
      '6 MiB',
      '1 GiB',
    ]);
  });

  it('wraps between words', () => {
    expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrap('unbreakable', 3)).toEqual(['unbreakable']);
  });
});
