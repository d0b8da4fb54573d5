import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CR0_PE, CR0_PG, CR0_WP, CR4_LA57, CR4_PAE, EFER_LME, EFER_NXE } from '../../src/arch/index.ts';
import { LINT_RULE_NAMES, type LintFinding, lintTables } from '../../src/inspect/index.ts';
import { mmuOf } from '../../src/machine/index.ts';
import { HoledMemory, PhysicalMemory } from '../../src/memory/index.ts';
import { Mapper } from '../../src/tables/index.ts';
import { crowdedMemory } from '../../src/testing/index.ts';

const RAM = 4 * 2 ** 20;
const KERNEL = 0xff11_0000_0000_0000n;
const RO = { writable: false, executable: false };
const RW = { writable: true, executable: false };
const CODE = { writable: false, executable: true };

/** A kernel of 5-level paging without a fault in it. */
function kernel() {
  const memory = new PhysicalMemory(RAM);
  let frame = 0x300;
  const mapper = new Mapper(memory, { mode: '5-level', allocateFrame: () => frame++ });
  mapper.map(KERNEL, 0x10_0000, 0x4000, CODE);
  mapper.map(KERNEL + 0x10_0000n, 0x11_0000, 0x4000, RW);
  mapper.map(0x40_0000, 0x20_0000, 0x1000, { ...CODE, user: true });
  mapper.map(0x50_0000, 0x21_0000, 0x2000, { ...RW, user: true });
  const registers = {
    cr0: (CR0_PG | CR0_PE | CR0_WP) >>> 0,
    cr3: mapper.root,
    cr4: CR4_PAE | CR4_LA57,
    efer: EFER_LME | EFER_NXE,
  };
  return { memory, mapper, machine: { memory, cpu: 'ice-lake-server', registers } as const };
}

const told = (findings: readonly LintFinding[]): string[] =>
  findings.map(({ rule, level, start }) => `${level} ${rule} 0x${start.toString(16)}`);

