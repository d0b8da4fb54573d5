/**
 * Writers of every dump format, for the tests: small, by the formats' own descriptions, and sharing nothing with the
 * readers in `src/dump`.
 */

import { deflateSync } from 'node:zlib';
import { compress } from 'snappyjs';

/** A stretch of RAM and what is in it. */
export interface Ram {
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** The registers that go into a note. */
export interface NoteRegisters {
  readonly cr0: bigint;
  readonly cr2?: bigint;
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly rflags?: bigint;
  /** CS.L. */
  readonly code64?: boolean;
}

export function raw(ram: readonly Ram[]): Uint8Array {
  const end = Math.max(...ram.map(({ start, bytes }) => start + bytes.length));
  const file = new Uint8Array(end);
  for (const { start, bytes } of ram) file.set(bytes, start);
  return file;
}

export function lime(ram: readonly Ram[]): Uint8Array {
  return concat(ram.flatMap(({ start, bytes }) => [rangeHeader('EMiL', 1, start, bytes.length), bytes]));
}

/** Every `plainEvery`th chunk is stored uncompressed, and a padding chunk stands before each range's first. */
export function avml(ram: readonly Ram[], plainEvery = 3): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const { start, bytes } of ram) {
    parts.push(rangeHeader('AVML', 2, start, bytes.length));
    const frames: Uint8Array[] = [chunk(0xff, Buffer.from('sNaPpY')), chunk(0xfe, new Uint8Array(3))];
    for (let at = 0, n = 0; at < bytes.length; at += 65536, n++) {
      const piece = bytes.subarray(at, at + 65536);
      const plain = n % plainEvery === plainEvery - 1;
      const content = plain ? piece : compress(piece);
      // The reader does not look at the checksum.
      frames.push(chunk(plain ? 1 : 0, concat([new Uint8Array(4), content])));
    }
    const framed = concat(frames);
    parts.push(framed, u64(BigInt(framed.length)));
  }
  return concat(parts);
}

function rangeHeader(magic: string, version: number, start: number, length: number): Uint8Array {
  return concat([
    Buffer.from(magic),
    u32(version),
    u64(BigInt(start)),
    u64(BigInt(start + length - 1)),
    new Uint8Array(8),
  ]);
}

function chunk(kind: number, content: Uint8Array): Uint8Array {
  return concat([Uint8Array.of(kind, content.length, content.length >> 8, content.length >> 16), content]);
}

/** QEMU's note about a CPU, with the note of the core file that goes before it. */
export function qemuNotes(cpus: readonly NoteRegisters[]): Uint8Array {
  return concat([
    ...cpus.map(() => note('CORE', 1, new Uint8Array(336))),
    ...cpus.map((cpu) => note('QEMU', 0, qemuCpuState(cpu))),
  ]);
}

function qemuCpuState({ cr0, cr2 = 0n, cr3, cr4, rflags = 2n, code64 = false }: NoteRegisters): Uint8Array {
  const state = new Uint8Array(440);
  const view = new DataView(state.buffer);
  view.setUint32(0, 1, true);
  view.setUint32(4, 440, true);
  view.setBigUint64(8 + 17 * 8, rflags, true);
  view.setUint32(152 + 8, code64 ? 0xa09b00 : 0xc09b00, true);
  for (const [i, value] of [cr0, 0n, cr2, cr3, cr4].entries()) view.setBigUint64(392 + 8 * i, value, true);
  return state;
}

export function note(owner: string, type: number, content: Uint8Array): Uint8Array {
  const name = Buffer.from(`${owner}\0`);
  return concat([u32(name.length), u32(content.length), u32(type), padded(name, 4), padded(content, 4)]);
}

/** What of an ELF core can be chosen. */
export interface ElfChoices {
  readonly is64?: boolean;
  readonly machine?: number;
  readonly notes?: Uint8Array;
  /**
   * The segments that are named, as QEMU does with `-p`: only these, of memory that is all in the file; and of one that spans
   * several stretches of RAM, only what is in the first.
   */
  readonly named?: readonly { readonly start: number; readonly end: number; readonly virtual: number }[];
  /** Write the number of segments where files with 65,535 and more have it. */
  readonly extendedCount?: boolean;
}

