import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { packKernel } from '../../src/builder/index.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { inProcess, x86paging } from './run.ts';

const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = (name: string): string => join(directory, name);

describe('build, verify, walk and map', () => {
  it('work on a saved image', () => {
    const image = path('a.x86page');
    const built = x86paging(['build', '--memory', '8M', '--frames', 'scattered:7', '--out', image]);
    expect([built.code, built.err]).toEqual([0, '']);
    expect(built.out).toContain('8 MiB domain, profile xen-1.2');

    const verified = x86paging(['verify', image]);
    expect(verified.code).toBe(0);
    expect(verified.out).toContain('all 16 claims hold');

    const walked = x86paging(['walk', '0xC000_0123', '3221225472', '--image', image]);
    expect(walked.code).toBe(0);
    expect(walked.out).toContain('read at 0xc000_0123');
    expect(walked.out).toContain('PDE[768]');

    const mapped = x86paging(['map', '--image', image]);
    expect(mapped.code).toBe(0);
    expect(mapped.out).toMatch(
      /0xc07f_f000-0xc080_0000 +4 KiB +4 KiB +RO S X +- +0x[0-9a-f_]+ +[Aa-][Dd-] +WB +page directory/,
    );
  });

  it('take their input from a pipe', () => {
    const image = x86paging(['build', '--memory', '4M', '--out', '-']);
    expect(image.out.slice(0, 8)).toBe('X86PAGE\n');
    const verified = x86paging(['verify', '-', '--json'], { input: image.bytes });
    expect(JSON.parse(verified.out)).toMatchObject({ schema: 'x86-paging/verification/1', ok: true });
  });

  it('save a directory with drawing, map and update list', () => {
    const out = path('dir');
    mkdirSync(out);
    expect(x86paging(['build', '--memory', '4M', '--out', out]).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['domain.x86page', 'layout.txt', 'map.txt', 'updates.bin']);
    expect(readFileSync(join(out, 'updates.bin')).length).toBe(8 * (1 + 1 + 2 * 1024));
  });

  it('load kernels plain, gzip-compressed and flat', () => {
    const flat = Uint8Array.of(0xeb, 0xfe);
    writeFileSync(path('flat'), flat);
    writeFileSync(path('packed.gz'), gzipSync(packKernel(flat, 0xc000_0000)));
    const one = x86paging(['build', '--memory', '4M', '--kernel', path('packed.gz'), '--out', '-']);
    const two = x86paging(
      ['build', '--memory', '4M', '--kernel', '-', '--pack', '0xC0000000', '--out', '-'],
      { input: flat },
    );
    expect(one.code).toBe(0);
    expect(Buffer.compare(two.bytes, one.bytes)).toBe(0);
  });
});

