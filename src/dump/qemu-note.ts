import { fromHalves } from '../arch/linear.ts';
import type { ByteSource } from '../bytes/byte-source.ts';
import { said } from '../said/said.ts';
import { readExactly, uint64, viewOf } from './byte-source.ts';
import type { CpuState } from './cpu-state.ts';
import { DumpError } from './dump-error.ts';
import { notesIn } from './elf-notes.ts';

// QEMU's `QEMUCPUState` (target/i386/arch_dump.c): version, size; 18 registers of 64 bits, RFLAGS last; ten
// segment registers of 24 bytes; CR0 to CR4.
const RFLAGS_AT = 8 + 17 * 8;
const SEGMENTS_AT = 8 + 18 * 8;
const SEGMENT_BYTES = 24;
/** CS is the first; its flags follow selector and limit. */
const CS_FLAGS_AT = 8;
const CR_AT = SEGMENTS_AT + 10 * SEGMENT_BYTES;
const END = CR_AT + 5 * 8;

/** Notes are a few hundred bytes a CPU. */
const MAX_NOTE_BYTES = 2 ** 24;

const EFLAGS_AC = 0x4_0000;
/** The L bit in the flags of a code segment: its code is 64-bit. */
const SEGMENT_L = 0x20_0000;
const CR0_PG = 0x8000_0000;

/**
 * The CPUs that a file's ELF notes tell of, in order: those in QEMU's own notes, since the others have no control
 * registers.
 *
 * @param isLongMode - The file is of a 64-bit machine.
 * @throws DumpError
 */
export function cpusInNotes(source: ByteSource, at: number, bytes: number, isLongMode: boolean): CpuState[] {
  if (bytes > MAX_NOTE_BYTES) {
    throw new DumpError(
      'damaged',
      said`the dump has ${bytes} bytes of notes; at most ${MAX_NOTE_BYTES} are read`,
    );
  }
  const cpus: CpuState[] = [];
  for (const { owner, type, content } of notesIn(
    readExactly(source, at, bytes, said`the notes of its CPUs`),
  )) {
    if (owner === 'QEMU' && type === 0) cpus.push(qemuCpuState(content, cpus.length, isLongMode));
  }
  return cpus;
}

/**
 * Reads QEMU's note about a CPU. It has no EFER; whether long mode is active follows from the file's machine type,
 * which is that of the first CPU, and from a 64-bit code segment.
 *
 * @param fileIsLongMode - The ELF machine is x86-64.
 */
function qemuCpuState(content: Uint8Array, index: number, fileIsLongMode: boolean): CpuState {
  if (content.length < END) {
    throw new DumpError(
      'damaged',
      said`QEMU's note about CPU ${index} has ${content.length} bytes, fewer than ${END}`,
    );
  }
  const view = viewOf(content);
  const register = (at: number): number | bigint =>
    fromHalves(view.getInt32(at, true), view.getInt32(at + 4, true));
  const cr0 = view.getUint32(CR_AT, true);
  const runs64 = (view.getUint32(SEGMENTS_AT + CS_FLAGS_AT, true) & SEGMENT_L) !== 0;
  const paging = (cr0 & CR0_PG) !== 0;
  const longMode = !paging
    ? undefined
    : runs64
      ? { active: true, because: said`its code segment is 64-bit` }
      : {
          active: fileIsLongMode,
          because: said`the dump is of machine ${fileIsLongMode ? 'x86-64' : 'i386'}`,
        };
  return {
    index,
    cr0,
    cr2: register(CR_AT + 2 * 8),
    cr3: register(CR_AT + 3 * 8),
    cr4: uint64(view, CR_AT + 4 * 8),
    alignmentCheck: (view.getUint32(RFLAGS_AT, true) & EFLAGS_AC) !== 0,
    longMode,
  };
}
