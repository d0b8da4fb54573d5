/**
 * ELF32 kernels for i386: program headers are loaded at their linear addresses, and what they do not fill is zero.
 * Xen's notes, or the older `__xen_guest` section, may name the base of the image and its entry.
 */

import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import { BuildError } from './build-error.ts';
import type { LoadedKernel } from './loaded-kernel.ts';

const PT_LOAD = 1;
const PT_NOTE = 4;
const SHT_NOTE = 7;
const PROGRAM_HEADER_BYTES = 32;
const SECTION_HEADER_BYTES = 40;
const EM_386 = 3;
const XEN_ELFNOTE_ENTRY = 1;
const XEN_ELFNOTE_VIRT_BASE = 3;

/** What a kernel says of itself to Xen. */
interface GuestNotes {
  virtualBase?: number | undefined;
  entry?: number | undefined;
}

export function isElf(file: Uint8Array): boolean {
  return file[0] === 0x7f && file[1] === 0x45 && file[2] === 0x4c && file[3] === 0x46;
}

/** @throws BuildError `bad-elf`, `kernel-too-big`. */
export function parseElf(file: Uint8Array, limit: number): LoadedKernel {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < 52) fail(`is cut short: ${file.length} of at least 52 bytes`);
  if (file[4] !== 1 || file[5] !== 1) fail(`is not 32-bit little-endian (class ${file[4]}, data ${file[5]})`);
  if (view.getUint16(18, true) !== EM_386)
    fail(`is for machine ${view.getUint16(18, true)}, not for i386 (${EM_386})`);
  const headersAt = view.getUint32(28, true);
  const headerBytes = view.getUint16(42, true);
  const headerCount = view.getUint16(44, true);
  if (headerCount > 0 && headerBytes < PROGRAM_HEADER_BYTES)
    fail(`has program headers of ${headerBytes} bytes; they take ${PROGRAM_HEADER_BYTES}`);
  const headersEnd = headersAt + headerCount * headerBytes;
  if (headersEnd > file.length)
    fail(`is cut short: its program headers end at byte ${headersEnd} of ${file.length}`);
  const segments = Array.from({ length: headerCount }, (_, i) => headersAt + i * headerBytes).map((at) => ({
    type: view.getUint32(at, true),
    offset: view.getUint32(at + 4, true),
    address: view.getUint32(at + 8, true),
    fileBytes: view.getUint32(at + 16, true),
    memoryBytes: view.getUint32(at + 20, true),
  }));
  const loads = segments.filter(({ type, memoryBytes }) => type === PT_LOAD && memoryBytes > 0);
  if (loads.length === 0) fail('has nothing to load');
  for (const { offset, address, fileBytes, memoryBytes } of loads) {
    if (fileBytes > memoryBytes)
      fail(`has a segment of ${fileBytes} bytes in the file but ${memoryBytes} in memory`);
    if (offset + fileBytes > file.length)
      fail(`is cut short: a segment ends at byte ${offset + fileBytes} of ${file.length}`);
    if (address + memoryBytes > 0x1_0000_0000)
      fail(`has a segment beyond 4 GiB, at ${formatAddress(address)}`);
  }
  const notes: GuestNotes = {};
  for (const { type, offset, fileBytes } of segments) {
    if (type === PT_NOTE) readNotes(view, offset, fileBytes, notes);
  }
  readSections(file, view, notes);

  const lowest = Math.min(...loads.map(({ address }) => address));
  const base = notes.virtualBase ?? lowest - (lowest % PAGE_SIZE);
  if (base % PAGE_SIZE !== 0) {
    throw new BuildError(
      'unaligned-load-address',
      `the ELF kernel's VIRT_BASE ${formatAddress(base)} is not a multiple of 4096`,
    );
  }
  if (lowest < base)
    fail(`has a segment at ${formatAddress(lowest)}, below its VIRT_BASE ${formatAddress(base)}`);
  const end = Math.max(...loads.map(({ address, memoryBytes }) => address + memoryBytes));
  if (end - base > limit) {
    throw new BuildError(
      'kernel-too-big',
      `the kernel takes ${end - base} bytes in memory; the domain has room for ${limit}`,
    );
  }
  const bytes = new Uint8Array(end - base);
  for (const { offset, address, fileBytes } of loads)
    bytes.set(file.subarray(offset, offset + fileBytes), address - base);
  return { loadAddress: base, entry: notes.entry ?? view.getUint32(24, true), bytes };

  function fail(what: string): never {
    throw new BuildError('bad-elf', `the ELF kernel ${what}`);
  }
}

