/** Real kernels, and how to boot them in QEMU. */

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { QmpClient } from '../../src/cli/qemu/qmp-client.ts';
import { initramfs, READY } from './initramfs.ts';

const DEBIAN = resolve(import.meta.dirname, '../../build/debian');

/** A guest that is booted. */
export interface GuestPlan {
  readonly name: string;
  /** The folder that `fetch-debian.sh guests` makes. */
  readonly kernel: '686' | '686-pae' | 'amd64';
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly mode: '32-bit' | 'PAE' | '4-level' | '5-level';
  /** What its kernel is told beside what all are told. */
  readonly commandLine?: string;
}

export const GUESTS: readonly GuestPlan[] = [
  { name: '686', kernel: '686', cpu: 'pentium3', cpus: 1, memoryMib: 256, mode: '32-bit' },
  { name: '686-pae', kernel: '686-pae', cpu: 'max', cpus: 1, memoryMib: 256, mode: 'PAE' },
  { name: 'amd64', kernel: 'amd64', cpu: 'max,la57=off', cpus: 1, memoryMib: 256, mode: '4-level' },
  { name: 'amd64-la57', kernel: 'amd64', cpu: 'max', cpus: 2, memoryMib: 256, mode: '5-level' },
];

/** More of them, for a longer look: without NX, with high memory, with page tables of their own for user mode. */
export const MORE_GUESTS: readonly GuestPlan[] = [
  { name: '686-pae-no-nx', kernel: '686-pae', cpu: 'pentium3', cpus: 2, memoryMib: 1536, mode: 'PAE' },
  {
    name: 'amd64-pti',
    kernel: 'amd64',
    cpu: 'max,la57=off',
    cpus: 2,
    memoryMib: 1024,
    mode: '4-level',
    commandLine: 'pti=on nokaslr',
  },
];

const BOOT_MS = 240_000;

/** What is missing to boot a guest; undefined: nothing. */
export function missingFor({ kernel }: GuestPlan): string | undefined {
  return ['vmlinuz', 'bin/busybox', 'kernel']
    .map((file) => join(DEBIAN, `guest-${kernel}`, file))
    .find((file) => !existsSync(file));
}

/** The Debian package that a guest's kernel is of. */
export function kernelOf({ kernel }: GuestPlan): string {
  return readFileSync(join(DEBIAN, `guest-${kernel}`, 'kernel'), 'utf8').trim();
}

/** A guest that has come up. */
export interface Guest {
  readonly plan: GuestPlan;
  /** Another QMP socket than the one that `qmp` speaks on. */
  readonly socket: string;
  readonly qmp: QmpClient;
  /** What the monitor prints. @param cpu - The CPU that it speaks of; default 0. */
  monitor(line: string, cpu?: number): Promise<string>;
  quit(): void;
}

/** Boots a guest, and waits until its init says that it is ready. @param folder - For its files. */
export async function boot(plan: GuestPlan, folder: string): Promise<Guest> {
  const from = join(DEBIAN, `guest-${plan.kernel}`);
  const file = (name: string): string => join(folder, `${plan.name}.${name}`);
  writeFileSync(file('initrd'), initramfs(readFileSync(join(from, 'bin/busybox'))));
  writeFileSync(file('serial'), '');
  const program = plan.kernel === 'amd64' ? 'qemu-system-x86_64' : 'qemu-system-i386';
  const args = [
    '-M',
    'pc',
    '-accel',
    'tcg',
    '-cpu',
    plan.cpu,
    '-smp',
    String(plan.cpus),
    '-m',
    String(plan.memoryMib),
  ];
  args.push('-nodefaults', '-display', 'none', '-serial', `file:${file('serial')}`);
  args.push(
    '-qmp',
    `unix:${file('control')},server=on,wait=off`,
    '-qmp',
    `unix:${file('qmp')},server=on,wait=off`,
  );
  args.push('-kernel', join(from, 'vmlinuz'), '-initrd', file('initrd'));
  args.push('-append', `console=ttyS0 quiet panic=-1 ${plan.commandLine ?? ''}`, '-no-reboot');
  const qemu = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    await readySignal(plan, qemu, file('serial'));
    const qmp = await QmpClient.connect({ path: file('control') }, 400_000);
    const monitor = async (line: string, cpu = 0): Promise<string> =>
      String(await qmp.execute('human-monitor-command', { 'command-line': line, 'cpu-index': cpu }));
    const quit = (): void => {
      qmp.close();
      qemu.kill('SIGKILL');
    };
    return { plan, socket: file('qmp'), qmp, monitor, quit };
  } catch (error) {
    qemu.kill('SIGKILL');
    throw error;
  }
}

async function readySignal({ name }: GuestPlan, qemu: ChildProcess, serial: string): Promise<void> {
  const start = Date.now();
  while (!readFileSync(serial, 'utf8').includes(READY)) {
    if (qemu.exitCode !== null || qemu.signalCode !== null)
      throw new Error(`${name}: QEMU ended while it booted`);
    if (Date.now() - start > BOOT_MS) {
      throw new Error(`${name} did not come up: ${readFileSync(serial, 'utf8').slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
