import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as arch from '../../src/arch/index.ts';

const FOLDER = resolve(import.meta.dirname, '../../src/arch');

/** All constants whose names start so, as bit numbers. */
function bitsOf(prefix: string): Record<string, number> {
  const all = Object.entries(arch).filter(
    ([name, value]) => name.startsWith(prefix) && typeof value === 'number',
  );
  return Object.fromEntries(
    all.map(([name, value]) => [name.slice(prefix.length), Math.log2(Number(value))]),
  );
}

describe('x86-paging/arch', () => {
  it('has the bits of the registers where the manual has them', () => {
    expect(bitsOf('CR0_')).toEqual({
      ...{ PE: 0, MP: 1, EM: 2, TS: 3, ET: 4, NE: 5, WP: 16, AM: 18, NW: 29, CD: 30, PG: 31 },
    });
    expect(bitsOf('CR4_')).toEqual({
      ...{ VME: 0, PVI: 1, TSD: 2, DE: 3, PSE: 4, PAE: 5, MCE: 6, PGE: 7, PCE: 8, OSFXSR: 9, OSXMMEXCPT: 10 },
      ...{ UMIP: 11, LA57: 12, VMXE: 13, SMXE: 14, FSGSBASE: 16, PCIDE: 17, OSXSAVE: 18, KL: 19 },
      ...{ SMEP: 20, SMAP: 21, PKE: 22, CET: 23, PKS: 24, UINTR: 25, LASS: 27, LAM_SUP: 28 },
    });
    expect(bitsOf('EFER_')).toEqual({
      ...{ SCE: 0, LME: 8, LMA: 10, NXE: 11, SVME: 12, LMSLE: 13, FFXSR: 14, TCE: 15, INTWB: 18, AIBRSE: 21 },
    });
    expect(bitsOf('EFLAGS_')).toEqual({ AC: 18 });
    expect(bitsOf('PF_')).toEqual({ P: 0, WR: 1, US: 2, RSVD: 3, ID: 4, PK: 5, SS: 6, SGX: 15 });
  });

  it('has the bits of entries where the manual has them', () => {
    const { PTE_P, PTE_RW, PTE_US, PTE_PWT, PTE_PCD, PTE_A, PTE_D, PTE_PAT, PTE_G } = arch;
    const low = [PTE_P, PTE_RW, PTE_US, PTE_PWT, PTE_PCD, PTE_A, PTE_D, PTE_PAT, PTE_G];
    expect(low.map(Math.log2)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect([arch.PDE_PS, arch.PDE_PAT_LARGE, arch.PTE_AVAILABLE]).toEqual([1 << 7, 1 << 12, 7 << 9]);
    // The high half and the whole register or entry say the same.
    expect(BigInt(arch.CR3_LAM_U57_HIGH) << 32n).toBe(arch.CR3_LAM_U57);
    expect(BigInt(arch.CR3_LAM_U48_HIGH) << 32n).toBe(arch.CR3_LAM_U48);
    expect([arch.CR3_LAM_U57, arch.CR3_LAM_U48]).toEqual([1n << 61n, 1n << 62n]);
    expect(BigInt(arch.PTE_NX_HIGH >>> 0) << 32n).toBe(arch.PTE_NX);
    expect(BigInt(arch.PTE_KEY_HIGH) << 32n).toBe(arch.PTE_KEY);
    expect(arch.PTE_KEY_HIGH >>> arch.PTE_KEY_SHIFT_HIGH).toBe(15);
  });

  it('explains every constant and function in a line of its own', () => {
    const bare: string[] = [];
    for (const file of readdirSync(FOLDER)) {
      const lines = readFileSync(join(FOLDER, file), 'utf8').split('\n');
      for (const [i, line] of lines.entries()) {
        if (/^export (const|function|class|interface|type) /.test(line) && !lines[i - 1]?.endsWith('*/')) {
          bare.push(`${file}: ${line}`);
        }
      }
    }
    expect(bare).toEqual([]);
  });

  it('has no table that a caller could change', () => {
    const open = Object.entries(arch).filter(
      ([, value]) => typeof value === 'object' && !deeplyFrozen(value),
    );
    expect(open.map(([name]) => name)).toEqual([]);
  });
});

function deeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(deeplyFrozen);
}
