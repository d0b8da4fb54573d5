import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { REQUEST_MODES, randomRequest, requestJson } from '../../src/campaign/index.ts';
import { junitErrors } from '../support/junit.ts';
import { sarifErrors } from '../support/sarif.ts';
import { schemaErrors } from '../support/schemas.ts';
import { inProcess } from './run.ts';

const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string, mode = 0o644): string {
  const path = join(directory, name);
  writeFileSync(path, content, { mode });
  return path;
}

const examples = resolve(import.meta.dirname, '../../examples/builders');
const layout = file(
  'layout.json',
  '{ "claims": [{ "readOnly": "tables" }, { "unmapped": ["0x0", "0x1000"] }] }',
);
const tablesOnly = file('tables.json', '{ "claims": [{ "readOnly": "tables" }] }');
const program = (name: string, code: string): string => `node ${file(name, code)}`;

/** Answers whatever it is asked with a header and so many bytes. */
const answering = (header: string, bytes = 0): string =>
  `process.stdout.write(${JSON.stringify(`${header}\n`)}); process.stdout.write(Buffer.alloc(${bytes}));`;

describe('x86-paging check with a builder', () => {
  it('proves what a module builds, for many requests in several modes', async () => {
    const args = [join(examples, 'builder.mjs'), '--runs', '10', '--mode', '32-bit,pae,4-level,5-level'];
    const { code, out, err } = await inProcess(['check', tablesOnly, ...args]);
    expect([code, err, out]).toEqual([0, '', expect.stringContaining('all 1 claims hold')]);
  });

  it('tells the smallest request that fails, the counterexample, and saves it', async () => {
    const saved = join(directory, 'counterexample.x86page');
    const args = [join(examples, 'builder.mjs'), '--runs', '50', '--mode', 'PAE', '--save', saved];
    const { code, out, err } = await inProcess(['check', layout, ...args]);
    expect(code).toBe(1);
    expect(out).toContain('read at 0x0000_0000: expected a page fault');
    expect(err).toContain('fails; the smallest that does asks for PAE paging, 1 mapping, 3 frames, seed 0');
    expect(err).toContain('counterexample of 3 page-table entries');
    expect((await inProcess(['replay', saved])).out).toContain('0x0000_0000');
  });

  it('proves what the module in the documentation builds', async () => {
    const text = readFileSync(resolve(examples, '../../docs/builders.md'), 'utf8');
    const [, code = ''] = /```js\n([\s\S]*?)```/.exec(text) ?? [];
    const dist = pathToFileURL(resolve(examples, '../../dist')).href;
    const path = file('documented.mjs', code.replace(/'x86-paging\/(\w+)'/g, `'${dist}/$1/index.js'`));
    const { code: exit, err } = await inProcess([
      'check',
      tablesOnly,
      path,
      '--runs',
      '5',
      '--mode',
      '4-level',
    ]);
    expect([exit, err]).toEqual([0, '']);
  });

  it('gives the same requests for the same seed', async () => {
    const dump = file(
      'dump.mjs',
      `export const build = (request) => { throw new Error(JSON.stringify(request.frames)); };`,
    );
    const seed = async (n: string): Promise<string> =>
      (await inProcess(['check', layout, dump, '--seed', n])).err;
    expect(await seed('5')).toBe(await seed('5'));
    expect(await seed('5')).not.toBe(await seed('6'));
  });

  it.each([
    ['throws', `export default () => { throw new Error('no frames left'); };`, 'throws: no frames left'],
    ['returns nothing', 'export default () => {};', 'returns no object with a cr3'],
    ['returns no cr3', 'export default () => ({ memory: new Uint8Array(4096) });', 'returns no cr3'],
    ['returns no memory', 'export default () => ({ cr3: 0 });', 'returns no memory'],
    [
      'returns too much',
      'export default (r) => ({ cr3: 0, memory: new Uint8Array(r.memoryBytes + 1) });',
      'bytes of memory; the request has',
    ],
    [
      'returns a bad register',
      `export default () => ({ cr3: -1, memory: new Uint8Array(4096) });`,
      'cr3 = "-1"',
    ],
    [
      'returns a CPU that is none',
      `export default () => ({ cr3: 0, cpu: 'z80', memory: new Uint8Array(4096) });`,
      'the CPU "z80"',
    ],
    [
      'returns registers that the CPU refuses',
      `export default () => ({ cr3: 0, cpu: 'i386', cr4: 32, memory: new Uint8Array(4096) });`,
      'the CPU refuses its registers',
    ],
    ['exports no function', 'export const builder = 5;', 'exports no function'],
    ['cannot be loaded', 'export default (', 'cannot load the builder'],
  ])('ends with 3 where a module %s', async (name, code, message) => {
    const path = file(`${name.replaceAll(' ', '-')}.mjs`, code);
    const { code: exit, err } = await inProcess(['check', layout, path]);
    expect([exit, err]).toEqual([3, expect.stringContaining(message)]);
  });

  it.each([
    [
      'crashes',
      `console.error('out of frames'); process.exit(4);`,
      'ended with exit code 4; it said: out of frames',
    ],
    ['is killed', `process.kill(process.pid, 'SIGSEGV');`, 'was ended by SIGSEGV'],
    ['says nothing', '', 'answers with no line of JSON'],
    ['says something else', `console.log('hello');`, 'no object of JSON: \\"hello\\"'.replaceAll('\\', '')],
    ['says no cr3', answering('{"frames":[]}'), 'answers with no cr3'],
    [
      'writes too little',
      answering('{"cr3":0}', 100),
      'answers with 100 bytes of RAM; the request has 524288',
    ],
    [
      'names frames without RAM',
      answering('{"cr3":0,"frames":[128]}', 4096),
      'no list of numbers from 0 to 127',
    ],
    ['writes too few frames', answering('{"cr3":0,"frames":[1,2]}', 4096), '4096 bytes for 2 frames'],
    ['writes too much', answering('{"cr3":0}', 3e6), 'wrote more than the 524288 bytes of RAM'],
    ['takes too long', 'setInterval(() => {}, 1000);', 'took more than 1 s'],
  ])(
    'ends with 3 where a program %s',
    async (name, code, message) => {
      const command = program(`${name.replaceAll(' ', '-')}.cjs`, code);
      const { code: exit, err } = await inProcess(['check', layout, '--builder', command, '--timeout', '1']);
      expect([exit, err]).toEqual([3, expect.stringContaining(message)]);
    },
    20_000,
  );

  it('ends with 3 where there is no such program or module', async () => {
    expect(await inProcess(['check', layout, '--builder', './no-such-program'])).toMatchObject({
      code: 3,
      err: expect.stringContaining('./no-such-program cannot be run: there is no such file'),
    });
    expect(await inProcess(['check', layout, './no-such-module.mjs'])).toMatchObject({
      code: 3,
      err: "x86-paging: cannot load the builder './no-such-module.mjs': there is no such file\n",
    });
    const { err } = await inProcess(['campaign', './no-such-program', '--workers', '0']);
    expect(err).toBe('x86-paging: ./no-such-program cannot be run: there is no such file\n');
    expect((await inProcess(['campaign', 'README.md', '--workers', '0'])).err).toContain(
      'README.md cannot be run: there is no such file in PATH; the one in this folder is ./README.md',
    );
  });

  it('ends with 2 for options of the other kind of machine, and for a mode that there is not', async () => {
    const module = join(examples, 'builder.mjs');
    const usage = async (...args: string[]): Promise<string> => {
      const { code, err } = await inProcess(['check', layout, ...args]);
      expect(code).toBe(2);
      return err;
    };
    expect(await usage(module, '--cr3', '0')).toContain('--cr3 has no meaning here');
    expect(await usage('guest.elf', '--runs', '5')).toContain('--runs has no meaning here');
    expect(await usage(module, '--mode', '16-bit')).toContain("--mode '16-bit'");
    expect(await usage(module, '--builder', './b')).toContain('2 machines are given');
    expect(await usage(module, '--json', '--sarif')).toContain('exclude each other');
  });
});

