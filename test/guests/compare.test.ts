import { describe, expect, it } from 'vitest';
import { compareMem, compareSamples, compareTlb } from './compare.ts';
import { GUESTS } from './guest.ts';
import type { GuestProof } from './prove.ts';
import { holds, markdownReport } from './report.ts';

const TLB =
  '00000000c0000000: 0000000000001000 X--DA---W\r\n00000000c0001000: 0000000000002000 ---DA---W\r\n';
const OURS = TLB.replaceAll('\r', '');
const PAE = { mode: 'PAE' } as const;

describe('what QEMU says beside what we say', () => {
  it('agrees only line by line', () => {
    expect(compareTlb(TLB, OURS, PAE)).toEqual({ compared: 2, agreed: 2, quirks: {}, differences: [] });
    for (const other of [OURS.replace('DA', 'D-'), OURS.slice(0, OURS.indexOf('\n') + 1), '', `${OURS}\n`]) {
      const { compared, agreed, differences } = compareTlb(TLB, other, PAE);
      expect(agreed).toBeLessThan(compared);
      expect(differences.length).toBe(compared - agreed);
    }
  });

  it('may differ by the quirk that its mode has, which is counted, and by no other', () => {
    const quirky = TLB.replace('0000000000001000', '8000000000001000');
    expect(compareTlb(quirky, OURS, PAE)).toMatchObject({ agreed: 2, quirks: { 'nx-in-address': 1 } });
    expect(compareTlb(quirky, OURS, { mode: '4-level' }).agreed).toBe(1);
    // A page without NX has no such bit.
    expect(compareTlb(TLB.replace(': 0000000000002', ': 8000000000002'), OURS, PAE).agreed).toBe(1);
    const mem = '00000000c0000000-00000000c0002000 0000000000002000 -rw\n';
    expect(compareMem('', mem, { mode: '5-level' })).toMatchObject({
      agreed: 1,
      quirks: { 'no-lines-in-5-level': 1 },
    });
    expect(compareMem('', mem, { mode: '4-level' }).agreed).toBe(0);
    expect(compareMem(mem.replace('-rw', 'urw'), mem, { mode: '5-level' }).agreed).toBe(0);
  });

  it('compares addresses, mapped or not', () => {
    const theirs = [
      ['0xc0000123', 'gpa: 0x1123\r\n'],
      ['0xd0000000', 'Unmapped\r\n'],
    ] as const;
    expect(compareSamples(theirs, ['0x1123', undefined]).agreed).toBe(2);
    expect(compareSamples(theirs, ['0x1124', '0x0']).differences).toEqual([
      "line 1: QEMU '0xc0000123 → 0x1123', ours '0xc0000123 → 0x1124'",
      "line 2: QEMU '0xd0000000 → Unmapped', ours '0xd0000000 → 0x0'",
    ]);
  });
});

describe('the page of a run', () => {
  const comparison = { cpu: 0, theirs: 'info tlb', ours: 'elf', ...compareTlb(TLB, OURS, PAE) };
  const proof: GuestProof = {
    plan: GUESTS[1]!,
    debianPackage: 'linux-image-6.1',
    pages: 2,
    comparisons: [comparison],
    root: { first: true, named: '0x1000', loaded: ['0x1000'] },
    pdptesAccessed: 4,
    seconds: 9,
  };

  it('tells what agrees, and how often a quirk was seen', () => {
    const page = markdownReport({ proofs: [proof], qemu: '7.2', samples: 5 });
    expect(page).toContain('| 686-pae | PAE | 1 | 256 MiB | 2 | 2 | – | – | **all** | first |');
    expect(page).toContain('| pdpte-accessed | 4 |');
  });

  it('has nothing hold where a line differs, nothing was compared, or another root is first', () => {
    expect(holds(proof)).toBe(true);
    expect(holds({ ...proof, comparisons: [{ ...comparison, agreed: 1 }] })).toBe(false);
    expect(holds({ ...proof, comparisons: [] })).toBe(false);
    expect(holds({ ...proof, root: { ...proof.root, first: false } })).toBe(false);
  });
});
