/** Runs a ROM, or a kernel, in an emulator, headless, for a bounded time, and returns the bytes it sent. */

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const HERE = import.meta.dirname;
/** All that a run leaves behind is below this directory. */
export const BUILD: string = resolve(HERE, '../../build/differential');

export type EmulatorName = 'bochs' | 'qemu' | 'v86';

/** The programs that a differential needs, and what is missing of them. */
export function missingPrograms(): string[] {
  const probes: [string, string[]][] = [
    ['nasm', ['-v']],
    ['bochs', ['--help', 'cpu']],
    ['qemu-system-x86_64', ['--version']],
  ];
  return probes
    .filter(([name, args]) => spawnSync(name, args, { stdio: 'ignore' }).error)
    .map(([name]) => name);
}

/** Version of an emulator, as it prints it. */
export function emulatorVersion(name: EmulatorName): string {
  if (name === 'v86') {
    const manifest = createRequire(import.meta.url).resolve('v86/package.json');
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
  }
  const [command, args] =
    name === 'bochs' ? ['bochs', ['--help', 'cpu']] : ['qemu-system-x86_64', ['--version']];
  const { stdout, stderr } = spawnSync(command as string, args as string[], { encoding: 'utf8' });
  const found = /Bochs x86 Emulator (\S+)|QEMU emulator version (.+)/.exec(`${stdout}\n${stderr}`);
  return (found?.[1] ?? found?.[2] ?? 'unknown').trim();
}

/** Assembles the ROM for a word size. @returns its path. */
export function assembleRom(word: 32 | 64): string {
  return assemble(join(HERE, 'rom/rom.asm'), `rom${word}`, [`-DWORD=${word}`]);
}

/** Assembles a source into a flat file; the ROM's own includes are found. @returns its path, below {@link BUILD}. */
export function assemble(source: string, name: string, defines: readonly string[] = []): string {
  mkdirSync(BUILD, { recursive: true });
  const path = join(BUILD, `${name}-${process.pid}.bin`);
  const args = ['-f', 'bin', ...defines, '-I', `${join(HERE, 'rom')}/`, '-o', path, source];
  const { status, stderr } = spawnSync('nasm', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`nasm failed: ${stderr}`);
  return path;
}

/** One boot of an emulator with the differential's ROM. */
export interface Boot {
  readonly emulator: EmulatorName;
  /** Name of the CPU model in that emulator. */
  readonly cpu: string;
  readonly word: 32 | 64;
  readonly stream: Uint8Array;
  readonly timeoutSeconds: number;
}

/** Boots, waits for the end of the reports, and returns them as the emulator's output. */
export async function runBoot({ emulator, cpu, word, stream, timeoutSeconds }: Boot): Promise<Uint8Array> {
  const rom = assembleRom(word);
  try {
    return await runEmulator({ emulator, cpu, rom, file: stream, timeoutSeconds });
  } finally {
    rmSync(rom, { force: true });
  }
}

/** What an emulator is started with. */
export interface EmulatorRun {
  readonly emulator: EmulatorName;
  /** Name of the CPU model in that emulator. */
  readonly cpu: string;
  /** Path of the 64 KiB in place of the BIOS. Absent, in QEMU only: its BIOS loads the file as a multiboot kernel. */
  readonly rom?: string;
  /** With a ROM: what lies in RAM from 16 MiB up. */
  readonly file: Uint8Array;
  readonly timeoutSeconds: number;
}

/** Starts an emulator with 64 MiB of RAM and waits for its end. @returns what it sent to port E9h, and in Bochs its own words. */
export async function runEmulator(what: EmulatorRun): Promise<Uint8Array> {
  const { emulator, cpu, rom, file, timeoutSeconds } = what;
  mkdirSync(BUILD, { recursive: true });
  const directory = mkdtempSync(join(BUILD, `${emulator}-`));
  try {
    const path = join(directory, 'stream.bin');
    writeFileSync(path, file);
    if (emulator === 'qemu') return await qemu(directory, cpu, rom, path, timeoutSeconds);
    if (rom === undefined)
      throw new RangeError(`${emulator} loads no multiboot kernel; give it a ROM that does`);
    return emulator === 'v86'
      ? await v86(directory, rom, path, timeoutSeconds)
      : await bochs(directory, cpu, rom, path, timeoutSeconds);
  } finally {
    if (!process.env['KEEP']) rmSync(directory, { recursive: true, force: true });
  }
}

