/**
 * Xen's `xl dump-core`: an ELF file with sections rather than segments. `.xen_pages` holds the pages, `.xen_p2m` or
 * `.xen_pfn` says where each lies, `.xen_prstatus` holds the context of each virtual CPU.
 *
 * A paravirtual guest's page tables hold machine frames, so its memory is placed by machine frame; that of other
 * guests by the guest's own frame numbers.
 * Sources: Xen, `docs/misc/dump-core-format.txt`; `xen/include/public/arch-x86/xen.h`, `vcpu_guest_context`.
 */

import { CR4_PAE, EFER_LMA, EFER_LME, EFER_NXE } from '../arch/control.ts';
import { fromHalves } from '../arch/linear.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { said } from '../said/said.ts';
import { asciiAt, readExactly, uint64, viewOf } from './byte-source.ts';
import type { CpuState } from './cpu-state.ts';
import { DumpError } from './dump-error.ts';
import type { ElfFile } from './elf-core.ts';
import { notesIn } from './elf-notes.ts';
import type { FrameStore } from './frame-store.ts';
import { type Segment, segmentStore } from './segment-store.ts';

const PAGE_BYTES = 4096;
const NOTE_HEADER = 0x200_0001;
const MAGIC_PV = 0xf00f_ebed;
/** Bytes of a section that are read at a time. */
const BATCH_ENTRIES = 65_536;
const MAX_CPUS = 4096;
const MAX_SECTIONS = 1024;

/** Offset of `ctrlreg` in `vcpu_guest_context`, and the size of it all, for guests of 32 and 64 bits. */
const CONTEXTS = {
  32: { bytes: 2800, registersAt: 2716, registerBytes: 4 },
  64: { bytes: 5168, registersAt: 4984, registerBytes: 8 },
} as const;

interface Section {
  readonly offset: number;
  readonly bytes: number;
}

/** What a Xen dump holds. */
export interface XenCore {
  readonly store: FrameStore;
  readonly cpus: readonly CpuState[];
  /** Memory is placed by machine frames. */
  readonly paravirtual: boolean;
}

/** Opens a Xen dump. @returns undefined if the ELF file has no section `.xen_pages`. @throws DumpError */
export function openXenCore(source: ByteSource, elf: ElfFile, partial: boolean): XenCore | undefined {
  if (!elf.is64) return undefined;
  const sections = readSections(source, elf);
  const pages = sections.get('.xen_pages');
  if (pages === undefined) return undefined;
  const header = readHeader(source, sections.get('.note.Xen'));
  const p2m = sections.get('.xen_p2m');
  const pfn = sections.get('.xen_pfn');
  const list = p2m ?? pfn;
  if (list === undefined)
    throw new DumpError(
      'damaged',
      said`the Xen dump has neither .xen_p2m nor .xen_pfn, so it does not say where its pages lie`,
    );
  const segments = readPlaces(source, list, p2m === undefined ? 8 : 16, header.pages, pages);
  const contexts = sections.get('.xen_prstatus');
  const cpus = contexts === undefined ? [] : readCpus(source, contexts, header);
  return { store: segmentStore(source, segments, partial), cpus, paravirtual: p2m !== undefined };
}

function readSections(source: ByteSource, { view }: ElfFile): Map<string, Section> {
  const at = uint64(view, 40);
  const bytes = view.getUint16(58, true);
  const count = view.getUint16(60, true);
  const namesIndex = view.getUint16(62, true);
  const sections = new Map<string, Section>();
  if (at === 0 || count === 0 || bytes < 64 || count > MAX_SECTIONS || namesIndex >= count) return sections;
  // A file without segments is nothing without its sections; in others they do not matter.
  const needed = view.getUint16(56, true) === 0;
  if (!needed && at + bytes * count > source.size) return sections;
  const table = viewOf(readExactly(source, at, bytes * count, said`the table of its sections`));
  const sectionAt = (index: number): Section => ({
    offset: uint64(table, index * bytes + 24),
    bytes: uint64(table, index * bytes + 32),
  });
  const { offset, bytes: length } = sectionAt(namesIndex);
  if (length > 65_536 || (!needed && offset + length > source.size)) return sections;
  const names = readExactly(source, offset, length, said`the names of its sections`);
  for (let index = 0; index < count; index++) {
    sections.set(asciiAt(names, table.getUint32(index * bytes, true), 64), sectionAt(index));
  }
  return sections;
}

