/**
 * A small machine in a link of the teaching page: `#machine=` and its file, deflated without a frame, in base64url.
 * The file has a checksum over every byte and is checked field by field, so that a link is as safe to open as a file.
 */

import { ByteSink, DeflateError, inflate } from '../bytes/inflate.ts';
import { ImageError } from '../machine/image/image-error.ts';
import { loadMachine } from '../machine/image/load.ts';
import type { Machine } from '../machine/machine.ts';
import { said } from '../said/said.ts';
import { CounterexampleError } from './counterexample-error.ts';

/** Name of the part of a link that holds a machine. */
export const MACHINE_PART = 'machine';
/** Characters of base64url that a link may hold: with these, mail programs and browsers carry it whole. */
export const MAX_LINK_CHARACTERS = 8000;
/** The most that the file in a link may have, inflated: 128 page tables. */
const MAX_FILE_BYTES = 2 ** 19;
/** The most RAM of a machine in a link: a page draws every frame of it. */
export const MAX_LINK_MEMORY: number = 4 * 2 ** 30;

/**
 * The machine whose file somebody deflated into a link.
 *
 * @param deflated - The bytes that stood in the link.
 * @throws CounterexampleError for what is no machine, or more of one than a link may hold.
 */
export function machineOfLink(deflated: Uint8Array): Machine {
  const sink = new ByteSink(MAX_FILE_BYTES);
  try {
    const end = inflate(deflated, 0, sink);
    if (end === undefined) throw new CounterexampleError(said`it holds more than ${MAX_FILE_BYTES} bytes`);
    if (end !== deflated.length) throw new CounterexampleError(said`something follows the machine`);
    const machine = loadMachine(sink.from(0).slice());
    if (machine.memory.sizeBytes <= MAX_LINK_MEMORY) return machine;
    throw new CounterexampleError(said`its RAM is larger than 4 GiB, the most in a link`);
  } catch (error) {
    if (!(error instanceof DeflateError || error instanceof ImageError)) throw error;
    throw new CounterexampleError(error.said);
  }
}
