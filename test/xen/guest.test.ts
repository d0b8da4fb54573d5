import { describe, expect, it } from 'vitest';
import { buildDomain, sampleKernel } from '../../src/builder/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, READ, WRITE } from '../../src/mmu/index.ts';
import { auditXen, makeSmallDomain, perform, Xen } from '../../src/xen/index.ts';
import { GUEST_BASE, GUESTS, makeWorld } from './world.ts';

const BUILD = { Xen, PhysicalMemory, makeSmallDomain, perform, auditXen };
const CR0_WP = 0x1_0000;

describe('a guest runs into the two lines of defence', () => {
  const { xen } = makeWorld(BUILD);
  const table = GUEST_BASE + 0x1000;

  it('paging: ring 1 reads its page tables and does not write them, by CR0.WP', () => {
    expect(xen.access({ kind: 'read', linear: table })).toMatchObject({ ok: true });
    expect(xen.access({ kind: 'write', linear: table, value: 0 })).toEqual({
      ok: false,
      vector: 14,
      code: 3,
      cr2: table,
      stoppedBy: 'paging',
    });
  });

  it('paging: ring 3 sees nothing of its kernel', () => {
    expect(xen.access({ kind: 'read', linear: GUEST_BASE + 0x6000, ring: 3 })).toMatchObject({
      vector: 14,
      code: 5,
    });
  });

  it('segmentation: the last word of a ring-1 segment is Xen’s read-only table, the next is out of bounds', () => {
    expect(xen.access({ kind: 'read', linear: 0xfc3f_fffc })).toMatchObject({
      ok: true,
      physical: 0x13f_fffc,
    });
    for (const ring of [1, 3] as const) {
      for (const kind of ['read', 'write', 'fetch'] as const) {
        expect(xen.access({ kind, linear: 0xfc40_0000, ring })).toEqual({
          ok: false,
          vector: 13,
          code: 0,
          cr2: undefined,
          stoppedBy: 'segmentation',
        });
      }
    }
  });

  it('paging alone lets ring 1 write Xen itself, and stops ring 3', () => {
    const gdt = 0xfc40_0000 + 0x10_4000 + 8 * 300;
    const write = { kind: 'write', linear: gdt, value: 0x1234, segments: false } as const;
    expect(xen.access(write)).toMatchObject({ ok: true, physical: 0x10_4000 + 8 * 300 });
    expect(xen.memory.readUint32(0x10_4000 + 8 * 300)).toBe(0x1234);
    expect(xen.access({ ...write, ring: 3 })).toMatchObject({ vector: 14, code: 7, stoppedBy: 'paging' });
  });

  it('segmentation alone does not keep ring 1 off its page tables: with WP off it writes them', () => {
    const { xen: open } = makeWorld(BUILD);
    open.mmu.cr0 = (open.mmu.cr0 & ~CR0_WP) >>> 0;
    expect(
      open.access({ kind: 'write', linear: table + 4 * 20, value: GUESTS[2].first * 4096 + 0x63 }),
    ).toMatchObject({
      ok: true,
    });
    expect(open.access({ kind: 'write', linear: GUEST_BASE + 20 * 4096, value: 0 })).toMatchObject({
      ok: true,
    });
    expect(auditXen(open).map(({ promise }) => promise)).toContain('own-frames');
  });

  it('faults on a fetch as on a read: there is no NX in 2004', () => {
    expect(xen.access({ kind: 'fetch', linear: GUEST_BASE + 0x6000 })).toMatchObject({ ok: true });
  });

  it('refuses an address that is no multiple of 4', () => {
    expect(() => xen.access({ kind: 'read', linear: 2 })).toThrow(/multiple of 4/);
  });
});

describe('an i386, which has no CR0.WP', () => {
  it('could not have carried this design: ring 1 writes its read-only page tables', () => {
    const memory = new PhysicalMemory(2 ** 21);
    const frames = Uint32Array.from({ length: 256 }, (_, i) => i + 1);
    const kernel = sampleKernel(9000);
    const domain = buildDomain(memory, { profile: 'document', frames, sharedInfoFrame: 300, kernel });
    const table = domain.loadAddress + 254 * 4096;
    const i486 = new Mmu(memory, { cpu: 'i486', cr3: domain.pageDirectory });
    expect(i486.translate(table, WRITE)).toBe(FAULT);
    const i386 = new Mmu(memory, { cpu: 'i386', cr3: domain.pageDirectory });
    expect(i386.translate(table, READ)).toBe(domain.pageTables[0]! * 4096);
    expect(i386.translate(table, WRITE)).toBe(domain.pageTables[0]! * 4096);
  });
});