describe('lintTables', () => {
  it('has its rules in the documents', () => {
    const document = readFileSync(join(import.meta.dirname, '../../docs/lint.md'), 'utf8');
    const rows = [...document.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
    expect(rows).toEqual([...LINT_RULE_NAMES]);
  });

  it('finds nothing in tables that are as they should be', () => {
    expect(lintTables(kernel().machine)).toEqual([]);
  });

  it('finds a page table that user mode can write, and none behind a reserved bit', () => {
    const { memory, mapper, machine } = kernel();
    // The page table of the program's code, as one of the program's own pages.
    const table = mapper.tableFrames.at(-1)! * 4096;
    mapper.map(0x60_0000, table, 0x1000, { ...RW, user: true });
    const [finding] = lintTables(machine);
    expect(told(lintTables(machine))).toEqual(['error table-writable-by-user 0x600000']);
    expect(finding).toMatchObject({ physical: table, access: 5, kind: 'PTE', rights: { user: true } });
    expect(finding!.other!.start).toBe(0x40_0000);
    expect(finding!.text).toContain('can be written by user mode');
    // Bit 51 lies above the CPU's physical addresses: every walk below the PML5E faults.
    expect(mmuOf(machine).translate(0x60_0000, 5)).toBe(table);
    memory.writeUint32(mapper.root + 4, memory.readUint32(mapper.root + 4) | 0x8_0000);
    expect(mmuOf(machine).translate(0x60_0000, 5)).toBe(-1);
    expect(told(lintTables({ ...machine, cpu: { ...mmuOf(machine).cpu, physicalAddressBits: 46 } }))).toEqual(
      ['error reserved-bits 0x0'],
    );
  });

  it('tells each other rule with address, entry and reason', () => {
    const { memory, mapper, machine } = kernel();
    mapper.map(KERNEL + 0x20_0000n, 0x12_0000, 0x1000, { ...RO, user: true });
    mapper.map(KERNEL + 0x20_1000n, 0x12_1000, 0x2000, { writable: true, executable: true });
    mapper.map(KERNEL + 0x30_0000n, 0x10_0000, 0x1000, RW);
    mapper.map(KERNEL + 0x31_0000n, 0x11_0000, 0x1000, { ...RW, cacheType: 'UC' });
    mapper.map(KERNEL + 0x40_0000n, 0xfee0_0000, 0x1000, { ...RW, cacheType: 'UC' });
    mapper.map(KERNEL + 0x40_2000n, 0xfef0_0000, 0x1000, RW);
    // The root's entry 511 leads to the root; a table is used twice.
    memory.writeUint32(mapper.root + 511 * 8, mapper.root | 3);
    const findings = lintTables(machine, {
      data: [{ name: '.data', start: KERNEL + 0x1000n, end: KERNEL + 0x2000n }],
      nameOf: (linear) => (linear === KERNEL + 0x20_0000n ? 'trampoline' : undefined),
      range: { start: KERNEL, end: KERNEL + 0x1000_0000n },
    });
    expect(told(findings)).toEqual([
      `error writable-executable 0x${(KERNEL + 0x20_1000n).toString(16)}`,
      `error alias-rights 0x${(KERNEL + 0x30_0000n).toString(16)}`,
      `warning user-kernel-page 0x${(KERNEL + 0x20_0000n).toString(16)}`,
      `warning executable-data 0x${(KERNEL + 0x1000n).toString(16)}`,
      `warning alias-cache 0x${(KERNEL + 0x31_0000n).toString(16)}`,
      `warning outside-ram 0x${(KERNEL + 0x40_2000n).toString(16)}`,
      `note outside-ram 0x${(KERNEL + 0x40_0000n).toString(16)}`,
    ]);
    expect(findings.map(({ text }) => text)).toEqual([
      '2 pages of 4 KiB of the supervisor are writable and executable',
      'the same memory, from physical 0x0010_0000 on, is mapped at 0xff11_0000_0000_0000 with other rights: it can be written by one mapping and executed by the other',
      "one 4 KiB page among the kernel's addresses can be read by user mode",
      '.data is data by name, and executable',
      'the same memory, from physical 0x0011_0000 on, is UC here and WB at 0xff11_0000_0010_0000',
      'one 4 KiB page leads to physical 0xfef0_0000 on, where no RAM is, or the dump lacks it; cached (WB), as no device should be',
      "one 4 KiB page leads to physical 0xfee0_0000 on, where no RAM is, or the dump lacks it; of type UC, as a device's",
    ]);
    expect(findings[2]!.name).toBe('trampoline');
    const all = lintTables(machine);
    expect(all.find(({ rule }) => rule === 'recursive-slot')).toMatchObject({
      start: 0xffff_0000_0000_0000n,
      entryAddress: mapper.root + 511 * 8,
      entry: mapper.root | 3,
      kind: 'PML5E',
      physical: mapper.root,
    });
    expect(all.filter(({ rule }) => rule === 'table-shared')).toEqual([]);
  });

  it('finds tables that are shared, and tables where no RAM is', () => {
    const { memory, mapper, machine } = kernel();
    const low = memory.readUint32(mapper.root);
    memory.writeUint32(mapper.root + 8, low);
    expect(told(lintTables(machine))).toEqual(['note table-shared 0x1000000000000']);
    memory.writeUint32(mapper.root + 8, low & ~2);
    expect(told(lintTables(machine)).filter((text) => text.includes('shared'))).toEqual([
      'warning table-shared 0x1000000000000',
    ]);
    // A page table's table as a page table.
    memory.writeUint32((low & ~0xfff) + 8, low);
    expect(told(lintTables(machine)).some((text) => text.startsWith('note recursive-slot'))).toBe(true);
    memory.writeUint32((low & ~0xfff) + 8, 0);
    memory.writeUint32(mapper.root + 8, 0);
    const holed = new HoledMemory(memory, [{ start: low & ~0xfff, end: (low & ~0xfff) + 0x1000 }]);
    const [finding] = lintTables({ ...machine, memory: holed });
    expect(finding).toMatchObject({ rule: 'outside-ram', level: 'error', start: 0, physical: low & ~0xfff });
    expect(lintTables({ ...machine, registers: { ...machine.registers, cr3: RAM } })[0]!.text).toContain(
      'CR3',
    );
  });

  it('takes levels, exceptions and limits as it is told', () => {
    const { mapper, machine } = kernel();
    for (let i = 0n; i < 5n; i++)
      mapper.map(KERNEL + 0x100_0000n + i * 0x2000n, 0x20_0000, 0x1000, { writable: true, executable: true });
    const wx = { 'alias-rights': 'off' } as const;
    expect(lintTables(machine, { rules: wx })).toHaveLength(5);
    expect(lintTables(machine, { rules: { ...wx, 'writable-executable': 'off' } })).toEqual([]);
    const notes = lintTables(machine, { rules: { ...wx, 'writable-executable': 'note' } });
    expect(notes.every(({ level }) => level === 'note')).toBe(true);
    const range = { start: KERNEL + 0x100_0000n, end: KERNEL + 0x100_3000n };
    expect(lintTables(machine, { rules: wx, range })).toHaveLength(2);
    expect(lintTables(machine, { rules: wx, except: [{ range }] })).toHaveLength(3);
    expect(lintTables(machine, { rules: wx, except: [{ rule: 'alias-cache', range }] })).toHaveLength(5);
    const omitted: unknown[] = [];
    expect(
      lintTables(machine, { rules: wx, limit: 2, onOmitted: (...args) => omitted.push(args) }),
    ).toHaveLength(2);
    expect(omitted).toEqual([['writable-executable', 'error', 3]]);
    const low = { start: 0x40_0000, end: 0x40_1000 };
    expect(told(lintTables(machine, { rules: { 'writable-executable': 'off' }, kernel: low })).at(0)).toBe(
      'warning user-kernel-page 0x400000',
    );
  });

  it('stays bounded, and says so, where all of RAM is tables that lead to each other', () => {
    const { machine } = kernel();
    const { cpu } = mmuOf(machine);
    const memory = crowdedMemory({ cpu, mode: '5-level', seed: 7, frames: 24 });
    let incomplete = 0;
    const options = { limit: 5, onIncomplete: () => incomplete++ };
    const findings = lintTables({ memory, cpu, registers: { ...machine.registers, cr3: 0 } }, options);
    expect(incomplete).toBe(1);
    expect(findings.length).toBeLessThan(5 * LINT_RULE_NAMES.length * 3);
  });

  it('says once that nothing can forbid execution, where that is so', () => {
    const { machine } = kernel();
    const memory = new PhysicalMemory(RAM);
    let frame = 0x300;
    const mapper = new Mapper(memory, { mode: '32-bit', allocateFrame: () => frame++ });
    mapper.map(0xc000_0000, 0, 0x20_0000, { writable: true });
    const findings = lintTables({
      memory,
      cpu: machine.cpu,
      registers: { cr0: (CR0_PG | CR0_PE) >>> 0, cr3: mapper.root, cr4: 0, efer: 0 },
    });
    expect(findings.map(({ text }) => text)).toEqual([
      '32-bit paging has no NX: all 512 writable 4 KiB pages are executable, here the first',
    ]);
  });
});