async function bochs(
  directory: string,
  cpu: string,
  rom: string,
  stream: string,
  seconds: number,
): Promise<Uint8Array> {
  const config = join(directory, 'bochsrc');
  writeFileSync(
    config,
    [
      'config_interface: textconfig',
      'display_library: rfb, options="timeout=0"',
      `cpu: model=${cpu}, count=1, ips=200000000, reset_on_triple_fault=0, ignore_bad_msrs=0`,
      'memory: guest=64, host=64',
      `romimage: file="${rom}"`,
      `optramimage1: file="${stream}", address=0x1000000`,
      'port_e9_hack: enabled=1',
      // A machine without sound makes Bochs abort while it looks for some.
      'sound: driver=dummy',
      'speaker: enabled=0',
      'plugin_ctrl: speaker=0',
      `log: ${join(directory, 'log')}`,
      'panic: action=fatal',
      'error: action=ignore',
      'info: action=ignore',
      'debug: action=ignore',
      '',
    ].join('\n'),
  );
  return await run('bochs', ['-f', config], directory, seconds);
}

async function qemu(
  directory: string,
  cpu: string,
  rom: string | undefined,
  stream: string,
  seconds: number,
): Promise<Uint8Array> {
  const reports = join(directory, 'reports');
  const printed = await run(
    'qemu-system-x86_64',
    [
      ...[
        '-accel',
        'tcg',
        '-machine',
        'pc',
        '-cpu',
        cpu,
        '-m',
        '64',
        '-display',
        'none',
        '-nodefaults',
        '-no-reboot',
      ],
      ...(rom === undefined
        ? ['-kernel', stream]
        : ['-bios', rom, '-device', `loader,file=${stream},addr=0x1000000,force-raw=on`]),
      ...['-debugcon', `file:${reports}`, '-device', 'isa-debug-exit,iobase=0xf4'],
    ],
    directory,
    seconds,
  );
  try {
    return readFileSync(reports);
  } catch {
    return printed;
  }
}

async function v86(directory: string, rom: string, stream: string, seconds: number): Promise<Uint8Array> {
  const reports = join(directory, 'reports');
  const printed = await run(
    process.execPath,
    [join(HERE, 'v86-boot.mjs'), rom, stream, reports],
    directory,
    seconds,
    'SIGTERM',
  );
  try {
    return readFileSync(reports);
  } catch {
    return printed;
  }
}

/** Runs a program to its end or its time limit, when its whole process group is killed. @returns what it printed. */
function run(
  command: string,
  args: string[],
  cwd: string,
  seconds: number,
  signal: NodeJS.Signals = 'SIGKILL',
): Promise<Uint8Array> {
  // Files rather than pipes: Bochs dies of SIGPIPE when its standard input is one.
  const printed = join(cwd, 'printed');
  // Debian's Bochs has its debugger built in and starts at its prompt.
  writeFileSync(join(cwd, 'typed'), 'continue\n');
  const typed = openSync(join(cwd, 'typed'), 'r');
  const out = openSync(printed, 'w');
  return new Promise((done, fail) => {
    const child = spawn(command, args, { cwd, stdio: [typed, out, out], detached: true });
    const kill = (): void => {
      try {
        process.kill(-child.pid!, signal);
      } catch {
        // It has ended by itself.
      }
    };
    const timer = setTimeout(kill, seconds * 1000);
    process.once('exit', kill);
    const finish = (): void => {
      clearTimeout(timer);
      process.off('exit', kill);
      closeSync(out);
      closeSync(typed);
    };
    child.on('error', (error) => {
      finish();
      fail(error);
    });
    child.on('close', (code, by) => {
      if (process.env['KEEP']) console.log(code, by);
      finish();
      done(readFileSync(printed));
    });
  });
}
