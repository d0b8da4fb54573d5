import { describe, expect, it } from 'vitest';
import { buildDomain, packKernel, sampleKernel } from '../../src/builder/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, READ } from '../../src/mmu/index.ts';
import { auditXen, makeSmallDomain, perform, Xen } from '../../src/xen/index.ts';
import { GUEST_BASE, GUESTS, makeWorld } from './world.ts';

const BUILD = { Xen, PhysicalMemory, makeSmallDomain, perform, auditXen };
const MIB = 2 ** 20;

/** A machine of 64 MiB with domain 0 built by Xen. */
function machineWithDomain0(): { memory: PhysicalMemory; xen: Xen } {
  const memory = new PhysicalMemory(64 * MIB);
  const xen = new Xen(memory);
  xen.buildDomain0({ kernel: sampleKernel(20_000), frames: xen.chooseFrames(1024) });
  return { memory, xen };
}

describe('Xen’s own address space', () => {
  const { memory, xen } = machineWithDomain0();
  const mmu = new Mmu(memory, { cr0: xen.mmu.cr0, cr4: xen.mmu.cr4, cr3: xen.idleDirectory });

  it('maps the machine-to-physical table twice, and read-only for guests', () => {
    expect(mmu.translate(0xfc00_1000, READ)).toBe(0x100_1000);
    expect(mmu.translate(0xfd40_1000, READ)).toBe(0x100_1000);
    expect(mmu.explain(0xfc00_1000, READ)).toMatchObject({
      ok: true,
      rights: { writable: false, user: false },
    });
    expect(mmu.explain(0xfd40_1000, READ)).toMatchObject({
      ok: true,
      rights: { writable: true, user: false },
    });
  });

  it('maps machine memory up to 44 MiB, the frame table with it', () => {
    expect(mmu.translate(0xfc40_0000, READ)).toBe(0);
    expect(mmu.translate(0xfd80_0000, READ)).toBe(0x140_0000);
    expect(mmu.translate(0xfeff_fffc, READ)).toBe(0x2bf_fffc);
  });

  it('shows a domain’s own directory at the end of its linear page table', () => {
    const { cr3 } = xen.domain(0);
    mmu.cr3 = cr3;
    expect(mmu.translate(0xff3f_c000, READ)).toBe(cr3);
    expect(mmu.readUint32(0xff3f_cff0)).toBe(cr3 | 0x63);
    mmu.cr3 = xen.idleDirectory;
  });

  it('has nothing below Xen', () => {
    expect(mmu.explain(0xc000_0000, READ)).toMatchObject({ ok: false });
    expect(mmu.explain(0x0010_0000, READ)).toMatchObject({ ok: false });
  });
});