describe('exit codes', () => {
  const cases: [number, string[], string | RegExp][] = [
    [1, ['walk', '0'], ''],
    [1, ['walk', '0xC0000000', '--access', 'user-write'], ''],
    [2, [], ''],
    [
      2,
      ['frobnicate'],
      "there is no command 'frobnicate'; there are build, verify, check, campaign, merge, replay, walk, map, who, diff, lint, read, roots, xen, exercise, demo",
    ],
    [2, ['wlak', '0'], "there is no command 'wlak'; did you mean 'walk'?"],
    [2, ['help', 'mpa'], "there is no command 'mpa'; did you mean 'map'?"],
    [2, ['walk', '0', '--acces', 'read'], "Unknown option '--acces' (did you mean --access?)"],
    [2, ['walk', '0', '--access', 'raed'], 'did you mean read?'],
    [0, ['-h'], ''],
    [0, ['-V'], ''],
    [0, ['walk', '-h'], ''],
    [
      2,
      ['--json', 'map'],
      "'--json' is no option of x86-paging itself, which has --help and --version; options of a command stand behind its name",
    ],
    [2, ['exercise', '--student', ' '], '--student needs a name'],
    [
      0,
      ['build', '--memory', '4M', '--cmdline', 'x'.repeat(256)],
      'the command line has 256 bytes; start_info holds the first 255',
    ],
    [2, ['walk'], 'walk needs at least one linear address'],
    [2, ['walk', '12z'], "address '12z' is no number; write it as 0xc000_1234"],
    [2, ['walk', 'C0000000'], "address 'C0000000' is no number; did you mean 0xC0000000?"],
    [2, ['walk', '0', 'dom.x86page'], 'a machine from --image FILE'],
    [2, ['walk', 'start_kernel'], 'symbols are taken from --symbols FILE'],
    [
      2,
      ['xen', 'pin-cuont'],
      "there is no scenario 'pin-cuont', and no such file; did you mean 'pin-count'?",
    ],
    [2, ['xen', 'other'], 'there are changing-tables, descriptor-reference'],
    [3, ['xen', './other'], "cannot read the scenario './other': there is no such file"],
    [0, ['map', '--cr0', '1'], 'paging is off (CR0.PG is clear)'],
    [1, ['who', '0x1000', '--cr0', '1'], 'paging is off (CR0.PG is clear)'],
    [0, ['lint', '--cr0', '1'], 'paging is off (CR0.PG is clear)'],
    [
      0,
      'diff package.json --format raw --partial --cr0 1 --cr3 0 --cr4 0 --efer 0 --after-cr3 0x1000'.split(
        ' ',
      ),
      'paging is off (CR0.PG is clear)',
    ],
    [
      2,
      ['map', 'package.json', '--format', 'raw', '--partial', '--cr3', '0x1000'],
      '--cr4 N gives it, or --registers FILE',
    ],
    [2, ['map', '--stop'], '--stop goes with --qemu'],
    [2, ['check', 'layout.json'], 'such as layout.json guest.elf'],
    [2, ['diff', 'one'], 'diff takes two files, before and after'],
    [2, ['read', '0'], 'read takes an address and a length'],
    [2, ['build', '--memory', '64'], 'write a size with its unit, such as 64M'],
    [2, ['walk', '0', '--access', 'poke'], "--access 'poke' is none of read, write, fetch"],
    [2, ['walk', '0', '--cpu', 'z80'], "--cpu 'z80' is none of i386"],
    [
      1,
      [
        'walk',
        '0x8000_0000_0000',
        '--cpu',
        'core2',
        '--cr4',
        '0x20',
        '--efer',
        '0x100',
        '--cr3',
        '0x10_0000_1000',
      ],
      '',
    ],
    [2, ['walk', '0x1C0000000'], "32-bit paging: address '0x1C0000000' does not fit 32 bits"],
    [2, ['walk', '0', '--cr3', '0x10_0000_0000_0000'], "--cr3 '0x10_0000_0000_0000' does not fit 52 bits"],
    [2, ['walk', '0', '--image', 'a', '--cr4', '0x20', '--cpu', 'z80'], '--cpu'],
    [2, ['map', 'one', '--image', 'two'], "two files are given, 'one' and 'two'"],
    [2, ['map', 'one', 'two'], 'map takes one file, and 2 are given'],
    [2, ['demo', 'extra'], "demo takes no 'extra'"],
    [2, ['build', '--memory', '64Q'], "--memory '64Q' is no size; write it as 64M"],
    [2, ['build', '--memory', '5000'], '--memory 5000 bytes is not a multiple of 4096'],
    [2, ['build', '--frames', 'random'], "--frames 'random' is none of ascending, descending, scattered"],
    [2, ['build', '--profile', 'xen-9'], "--profile 'xen-9' is none of xen-1.2, document"],
    [2, ['build', '--nonsense'], "Unknown option '--nonsense'"],
    [2, ['build', '--memory', '1G'], 'at most 245760 pages fit'],
    [2, ['build', '--memory', '0'], '--memory 0 bytes is not a multiple of 4096 above 0'],
    [2, ['build', '--memory', '8G'], '--memory 8589934592 bytes is too much'],
    [2, ['build', '--memory', '1M'], '--memory 1 MiB: the kernel takes 256 pages'],
    [2, ['bench', '--memory', '1G'], '--memory 1G is no whole number of MiB from 1M to 960M'],
    [2, ['build', '--machine', '16M'], '--machine 16M is too small: Xen keeps the first 44 MiB'],
    [2, ['build', '--machine', '200G'], '--machine: memory size'],
    [
      2,
      ['build', '--pack', '0xC0000000'],
      '--pack says where to load a flat binary; name it with --kernel FILE',
    ],
    [2, ['build', '--kernel', '-', '--initrd', '-'], '--kernel and --initrd cannot both be standard input'],
    [2, ['page', '--port', '80'], '--port goes with --serve'],
    [2, ['page', '--serve', '--port', '99999'], "--port '99999' is no whole number from 1 to 65535"],
    [3, ['build', '--kernel', '/nowhere'], "cannot read the kernel '/nowhere': there is no such file"],
    [3, ['build', '--out', '/nowhere/x'], "cannot write '/nowhere/x': there is no such file"],
    [3, ['verify', 'package.json'], 'package.json: this is no saved image'],
    [3, ['verify', '/'], "cannot read the image '/': it is a directory"],
  ];
  for (const [code, args, message] of cases) {
    it(`${code} for x86-paging ${args.join(' ')}`, async () => {
      const result = await inProcess(args);
      expect(result.code).toBe(code);
      expect(result.err).toContain(message);
      if (code > 1 && args.length > 0) expect(result.out).toBe('');
    });
  }
});

