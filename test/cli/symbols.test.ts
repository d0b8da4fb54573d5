import { linkSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fileSource } from '../../src/cli/files.ts';
import { mmuOf, openMachine } from '../../src/machine/index.ts';
import { schemaErrors } from '../support/schemas.ts';
import { BANNER, KERNEL, PROGRAM, SHARED, writeGuest } from './guest-dump.ts';
import { inProcess, x86paging } from './run.ts';

const guest = writeGuest();
afterAll(() => rmSync(guest.folder, { recursive: true, force: true }));
const later = guest.later('later.elf', (memory, mapper) => {
  mapper.protect(KERNEL + 0x10_1000n, 0x1000, { executable: true });
  memory.write(0x20_0000, Buffer.from('program two'));
});
const hex = (n: number | bigint): string => `0x${n.toString(16)}`;
const names = ['--symbols', guest.vmlinux];

const lines = (out: string): Record<string, unknown>[] =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('x86-paging read', () => {
  it('prints a hex dump, with names, and folds what repeats', async () => {
    const { code, out } = await inProcess(['read', 'linux_banner', '4K', guest.elf, ...names]);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      'linux_banner:',
      '0xffff_ffff_8110_0000  4c 69 74 74 6c 65 20 76  65 72 73 69 6f 6e 20 31  Little version 1',
      '0xffff_ffff_8110_0010  2e 30 00 00 00 00 00 00  00 00 00 00 00 00 00 00  .0..............',
      '0xffff_ffff_8110_0020  00 00 00 00 00 00 00 00  00 00 00 00 00 00 00 00  ................',
      '*',
      '0xffff_ffff_8110_1000',
      '',
    ]);
    const all = await inProcess(['read', 'linux_banner', '4K', guest.elf, '--all']);
    expect(all.code).toBe(2);
    expect(
      (await inProcess(['read', 'linux_banner', '4K', guest.elf, '--all', ...names])).out.split('\n'),
    ).toHaveLength(258);
    // A line begins at a multiple, and fits the terminal.
    const odd = await inProcess(['read', hex(PROGRAM + 5), '10', guest.elf], { columns: 70 });
    expect(odd.out.split('\n')).toEqual([
      '0x0040_0005                  61 6d 20       am ',
      '0x0040_0008  6f 6e 65 00  00 00 00     one....',
      '',
    ]);
  });

  it('writes the bytes themselves, to standard output or a file', async () => {
    const raw = x86paging([
      'read',
      'linux_banner',
      String(BANNER.length),
      guest.elf,
      '--raw',
      '--symbols',
      guest.systemMap,
    ]);
    expect([raw.code, Buffer.from(raw.bytes).toString()]).toEqual([0, BANNER]);
    const out = join(guest.folder, 'page.bin');
    expect((await inProcess(['read', hex(PROGRAM), '8K', guest.elf, '--out', out])).code).toBe(0);
    expect(readFileSync(out)).toEqual(Buffer.concat([Buffer.from('program one'), Buffer.alloc(8181)]));
    const terminal = await inProcess(['read', hex(PROGRAM), '8', guest.elf, '--raw'], { columns: 80 });
    expect([terminal.code, terminal.err]).toEqual([2, expect.stringContaining('--out FILE')]);
  });

  it('stops at the first page that is not mapped, with the reason, after the bytes before it', async () => {
    const { code, out, err } = await inProcess(['read', hex(PROGRAM + 0x1ff8), '16', guest.elf]);
    expect(code).toBe(1);
    expect(out).toBe(`0x0040_1ff8${' '.repeat(27)}00 00 00 00 00 00 00 00${' '.repeat(10)}........\n`);
    expect(err).toMatch(
      /stopped at 0x0040_2000: an entry on the way is not present \(PTE at 0x\w+_\w+ = 0x0\)\n$/,
    );
    const json = await inProcess(['read', hex(PROGRAM + 0x1ff8), '16', guest.elf, '--json']);
    expect(lines(json.out).map(schemaErrors).filter(Boolean)).toEqual([]);
    expect(lines(json.out)).toMatchObject([
      { linear: '0x401ff8', physical: '0x201ff8', length: 8, bytes: '0000000000000000' },
      { linear: '0x402000', reason: 'not-mapped', walk: { ok: false } },
    ]);
  });
});

