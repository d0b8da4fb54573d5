/**
 * ELF core files of whole machines: QEMU's `dump-guest-memory`, 32 and 64 bits, with and without `-p`; a kernel's
 * `/proc/vmcore`. Each loadable segment is a stretch of physical memory, placed by `p_paddr`. QEMU adds a note for
 * each CPU with its control registers.
 *
 * Source: System V ABI, chapter 4 and 5 (object files, program loading); gABI "PN_XNUM".
 */

import type { ByteSource } from '../bytes/byte-source.ts';
import { said } from '../said/said.ts';
import { asciiAt, readExactly, uint64, viewOf } from './byte-source.ts';
import type { CpuState } from './cpu-state.ts';
import { DumpError } from './dump-error.ts';
import { cpusInNotes } from './qemu-note.ts';
import type { Segment } from './segment-store.ts';

const ET_CORE = 4;
const EM_386 = 3;
const EM_X86_64 = 62;
const PT_LOAD = 1;
const PT_NOTE = 4;
/** `e_phnum` when the number does not fit it: then `sh_info` of section 0 has it. */
const PN_XNUM = 0xffff;

/** A program header. */
interface ProgramHeader {
  readonly type: number;
  readonly offset: number;
  readonly physical: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
}

/** What is in an ELF file's headers. */
export interface ElfFile {
  /** 64-bit file format. Says nothing of the guest: QEMU uses it for a 32-bit guest with RAM above 4 GiB, too. */
  readonly is64: boolean;
  /** The machine is EM_X86_64: QEMU writes that if its first CPU is in long mode. */
  readonly isLongMode: boolean;
  readonly view: DataView;
}

/** Whether bytes start an ELF file. */
export function isElf(head: Uint8Array): boolean {
  return head[0] === 0x7f && asciiAt(head, 1, 3) === 'ELF';
}

/** Reads the file header. @throws DumpError for another byte order or machine, or no core file. */
export function readElfHeader(source: ByteSource): ElfFile {
  const ident = readExactly(source, 0, 6, said`the ELF header`);
  if (ident[4] !== 1 && ident[4] !== 2)
    throw new DumpError('damaged', said`ELF class ${ident[4]!} is neither 32 nor 64 bits`);
  const is64 = ident[4] === 2;
  if (ident[5] !== 1)
    throw new DumpError('unsupported', said`this ELF file is big-endian, so it is no dump of an x86 machine`);
  const view = viewOf(readExactly(source, 0, is64 ? 64 : 52, said`the ELF header`));
  const machine = view.getUint16(18, true);
  if (machine !== EM_386 && machine !== EM_X86_64) {
    throw new DumpError(
      'unsupported',
      said`this ELF file is of machine ${machine}, not of x86 (${EM_386} or ${EM_X86_64})`,
    );
  }
  const type = view.getUint16(16, true);
  if (type !== ET_CORE) {
    throw new DumpError(
      'unsupported',
      said`this ELF file is of type ${type}, a program or library, not a core file (${ET_CORE})`,
    );
  }
  return { is64, isLongMode: machine === EM_X86_64, view };
}

/** What an ELF core holds. */
export interface ElfCore {
  readonly segments: readonly Segment[];
  readonly cpus: readonly CpuState[];
  /** Bytes of memory that no segment names, found between those that do. */
  readonly filledBytes: number;
}

/** Reads all headers and notes of a core file. @throws DumpError */
export function readElfCore(source: ByteSource, elf: ElfFile): ElfCore {
  const headers = programHeaders(source, elf);
  const cpus: CpuState[] = [];
  for (const header of headers) {
    if (header.type !== PT_NOTE) continue;
    cpus.push(...cpusInNotes(source, header.offset, header.fileBytes, elf.isLongMode));
  }
  const loads = headers.filter(({ type, fileBytes }) => type === PT_LOAD && fileBytes > 0);
  if (loads.length === 0) throw new DumpError('damaged', said`the ELF file has no segment with memory in it`);
  const loaded = loads.map(({ offset, physical, fileBytes }) => ({
    start: physical,
    end: physical + fileBytes,
    offset,
  }));
  const tails = tailsOf(loads, source.size);
  const tailBytes = tails.reduce((sum, { start, end }) => sum + end - start, 0);
  const { segments, filledBytes } = fillGaps([...loaded, ...tails]);
  return { segments, filledBytes: filledBytes + tailBytes, cpus };
}

