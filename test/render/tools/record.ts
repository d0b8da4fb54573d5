/** Asks Debian's Bochs and QEMU for their words on the guests of `guests.ts`, which a small ROM runs in. */

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../../../src/machine/index.ts';
import { TABLE_BYTES, TABLES } from './guests.ts';

/** Turns paging on as it is told, and stays where it is: to step over HLT takes forever. In a compatibility segment, so that long mode needs no far jump. */
const ROM = `
bits 16
org 0
start:
  cli
  mov eax, CR4
  mov cr4, eax
%if EFER
  mov ecx, 0xc0000080
  mov edx, 0
  mov eax, EFER
  wrmsr
%endif
  mov eax, CR3
  mov cr3, eax
  mov eax, CR0
  mov cr0, eax
  jmp $
  times 0xfff0 - ($ - $$) db 0xf4
  jmp 0xf000:start
  times 0x10000 - ($ - $$) db 0xf4
`;

/** Runs something with a ROM and tables in files of a folder of its own. */
async function inFolder<T>(
  { memory, registers }: Machine,
  work: (folder: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'x86-paging-record-'));
  try {
    writeFileSync(join(folder, 'rom.asm'), ROM);
    writeFileSync(join(folder, 'tables.bin'), memory.read(TABLES, TABLE_BYTES));
    const { cr0, cr3, cr4, efer } = registers;
    const settings = Object.entries({ CR0: cr0, CR3: cr3, CR4: cr4, EFER: efer & ~0x400 });
    const defines = settings.map(([name, value]) => `-D${name}=${value}`);
    const { status, stderr } = spawnSync('nasm', ['-f', 'bin', ...defines, '-o', 'rom.bin', 'rom.asm'], {
      cwd: folder,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`nasm: ${stderr}`);
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What Bochs's debugger answers to `info tab`. */
export function bochsTab(machine: Machine): Promise<string> {
  return inFolder(machine, (folder) => {
    writeFileSync(
      join(folder, 'bochsrc'),
      [
        'config_interface: textconfig',
        'display_library: rfb, options="timeout=0"',
        'cpu: model=tigerlake, count=1, ips=200000000, reset_on_triple_fault=0, ignore_bad_msrs=0',
        'memory: guest=64, host=64',
        'romimage: file=rom.bin',
        `optramimage1: file=tables.bin, address=0x${TABLES.toString(16)}`,
        'sound: driver=dummy',
        'speaker: enabled=0',
        'plugin_ctrl: speaker=0',
        'log: log',
        'panic: action=fatal',
        'error: action=ignore',
        'info: action=ignore',
        '',
      ].join('\n'),
    );
    writeFileSync(join(folder, 'commands'), 'step 50\ninfo tab\nquit\n');
    const { stdout } = spawnSync('bochs', ['-q', '-f', 'bochsrc', '-rc', 'commands'], {
      cwd: folder,
      encoding: 'utf8',
      // Bochs dies of SIGPIPE when its standard input is one.
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: 60_000,
    });
    return answerIn(stdout, /^(cr3: .*?\n)(?!0x\w+-0x)/ms);
  });
}

/** What QEMU's monitor answers to a command. */
export function qemuAnswer(machine: Machine, command: string): Promise<string> {
  return inFolder(
    machine,
    (folder) =>
      new Promise<string>((done, fail) => {
        const qemu = spawn(
          'qemu-system-x86_64',
          [
            ...[
              '-accel',
              'tcg',
              '-machine',
              'pc',
              '-cpu',
              'max',
              '-m',
              '64',
              '-display',
              'none',
              '-nodefaults',
            ],
            ...['-bios', 'rom.bin', '-device', `loader,file=tables.bin,addr=${TABLES},force-raw=on`],
            ...['-monitor', 'stdio', '-no-reboot'],
          ],
          { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] },
        );
        let text = '';
        qemu.stdout.on('data', (piece) => {
          text += piece;
        });
        // The ROM has done its work long before.
        setTimeout(() => qemu.stdin.write(`${command}\nquit\n`), 1500);
        qemu.on('error', fail);
        qemu.on('close', () => {
          const plain = text.replace(/\r/g, '').replace(/^.*\(qemu\).*$/gm, '(qemu)');
          done(answerIn(plain, /\(qemu\)\n(?!QEMU)(.*?)\(qemu\)/s));
        });
      }),
  );
}

function answerIn(text: string, pattern: RegExp): string {
  const [, answer] = pattern.exec(text) ?? [];
  if (answer === undefined) throw new Error(`no answer in ${text.slice(-2000)}`);
  return answer;
}
