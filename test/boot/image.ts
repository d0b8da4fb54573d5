/** A built machine as a multiboot kernel: the assembled stub, what it is told, and every frame that is not zero. */

import type { Domain } from '../../src/builder/index.ts';
import type { PhysicalMemory } from '../../src/memory/index.ts';

/** Where the stub is loaded; the image must end before the machine-to-physical table, which it is copied over. */
const STUB = 0x40_0000;
const IMAGE_END = 0x100_0000;
/** Offset in the header of the load's end. */
const HEADER_LOAD_END = 20;

/**
 * Wraps a machine and a domain of it, which is to run.
 * @param stub - `stub.asm` up to its list of frames.
 * @throws RangeError if a frame would lie where the stub does, or all of them are too much.
 */
export function bootImage(
  stub: Uint8Array,
  memory: PhysicalMemory,
  { pageDirectory, context }: Pick<Domain, 'pageDirectory' | 'context'>,
): Uint8Array {
  const frames = [...memory.writtenFrames()].flatMap(({ start, count }) =>
    Array.from({ length: count }, (_, i) => start + i),
  );
  const inTheWay = frames.find(
    (frame) => frame < 0x100 || (frame >= STUB / 4096 && frame < IMAGE_END / 4096),
  );
  if (inTheWay !== undefined) {
    throw new RangeError(`frame ${inTheWay} is not zero and lies where the stub does; choose another`);
  }
  const { eip, esp, esi, eflags, cs, ss } = context;
  const told = Uint32Array.of(
    ...[pageDirectory, eip, esp, esi, eflags, cs, ss],
    ...[memory.sizeBytes, frames.length, ...frames],
  );
  // The last words of the assembled stub are room for what it is told, up to its list.
  const toldAt = stub.length - 9 * 4;
  const contentsAt = Math.ceil((toldAt + told.byteLength) / 4096) * 4096;
  const image = new Uint8Array(contentsAt + frames.length * 4096);
  if (STUB + image.length > IMAGE_END) {
    throw new RangeError(`${frames.length} frames make an image of ${image.length} bytes, which is too much`);
  }
  image.set(stub);
  image.set(new Uint8Array(told.buffer), toldAt);
  for (const [i, frame] of frames.entries()) image.set(memory.frame(frame), contentsAt + i * 4096);
  new DataView(image.buffer).setUint32(HEADER_LOAD_END, STUB + image.length, true);
  return image;
}