interface Header {
  readonly cpus: number;
  readonly pages: number;
  readonly paravirtual: boolean;
}

function readHeader(source: ByteSource, section: Section | undefined): Header {
  if (section !== undefined && section.bytes <= 2 ** 20) {
    for (const { owner, type, content } of notesIn(
      readExactly(source, section.offset, section.bytes, said`Xen's notes`),
    )) {
      if (owner !== 'Xen' || type !== NOTE_HEADER || content.length < 32) continue;
      const view = viewOf(content);
      const pageBytes = uint64(view, 24);
      if (pageBytes !== PAGE_BYTES)
        throw new DumpError(
          'unsupported',
          said`the Xen dump has pages of ${pageBytes} bytes, not of ${PAGE_BYTES}`,
        );
      const cpus = uint64(view, 8);
      if (cpus > MAX_CPUS)
        throw new DumpError('damaged', said`the Xen dump says that it has ${cpus} virtual CPUs`);
      return { cpus, pages: uint64(view, 16), paravirtual: uint64(view, 0) === MAGIC_PV };
    }
  }
  throw new DumpError('damaged', said`the Xen dump lacks Xen's header note`);
}

/** Where each page of the file lies; neighbours in memory and in the file are joined. */
function readPlaces(
  source: ByteSource,
  list: Section,
  entryBytes: 8 | 16,
  count: number,
  pages: Section,
): Segment[] {
  if (!(count * entryBytes <= list.bytes)) {
    throw new DumpError(
      'damaged',
      said`the Xen dump has ${count} pages, and says of ${Math.floor(list.bytes / entryBytes)} where they lie`,
    );
  }
  const segments: Segment[] = [];
  for (let first = 0; first < count; first += BATCH_ENTRIES) {
    const batch = Math.min(BATCH_ENTRIES, count - first);
    const view = viewOf(
      readExactly(source, list.offset + first * entryBytes, batch * entryBytes, said`the list of its frames`),
    );
    for (let i = 0; i < batch; i++) {
      // An entry of `.xen_p2m` is a pair; the machine frame is its second.
      const frame = uint64(view, i * entryBytes + entryBytes - 8);
      if (frame >= 2 ** 40) continue; // no frame: a page that the guest has given back
      const start = frame * PAGE_BYTES;
      const offset = pages.offset + (first + i) * PAGE_BYTES;
      const last = segments.at(-1);
      if (last?.end === start && last.offset + last.end - last.start === offset) {
        segments[segments.length - 1] = { ...last, end: start + PAGE_BYTES };
      } else segments.push({ start, end: start + PAGE_BYTES, offset });
    }
  }
  return segments;
}

function readCpus(source: ByteSource, section: Section, { cpus: count, paravirtual }: Header): CpuState[] {
  // The size of a context tells the guest's width; the file's own says nothing.
  const bits = section.bytes >= count * CONTEXTS[64].bytes ? 64 : 32;
  const { bytes, registersAt, registerBytes } = CONTEXTS[bits];
  if (count * bytes > section.bytes) return [];
  const cpus: CpuState[] = [];
  for (let index = 0; index < count; index++) {
    const at = section.offset + index * bytes;
    const view = viewOf(readExactly(source, at, bytes, said`the context of virtual CPU ${index}`));
    const register = (number: number): number | bigint => {
      const offset = registersAt + number * registerBytes;
      return bits === 64
        ? fromHalves(view.getInt32(offset, true), view.getInt32(offset + 4, true))
        : view.getUint32(offset, true);
    };
    const state = { index, cr0: Number(register(0)), cr2: register(2) };
    if (!paravirtual) cpus.push({ ...state, cr3: register(3), cr4: register(4) });
    else {
      const cr3 = bits === 64 ? register(3) : unrotated(Number(register(3)));
      // Xen runs its guests with PAE or in long mode, and with NX, whatever the guest's own CR4 says.
      const cr4 = Number(register(4)) | CR4_PAE;
      cpus.push({ ...state, cr3, cr4, efer: bits === 64 ? EFER_LME | EFER_LMA | EFER_NXE : EFER_NXE });
    }
  }
  return cpus;
}

/** CR3 of a 32-bit guest has bits 31–20 of the frame number in its low bits (`xen_cr3_to_pfn`). */
function unrotated(cr3: number): number {
  return (((cr3 >>> 12) | (cr3 << 20)) >>> 0) * PAGE_BYTES;
}