/**
 * Notes: name size, value size, type, then name and value, each padded to four bytes. What was found before stays:
 * a kernel may say the same in its program headers, in its sections and in `__xen_guest`, and the first holds.
 */
function readNotes(view: DataView, start: number, length: number, notes: GuestNotes): void {
  const end = Math.min(start + length, view.byteLength);
  let at = start;
  while (at + 12 <= end) {
    const nameBytes = view.getUint32(at, true);
    const valueBytes = view.getUint32(at + 4, true);
    const type = view.getUint32(at + 8, true);
    const name = at + 12;
    const value = name + align4(nameBytes);
    at = value + align4(valueBytes);
    if (value + valueBytes > end) return;
    const isXen = nameBytes === 4 && view.getUint32(name, true) === 0x006e_6558;
    if (!isXen || valueBytes < 4) continue;
    if (type === XEN_ELFNOTE_VIRT_BASE) notes.virtualBase ??= view.getUint32(value, true);
    if (type === XEN_ELFNOTE_ENTRY) notes.entry ??= view.getUint32(value, true);
  }
}

/** Notes in sections, for kernels whose program headers have none, then `__xen_guest`. A file cut here still loads. */
function readSections(file: Uint8Array, view: DataView, notes: GuestNotes): void {
  const start = view.getUint32(32, true);
  const size = view.getUint16(46, true);
  if (size < SECTION_HEADER_BYTES) return;
  const most = Math.max(0, Math.floor((file.length - start) / size));
  const count = Math.min(view.getUint16(48, true), most);
  const sections = Array.from({ length: count }, (_, i) => start + i * size).map((at) => ({
    name: view.getUint32(at, true),
    type: view.getUint32(at + 4, true),
    offset: view.getUint32(at + 16, true),
    bytes: view.getUint32(at + 20, true),
  }));
  for (const { type, offset, bytes } of sections) {
    if (type === SHT_NOTE) readNotes(view, offset, bytes, notes);
  }
  const names = sections[view.getUint16(50, true)];
  if (names === undefined) return;
  for (const { name, offset, bytes } of sections) {
    if (text(file, names.offset + name, 64).split('\0')[0] === '__xen_guest')
      readGuestSection(text(file, offset, bytes), notes);
  }
}

/** The text of Xen 2 and 3.0: `GUEST_OS=linux,VIRT_BASE=0xC0000000,…`. */
function readGuestSection(value: string, notes: GuestNotes): void {
  const number = (key: string): number | undefined => {
    const digits = new RegExp(`(?:^|,)${key}=(0x[0-9a-f]{1,8}|\\d{1,10})(?:[,\\0]|$)`, 'i').exec(value)?.[1];
    return digits === undefined || Number(digits) > 0xffff_ffff ? undefined : Number(digits);
  };
  notes.virtualBase ??= number('VIRT_BASE');
  notes.entry ??= number('VIRT_ENTRY');
}

function text(file: Uint8Array, start: number, length: number): string {
  let result = '';
  for (const byte of file.subarray(start, start + Math.min(length, 4096)))
    result += String.fromCharCode(byte);
  return result;
}

function align4(size: number): number {
  return Math.ceil(size / 4) * 4;
}