describe('symbols', () => {
  it('give names to what every command prints', async () => {
    const map = await inProcess(['map', guest.elf, ...names]);
    expect(map.out).toMatch(/0xffff_ffff_8100_0000-.* RO S X .* _text … start_kernel\n/);
    const walk = await inProcess(['walk', 'start_kernel+0x10', '--image', guest.elf, ...names]);
    expect(walk.out).toMatch(/^read at 0xffff_ffff_8100_1010 \(start_kernel\+0x10\)/);
    const who = await inProcess(['who', 'init_task', '--image', guest.elf, ...names]);
    expect(who.out).toMatch(/^physical 0x0018_1000\n/);
    expect(who.out).toMatch(/0xffff_ffff_8110_1000 .* init_task\n/);
    const diff = await inProcess(['diff', guest.elf, later, ...names]);
    expect([diff.code, diff.out]).toEqual([1, expect.stringMatching(/ rights .* init_task\n/)]);
    const lint = await inProcess(['lint', later, ...names]);
    expect(lint.out).toMatch(/executable-data[\s\S]*init_task is data by name, and executable/);
    for (const [command, ...args] of [
      ['map', guest.elf],
      ['walk', 'start_kernel', '--image', guest.elf],
      ['who', 'init_task', '--image', guest.elf],
      ['diff', guest.elf, later],
      ['lint', later],
    ]) {
      const { out } = await inProcess([command!, ...args, ...names, '--json']);
      expect(lines(out).map(schemaErrors).filter(Boolean), command).toEqual([]);
      expect(out, command).toMatch(/"name":"(_text|start_kernel|init_task)/);
    }
  });

  it('say where ranges and addresses begin, also after a slide', async () => {
    const range = await inProcess([
      'map',
      guest.elf,
      ...names,
      '--range',
      'start_kernel-init_task',
      '--json',
    ]);
    expect(lines(range.out).map(({ start }) => start)).toEqual([
      hex(KERNEL + 0x1000n),
      hex(KERNEL + 0x10_0000n),
    ]);
    const slid = await inProcess([
      'walk',
      '_text',
      '--image',
      guest.elf,
      ...names,
      '--slide',
      '0x1000',
      '--json',
    ]);
    expect(lines(slid.out)).toMatchObject([{ linear: hex(KERNEL + 0x1000n), name: '_text' }]);
  });

  it('are moved to where the kernel lies by --slide auto', async () => {
    const auto = ['--symbols', guest.linkedMap, '--slide', 'auto'];
    for (const args of [
      ['walk', 'start_kernel', '--image', guest.elf],
      ['read', 'linux_banner', '18', guest.elf],
      ['who', 'init_task', '--image', guest.elf],
      ['map', guest.elf, '--range', '_text-init_task'],
      ['diff', guest.elf, later, '--range', '_text+2M'],
      ['lint', later, '--range', '_text+2M'],
    ]) {
      const slid = await inProcess([...args, ...auto]);
      expect(slid.err).toContain('the kernel lies 0x1d000000 from where its symbols have it');
      expect(slid.out).toBe((await inProcess([...args, ...names])).out);
    }
    // Where it was linked, that is told too; and symbols of another kernel fit nowhere.
    expect(
      (await inProcess(['walk', '_text', '--image', guest.elf, ...names, '--slide', 'auto'])).err,
    ).toContain('lies 0x0 from');
    const other = join(guest.folder, 'other.map');
    writeFileSync(other, 'ffffffff81000000 T _text\nffffffff81800000 T _etext\nffffffff81900000 D _sdata\n');
    const wrong = await inProcess([
      'walk',
      '_text',
      '--image',
      guest.elf,
      '--symbols',
      other,
      '--slide',
      'auto',
    ]);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('finds no place where')]);
  });

  it('that are not there, or no symbols, are told', async () => {
    for (const [args, code, message] of [
      [
        ['walk', 'kernel', '--image', guest.elf, ...names],
        2,
        /no symbol 'kernel' in .*; it has start_kernel/,
      ],
      [['walk', 'x', '--image', guest.elf, ...names], 2, /it has _text|it has 4/],
      [['walk', '0', '--symbols', guest.raw], 3, /the symbols '.*': there is no line/],
      [['walk', '0', '--symbols', join(guest.folder, 'none')], 3, /cannot read the symbols/],
      [['walk', '0', '--slide', '0x1000'], 2, /--slide goes with --symbols/],
      [
        ['who', '_text', '--image', guest.elf, ...names, '--slide', '0x10000000'],
        2,
        /is not mapped, and so has no physical/,
      ],
    ] as const) {
      const result = await inProcess(args);
      expect([result.code, result.err]).toEqual([code, expect.stringMatching(message)]);
    }
  });
});

