import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Forgotten, SmallKernel } from '../../examples/small-kernel.ts';
import { closedTo, readOnly, unmapped } from '../../src/claims/index.ts';
import { type Guard, guard, type StaleFinding } from '../../src/guard/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { USER_READ, USER_WRITE } from '../../src/mmu/index.ts';
import { makeSmallDomain, parseScenario, perform, Xen } from '../../src/xen/index.ts';
import { DATA, smallKernel, TEXT, USER } from '../claims/layout.ts';

/** The life of a program: everything that needs an invalidation, in order. */
function live(kernel: SmallKernel, watch: Guard): void {
  const parent = kernel.current;
  watch.as('mmap', () => kernel.mmap(0x40_0000, 4));
  watch.as('program', () => {
    for (let page = 0; page < 4; page++) kernel.write(0x40_0000 + page * 4096, page);
  });
  const child = watch.as('fork', () => kernel.fork());
  watch.as('program', () => kernel.write(0x40_0000, 100));
  watch.as('child', () => {
    kernel.switchTo(child);
    kernel.mmu.readUint32(0x40_1000, USER_READ);
    kernel.write(0x40_1000, 200);
    kernel.mmu.readUint32(0x40_1000, USER_READ);
  });
  watch.as('program', () => {
    kernel.switchTo(parent);
    kernel.write(0x40_1000, 300);
    kernel.write(0x40_2000, 301);
  });
  watch.as('mprotect', () => kernel.mprotect(0x40_1000, 1, false));
  watch.as('program', () => kernel.write(0x40_1000, 400));
  watch.as('munmap', () => kernel.munmap(0x40_2000, 1));
  watch.as('program', () => kernel.write(0x40_2000, 500));
}

describe('guard on a kernel', () => {
  it('is silent where every change is followed by an invalidation', () => {
    const kernel = new SmallKernel();
    const watch = guard(kernel.mmu, [readOnly('tables'), closedTo('user', [0x8000_0000, 2 ** 32])]);
    live(kernel, watch);
    expect(watch.findings.map(({ text }) => text)).toEqual([]);
    expect(watch.step).toBeGreaterThan(20);
  });

  it.each<[Forgotten, RegExp, RegExp[]]>([
    [
      'fork',
      /program: user write at 0x0040_0000: it went to 0x\w+_\w+, by a translation that the tables no longer have; by them it is a page fault \(write to read only page\)/,
      [
        /step \d+, program: user write at 0x0040_0000: translated to/,
        /step \d+, fork: the PTE at \S+ was changed from \S+ \(P RW US A D\) to \S+ \(P US A D\)/,
        /since then there was neither INVLPG 0x0040_0000 nor a load of CR3/,
      ],
    ],
    [
      'mprotect',
      /program: user write at 0x0040_1000: it went to .* \(write to read only page\)/,
      [/mprotect: the PTE at \S+ was changed from \S+ \(P RW US A D\) to \S+ \(P US A D\)/],
    ],
    [
      'munmap',
      /program: user write at 0x0040_2000: it went to .* by them it is a page fault \(not present\)/,
      [/munmap: the PTE at \S+ was changed from \S+ \(P RW US A D\) to 0x0 \(not present\)/],
    ],
  ])(
    'tells of the one that forgets to invalidate after %s, at the first use, with its story',
    (forgets, text, story) => {
      const kernel = new SmallKernel(forgets);
      const watch = guard(kernel.mmu, [readOnly('tables')]);
      live(kernel, watch);
      const found = watch.first as StaleFinding;
      expect(found).toMatchObject({ kind: 'stale' });
      expect(found.text).toMatch(text);
      for (const line of story) expect(found.story.join('\n')).toMatch(line);
      expect(found.mend).toMatch(/after the change of the entry: INVLPG 0x0040_\d000, or a load of CR3/);
      expect(found.cached!.step).toBeLessThan(found.writes[0]!.step);
      expect(found.writes.at(-1)!.step).toBeLessThan(found.step);
    },
  );

  it('tells once of each page and change', () => {
    const kernel = new SmallKernel('munmap');
    const watch = guard(kernel.mmu, []);
    kernel.mmap(0x40_0000, 1);
    kernel.write(0x40_0000, 1);
    kernel.munmap(0x40_0000, 1);
    for (let i = 0; i < 5; i++) kernel.write(0x40_0000 + 4 * i, 2);
    expect(watch.findings).toHaveLength(1);
  });

  it('sees nothing any more once it is released, and leaves nothing behind', () => {
    const kernel = new SmallKernel('munmap');
    const watch = guard(kernel.mmu, [readOnly('tables')]);
    kernel.mmap(0x40_0000, 1);
    kernel.write(0x40_0000, 1);
    const before = watch.step;
    watch.release();
    kernel.munmap(0x40_0000, 1);
    kernel.write(0x40_0000, 2);
    expect([watch.step, watch.findings]).toEqual([before, []]);
    expect(
      [...Object.getOwnPropertyNames(kernel.memory)].filter((name) => /write|store|frame$/.test(name)),
    ).toEqual([]);
    expect(Object.getOwnPropertyNames(kernel.mmu)).not.toContain('translate');
  });
});

