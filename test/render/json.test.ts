import { describe, expect, it } from 'vitest';
import { CR4_PKE } from '../../src/arch/index.ts';
import { mapOf } from '../../src/inspect/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, READ, USER_READ, type WRITE } from '../../src/mmu/index.ts';
import { mapRunJson, walkJson } from '../../src/render/index.ts';
import { tablesAt } from '../support/tables-at.ts';

/** 4-level paging: two pages with protection key 5 and one large page without, in write-combining memory. */
function machine(): Mmu {
  const memory = new PhysicalMemory(0x1_0000);
  const mapper = tablesAt(memory, '4-level');
  mapper.map(0x1000, 0x8000, 0x1000, { user: true, protectionKey: 5, accessed: true });
  mapper.map(0x2000, 0x9000, 0x1000, { user: true, protectionKey: 5, accessed: true, dirty: true });
  mapper.map(0x20_0000, 0x20_0000, 0x20_0000, {
    pageSize: 0x20_0000,
    writable: true,
    global: true,
    pat: true,
    pcd: true,
  });
  const { cr4, ...registers } = mapper.registers;
  const mmu = new Mmu(memory, { ...registers, cr4: (cr4 | CR4_PKE) >>> 0 });
  // Access disabled for key 5.
  mmu.pkru = 1 << 10;
  return mmu;
}

describe('walkJson', () => {
  it('tells the protection key, null where keys play no part', () => {
    const mmu = machine();
    mmu.pkru = 0;
    expect(walkJson(mmu.explain(0x1234, READ))).toMatchObject({ protectionKey: 5, memoryType: 'WB' });
    mmu.cr4 &= ~CR4_PKE;
    expect(walkJson(mmu.explain(0x1234, READ))).toMatchObject({ protectionKey: null });
  });

  it('tells at which kind of entry a walk ends, null where it is none', () => {
    const mmu = machine();
    const faultOf = (linear: number | bigint, access: typeof READ | typeof WRITE | typeof USER_READ) => {
      const json = walkJson(mmu.explain(linear, access)) as { fault: object };
      return json.fault;
    };
    expect(faultOf(0x3000, READ)).toEqual({
      vector: 14,
      reason: 'not-present',
      code: 0,
      cr2: '0x3000',
      kind: 'PTE',
    });
    expect(faultOf(0x4000_0000, READ)).toMatchObject({ kind: 'PDPTE' });
    // Rights are those of all levels together.
    expect(faultOf(0x20_0000, USER_READ)).toMatchObject({ kind: null, code: 5 });
    expect(faultOf(0x2000, USER_READ)).toMatchObject({ reason: 'protection-key', code: 0x25, kind: null });
    expect(faultOf(2n ** 63n, READ)).toMatchObject({ reason: 'not-canonical', vector: 13, kind: null });
  });
});

describe('mapRunJson', () => {
  it('tells all of a run: cache bits, memory type, key, and how many leaves have A and D', () => {
    const names = [{ name: 'device', start: 0x20_0000, end: 0x40_0000 }];
    expect([...mapOf(machine(), { names })].map(mapRunJson)).toEqual([
      {
        schema: 'x86-paging/map-run/1',
        start: '0x1000',
        end: '0x3000',
        bytes: 0x2000,
        rights: { writable: false, user: true, executable: true },
        pageSize: 4096,
        pages: 2,
        global: false,
        physical: '0x8000',
        contiguous: true,
        oneFrame: false,
        accessed: 2,
        dirty: 1,
        pwt: false,
        pcd: false,
        pat: false,
        memoryType: 'WB',
        protectionKey: 5,
        name: null,
      },
      {
        schema: 'x86-paging/map-run/1',
        start: '0x200000',
        end: '0x400000',
        bytes: 0x20_0000,
        rights: { writable: true, user: false, executable: true },
        pageSize: 0x20_0000,
        pages: 1,
        global: true,
        physical: '0x200000',
        contiguous: true,
        oneFrame: true,
        accessed: 0,
        dirty: 0,
        pwt: false,
        pcd: true,
        pat: true,
        memoryType: 'UC-',
        protectionKey: null,
        name: 'device',
      },
    ]);
  });
});
