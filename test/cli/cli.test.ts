import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { packKernel } from '../../src/builder/index.ts';
import { x86paging } from './run.ts';

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
      /0xc07f_f000-0xc080_0000 +4 KiB +4 KiB +RO S X +- +0x[0-9a-f_]+ +page directory/,
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
    [2, ['frob'], "there is no command 'frob'; there are build, verify, walk, map, exercise, demo"],
    [2, ['walk'], 'walk needs at least one linear address'],
    [2, ['walk', '12z'], "address '12z' is no number; write it as 0xc000_1234"],
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
    [2, ['map', 'one', 'two'], 'map takes one file; given are 2'],
    [2, ['demo', 'extra'], "demo takes no 'extra'"],
    [2, ['build', '--memory', '64Q'], "--memory '64Q' is no size; write it as 64M"],
    [2, ['build', '--memory', '5000'], '--memory 5000 bytes is not a multiple of 4096'],
    [2, ['build', '--frames', 'random'], "--frames 'random' is none of ascending, descending, scattered"],
    [2, ['build', '--profile', 'xen-9'], "--profile 'xen-9' is neither xen-1.2 nor document"],
    [2, ['build', '--nonsense'], "Unknown option '--nonsense'"],
    [3, ['build', '--memory', '1G'], 'at most 245760 pages fit'],
    [3, ['build', '--kernel', '/nowhere'], "cannot read the kernel '/nowhere': there is no such file"],
    [3, ['build', '--out', '/nowhere/x'], "cannot write '/nowhere/x': there is no such file"],
    [3, ['verify', 'package.json'], 'package.json: this is no saved image'],
    [3, ['verify', '/'], "cannot read the image '/': it is a directory"],
  ];
  for (const [code, args, message] of cases) {
    it(`${code} for x86-paging ${args.join(' ')}`, () => {
      const result = x86paging(args);
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

  it('explains every command with examples', () => {
    const overview = x86paging(['--help']);
    expect(overview.code).toBe(0);
    for (const command of ['build', 'verify', 'walk', 'map', 'exercise', 'demo', 'bench']) {
      expect(overview.out).toContain(command);
      expect(x86paging([command, '--help']).out).toMatch(/Examples:\n {2}x86-paging /);
    }
    expect(x86paging(['--version']).out).toMatch(/^x86-paging \d+\.\d+\.\d+\n$/);
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

  it('fits a terminal of 80 columns', () => {
    const lines = out.split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
