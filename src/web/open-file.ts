/** A machine out of a file: an image that the command line saved, or raw RAM. */

import { isImage, loadMachine } from '../machine/index.ts';
import { PhysicalMemory } from '../memory/index.ts';
import { formatBytes } from '../render/index.ts';
import type { PageMachine } from './page-machine.ts';
import { registersFor } from './scenario.ts';
import { TEXT } from './words/index.ts';

/** What a browser's tab can well hold twice: once as a file, once as RAM. */
export const MAX_FILE_BYTES: number = 512 * 2 ** 20;

/** @throws Error that says what is wrong with the file, in words for its owner. */
export function machineOfFile(bytes: Uint8Array): PageMachine {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new Error(TEXT.files.tooLarge(formatBytes(bytes.length), formatBytes(MAX_FILE_BYTES)));
  }
  if (isImage(bytes)) return loadMachine(bytes);
  if (bytes.length === 0 || bytes.length % 4096 !== 0) throw new Error(TEXT.files.odd(bytes.length));
  const memory = new PhysicalMemory(bytes.length);
  memory.write(0, bytes);
  return { memory, cpu: 'pentium-iii', registers: registersFor('pentium-iii', '32-bit', 0) };
}
