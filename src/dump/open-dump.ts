/** One door to every format of memory dumps. */

import { type ByteSource, byteSource } from '../bytes/byte-source.ts';
import { grouped, inEnglish, type Said, said } from '../said/said.ts';
import { asciiAt, readExactly } from './byte-source.ts';
import type { CpuState } from './cpu-state.ts';
import { DumpError } from './dump-error.ts';
import { DumpMemory } from './dump-memory.ts';
import { isElf, readElfCore, readElfHeader } from './elf-core.ts';
import { isFlattened, unflatten } from './flattened.ts';
import type { FrameStore } from './frame-store.ts';
import { isKdump, openKdump } from './kdump.ts';
import { isAvml, isLime, openAvml, openLime } from './lime.ts';
import { openRaw } from './raw.ts';
import { segmentStore } from './segment-store.ts';
import { openXenCore } from './xen-core.ts';

/** The formats that {@link openDump} reads. */
export type DumpFormat = 'raw' | 'elf' | 'kdump' | 'lime' | 'avml' | 'xen';

/** What each format is, for messages and help. */
export const DUMP_FORMATS: Readonly<Record<DumpFormat, string>> = {
  raw: 'raw physical memory from address 0 on',
  elf: "an ELF core of a machine, such as QEMU's dump-guest-memory",
  kdump: 'a kdump-compressed dump, flattened or not',
  lime: 'a LiME dump',
  avml: 'a compressed AVML dump',
  xen: "a dump by Xen's dump-core",
};

/** What {@link openDump} may be told. */
export interface DumpOptions {
  /** The format; default: as the content tells. */
  readonly format?: DumpFormat | undefined;
  /** Go on with what is there where the file is cut short. */
  readonly partial?: boolean | undefined;
  /** Told each note, with its values apart, so that it can be said in another language. */
  readonly onNote?: ((note: Said) => void) | undefined;
}

/** An opened dump: what it holds. */
export interface Dump {
  /** The format that it has. */
  readonly format: DumpFormat;
  /** Its memory, read when it is asked for. */
  readonly memory: DumpMemory;
  /** What it tells of its CPUs; empty where it tells nothing. */
  readonly cpus: readonly CpuState[];
  /** What a reader should know of it, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Opens a memory dump. Reads its headers only; memory is read when it is asked for.
 *
 * @param source - An array, or bytes that lie elsewhere. It must not change while the dump is used.
 * @throws DumpError if the format is unknown, or the file cut short or damaged.
 */
export function openDump(source: Uint8Array | ByteSource, options: DumpOptions = {}): Dump {
  const bytes = byteSource(source);
  const partial = options.partial ?? false;
  if (bytes.size === 0) throw new DumpError('cut-short', said`the dump is empty`);
  const opened = open(bytes, formatOf(bytes, options.format), partial, options.format);
  const missing = [...opened.store.ranges('missing')];
  const { notes } = opened;
  if (missing.length > 0) {
    const lacks = missing.reduce((sum, { start, end }) => sum + (end - start), 0);
    notes.push(said`The dump lacks the content of ${grouped(lacks)} bytes of RAM.`);
  }
  for (const note of notes) options.onNote?.(note);
  const memory = new DumpMemory(opened.store);
  return { format: opened.format, memory, cpus: opened.cpus, notes: notes.map(inEnglish) };
}

interface Opened {
  /** The format that it has. */
  readonly format: DumpFormat;
  readonly store: FrameStore;
  readonly cpus: readonly CpuState[];
  readonly notes: Said[];
}

function open(
  source: ByteSource,
  format: DumpFormat,
  partial: boolean,
  told: DumpFormat | undefined,
): Opened {
  const plain = { format, cpus: [], notes: [] };
  switch (format) {
    case 'raw':
      return { ...plain, store: openRaw(source, partial, told === 'raw') };
    case 'lime':
      return { ...plain, store: openLime(source, partial) };
    case 'avml':
      return { ...plain, store: openAvml(source, partial) };
    case 'kdump': {
      const flat = isFlattened(headOf(source));
      const { store, cpus } = openKdump(flat ? unflatten(source, partial) : source, partial);
      return { ...plain, store, cpus };
    }
    case 'xen':
    case 'elf': {
      const elf = readElfHeader(source);
      const xen = openXenCore(source, elf, partial);
      if (xen !== undefined) {
        const notes = xen.paravirtual
          ? [said`Memory is placed by machine frames, as the page tables of a paravirtual guest have them.`]
          : [];
        return { format: 'xen', store: xen.store, cpus: xen.cpus, notes };
      }
      if (format === 'xen')
        throw new DumpError(
          'unknown-format',
          said`this ELF file has no section .xen_pages, so it is no dump by Xen`,
        );
      const { segments, cpus, filledBytes } = readElfCore(source, elf);
      const notes =
        filledBytes === 0
          ? []
          : [
              said`The dump names only the memory that is mapped (-p); ${grouped(filledBytes)} bytes between were found in the file.`,
            ];
      return { ...plain, store: segmentStore(source, segments, partial), cpus, notes };
    }
  }
}

/** The format by content; `told` must agree with it, but for raw, which has no marks. */
function formatOf(source: ByteSource, told: DumpFormat | undefined): DumpFormat {
  if (told === 'raw') return 'raw';
  const head = headOf(source);
  const found = detect(head);
  if (told === undefined) {
    const packed = packedWith(head);
    if (found === 'raw' && packed !== undefined) {
      throw new DumpError(
        'unknown-format',
        said`the file is compressed with ${packed} as a whole; unpack it first, since memory is read here and there`,
      );
    }
    return found;
  }
  if (told === found || (told === 'xen' && found === 'elf')) return told;
  throw new DumpError(
    'unknown-format',
    said`this is not ${DUMP_FORMATS[told]}: it starts with ${JSON.stringify(asciiAt(head, 0, 8))}`,
  );
}

function detect(head: Uint8Array): DumpFormat {
  if (isElf(head)) return 'elf';
  if (isKdump(head) || isFlattened(head)) return 'kdump';
  if (isLime(head)) return 'lime';
  return isAvml(head) ? 'avml' : 'raw';
}

function headOf(source: ByteSource): Uint8Array {
  return readExactly(source, 0, Math.min(source.size, 64), said`its first bytes`);
}

/** Which program packed a whole file, if one did. */
function packedWith(head: Uint8Array): string | undefined {
  const start = [...head.subarray(0, 4)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  if (start.startsWith('1f8b')) return 'gzip';
  return { '28b52ffd': 'zstd', fd377a58: 'xz', '04224d18': 'lz4', '425a6839': 'bzip2' }[start];
}
