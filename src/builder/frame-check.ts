import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { BuildError } from './build-error.ts';
import type { BuildOptions, PlacedXen } from './domain.ts';
import { SCRATCH_ENTRIES, SCRATCH_TABLES, SCRATCH_USED, tableKernel } from './table-kernel.ts';

/** A 32-bit entry has 20 bits for the frame. */
const FRAMES_OF_32_BITS = 0x10_0000;

/** In the order of directory slots 1021 to 1023. */
const XEN_TABLE_NAMES: readonly string[] = [
  "Xen's per-domain table",
  "Xen's map cache table",
  "Xen's ioremap table",
];

/**
 * Checks that every frame of a domain and of Xen's part of it exists, and that none serves twice.
 * @throws BuildError `bad-frame`, naming the frame and both its uses.
 */
export function checkFrames(
  memory: PhysicalMemory,
  { frames, sharedInfoFrame }: BuildOptions,
  xen: PlacedXen,
): void {
  const frameCount = Math.min(memory.frameCount, FRAMES_OF_32_BITS);
  const kernel = tableKernel();
  const used = kernel.bytes.subarray(SCRATCH_USED, SCRATCH_USED + frameCount);
  used.fill(0);
  const names = new Map<number, string>();

  const refuse = (frame: number, what: string): never => {
    if (!Number.isInteger(frame) || used[frame] === undefined) {
      throw new BuildError(
        'bad-frame',
        `${what} is frame ${frame}; memory has frames 0 to ${frameCount - 1} that a 32-bit entry reaches. Choose one of them, or give the machine more memory`,
      );
    }
    const other = names.get(frame) ?? `page ${frames.indexOf(frame)}`;
    throw new BuildError(
      'bad-frame',
      `${what} is frame ${frame}, which is also ${other} of this domain; each needs a frame of its own`,
    );
  };
  const take = (frame: number, what: string): void => {
    // A frame '5' would index the array as 5 does.
    if (!Number.isInteger(frame) || used[frame] !== 0) refuse(frame, what);
    used[frame] = 1;
    names.set(frame, what);
  };

  // Not by `take`: names for up to 258,048 pages would cost more than the check itself.
  for (let first = 0; first < frames.length; first += SCRATCH_ENTRIES) {
    const some = frames.subarray(first, first + SCRATCH_ENTRIES);
    kernel.words.set(some, SCRATCH_TABLES >>> 2);
    const start = kernel.base + SCRATCH_TABLES;
    const end = start + some.byteLength;
    const at = kernel.take(start, end, kernel.base + SCRATCH_USED, frameCount) >>> 0;
    if (at === end) continue;
    const page = first + ((at - start) >>> 2);
    refuse(frames[page]!, `page ${page}`);
  }
  take(sharedInfoFrame, 'shared_info');
  if (xen.kind === 'image') {
    for (const frame of xen.frames) take(frame, "a page of Xen's image");
    for (const frame of xen.tables) take(frame, "a page table of Xen's image");
  } else if (xen.kind === 'slots') {
    for (const [i, frame] of xen.tables.entries()) take(frame, XEN_TABLE_NAMES[i]!);
  }
}
