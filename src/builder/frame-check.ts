import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { BuildError } from './build-error.ts';
import type { BuildOptions, PlacedXen } from './domain.ts';
import { MARK_SHIFTS } from './mark-module.ts';
import {
  addressIn,
  FRAMES_AT_ONCE,
  FRAMES_OF_32_BITS,
  SCRATCH_BITS,
  type TableKernel,
  tableKernelOf,
} from './table-kernel.ts';

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
  const others = [sharedInfoFrame, ...(xen.kind === 'none' ? [] : xen.tables)];
  if (xen.kind === 'image') for (const frame of xen.frames) others.push(frame);
  if (!areDistinct(tableKernelOf(memory), frames, others, frameCount))
    refuseOne(frameCount, frames, sharedInfoFrame, xen);
}

/** @returns false where a frame is `limit` or above or comes twice; also where it takes more than a look to say so. */
function areDistinct(
  kernel: TableKernel,
  frames: Uint32Array,
  others: readonly number[],
  limit: number,
): boolean {
  // A frame '5' would go into the array as 5 does.
  if (!others.every((frame) => Number.isInteger(frame) && frame >= 0 && frame < limit)) return false;
  const bits = kernel.base + SCRATCH_BITS;
  let areBelow = true;
  for (const list of [frames, Uint32Array.from(others)]) {
    for (let first = 0; first < list.length && areBelow; first += FRAMES_AT_ONCE) {
      const end = Math.min(first + FRAMES_AT_ONCE, list.length);
      const source = addressIn(kernel, list, first, end);
      areBelow = kernel.mark(source, source + 4 * (end - first), limit) === 1;
    }
  }
  const shift = MARK_SHIFTS.find((one) => limit <= 8 * 2 ** one)!;
  // Counted in any case, since that also clears them.
  return kernel.count(bits, bits + 2 ** shift) === frames.length + others.length && areBelow;
}

/** @throws BuildError for the first frame that does not exist or comes again. */
function refuseOne(frameCount: number, frames: Uint32Array, sharedInfoFrame: number, xen: PlacedXen): void {
  /** What each frame is already: a page of that number, or something else. */
  const uses = new Map<number, number | string>();
  const nameOf = (use: number | string): string => (typeof use === 'number' ? `page ${use}` : use);
  const take = (frame: number, use: number | string): void => {
    if (!(Number.isInteger(frame) && frame >= 0 && frame < frameCount)) {
      throw new BuildError(
        'bad-frame',
        `${nameOf(use)} is frame ${frame}; memory has frames 0 to ${frameCount - 1} that a 32-bit entry reaches. Choose one of them, or give the machine more memory`,
      );
    }
    const other = uses.get(frame);
    if (other !== undefined) {
      throw new BuildError(
        'bad-frame',
        `${nameOf(use)} is frame ${frame}, which is also ${nameOf(other)} of this domain; each needs a frame of its own`,
      );
    }
    uses.set(frame, use);
  };

  for (const [page, frame] of frames.entries()) take(frame, page);
  take(sharedInfoFrame, 'shared_info');
  if (xen.kind === 'image') {
    for (const frame of xen.frames) take(frame, "a page of Xen's image");
    for (const frame of xen.tables) take(frame, "a page table of Xen's image");
  } else if (xen.kind === 'slots') {
    for (const [i, frame] of xen.tables.entries()) take(frame, XEN_TABLE_NAMES[i]!);
  }
}