describe('output', () => {
  it('has no colours in a pipe, has them when told, and none when NO_COLOR objects', () => {
    expect(x86paging(['map']).out).not.toContain('\x1b[');
    expect(x86paging(['map', '--color']).out).toContain('\x1b[');
    expect(x86paging(['map', '--color', '--no-color']).out).toContain('\x1b[');
    expect(x86paging(['map'], { env: { NO_COLOR: '1' } }).out).not.toContain('\x1b[');
  });

  it('is one JSON value a line with --json, addresses as strings', () => {
    const lines = x86paging(['map', '--json']).out.trim().split('\n');
    expect(JSON.parse(lines[0]!)).toMatchObject({
      schema: 'x86-paging/map-run/1',
      start: '0xc0000000',
      name: 'kernel',
    });
    const walk = JSON.parse(x86paging(['walk', '0xC0000000', '--access', 'user-read', '--json']).out);
    expect(walk).toMatchObject({
      ok: false,
      fault: { reason: 'user-access-to-supervisor-page', code: 5, cr2: '0xc0000000' },
    });
    expect(JSON.parse(x86paging(['build', '--memory', '4M', '--json']).out)).toMatchObject({
      schema: 'x86-paging/domain/1',
      pageCount: 1024,
      loadAddress: '0xc0000000',
    });
  });

  it('may be cut off by its reader', async () => {
    const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
    const child = spawn(process.execPath, [main, 'map', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    let err = '';
    child.stderr.on('data', (chunk) => {
      err += chunk;
    });
    child.stdout.destroy();
    const code = await new Promise((done) => child.on('close', done));
    expect([code, err]).toEqual([0, '']);
  });

  it('explains every command with examples', async () => {
    const overview = await inProcess(['--help']);
    expect(overview.code).toBe(0);
    expect((await inProcess(['-h'])).out).toBe(overview.out);
    for (const { name } of COMMANDS) {
      expect(overview.out).toContain(`  ${name} `);
      const { out } = await inProcess([name, '--help']);
      expect(out).toMatch(/Examples:\n {2}\S/);
      expect(out).toContain('-h, --help');
      expect((await inProcess(['help', name])).out).toBe(out);
      expect((await inProcess([name, '-h'])).out).toBe(out);
    }
    expect((await inProcess(['--version'])).out).toMatch(/^x86-paging \d+\.\d+\.\d+\n$/);
    expect((await inProcess(['-V'])).out).toBe((await inProcess(['--version'])).out);
  });

  it('goes to standard error where no command is given', async () => {
    const { code, out, err } = await inProcess([]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain('Usage: x86-paging COMMAND');
  });
});

describe('demo', () => {
  const { code, out, err } = x86paging(['demo']);

  it('draws the domain, proves it, and walks three addresses', () => {
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('0xfc00_0000 ├');
    expect(out).toContain('all 16 claims hold');
    expect(out).toContain('✓ physical');
    expect(out).toContain('✗ #PF: the page is read-only, and CR0.WP holds the supervisor to that too');
    expect(out).toContain('✗ #PF: the page belongs to the supervisor, and ring 3 asked');
  });

  it('is of the domain that the other commands look at where none is named', async () => {
    const { out: walk } = await inProcess(['walk', '0xC3FFE000', '--access', 'write']);
    expect(out).toContain(walk.trim());
  });

  it('has all of it in JSON', async () => {
    const demo = await inProcess(['demo', '--json']);
    expect(demo.code).toBe(0);
    expect(JSON.parse(demo.out)).toMatchObject({
      schema: 'x86-paging/demo/1',
      domain: { pageCount: 16384 },
      verification: { ok: true },
      walks: [{ ok: true }, { fault: { code: 3 } }, { fault: { code: 5 } }],
    });
  });
});