describe('domain 0, by Xen’s own builder', () => {
  const kernel = packKernel(
    Uint8Array.from({ length: 10_000 }, (_, i) => i),
    0xc000_0000,
  );
  const initrd = new TextEncoder().encode('an initrd that starts where the kernel ends');
  const memory = new PhysicalMemory(64 * MIB);
  const xen = new Xen(memory);
  const frames = xen.chooseFrames(1030);
  const domain = xen.buildDomain0({ kernel, initrd, frames, commandLine: 'root=/dev/ram0' });
  const word = (frame: number, offset: number): number => memory.readUint32(frame * 4096 + offset);

  it('has start_info directly below the lowest page table', () => {
    expect(domain.pageTables).toEqual([frames[1028], frames[1027]]);
    expect(domain.startInfoAddress).toBe(0xc000_0000 + 1026 * 4096);
    const page = frames[1026]!;
    expect([0, 4, 8, 12, 16, 20, 24].map((offset) => word(page, offset))).toEqual([
      1030,
      xen.domain(0).sharedInfoFrame * 4096,
      0,
      3,
      0xc000_0000 + 1029 * 4096,
      0xc000_0000 + 10_000,
      initrd.length,
    ]);
    expect(new TextDecoder().decode(memory.read(page * 4096 + 28, 14))).toBe('root=/dev/ram0');
  });

  it('holds kernel and initrd without a gap, wherever the pages end', () => {
    expect(memory.read(frames[0]! * 4096, 4096)).toEqual(kernel.subarray(12, 12 + 4096));
    const at = frames[2]! * 4096 + (10_000 % 4096);
    expect(memory.read(at, initrd.length)).toEqual(initrd);
    expect(domain.initrd).toEqual({ address: 0xc000_0000 + 10_000, length: initrd.length });
  });

  it('counts what is mapped as if it had been mapped by updates', () => {
    expect(auditXen(xen)).toEqual([]);
    expect(xen.frame(domain.pageDirectory / 4096)).toMatchObject({ pinned: true, count: 4, typeCount: 2 });
    expect(xen.frame(frames[0]!)).toMatchObject({ count: 2, typeName: 'writable', flushOnTypeChange: true });
    expect(xen.machineToPhysical(frames[7]!)).toBe(7);
  });

  it('has dirty bits where Xen wrote through its tables', () => {
    const entries = [0, 2, 3, 1026].map(
      (page) => word(domain.pageTables[page >>> 10]!, 4 * (page & 1023)) & 0xfff,
    );
    expect(entries).toEqual([0x63, 0x63, 0x23, 0x63]);
  });

  it.each([
    ['a kernel without its signature', { kernel: new Uint8Array(100) }, /does not start with/],
    [
      'a load address inside a page',
      { kernel: packKernel(new Uint8Array(9), 0xc000_0000).fill(1, 8, 9) },
      /aligned/,
    ],
    [
      'more than half of its memory',
      { kernel: packKernel(new Uint8Array(9000), 0xc000_0000) },
      /more than half/,
    ],
    [
      'an address space that reaches Xen',
      { kernel: packKernel(new Uint8Array(9), 0xfbff_f000) },
      /reach Xen/,
    ],
  ])('refuses %s', (_, options, message) => {
    const other = new Xen(new PhysicalMemory(64 * MIB));
    expect(() => other.buildDomain0({ ...options, frames: other.chooseFrames(4) })).toThrow(message);
  });
});

