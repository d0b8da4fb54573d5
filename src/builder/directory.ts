import { PAGE_SIZE } from '../arch/address.ts';
import { CHUNK_BYTES, type PhysicalMemory } from '../memory/physical-memory.ts';
import { copiedIn, SCRATCH_DIRECTORY, type TableKernel, tableKernelOf } from './table-kernel.ts';

/** Entries of a directory. */
const ENTRIES = 1024;
/** P RW A D and PS: a supervisor's page of 4 MiB. */
export const LARGE_PAGE_FLAGS = 0xe3;

/** What a directory of 4 MiB pages maps, and where it lies. */
export interface LargeDirectoryPlan {
  /** The first machine frame of each page, a multiple of 1024. */
  readonly frames: Uint32Array;
  /** Linear address of the first page, a multiple of 4 MiB. */
  readonly loadAddress: number;
  /** Frame of the page directory. */
  readonly directoryFrame: number;
}

/**
 * Writes a directory that maps one 4 MiB page after the other from the load address up, present, writable, supervisor's,
 * accessed and dirty, and nothing else. Straight into its frame.
 *
 * @throws RangeError if the pages reach beyond the directory's 1024 entries, or the directory has no frame.
 * @see SDM 3A §4.3, "32-Bit Paging": entries that map 4-MByte pages
 */
export function writeLargeDirectory(
  memory: PhysicalMemory,
  { frames, loadAddress, directoryFrame }: LargeDirectoryPlan,
): void {
  const slot = loadAddress >>> 22;
  if (frames.length > ENTRIES - slot) {
    throw new RangeError(
      `${frames.length} pages of 4 MiB from directory entry ${slot} on reach beyond its 1024 entries; at most ${ENTRIES - slot} fit`,
    );
  }
  if (!(Number.isInteger(directoryFrame) && directoryFrame >= 0 && directoryFrame < memory.frameCount)) {
    throw new RangeError(
      `the directory cannot lie in frame ${directoryFrame}: the memory has frames 0 to ${memory.frameCount - 1}`,
    );
  }
  writeDirectory(memory, tableKernelOf(memory), { directoryFrame, slot, frames, flags: LARGE_PAGE_FLAGS });
}

/** A directory of one kind of entry. */
export interface DirectoryPlan {
  /** Its frame, which memory has. */
  readonly directoryFrame: number;
  /** Its first entry that is not 0. */
  readonly slot: number;
  /** What this and the following ones lead to: no more than there are entries. */
  readonly frames: Uint32Array;
  /** What they say besides. */
  readonly flags: number;
}

/** Writes a directory, and clears the rest of it. */
export function writeDirectory(memory: PhysicalMemory, kernel: TableKernel, plan: DirectoryPlan): void {
  const { directoryFrame, slot, frames, flags } = plan;
  // So few that to ask where they lie takes longer than to copy them.
  const source = copiedIn(kernel, frames, 0, frames.length);
  const end = source + frames.length * 4;
  const physical = directoryFrame * PAGE_SIZE;
  const chunk = Math.floor(physical / CHUNK_BYTES);
  const at = physical % CHUNK_BYTES;
  memory.touchFrame(directoryFrame);
  if (kernel.inPlace) {
    memory.words[chunk]!.fill(0, at / 4, at / 4 + ENTRIES);
    kernel.entries(source, physical + slot * 4, end, flags);
    return;
  }
  const { directory } = kernel;
  if (directory.start < slot) directory.bytes.fill(0, directory.start * 4, slot * 4);
  const last = slot + frames.length;
  if (directory.end > last) directory.bytes.fill(0, last * 4, directory.end * 4);
  directory.start = slot;
  directory.end = last;
  kernel.entries(source, kernel.base + SCRATCH_DIRECTORY + slot * 4, end, flags);
  memory.bytes[chunk]!.set(directory.bytes, at);
}