/**
 * With `-p` QEMU names of memory that spans several blocks of RAM only what is in the first, though it writes all, block after
 * block. The rest is there if what comes next in the file, at another distance from its place in memory, leaves room.
 */
function tailsOf(loads: readonly ProgramHeader[], fileEnd: number): Segment[] {
  const inFile = [...loads].sort((a, b) => a.offset - b.offset);
  const tails: Segment[] = [];
  let next = fileEnd;
  for (const [i, { offset, physical, fileBytes, memoryBytes }] of [...inFile.entries()].reverse()) {
    const after = inFile[i + 1];
    if (after !== undefined && after.offset - after.physical !== offset - physical) next = after.offset;
    if (memoryBytes > fileBytes && next - offset >= memoryBytes) {
      const start = physical + fileBytes;
      tails.push({ start, end: physical + memoryBytes, offset: offset + fileBytes });
    }
  }
  return tails;
}

/**
 * With `-p` QEMU names only the memory that its page tables map, though it writes all. What lies between two
 * segments, in memory and in the file alike at the same distance, is the memory between them.
 */
function fillGaps(loaded: readonly Segment[]): Pick<ElfCore, 'segments' | 'filledBytes'> {
  const segments = [...loaded].sort((a, b) => a.start - b.start);
  const gaps: Segment[] = [];
  let end = segments[0]!.end;
  let endOffset = segments[0]!.offset + (end - segments[0]!.start);
  let filledBytes = 0;
  for (const segment of segments) {
    const gap = segment.start - end;
    if (gap > 0 && segment.offset - endOffset === gap) {
      gaps.push({ start: end, end: segment.start, offset: endOffset });
      filledBytes += gap;
    }
    if (segment.end > end) {
      end = segment.end;
      endOffset = segment.offset + (segment.end - segment.start);
    }
  }
  return { segments: gaps.length === 0 ? segments : [...segments, ...gaps], filledBytes };
}

function programHeaders(source: ByteSource, { is64, view }: ElfFile): ProgramHeader[] {
  const at = is64 ? uint64(view, 32) : view.getUint32(28, true);
  const bytes = view.getUint16(is64 ? 54 : 42, true);
  let count = view.getUint16(is64 ? 56 : 44, true);
  if (count === PN_XNUM) {
    const section = is64 ? uint64(view, 40) : view.getUint32(32, true);
    const shInfo = section + (is64 ? 44 : 28);
    count = viewOf(readExactly(source, shInfo, 4, said`the number of its segments`)).getUint32(0, true);
  }
  const least = is64 ? 56 : 32;
  if (bytes < least)
    throw new DumpError(
      'damaged',
      said`the ELF file's program headers have ${bytes} bytes, fewer than ${least}`,
    );
  const table = viewOf(readExactly(source, at, bytes * count, said`the table of its segments`));
  const headers: ProgramHeader[] = [];
  for (let i = 0; i < count; i++) {
    const header = i * bytes;
    headers.push({
      type: table.getUint32(header, true),
      offset: is64 ? uint64(table, header + 8) : table.getUint32(header + 4, true),
      physical: is64 ? uint64(table, header + 24) : table.getUint32(header + 12, true),
      fileBytes: is64 ? uint64(table, header + 32) : table.getUint32(header + 16, true),
      memoryBytes: is64 ? uint64(table, header + 40) : table.getUint32(header + 20, true),
    });
  }
  return headers;
}