describe('the builder in C', () => {
  const built = join(directory, 'builder');
  const { error, stderr } = spawnSync(
    'gcc',
    ['-O2', '-Wall', '-Wextra', '-Werror', '-o', built, join(examples, 'builder.c')],
    { encoding: 'utf8' },
  );

  it.skipIf(error !== undefined)(
    'compiles without a warning, and its tables are proved in every mode',
    async () => {
      expect(stderr).toBe('');
      const args = ['--builder', built, '--runs', '6', '--mode', REQUEST_MODES.join(',')];
      const { code, out, err } = await inProcess(['check', tablesOnly, ...args]);
      expect([code, err, out]).toEqual([0, '', expect.stringContaining('all 1 claims hold')]);
    },
  );
});

describe('requests', () => {
  it('are as their schema says', () => {
    for (const mode of REQUEST_MODES) {
      for (let seed = 0; seed < 50; seed++)
        expect(schemaErrors(requestJson(randomRequest(seed, mode)))).toBeUndefined();
    }
    expect(schemaErrors({ ...requestJson(randomRequest(1, 'PAE')), frames: [] })).toContain(
      'build-request/1',
    );
  });
});

describe('x86-paging check for other programs', () => {
  it('prints SARIF that its schema accepts', async () => {
    const module = join(examples, 'builder.mjs');
    for (const args of [
      [layout, module, '--runs', '20'],
      [tablesOnly, module],
    ]) {
      const { out } = await inProcess(['check', ...args, '--sarif']);
      const log = JSON.parse(out) as { runs: { results: object[] }[] };
      expect(sarifErrors(log)).toBeUndefined();
      expect(log.runs[0]!.results.length).toBe(args.length > 2 ? 1 : 0);
    }
    expect(sarifErrors({ version: '2.1.0', runs: [{ results: [] }] })).toContain('tool');
  });

  it('prints JUnit XML that its schema accepts', async () => {
    const module = join(examples, 'builder.mjs');
    const { out } = await inProcess(['check', layout, module, '--runs', '20', '--junit']);
    expect(out).toContain('<testsuite ');
    expect(out).toMatch(/tests="2" failures="1" errors="0"/);
    expect(await junitErrors(out)).toEqual([]);
    expect(await junitErrors(out.replaceAll('testsuites', 'suites'))).not.toEqual([]);
  });
});
