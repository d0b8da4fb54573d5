/** Guests, and how to boot them in QEMU. */

import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { QmpClient } from '../../src/cli/qemu/qmp-client.ts';
import { SYSTEMS, type System } from './systems.ts';

/** A guest that is booted. */
export interface GuestPlan {
  readonly name: string;
  readonly system: keyof typeof SYSTEMS;
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly mode: '32-bit' | 'PAE' | '4-level' | '5-level';
  /** What its kernel is told beside what all are told. */
  readonly commandLine?: string;
}

export const GUESTS: readonly GuestPlan[] = [
  { name: '686', system: '686', cpu: 'pentium3', cpus: 1, memoryMib: 256, mode: '32-bit' },
  { name: '686-pae', system: '686-pae', cpu: 'max', cpus: 1, memoryMib: 256, mode: 'PAE' },
  { name: 'amd64', system: 'amd64', cpu: 'max,la57=off', cpus: 1, memoryMib: 256, mode: '4-level' },
  { name: 'amd64-la57', system: 'amd64', cpu: 'max', cpus: 2, memoryMib: 256, mode: '5-level' },
];

/**
 * More of them, for a longer look: without NX, with high memory, with page tables of their own for user mode; Linux as Xen's
 * domain 0, and firmware.
 */
export const MORE_GUESTS: readonly GuestPlan[] = [
  { name: '686-pae-no-nx', system: '686-pae', cpu: 'pentium3', cpus: 2, memoryMib: 1536, mode: 'PAE' },
  {
    name: 'amd64-pti',
    system: 'amd64',
    cpu: 'max,la57=off',
    cpus: 2,
    memoryMib: 1024,
    mode: '4-level',
    commandLine: 'pti=on nokaslr',
  },
  // QEMU 7.2 and Xen 4.17 disagree about SMAP: Xen's own read of its domain's stack faults.
  { name: 'xen-dom0', system: 'xen', cpu: 'max,la57=off,smap=off', cpus: 2, memoryMib: 512, mode: '4-level' },
  { name: 'ovmf', system: 'ovmf', cpu: 'max', cpus: 1, memoryMib: 256, mode: '4-level' },
  { name: 'u-boot', system: 'u-boot', cpu: 'max', cpus: 1, memoryMib: 128, mode: '4-level' },
];

const BOOT_MS = 240_000;
/** In characters: half a million lines of `info tlb` are one message. */
const LONGEST_MESSAGE = 2 ** 28;

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

/** Boots a guest, and waits until it says that it is ready. @param folder - For its files. */
export async function boot(plan: GuestPlan, folder: string): Promise<Guest> {
  const system: System = SYSTEMS[plan.system];
  const file = (name: string): string => join(folder, `${plan.name}.${name}`);
  writeFileSync(file('serial'), '');
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
  args.push('-no-reboot', ...system.options(plan.commandLine ?? '', file));
  const qemu = spawn(system.program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  try {
    await readySignal(plan, system, qemu, file('serial'));
    const qmp = await QmpClient.connect({ path: file('control') }, 400_000, LONGEST_MESSAGE);
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

async function readySignal(
  { name }: GuestPlan,
  { ready }: System,
  qemu: ChildProcess,
  serial: string,
): Promise<void> {
  const start = Date.now();
  while (!readFileSync(serial, 'utf8').includes(ready)) {
    if (qemu.exitCode !== null || qemu.signalCode !== null)
      throw new Error(`${name}: QEMU ended while it booted`);
    if (Date.now() - start > BOOT_MS) {
      throw new Error(`${name} did not come up: ${readFileSync(serial, 'utf8').slice(-2000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