describe('guard on a layout', () => {
  it('tells the write after which a claim does not hold, whoever makes it', () => {
    const { memory, mapper, mmu } = smallKernel('PAE');
    const watch = guard(mmu, [unmapped([0, USER]), readOnly('tables')]);
    watch.as('kernel', () => mmu.writeUint32(DATA, 5));
    const pte = mmu.explain(TEXT, 0).steps.at(-1)!.entryAddress;
    watch.as('kernel', () => memory.writeUint32(pte, (mapper.tableFrames[1]! << 12) | 3));
    expect(watch.findings).toHaveLength(1);
    const [found] = watch.findings;
    expect(found).toMatchObject({ kind: 'layout', step: 2, who: 'kernel', claim: { name: 'readOnly' } });
    expect(found!.text).toMatch(
      /^step 2, kernel: after a write of 4 bytes to physical 0x\w+ this no longer holds/,
    );
    expect(found!.story[0]).toMatch(/the PTE at \S+ was changed from 0x100101 \(P G\) to 0x2003 \(P RW\)/);
    expect(found!.story.at(-1)).toMatch(/to mend it: clear RW in the PTE/);
  });

  it('tells a table that is written through the MMU itself, as one step', () => {
    const { mapper, mmu } = smallKernel('4-level');
    const text = mmu.explain(TEXT, 0).steps.at(-1)!;
    mapper.map(0xf000_0000, text.tableAddress, 4096, { writable: true, executable: false });
    const watch = guard(mmu, [closedTo('user', [TEXT, 2 ** 32])]);
    const linear = 0xf000_0000 + (text.entryAddress % 4096);
    mmu.writeBigUint64(linear, BigInt(text.entry) | 4n);
    expect(watch.step).toBe(1);
    expect(watch.first?.text).toMatch(
      /^step 1: after write at 0xf000_\w+ this no longer holds: User mode reaches nothing/,
    );
  });

  it('tells a claim that a register undoes', () => {
    const { mmu } = smallKernel('4-level');
    const watch = guard(mmu, [readOnly([0x100])]);
    mmu.cr0 = 0x8000_0001;
    expect(watch.first?.text).toMatch(/^step 1: after a load of CR0 with 0x80000001 this no longer holds/);
    mmu.cr0 = 0x8001_0001;
    mmu.cr0 = 0x8000_0001;
    expect(watch.findings.map(({ step }) => step)).toEqual([1, 3]);
  });

  it('says at once that a layout never held, and judges a memory without an MMU', () => {
    const { memory, mapper } = smallKernel('32-bit');
    const { cpu, ...registers } = mapper.registers;
    const watch = guard({ memory, cpu, registers }, [unmapped([TEXT, TEXT + 0x1000]), unmapped([0, 0x1000])]);
    expect(watch.findings.map(({ step }) => step)).toEqual([0]);
    mapper.map(0, 0x30_0000, 4096);
    expect(watch.findings.map(({ step, kind }) => [step > 0, kind])).toEqual([
      [false, 'layout'],
      [true, 'layout'],
    ]);
  });

  it('sees what is written through a live view of a table, at the next step', () => {
    const { memory, mapper, mmu } = smallKernel('32-bit');
    const watch = guard(mmu, [unmapped([0, 0x1000])]);
    mapper.map(0x1000, 0x30_0000, 4096);
    const pte = mmu.explain(0x1000, 0).steps.at(-1)!;
    const view = memory.frame(pte.tableAddress / 4096);
    mmu.translate(TEXT, 0);
    view[0] = 1;
    mmu.translate(TEXT, 0);
    expect(watch.first).toMatchObject({ kind: 'layout', claim: { name: 'unmapped' } });
  });

  it('tells of a dirty bit that is lost', () => {
    const { memory, mmu } = smallKernel('32-bit');
    const watch = guard(mmu, []);
    mmu.translate(USER, USER_WRITE);
    const { entryAddress } = mmu.explain(USER, USER_WRITE).steps.at(-1)!;
    memory.writeUint32(entryAddress, memory.readUint32(entryAddress) & ~0x40);
    mmu.translate(USER, USER_WRITE);
    expect(watch.first?.text).toMatch(
      /went to \S+ without setting D in its entry: that the page was written is lost/,
    );
  });
});

