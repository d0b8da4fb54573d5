/** What a TLB hit costs in QEMU: the host instructions of one guest load, and how long it takes. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GuestLoad, guestLoadOf } from './instruction-texts.ts';
import { type Spread, spreadOf } from './measure.ts';

/** Loads in the guest's loop, each from a page of its own. */
const LOADS = 8;
/** About a third of a second. */
const LOOPS = 30_000_000;

export interface QemuHit {
  readonly load: GuestLoad;
  /** Nanoseconds of a load: address, hit, memory, register. */
  readonly time: Spread;
}

/** @returns QEMU's version, or undefined if it or nasm is not installed. */
export function qemuVersion(): string | undefined {
  if (spawnSync('nasm', ['-v']).status !== 0) return undefined;
  const { stdout } = spawnSync('qemu-system-x86_64', ['--version'], { encoding: 'utf8' });
  return /version (\S+)/.exec(stdout ?? '')?.[1];
}

/** Measures both. @param source - The folder of qemu-hit.asm. @param folder - For what is made on the way. */
export async function qemuHit(
  mode: '32-bit' | '4-level',
  rounds: number,
  source: string,
  folder: string,
): Promise<QemuHit> {
  const image = (loops: number): string => {
    const file = join(folder, 'qemu-hit.img');
    const defines = [`-DLOOPS=${loops}`, `-DLOADS=${LOADS}`, ...(mode === '4-level' ? ['-DLONG'] : [])];
    execFileSync('nasm', ['-f', 'bin', ...defines, '-o', file, join(source, 'qemu-hit.asm')]);
    return file;
  };
  const log = join(folder, 'qemu.log');
  await runQemu(image(100), ['-d', 'in_asm,out_asm', '-D', log], 3);
  const base = mode === '4-level' ? '%rbx' : '%ebx';
  const load = guestLoadOf(readFileSync(log, 'utf8'), `0x1000(${base}), %eax`);

  const at = await runQemu(image(LOOPS), [], 3 * (rounds + 1));
  const times: number[] = [];
  // The first time, QEMU translates the code.
  for (let i = 3; i + 2 < at.length; i += 3) {
    const [start, middle, end] = [at[i]!, at[i + 1]!, at[i + 2]!];
    times.push(((end - middle - (middle - start)) * 1e6) / (LOOPS * LOADS));
  }
  return { load, time: spreadOf(times) };
}

/** Runs a guest until it has sent so many bytes. @returns When each came, in milliseconds. */
function runQemu(image: string, options: readonly string[], bytes: number): Promise<number[]> {
  const args = [
    ...['-accel', 'tcg,thread=single', '-cpu', 'max', '-m', '16', '-net', 'none'],
    ...['-display', 'none', '-monitor', 'none', '-serial', 'none', '-debugcon', 'stdio'],
    ...['-drive', `format=raw,file=${image}`],
  ];
  return new Promise((resolve, reject) => {
    const qemu = spawn('qemu-system-x86_64', [...args, ...options], { stdio: ['ignore', 'pipe', 'ignore'] });
    const times: number[] = [];
    qemu.stdout.on('data', (data: Buffer) => {
      for (const _ of data) times.push(performance.now());
      if (times.length >= bytes) qemu.kill();
    });
    qemu.on('error', reject);
    qemu.on('close', (code) => {
      if (times.length >= bytes) resolve(times.slice(0, bytes));
      else reject(new Error(`QEMU ended with ${code} after ${times.length} bytes of its guest`));
    });
  });
}