describe('the sum of a map', () => {
  it('tells pages by size and rights, W+X, and what the tables take', async () => {
    const wx = guest.later('wx.elf', (_, mapper) => mapper.map(0x61_0000, 0, 0x1000, { writable: true }));
    const { out } = await inProcess(['map', wx, '--summary']);
    expect(out.split('\n')).toEqual([
      '4 pages of 2 MiB, 15 pages of 4 KiB',
      'RW S NX 8204 KiB, RO S X 16 KiB, RO U X 12 KiB, RW U NX 12 KiB, RW S X 8 KiB',
      '12 tables, 48 KiB',
      '19 pages, 8252 KiB; 2 of them writable and executable',
      '',
    ]);
    expect((await inProcess(['map', wx])).out.endsWith(out)).toBe(true);
    const json = JSON.parse((await inProcess(['map', wx, '--summary', '--json'])).out);
    expect(schemaErrors(json)).toBeUndefined();
    expect(json).toMatchObject({
      pages: 19,
      writableExecutable: { pages: 2, bytes: 8192 },
      tables: { count: 12, bytes: 49152 },
    });
  });
});

describe('several roots in one dump', () => {
  it('are all asked by who --all-roots, with registers or without', async () => {
    const one = await inProcess(['who', hex(SHARED), '--image', guest.elf, '--json']);
    expect(lines(one.out)[0]!['mappings']).toHaveLength(2);
    const [a, b] = guest.roots.map(hex);
    for (const image of [guest.elf, guest.raw]) {
      const { code, out, err } = await inProcess([
        'who',
        hex(SHARED),
        '0x290000',
        '--image',
        image,
        '--all-roots',
        '--json',
      ]);
      expect([code, err]).toEqual([0, expect.stringContaining('there are 2 roots of page tables')]);
      const [shared, second] = lines(out);
      expect(schemaErrors(shared)).toBeUndefined();
      const library = (shared!['mappings'] as { linear: string; roots: string[] }[]).filter(
        ({ linear }) => linear === '0x70000000',
      );
      expect(library.flatMap(({ roots }) => roots).sort()).toEqual([a, b].sort());
      expect((second!['mappings'] as unknown[])[0]).toMatchObject({ linear: '0x600000', roots: [b] });
    }
    const text = await inProcess(['who', '0x290000', '--image', guest.elf, '--all-roots']);
    expect(text.out).toMatch(/0x0060_0000 .* under CR3 0x/);
    const cut = await inProcess([
      'who',
      hex(SHARED),
      '--image',
      guest.elf,
      '--range',
      '0x70000000+4K',
      '--json',
    ]);
    expect(lines(cut.out)[0]!['mappings']).toHaveLength(1);
  });

  it('are compared by diff --after-cr3', async () => {
    const [a, b] = guest.roots.map(hex) as [string, string];
    const { code, out } = await inProcess(['diff', guest.elf, '--after-cr3', b, '--json']);
    expect(code).toBe(1);
    expect(lines(out)).toMatchObject([
      { start: '0x400000', changes: ['moved'], bytes: 0x2000 },
      { start: '0x600000', changes: ['moved'], bytes: 0x3000 },
    ]);
    expect((await inProcess(['diff', guest.elf, '--after-cr3', a])).out).toBe('no difference\n');
    const cut = await inProcess(['diff', guest.elf, '--after-cr3', b, '--range', '0x600000+4K', '--json']);
    expect(lines(cut.out)).toMatchObject([{ start: '0x600000' }]);
    expect((await inProcess(['diff', guest.elf])).code).toBe(2);
  });
});

describe("the user's file", () => {
  it('is never written to, by any command', async () => {
    const before = [readFileSync(guest.elf), statSync(guest.elf).mtimeMs] as const;
    const link = join(guest.folder, 'link.elf');
    const hard = join(guest.folder, 'hard.elf');
    symlinkSync(guest.elf, link);
    linkSync(guest.elf, hard);
    for (const out of [guest.elf, link, hard]) {
      const { code, err } = await inProcess(['read', hex(PROGRAM), '16', guest.elf, '--out', out]);
      expect([code, err]).toEqual([2, expect.stringContaining("is the machine's own file")]);
    }
    for (const args of [
      ['map', guest.elf],
      ['walk', hex(PROGRAM), '--image', guest.elf, '--access', 'user-write'],
      ['read', hex(PROGRAM), '16', guest.elf],
      ['who', '0', '--image', guest.elf, '--all-roots'],
      ['diff', guest.elf, later],
      ['lint', guest.elf],
      ['roots', guest.elf],
    ])
      expect((await inProcess(args)).code).toBeLessThan(2);
    // A program writes to its machine, which keeps it to itself.
    const machine = openMachine(fileSource(guest.elf, 'image')!);
    const mmu = mmuOf(machine);
    expect(mmu.writeUint32(KERNEL + 0x10_1000n, 0x1234_5678)).toBe(0);
    expect(mmu.readUint32(KERNEL + 0x10_1000n)).toBe(0x1234_5678);
    expect(Buffer.compare(readFileSync(guest.elf), before[0])).toBe(0);
    expect(statSync(guest.elf).mtimeMs).toBe(before[1]);
  });
});