describe('guard on the hypervisor of 2004', () => {
  /** Plays a scenario with a guard on Xen's CPU. @returns The findings, by the number of the scenario's step from 1. */
  function played(name: string): { watch: Guard; at: number[] } {
    const file = resolve(import.meta.dirname, `../../scenarios/xen/${name}.json`);
    const scenario = parseScenario(readFileSync(file, 'utf8'));
    const xen = new Xen(new PhysicalMemory(scenario.frames * 4096), { linearMap: scenario.linearMap });
    for (const domain of scenario.domains) makeSmallDomain(xen, domain);
    const at: number[] = [];
    let now = 0;
    // Xen's own window on memory lies from 0xfc40_0000 up, out of the guests' segments.
    const layout = [readOnly('tables', { except: [[0xfc40_0000, 2 ** 32]] })];
    perform(xen, scenario.steps[0]!.step);
    const watch = guard(xen.mmu, layout, { onFinding: () => at.push(now) });
    for (const [i, { step }] of scenario.steps.entries()) {
      now = i + 1;
      if (i > 0) watch.as(step.call === 'access' ? 'guest' : step.call, () => perform(xen, step));
    }
    return { watch, at };
  }

  it('is silent while a guest changes its tables the right way', () => {
    expect(played('changing-tables').watch.findings).toEqual([]);
  });

  it('tells of the writable linear page table at the update that makes it so (XSA-182)', () => {
    const { watch, at } = played('l2-writable-flag');
    expect(at[0]).toBe(3);
    expect(watch.first).toMatchObject({ kind: 'layout', who: 'mmuUpdate', claim: { name: 'readOnly' } });
    expect(watch.first!.story[0]).toMatch(
      /the PDE at 0x0144_0fa0 was changed from 0x1440061 \(P A D\)|to 0x1440063/,
    );
  });

  it('tells of the stale linear page table at the write that goes into another frame (XSA-286)', () => {
    const { watch, at } = played('stale-linear-map');
    const found = watch.findings.find(({ kind }) => kind === 'stale') as StaleFinding;
    expect(at[watch.findings.indexOf(found)]).toBe(7);
    expect(found.text).toMatch(/updateVaMapping: read at 0xff00_0020: it went to 0x0144_2020/);
    expect(found.story.join('\n')).toMatch(
      /mmuUpdate: the PTE at 0x0144_0000 was changed from 0x1442067 .* to 0x0 \(not present\)/,
    );
  });
});
