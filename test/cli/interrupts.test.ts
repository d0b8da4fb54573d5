/** Signals, sent to processes that are busy or wait: each must end by the signal, whatever it does. */

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const DIST = resolve(import.meta.dirname, '../../dist/cli');
const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));

interface Ended {
  readonly signal: NodeJS.Signals | null;
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

async function endOf(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout?.on('data', (data) => {
    out += data;
  });
  child.stderr?.on('data', (data) => {
    err += data;
  });
  return await new Promise((done) => {
    child.on('close', (code, signal) => done({ signal, code, out, err }));
  });
}

/** Until the condition holds. Ends with the test's own limit. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((done) => setTimeout(done, 10));
}

/** Hundredths of a second of the processor that a process has used. */
function processorTime(child: ChildProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').replace(/.*\) /, '').split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

describe.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s', (signal) => {
  it('ends a long computation, which then says nothing more', async () => {
    const child = spawn(process.execPath, [join(DIST, 'main.js'), 'vectors', '--check'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = endOf(child);
    // More than its start takes: it is at work.
    await until(() => processorTime(child) >= 80);
    child.kill(signal);
    expect(await end).toEqual({ signal, code: null, out: '', err: '' });
  });

  it('ends a command that waits for its input', async () => {
    const child = spawn(process.execPath, [join(DIST, 'main.js'), 'verify', '-'], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const end = endOf(child);
    // Read, so it is there and waits for more.
    await new Promise<void>((done) => child.stdin?.write(Buffer.alloc(2 ** 20), () => done()));
    child.kill(signal);
    expect(await end).toMatchObject({ signal, out: '' });
  });

  it('leaves nothing half-written', async () => {
    // Endless, so that the signal comes while it is written.
    const script = `
      import { writeOutput } from ${JSON.stringify(pathToFileURL(join(DIST, 'files.js')).href)};
      function* endless() {
        const piece = new Uint8Array(2 ** 16);
        for (let i = 0; ; i++) {
          if (i === 32) process.stdout.write('writing');
          yield i < 64 ? piece : new Uint8Array(1);
        }
      }
      await writeOutput(process.argv[1], endless());`;
    const target = join(directory, `${signal}.x86page`);
    writeFileSync(target, 'before');
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, target], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const end = endOf(child);
    await new Promise((done) => child.stdout?.once('data', done));
    expect(readdirSync(directory)).toContain(`${signal}.x86page.${child.pid}.tmp`);
    child.kill(signal);
    expect(await end).toMatchObject({ signal, err: '' });
    expect(readdirSync(directory).filter((name) => name.startsWith(signal))).toEqual([`${signal}.x86page`]);
  });
});
