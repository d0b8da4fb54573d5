import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { InputError } from '../../src/cli/errors.ts';
import { fileSource, readInput, writeOutput } from '../../src/cli/files.ts';
import { loadMachine } from '../../src/machine/index.ts';
import { inProcess, x86paging } from './run.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/cli/main.js');
const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));
const path = (name: string): string => join(directory, name);
/** What nobody has tidied up. */
const leftovers = (): string[] => readdirSync(directory).filter((name) => name.endsWith('.tmp'));

describe('a file that is written', () => {
  it('replaces one that is there, and keeps its mode', async () => {
    writeFileSync(path('mode'), 'before');
    chmodSync(path('mode'), 0o640);
    await writeOutput(path('mode'), ['after', Uint8Array.of(33)]);
    expect(readFileSync(path('mode'), 'utf8')).toBe('after!');
    expect(statSync(path('mode')).mode & 0o777).toBe(0o640);
  });

  it('is where a symbolic link leads, also if nothing is there yet', async () => {
    writeFileSync(path('target'), 'before');
    symlinkSync('target', path('link'));
    symlinkSync('link', path('link to link'));
    symlinkSync(path('new target'), path('dangling'));
    await writeOutput(path('link to link'), ['after']);
    await writeOutput(path('dangling'), ['new']);
    expect([readlinkSync(path('link to link')), readlinkSync(path('link'))]).toEqual(['link', 'target']);
    expect(readFileSync(path('target'), 'utf8')).toBe('after');
    expect(lstatSync(path('dangling')).isSymbolicLink()).toBe(true);
    expect(readFileSync(path('new target'), 'utf8')).toBe('new');
    symlinkSync('circle', path('circle'));
    await expect(writeOutput(path('circle'), [])).rejects.toThrow('its symbolic links go in a circle');
  });

  it('may be a FIFO, which stays one', async () => {
    execFileSync('mkfifo', [path('fifo')]);
    const reader = spawn('cat', [path('fifo')]);
    let read = '';
    reader.stdout.on('data', (data) => {
      read += data;
    });
    const ended = new Promise((done) => reader.on('close', done));
    await writeOutput(path('fifo'), ['one ', 'two']);
    await ended;
    expect(read).toBe('one two');
    expect(lstatSync(path('fifo')).isFIFO()).toBe(true);
  });

  it('may be a socket, which stays one', async () => {
    let read = '';
    const server = createServer((socket) => {
      socket.on('data', (data) => {
        read += data;
      });
    });
    await new Promise<void>((done) => server.listen(path('socket'), done));
    const closed = new Promise((done) => server.on('connection', (socket) => socket.on('close', done)));
    await writeOutput(path('socket'), ['one ', 'two']);
    await closed;
    expect(lstatSync(path('socket')).isSocket()).toBe(true);
    server.close();
    expect(read).toBe('one two');
  });

  it('is as it was where making it fails half-way', async () => {
    writeFileSync(path('kept'), 'before');
    function* failing(): Generator<string> {
      yield 'half';
      throw new Error('no more');
    }
    await expect(writeOutput(path('kept'), failing())).rejects.toThrow('no more');
    await expect(writeOutput(path('never'), failing())).rejects.toThrow('no more');
    expect(readFileSync(path('kept'), 'utf8')).toBe('before');
    expect([existsSync(path('never')), leftovers()]).toEqual([false, []]);
  });

  it('is refused with its reason', async () => {
    await expect(writeOutput('/nowhere/x', [])).rejects.toThrow(
      new InputError("cannot write '/nowhere/x': there is no such file"),
    );
    await expect(writeOutput(directory, [])).rejects.toThrow('it is a directory');
    writeFileSync(path('plain'), '');
    await expect(writeOutput(path('plain/x'), [])).rejects.toThrow('a part of its path is no directory');
  });
});

describe('a file that is read', () => {
  const limit = { bytes: 10, why: 'ten' };

  it('may have as many bytes as the limit', () => {
    writeFileSync(path('ten'), '0123456789');
    writeFileSync(path('eleven'), '0123456789a');
    expect(readInput(path('ten'), 'file', limit)).toHaveLength(10);
    expect(() => readInput(path('eleven'), 'file', limit)).toThrow(
      new InputError(`the file '${path('eleven')}' has more than 10 bytes, ten; give a smaller file`),
    );
  });

  it('is read no further where it has no end', async () => {
    expect(() => readInput('/dev/zero', 'file', limit)).toThrow('has more than 10 bytes');
    const { code, err } = await inProcess(['build', '--memory', '4M', '--initrd', '/dev/zero']);
    expect(code).toBe(3);
    expect(err).toContain("the initrd '/dev/zero' has more than 4194304 bytes, all of the domain's memory");
  });

  it('is read where it is asked for, if it lies on a disk', () => {
    const source = fileSource(path('ten'), 'file')!;
    expect(source.size).toBe(10);
    expect(Buffer.from(source.read(3, 4)).toString()).toBe('3456');
    expect(source.read(8, 4)).toHaveLength(2);
    expect(fileSource('/dev/zero', 'file')).toBeUndefined();
    expect(fileSource(path('absent'), 'file')).toBeUndefined();
  });
});

describe('standard output', () => {
  it('takes an image, however slow its reader is', () => {
    writeFileSync(path('kernel'), new Uint8Array(300_000).fill(7));
    const { stdout, stderr } = spawnSync(
      'sh',
      [
        '-c',
        `'${process.execPath}' '${MAIN}' build --memory 4M --kernel '${path('kernel')}' --pack 0xC0000000 --out - | (sleep 0.5; cat)`,
      ],
      { maxBuffer: 2 ** 24 },
    );
    expect(stderr.toString()).toBe('');
    expect(stdout.length).toBeGreaterThan(300_000);
    expect(loadMachine(stdout).domain?.pageCount).toBe(1024);
  });

  it('takes no image where it is a terminal', async () => {
    const { code, err } = await inProcess(['build', '--out', '-'], { columns: 80 });
    expect(code).toBe(2);
    expect(err).toContain('would write an image to the');
  });

  it('on a full disk is an error in one line', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'map'], {
      stdio: ['ignore', full, 'pipe'],
    });
    closeSync(full);
    expect(status).toBe(3);
    expect(stderr.toString()).toBe(
      'x86-paging: cannot write to standard output: no space is left on the device\n',
    );
  });

  it('is where --out - goes, and nothing else with it', () => {
    const image = x86paging(['build', '--memory', '4M', '--out', '-', '--json']);
    expect(loadMachine(image.bytes).domain?.pageCount).toBe(1024);
  });
});
