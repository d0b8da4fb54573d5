/** A small guest with a kernel and two programs, as a dump with symbols, for tests of commands. */

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mapper } from '../../src/tables/index.ts';
import { elfCore, qemuNotes } from '../dump/writers.ts';
import { elfWithSymbols } from '../inspect/elf-with-symbols.ts';

export const GUEST_RAM = 8 * 2 ** 20;
/** Where the kernel's code lies; its data 1 MiB on. */
export const KERNEL = 0xffff_ffff_8100_0000n;
export const DIRECT_MAP = 0xffff_8880_0000_0000n;
/** A page of both programs' own. */
export const PROGRAM = 0x40_0000;
/** The frame of the library that both programs share. */
export const SHARED = 0x30_0000;
export const BANNER = 'Little version 1.0';

const SYMBOLS = [
  { name: '_text', address: KERNEL, type: 2, size: 0x1000 },
  { name: 'start_kernel', address: KERNEL + 0x1000n, type: 2, size: 0x800 },
  { name: 'linux_banner', address: KERNEL + 0x10_0000n, type: 1, size: 32, section: 2 },
  { name: 'init_task', address: KERNEL + 0x10_1000n, type: 1, size: 0x1000, section: 2 },
];

function mapText(distance: bigint): string {
  return SYMBOLS.map(
    ({ name, address, section }) =>
      `${(address + distance).toString(16)} ${section === 2 ? 'D' : 'T'} ${name}\n`,
  ).join('');
}

export interface GuestFiles {
  readonly folder: string;
  /** The dump. */
  readonly elf: string;
  /** The same without registers. */
  readonly raw: string;
  readonly vmlinux: string;
  readonly systemMap: string;
  /** The same as linked, from where KASLR moved the kernel by 0x1d00_0000. */
  readonly linkedMap: string;
  /** CR3 of the two programs; the first's is loaded. */
  readonly roots: readonly [number, number];
  /** Writes a further dump of the same machine. */
  readonly later: (name: string, change: (memory: PhysicalMemory, mapper: Mapper) => void) => string;
}

export function writeGuest(): GuestFiles {
  const folder = mkdtempSync(join(tmpdir(), 'x86-paging-guest-'));
  const memory = new PhysicalMemory(GUEST_RAM);
  let frame = 0x500;
  const allocateFrame = (): number => frame++;
  const program = (code: number, data: number): Mapper => {
    const mapper = new Mapper(memory, { mode: '4-level', allocateFrame });
    mapper.map(DIRECT_MAP, 0, GUEST_RAM, { writable: true, executable: false, pageSize: 0x20_0000 });
    mapper.map(KERNEL, 0x10_0000, 0x4000, { executable: true });
    mapper.map(KERNEL + 0x10_0000n, 0x18_0000, 0x4000, { writable: true, executable: false });
    mapper.map(PROGRAM, code, 0x2000, { user: true, executable: true });
    mapper.map(0x60_0000, data, 0x3000, { user: true, writable: true, executable: false });
    mapper.map(0x7000_0000, SHARED, 0x1000, { user: true, executable: true });
    return mapper;
  };
  const [first, second] = [program(0x20_0000, 0x21_0000), program(0x28_0000, 0x29_0000)];
  memory.write(0x18_0000, Buffer.from(BANNER));
  memory.write(0x20_0000, Buffer.from('program one'));
  const file = (name: string, bytes: Uint8Array | string): string => {
    const path = join(folder, name);
    writeFileSync(path, bytes);
    return path;
  };
  const notes = qemuNotes([{ cr0: 0x8001_0033n, cr3: BigInt(first.root), cr4: 0xa0n, code64: true }]);
  const dump = (name: string): string =>
    file(name, elfCore([{ start: 0, bytes: memory.read(0, GUEST_RAM) }], { notes }));
  return {
    folder,
    elf: dump('guest.elf'),
    raw: file('guest.raw', memory.read(0, GUEST_RAM)),
    vmlinux: file('vmlinux', elfWithSymbols(SYMBOLS, 64)),
    linkedMap: file('linked.map', mapText(-0x1d00_0000n)),
    systemMap: file('System.map', mapText(0n)),
    roots: [first.root, second.root],
    later(name, change) {
      change(memory, first);
      return dump(name);
    },
  };
}