export function elfCore(ram: readonly Ram[], choices: ElfChoices = {}): Uint8Array {
  const { is64 = true, machine = is64 ? 62 : 3, notes = new Uint8Array(0), extendedCount = false } = choices;
  const headerBytes = is64 ? 64 : 52;
  const sectionBytes = is64 ? 64 : 40;
  const programBytes = is64 ? 56 : 32;
  const named =
    choices.named ?? ram.map(({ start, bytes }) => ({ start, end: start + bytes.length, virtual: 0 }));
  const count = named.length + 1;
  const sections = extendedCount ? sectionBytes : 0;
  const notesAt = headerBytes + sections + count * programBytes;
  let at = notesAt + notes.length;
  const places = ram.map(({ start, bytes }) => {
    const place = { start, end: start + bytes.length, offset: at };
    at += bytes.length;
    return place;
  });
  const file = new Uint8Array(at);
  const view = new DataView(file.buffer);
  const word = (offset: number, value: number): void =>
    is64 ? view.setBigUint64(offset, BigInt(value), true) : view.setUint32(offset, value, true);
  file.set([0x7f, 0x45, 0x4c, 0x46, is64 ? 2 : 1, 1, 1]);
  view.setUint16(16, 4, true);
  view.setUint16(18, machine, true);
  word(is64 ? 32 : 28, headerBytes + sections);
  if (extendedCount) word(is64 ? 40 : 32, headerBytes);
  view.setUint16(is64 ? 54 : 42, programBytes, true);
  view.setUint16(is64 ? 56 : 44, extendedCount ? 0xffff : count, true);
  if (extendedCount) view.setUint32(headerBytes + (is64 ? 44 : 28), count, true);
  const program = (
    index: number,
    type: number,
    offset: number,
    virtual: number,
    physical: number,
    bytes: number,
    memoryBytes = bytes,
  ) => {
    const header = headerBytes + sections + index * programBytes;
    view.setUint32(header, type, true);
    word(header + (is64 ? 8 : 4), offset);
    word(header + (is64 ? 16 : 8), virtual);
    word(header + (is64 ? 24 : 12), physical);
    word(header + (is64 ? 32 : 16), bytes);
    word(header + (is64 ? 40 : 20), memoryBytes);
  };
  program(0, 4, notesAt, 0, 0, notes.length);
  for (const [i, { start, end, virtual }] of named.entries()) {
    const place = places.find((ramPlace) => ramPlace.start <= start && start < ramPlace.end);
    if (place === undefined) program(i + 1, 1, 0, virtual, start, 0);
    else {
      const first = Math.min(end, place.end) - start;
      program(i + 1, 1, place.offset + start - place.start, virtual, start, first, end - start);
    }
  }
  file.set(notes, notesAt);
  for (const [i, { bytes }] of ram.entries()) file.set(bytes, places[i]!.offset);
  return file;
}

/** What of a kdump-compressed dump can be chosen. */
export interface KdumpChoices {
  readonly is64?: boolean;
  readonly notes?: Uint8Array;
  readonly codec?: 'zlib' | 'snappy' | 'lzo' | 'none';
  /** Frames that are RAM but left out. */
  readonly leftOut?: readonly number[];
}

export function kdump(ram: readonly Ram[], choices: KdumpChoices = {}): Uint8Array {
  const { is64 = true, notes = new Uint8Array(0), codec = 'zlib', leftOut = [] } = choices;
  const frames: { frame: number; bytes: Uint8Array }[] = [];
  for (const { start, bytes } of ram) {
    for (let at = 0; at < bytes.length; at += 4096) {
      frames.push({ frame: (start + at) / 4096, bytes: bytes.subarray(at, at + 4096) });
    }
  }
  frames.sort((a, b) => a.frame - b.frame);
  const dumped = frames.filter(({ frame }) => !leftOut.includes(frame));
  const maxFrame = frames.at(-1)!.frame + 1;
  const bitmapBytes = Math.ceil(maxFrame / 8 / 4096) * 4096;
  const header = new Uint8Array(4096);
  const view = new DataView(header.buffer);
  header.set(Buffer.from('KDUMP   '));
  view.setUint32(8, 6, true);
  header.set(Buffer.from(is64 ? 'x86_64' : 'i686'), 12 + 4 * 65);
  const blockSize = is64 ? 428 : 416;
  const subBlocks = 1 + Math.ceil(notes.length / 4096);
  for (const [i, value] of [4096, subBlocks, (2 * bitmapBytes) / 4096, maxFrame].entries()) {
    view.setUint32(blockSize + 4 * i, value, true);
  }
  const sub = new Uint8Array(subBlocks * 4096);
  const subView = new DataView(sub.buffer);
  subView.setBigUint64(is64 ? 48 : 32, BigInt(4096 + 512), true);
  subView.setUint32(is64 ? 56 : 40, notes.length, true);
  subView.setBigUint64(is64 ? 96 : 72, BigInt(maxFrame), true);
  sub.set(notes, 512);
  const bitmap = (list: readonly { frame: number }[]): Uint8Array => {
    const bits = new Uint8Array(bitmapBytes);
    for (const { frame } of list) bits[frame >>> 3]! |= 1 << (frame & 7);
    return bits;
  };
  const descriptors = new Uint8Array(24 * dumped.length);
  const descriptorView = new DataView(descriptors.buffer);
  const contents: Uint8Array[] = [];
  let at = 4096 + sub.length + 2 * bitmapBytes + descriptors.length;
  for (const [i, { bytes }] of dumped.entries()) {
    const packed = pack(bytes, codec);
    // What does not shrink is stored as it is.
    const smaller = packed.length < 4096;
    const stored = smaller ? packed : bytes;
    descriptorView.setBigUint64(24 * i, BigInt(at), true);
    descriptorView.setUint32(24 * i + 8, stored.length, true);
    descriptorView.setUint32(24 * i + 12, smaller ? { none: 0, zlib: 1, lzo: 2, snappy: 4 }[codec] : 0, true);
    contents.push(stored);
    at += stored.length;
  }
  return concat([header, sub, bitmap(frames), bitmap(dumped), descriptors, ...contents]);
}

