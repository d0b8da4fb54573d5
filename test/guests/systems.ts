/** What guests run: Linux, Linux on Xen, firmware; how QEMU is told of their files, and what they print once they are up. */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { initramfs, READY } from './initramfs.ts';

const DEBIAN = resolve(import.meta.dirname, '../../build/debian');

/** A system for a guest, of one Debian package. */
export interface System {
  readonly program: 'qemu-system-i386' | 'qemu-system-x86_64';
  /** The folders that `fetch-debian.sh guests` makes for it; the first has its own files. */
  readonly folders: readonly [string, ...string[]];
  /**
   * QEMU's options for it.
   * @param commandLine - What this guest's kernel is told beside what all are told.
   * @param file - Names a file of this guest's own.
   */
  options(commandLine: string, file: (name: string) => string): readonly string[];
  /** What it prints on the serial line once it is up. */
  readonly ready: string;
}

const at = (folder: string, name: string): string => join(DEBIAN, folder, name);

/** What init's program is, in a file of the guest's own. */
function initrd(folder: string, file: (name: string) => string): string {
  writeFileSync(file('initrd'), initramfs(readFileSync(at(folder, 'bin/busybox'))));
  return file('initrd');
}

function linux(folder: string, program: System['program']): System {
  return {
    program,
    folders: [folder],
    options: (commandLine, file) => [
      ...['-kernel', at(folder, 'vmlinuz'), '-initrd', initrd(folder, file)],
      ...['-append', `console=ttyS0 quiet panic=-1 ${commandLine}`],
    ],
    ready: READY,
  };
}

function firmware(folder: string, image: string, ready: string): System {
  return {
    program: 'qemu-system-x86_64',
    folders: [folder],
    options: () => ['-bios', at(folder, image), '-net', 'none'],
    ready,
  };
}

const LINUX_64 = 'guest-amd64';

export const SYSTEMS = {
  '686': linux('guest-686', 'qemu-system-i386'),
  '686-pae': linux('guest-686-pae', 'qemu-system-i386'),
  amd64: linux(LINUX_64, 'qemu-system-x86_64'),
  /** Xen with Linux as its domain 0, whose page tables Xen has validated. */
  xen: {
    program: 'qemu-system-x86_64',
    folders: ['guest-xen', LINUX_64],
    options: (commandLine, file) => [
      ...['-kernel', at('guest-xen', 'xen'), '-append', `com1=115200,8n1 console=com1 ${commandLine}`],
      ...['-initrd', `${at(LINUX_64, 'vmlinuz')} console=hvc0 quiet panic=-1,${initrd(LINUX_64, file)}`],
    ],
    ready: READY,
  },
  /** UEFI, which keeps its page tables read-only and writes to them with CR0.WP clear. */
  ovmf: firmware('guest-ovmf', 'usr/share/ovmf/OVMF.fd', 'Shell>'),
  'u-boot': firmware('guest-u-boot', 'usr/lib/u-boot/qemu-x86_64/u-boot.rom', '=>'),
} satisfies Readonly<Record<string, System>>;

/** What is missing to boot a system; undefined: nothing. */
export function missingFor({ folders }: System): string | undefined {
  return folders.map((folder) => at(folder, 'package')).find((file) => !existsSync(file));
}

/** The Debian package that a system is of. */
export function packageOf({ folders: [own] }: System): string {
  return readFileSync(at(own, 'package'), 'utf8').trim();
}
