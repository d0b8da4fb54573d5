import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { blocksOf } from '../support/documents.ts';
import { schemaErrors } from '../support/schemas.ts';
import { tablesAt } from '../support/tables-at.ts';
import { inProcess } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'x86-paging-lens-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A kernel as docs/lenses.md has it: a direct map, something in the heap, and two pages that will be loaded later. */
const memory = new PhysicalMemory(0x40_0000);
const mapper = tablesAt(memory, '32-bit');
mapper.map(0x8000_0000, 0, 0x20_0000, { writable: true });
mapper.map(0x9000_0000, 0x30_0000, 0x1000);
mapper.map(0x40_0000, 0x30_1000, 0x1000, { user: true });
const table = mapper.tableFrames.at(-1)! * 4096;
memory.writeUint32(table + 4, 0x0012_3002);
memory.writeUint32(table + 8, 0x0012_4002);
memory.writeUint32(table + 16, 0x8000);
const raw = join(folder, 'ram.raw');
writeFileSync(raw, memory.read(0, memory.sizeBytes));
const lens = join(folder, 'mine.json');
writeFileSync(lens, blocksOf('docs/lenses.md', 'json')[0]!);
const broken = join(folder, 'broken.json');
writeFileSync(broken, '{');
const machine = ['--cr0', '0x80010011', '--cr3', `${mapper.root}`, '--cr4', '0'];

describe('--lens', () => {
  it('of a file as its document has it: names regions, and gives reasons', async () => {
    const { code, out, err } = await inProcess(['map', raw, ...machine, '--lens', lens]);
    expect([code, err]).toEqual([0, '']);
    const linesWith = (name: string): string[] =>
      out.split('\n').flatMap((line) => (line.trimEnd().endsWith(` ${name}`) ? line.slice(0, 11) : []));
    expect(linesWith('user')).toEqual(['0x0040_0000', '0x0040_1000', '0x0040_4000']);
    expect(linesWith('direct map')).toEqual(['0x8000_0000']);
    expect(linesWith('heap')).toEqual(['0x9000_0000']);
    expect(out).toMatch(/2 PTEs +to be loaded; disk block 0x0000_0123 …/);
    expect(out).toMatch(/1 PTE +not present, for no reason that My kernel is known to have/);
    const json = await inProcess(['map', raw, ...machine, '--lens', lens, '--json']);
    for (const line of json.out.trimEnd().split('\n')) expect(schemaErrors(JSON.parse(line))).toBeUndefined();
    expect(json.out).toContain('"entries":2,"reason":"to be loaded","first":{"disk block":"0x123"}');
  });

  it('adds to a walk what is to be said of it', async () => {
    const walk = ['walk', '0x401000', '0x80001000', '--image', raw, ...machine];
    const { code, out } = await inProcess([...walk, '--lens', lens]);
    expect(code).toBe(1);
    expect(out).toMatch(/My kernel: user\n +to be loaded; disk block 0x0000_0123/);
    expect(out).toMatch(/My kernel: direct map/);
    const json = await inProcess([...walk, '--lens', lens, '--json']);
    const [first, second] = json.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect([schemaErrors(first), schemaErrors(second)]).toEqual([undefined, undefined]);
    expect(second!['lens']).toEqual({ name: 'mine', region: 'direct map', absent: null, frame: null });
  });

  it('of Xen, on the domain of the demo, gives the pseudo-physical frame', async () => {
    const { out } = await inProcess(['walk', '0xC0003000', '--lens', 'xen']);
    expect(out).toContain("Xen with paravirtual guests: guest's kernel");
  });

  it('names the rows of a drawing', async () => {
    const { code, out } = await inProcess(['map', raw, ...machine, '--lens', lens, '--svg']);
    expect(code).toBe(0);
    expect(out).toContain('<title>0x8000_0000-0x8020_0000: direct map, RW S X, 512 pages, 2 MiB</title>');
  });

  it('says of a machine that it does not know so, on standard error', async () => {
    const { code, err } = await inProcess(['map', raw, ...machine, '--lens', 'linux']);
    expect(code).toBe(0);
    expect(err).toContain("The lens 'linux' knows no layout for this machine, 32-bit paging.");
  });

  it.each([
    [2, "there is no lens 'linx'; there are linux, windows, xv6, xen", ['map', '--lens', 'linx']],
    [2, '--lens', ['map', '--lens', 'linux', '--as', 'qemu-tlb']],
    [3, 'there is no such file', ['walk', '0', '--lens', './nowhere.json']],
    [3, 'JSON', ['map', '--lens', broken]],
  ])('ends with %i where it cannot be: %s', async (status, message, args) => {
    const { code, err } = await inProcess(args);
    expect([code, err]).toEqual([status, expect.stringContaining(message)]);
  });
});
