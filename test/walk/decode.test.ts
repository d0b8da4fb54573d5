import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu } from '../../src/mmu/index.ts';
import type { TableMode } from '../../src/tables/index.ts';
import { decodeEntry } from '../../src/walk/index.ts';
import { tablesAt } from '../support/tables-at.ts';

function mmuIn(mode: TableMode): Mmu {
  const memory = new PhysicalMemory(0x1_0000);
  return new Mmu(memory, tablesAt(memory, mode).registers);
}

describe('decodeEntry', () => {
  it('tells the bits, the rights, and where an entry leads', () => {
    expect(decodeEntry(mmuIn('32-bit'), 'PTE', 0x1063)).toEqual({
      entry: 0x1063,
      flags: ['P', 'RW', 'A', 'D'],
      reservedBits: [],
      leadsTo: 'page',
      target: 0x1000,
      pageSize: 4096,
      allows: { writable: true, user: false, executable: true },
    });
    expect(decodeEntry(mmuIn('4-level'), 'PDE', 0x8000_0000_0020_3085n)).toMatchObject({
      flags: ['P', 'US', 'PS', 'PAT', 'NX'],
      leadsTo: 'reserved-bit',
      reservedBits: [13],
      target: 0x20_0000,
      pageSize: undefined,
      allows: { writable: false, user: true, executable: false },
    });
    expect(decodeEntry(mmuIn('4-level'), 'PTE', 0x1062)).toMatchObject({ flags: [], leadsTo: 'not-present' });
  });

  it.each([
    ['32-bit', 'PDPTE', 'there is no PDPTE in the paging mode 32-bit; its entries: PDE, PTE'],
    ['PAE', 'PML4E', 'there is no PML4E in the paging mode PAE; its entries: PDPTE, PDE, PTE'],
    ['4-level', 'PML5E', 'its entries: PML4E, PDPTE, PDE, PTE'],
  ] as const)('refuses a level that %s paging has not: %s', (mode, kind, message) => {
    expect(() => decodeEntry(mmuIn(mode), kind, 1)).toThrow(RangeError);
    expect(() => decodeEntry(mmuIn(mode), kind, 1)).toThrow(message);
  });

  it('says that paging is off where it is', () => {
    const mmu = new Mmu(new PhysicalMemory(0x1000), { cr0: 1 });
    expect(() => decodeEntry(mmu, 'PTE', 1)).toThrow(
      'there is no PTE in the paging mode off; its entries: none: paging is off',
    );
  });

  it.each([
    ['32-bit', 2 ** 32, 32],
    ['32-bit', 2n ** 32n, 32],
    ['32-bit', -1, 32],
    ['32-bit', 1.5, 32],
    ['32-bit', Number.NaN, 32],
    ['PAE', 2n ** 64n, 64],
    ['4-level', -1n, 64],
    ['5-level', Number.POSITIVE_INFINITY, 64],
  ] as const)('refuses what is no entry of %s paging: %s', (mode, entry, bits) => {
    const refused = (): unknown => decodeEntry(mmuIn(mode), 'PTE', entry);
    expect(refused).toThrow(RangeError);
    expect(refused).toThrow(`the entry ${entry} is not a whole number of ${bits} bits`);
  });

  it('takes the largest entry of each mode', () => {
    expect(decodeEntry(mmuIn('32-bit'), 'PTE', 0xffff_ffff).entry).toBe(0xffff_ffff);
    expect(decodeEntry(mmuIn('PAE'), 'PTE', 2n ** 64n - 1n).entry).toBe(2n ** 64n - 1n);
  });
});
