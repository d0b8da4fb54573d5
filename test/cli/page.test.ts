import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { pageFor } from '../../src/cli/commands/page.ts';
import { saveMachine } from '../../src/machine/index.ts';
import { WRITE } from '../../src/mmu/index.ts';
import { counterexampleNow } from '../../src/web/machine-link.ts';
import { stateOfLink } from '../../src/web/page.ts';
import { smallKernel } from '../claims/layout.ts';
import { schemaErrors } from '../support/schemas.ts';
import { inProcess, type Printed } from './run.ts';

const DIST = resolve(import.meta.dirname, '../../dist/cli');
const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = join(directory, 'page one.html');
writeFileSync(file, '<!doctype html><title>größer</title>');

const before = process.env['BROWSER'];
afterEach(() => {
  if (before === undefined) delete process.env['BROWSER'];
  else process.env['BROWSER'] = before;
});

const page = (...args: string[]): Promise<Printed> =>
  inProcess(['page', ...args], { commands: [pageFor(file)] });

describe('page', () => {
  it('tells where the file is', async () => {
    expect(await page('--print-path')).toEqual({ code: 0, out: `${file}\n`, err: '' });
    const { out } = await page('--print-path', '--json');
    expect(schemaErrors(JSON.parse(out))).toBeUndefined();
    expect(JSON.parse(out)).toMatchObject({ path: file, address: pathToFileURL(file).href });
  });

  it('shows a counterexample by a link, at the access that fails', async () => {
    const { memory, mapper } = smallKernel('PAE');
    mapper.map(0xf000_0000, mapper.tableFrames[1]! * 4096, 0x1000, { writable: true });
    const { cpu, ...registers } = mapper.registers;
    const [broken, layout, small] = ['broken.x86page', 'layout.json', 'small.x86page'].map((name) =>
      join(directory, name),
    );
    writeFileSync(broken!, saveMachine({ memory, cpu, registers }));
    writeFileSync(layout!, '{ "claims": [{ "readOnly": "tables" }] }');
    await inProcess(['check', layout!, broken!, '--save', small!]);
    const { out } = await page(small!, '--print-path', '--json');
    const { address } = JSON.parse(out) as { address: string };
    expect((await page(small!, '--print-path')).out).toBe(`${address}\n`);
    const { session, view, message } = stateOfLink(new URL(address).hash);
    expect([message, view.linear, view.access]).toEqual(['', 0xf000_0000, WRITE]);
    expect(counterexampleNow(session)?.verdict.counterexample?.text).toMatch(
      /^write at 0xf000_0000: expected a page fault/,
    );
  });

  it('opens it with the browser of the environment', async () => {
    const browser = join(directory, 'browser');
    const opened = join(directory, 'opened');
    writeFileSync(
      browser,
      `#!/bin/sh\nprintf '%s' "$1" > '${opened}.new' && mv '${opened}.new' '${opened}'\n`,
    );
    chmodSync(browser, 0o755);
    process.env['BROWSER'] = browser;
    expect(await page()).toEqual({ code: 0, out: `opened ${file}\n`, err: '' });
    while (!existsSync(opened)) await new Promise((done) => setTimeout(done, 10));
    expect(readFileSync(opened, 'utf8')).toBe(pathToFileURL(file).href);
  });

  it('serves it to this machine, and nothing else', async () => {
    const module = (name: string): string => JSON.stringify(pathToFileURL(join(DIST, name)).href);
    const script = `
      import { pageFor } from ${module('commands/page.js')};
      import { DescriptorSink } from ${module('output.js')};
      import { runCommandLine } from ${module('run.js')};
      const sink = (fd) => new DescriptorSink(fd, 'output', () => process.stdout);
      await runCommandLine(['page', '--serve'], { stdout: sink(1), stderr: sink(2), env: {} }, [pageFor(process.argv[1])]);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, file]);
    const ended = new Promise((done) => child.on('close', (_, signal) => done(signal)));
    const address = String(await new Promise((done) => child.stdout.once('data', done))).trim();
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const response = await fetch(address);
    expect(await response.text()).toBe(readFileSync(file, 'utf8'));
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect((await fetch(new URL('/etc/passwd', address))).status).toBe(404);
    expect((await fetch(address, { method: 'POST' })).status).toBe(405);
    child.kill('SIGINT');
    expect(await ended).toBe('SIGINT');
  });

  it('says what to do where no browser is', async () => {
    process.env['BROWSER'] = join(directory, 'no such browser');
    const { code, err } = await page();
    expect(code).toBe(3);
    expect(err).toContain("no such browser' is not there; --print-path tells the file, --serve serves it");
  });

  it('says how to build it where it is not built', async () => {
    const { code, err } = await inProcess(['page', '--print-path'], {
      commands: [pageFor(join(directory, 'no'))],
    });
    expect([code, err]).toEqual([
      3,
      'x86-paging: the page is not built; in a checkout, npm run build:web builds it\n',
    ]);
  });
});