describe('domains that come and go', () => {
  const kernel = sampleKernel(30_000);

  function start(xen: Xen, id: number, seed: number): ReturnType<typeof buildDomain> {
    const frames = xen.chooseFrames(600, { order: 'scattered', seed });
    xen.createDomain({ id, frames });
    const { sharedInfoFrame } = xen.domain(id);
    const options = { profile: 'xen-1.2', frames, sharedInfoFrame, kernel, domainId: id } as const;
    const domain = buildDomain(xen.memory, { ...options, tables: 'cleared' });
    expect(xen.startDomain(domain).result).toBe(0);
    return domain;
  }

  it('run one after the other, each with its own memory and its registers in the shared page', () => {
    const { memory, xen } = machineWithDomain0();
    const domains = [start(xen, 1, 7), start(xen, 2, 8)];
    for (const domain of domains) {
      xen.switchTo(domain.domainId);
      expect(xen.flushes).toEqual([
        ['cr3', domain.pageDirectory],
        ['ldt', 0],
      ]);
      expect(xen.access({ kind: 'read', linear: domain.startInfoAddress })).toMatchObject({
        ok: true,
        value: 600,
      });
      const context = domain.sharedInfoFrame * 4096 + 528;
      expect(memory.readUint32(context + 12)).toBe(domain.context.esi);
      expect(memory.readUint32(context + 48)).toBe(domain.context.eip);
      expect(memory.readUint32(context + 64)).toBe(domain.context.ss);
    }
    expect(auditXen(xen)).toEqual([]);
    expect(xen.domain(2).totalPages).toBe(600);
  });

  it('give every frame back', () => {
    const { xen } = machineWithDomain0();
    const free = xen.freeFrameCount;
    start(xen, 1, 1);
    start(xen, 2, 2);
    expect(xen.freeFrameCount).toBe(free - 1200);
    xen.switchTo(1);
    expect(xen.destroyDomain(1)).toEqual([]);
    expect(xen.mmu.cr3).toBe(xen.idleDirectory);
    expect(xen.destroyDomain(2)).toEqual([]);
    expect(xen.freeFrameCount).toBe(free);
    expect(auditXen(xen)).toEqual([]);
    // And they can be had again.
    start(xen, 1, 1);
    expect(auditXen(xen)).toEqual([]);
  });

  it('gives back the frames of a GDT and an LDT too', () => {
    const { xen } = makeWorld(BUILD, { repaired: 'all' });
    const { first } = GUESTS[1];
    const [page, frame] = [GUEST_BASE / 4096 + 7, first + 7];
    expect(xen.setGdt(1, [first + 2], 296).result).toBe(0);
    xen.updateVaMapping(1, page, frame * 4096 + 0x61, 0);
    expect(xen.mmuUpdate(1, Uint32Array.of((page * 4096 + 3) >>> 0, (8 << 8) | 8)).result).toBe(0);
    expect(xen.domain(1).ldtShadowPages).toBe(1);
    expect(xen.destroyDomain(1)).toEqual([]);
    expect(xen.frame(first + 2).count).toBe(0);
    expect(xen.frame(frame).count).toBe(0);
  });

  it('keeps what a lost reference holds, as the original did', () => {
    const { xen } = makeWorld(BUILD);
    const spare = GUESTS[1].first + 2;
    xen.mmuUpdate(1, Uint32Array.of((spare * 4096) | 3, 0, (spare * 4096) | 3, 4));
    expect(xen.destroyDomain(1)).toEqual([spare]);
    expect(xen.frame(spare)).toMatchObject({ count: 1, zombie: true });
  });

  it('flushes the TLB before a frame goes to another owner who has not seen a flush since', () => {
    const { xen } = makeWorld(BUILD, { repaired: 'all' });
    const { first } = GUESTS[1];
    const page = GUEST_BASE / 4096 + 7;
    expect(xen.access({ kind: 'write', linear: page * 4096, value: 1 })).toMatchObject({ ok: true });
    xen.updateVaMapping(1, page, 0, 0);
    expect(xen.decreaseReservation(1, [first + 7])).toEqual({ result: 1 });
    // The translation is still there, as it may be: nobody owns the frame.
    expect(xen.access({ kind: 'write', linear: page * 4096, value: 2 })).toMatchObject({ ok: true });
    xen.createDomain({ id: 9, frames: [first + 7] });
    expect(xen.flushes).toEqual([['local']]);
    expect(xen.access({ kind: 'write', linear: page * 4096, value: 3 })).toMatchObject({
      ok: false,
      vector: 14,
    });
    expect(auditXen(xen)).toEqual([]);
  });

  it.each([
    ['a domain that exists', { id: 1, frames: [] }, /exists already/],
    ['a number that is none', { id: -1, frames: [] }, /domain id -1/],
    ['a frame in use', { id: 5, frames: [GUESTS[2].first] }, /in use/],
    ['a frame that does not exist', { id: 5, frames: [0x2000] }, /does not exist/],
    ['a frame given twice', { id: 5, frames: [0x1430, 0x1430] }, /twice/],
    ['another’s per-domain table', { id: 5, frames: [], perDomainFrame: 0x150 }, /domain 1's/],
    ['a per-domain table outside of the heap', { id: 5, frames: [], perDomainFrame: 0x1430 }, /heap/],
  ])('refuses %s', (_, options, message) => {
    const { xen } = makeWorld(BUILD);
    expect(() => xen.createDomain(options)).toThrow(message);
  });

  it('needs a machine of the right size', () => {
    expect(() => new Xen(new PhysicalMemory(20 * MIB))).toThrow(/20 MiB and its frame table/);
    expect(() => new Xen(new PhysicalMemory(8 * 1024 * MIB))).toThrow(/up to 4 GiB/);
    expect(() => new Xen(new PhysicalMemory(32 * MIB), { mapCacheFrame: 0x2000 })).toThrow(/mapCacheFrame/);
    expect(() => new Xen(new PhysicalMemory(32 * MIB)).switchTo(3)).toThrow('there is no domain 3');
  });
});