function pack(bytes: Uint8Array, codec: KdumpChoices['codec']): Uint8Array {
  if (codec === 'zlib') return deflateSync(bytes);
  if (codec === 'snappy') return compress(bytes);
  return codec === 'lzo' ? Uint8Array.of(1, 2, 3) : bytes;
}

/** Records of a flattened dump, in the order given. */
export function flattened(
  records: readonly { readonly offset: number; readonly bytes: Uint8Array }[],
): Uint8Array {
  const header = new Uint8Array(4096);
  header.set(Buffer.from('makedumpfile'));
  header[23] = 1;
  header[31] = 1;
  const parts: Uint8Array[] = [header];
  for (const { offset, bytes } of records)
    parts.push(u64be(BigInt(offset)), u64be(BigInt(bytes.length)), bytes);
  parts.push(u64be(0xffff_ffff_ffff_ffffn), u64be(0xffff_ffff_ffff_ffffn));
  return concat(parts);
}

/** A file as QEMU sends it: in pieces, the one that was written last first in the file. */
export function flattenedFile(file: Uint8Array, pieceBytes = 10_000): Uint8Array {
  const records: { offset: number; bytes: Uint8Array }[] = [];
  for (let at = 0; at < file.length; at += pieceBytes) {
    records.push({ offset: at, bytes: file.subarray(at, at + pieceBytes) });
  }
  // The header is written once more at the end.
  records.push({ offset: 0, bytes: file.subarray(0, 512) });
  records[0] = { offset: 0, bytes: new Uint8Array(records[0]!.bytes).fill(0, 0, 512) };
  return flattened(records);
}

/** Xen's dump of a guest. */
export function xenCore(
  pages: readonly { readonly pfn: number; readonly mfn?: number; readonly bytes: Uint8Array }[],
  contexts: readonly Uint8Array[],
  paravirtual: boolean,
): Uint8Array {
  const list = concat(
    pages.flatMap(({ pfn, mfn = pfn }) =>
      paravirtual ? [u64(BigInt(pfn)), u64(BigInt(mfn))] : [u64(BigInt(pfn))],
    ),
  );
  const headerNote = concat([
    u64(paravirtual ? 0xf00f_ebedn : 0xf00f_ebeen),
    u64(BigInt(contexts.length)),
    u64(BigInt(pages.length)),
    u64(4096n),
  ]);
  const contents: [name: string, bytes: Uint8Array][] = [
    ['', new Uint8Array(0)],
    ['.note.Xen', concat([note('Xen', 0x2000000, new Uint8Array(0)), note('Xen', 0x2000001, headerNote)])],
    ['.xen_prstatus', concat(contexts)],
    [paravirtual ? '.xen_p2m' : '.xen_pfn', list],
    ['.xen_pages', concat(pages.map(({ bytes }) => bytes))],
  ];
  const names = `${contents.map(([name]) => name).join('\0')}\0.shstrtab\0`;
  contents.push(['.shstrtab', Buffer.from(names)]);
  const header = new Uint8Array(64);
  const view = new DataView(header.buffer);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 4, true);
  view.setUint16(18, 62, true);
  view.setBigUint64(40, 64n, true);
  view.setUint16(58, 64, true);
  view.setUint16(60, contents.length, true);
  view.setUint16(62, contents.length - 1, true);
  const table = new Uint8Array(64 * contents.length);
  const tableView = new DataView(table.buffer);
  let at = 64 + table.length;
  for (const [i, [name, bytes]] of contents.entries()) {
    tableView.setUint32(64 * i, name === '' ? 0 : names.indexOf(name), true);
    tableView.setBigUint64(64 * i + 24, BigInt(at), true);
    tableView.setBigUint64(64 * i + 32, BigInt(bytes.length), true);
    at += bytes.length;
  }
  return concat([header, table, ...contents.map(([, bytes]) => bytes)]);
}

/** A `vcpu_guest_context` with control registers. */
export function xenContext(bits: 32 | 64, registers: readonly bigint[]): Uint8Array {
  const context = new Uint8Array(bits === 64 ? 5168 : 2800);
  const view = new DataView(context.buffer);
  for (const [i, value] of registers.entries()) {
    if (bits === 64) view.setBigUint64(4984 + 8 * i, value, true);
    else view.setUint32(2716 + 4 * i, Number(value), true);
  }
  return context;
}

export function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function u32(value: number): Uint8Array {
  return new Uint8Array(Uint32Array.of(value).buffer);
}

function u64(value: bigint): Uint8Array {
  return new Uint8Array(BigUint64Array.of(value).buffer);
}

function u64be(value: bigint): Uint8Array {
  return u64(value).reverse();
}

function padded(bytes: Uint8Array, to: number): Uint8Array {
  const whole = new Uint8Array(Math.ceil(bytes.length / to) * to);
  whole.set(bytes);
  return whole;
}
