import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mapper } from '../../src/tables/index.ts';
import { elfCore, qemuNotes } from '../dump/writers.ts';
import { inProcess } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'x86-paging-dumps-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RAM = 4 * 2 ** 20;
const BASE = 0xffff_8880_0000_0000n;
const memory = new PhysicalMemory(RAM);
let frame = 16;
const mapper = new Mapper(memory, {
  mode: '4-level',
  allocateFrame: () => {
    memory.write(++frame * 4096, new Uint8Array(4096));
    return frame;
  },
});
mapper.map(BASE, 0, RAM, { writable: true, executable: false });
mapper.map(0xffff_ffff_8000_0000n, 0x10_0000, 0x4000, { executable: true });
for (let i = 0n; i < 40n; i++) mapper.map(0x40_0000n + i * 0x1_0000n, 0x20_0000, 0x1000, { user: true });

const file = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const ram = memory.read(0, RAM);
const cr3 = BigInt(mapper.root);
const notes = qemuNotes([{ cr0: 0x8001_0033n, cr3, cr4: 0xa0n, code64: true }]);
const elf = file('guest.elf', elfCore([{ start: 0, bytes: ram }], { notes }));
const raw = file('guest.raw', ram);
const registers = file(
  'guest.regs',
  `CPU#0\nCR0=80010033 CR2=0 CR3=${cr3.toString(16)} CR4=000000a0\nEFER=0000000000000d01\n`,
);
memory.writeUint32(0x20_0000, 1);
mapper.protect(0xffff_ffff_8000_0000n, 0x1000, { writable: true });
const later = file('later.elf', elfCore([{ start: 0, bytes: memory.read(0, RAM) }], { notes }));

describe('a dump on the command line', () => {
  it('is mapped, with what had to be concluded on standard error', async () => {
    const { code, out, err } = await inProcess(['map', elf]);
    expect(code).toBe(0);
    expect(err).toContain('EFER is not known');
    expect(out).toMatch(/0xffff_8880_0000_0000-0xffff_8880_0040_0000 +4 MiB +4 KiB +RW S NX/);
    // Forty aliases of one frame are one line.
    expect(out).toMatch(/0x0040_0000-.*← 40 pages, one frame/);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/^1,068 pages/);
  });

  it('is mapped alike from raw memory with registers beside it', async () => {
    const fromElf = await inProcess(['map', elf, '--json']);
    const fromRaw = await inProcess(['map', raw, '--registers', registers, '--json']);
    expect([fromRaw.code, fromRaw.err]).toEqual([0, '']);
    expect(fromRaw.out).toBe(fromElf.out);
  });

  it('without registers is refused, with what to do', async () => {
    const { code, err } = await inProcess(['map', raw]);
    expect(code).toBe(2);
    expect(err).toMatch(/tells no registers.*--registers FILE.*x86-paging roots FILE/s);
  });

  it("is listed as QEMU's info tlb", async () => {
    const { out } = await inProcess(['map', elf, '--as', 'qemu-tlb']);
    const lines = out.trimEnd().split('\n');
    expect(lines).toHaveLength(1068);
    expect(lines[0]).toBe('0000000000400000: 0000000000200000 -------U-');
    expect(lines.at(-1)).toBe('ffffffff80003000: 0000000000103000 ---------');
    expect(lines[40]).toBe('ffff888000000000: 0000000000000000 X-------W');
  });

  it('is cut to a range', async () => {
    const { out } = await inProcess(['map', elf, '--range', '0xffff_ffff_8000_0000+4K', '--json']);
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).start),
    ).toEqual(['0xffffffff80000000']);
  });

  it('is walked', async () => {
    const { code, out } = await inProcess(['walk', '0xffff_ffff_8000_1234', '--image', elf, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ mode: '4-level', physical: '0x101234' });
  });

  it('answers who', async () => {
    const { code, out } = await inProcess(['who', '0x100010', cr3.toString(), '--image', elf]);
    expect(code).toBe(0);
    expect(out).toMatch(/0xffff_8880_0010_0010 +RW S NX/);
    expect(out).toMatch(/0xffff_ffff_8000_0010 +RO S X/);
    expect(out).toContain('is the root of the page tables (CR3)');
    expect((await inProcess(['who', '0x7000000', '--image', elf])).code).toBe(1);
  });

  it('is compared with a later one', async () => {
    const { code, out } = await inProcess(['diff', elf, later, '--json']);
    expect(code).toBe(1);
    const changed = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(changed).toMatchObject([{ start: '0xffffffff80000000', bytes: 4096, changes: ['rights'] }]);
    const same = await inProcess(['diff', elf, elf]);
    expect([same.code, same.out]).toEqual([0, 'no difference\n']);
  });

  it('has its root found, without registers', async () => {
    const { code, out } = await inProcess(['roots', raw, '--json', '--limit', '1']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ cr3: `0x${cr3.toString(16)}`, mode: '4-level' });
  });

  it('of PAE with the accessed bit in PDPTEs is taken with a note, and refused with --strict', async () => {
    const pae = new PhysicalMemory(RAM);
    let next = 16;
    const tables = new Mapper(pae, { mode: 'PAE', allocateFrame: () => next++ });
    tables.map(0xc000_0000, 0, 0x1000);
    // As QEMU leaves it.
    pae.writeUint32(tables.root + 24, pae.readUint32(tables.root + 24) | 0x20);
    const dump = file('pae.raw', pae.read(0, RAM));
    const beside = file(
      'pae.regs',
      `CR0=80010033 CR2=0 CR3=${tables.root.toString(16)} CR4=00000020\nEFER=0000000000000000\n`,
    );
    const taken = await inProcess(['map', dump, '--registers', beside, '--json']);
    expect([taken.code, taken.err]).toEqual([0, expect.stringContaining('have the accessed bit set')]);
    const refused = await inProcess(['map', dump, '--registers', beside, '--strict']);
    expect(refused.code).toBe(3);
    expect(refused.err).toMatch(/PDPTE/);
  });

  it('that is cut short is refused, or goes on with --partial', async () => {
    const cut = file('cut.elf', elfCore([{ start: 0, bytes: ram }], { notes }).subarray(0, 3 * 2 ** 20));
    const refused = await inProcess(['map', cut]);
    expect(refused.code).toBe(3);
    expect(refused.err).toMatch(/cut short.*bytes of RAM.*--partial/s);
    expect((await inProcess(['map', cut, '--partial'])).code).toBe(0);
  });
});
