/** A machine out of a file: an image that the command line saved, or raw RAM. */

import { isImage, loadImage } from '../formats/index.ts';
import { PhysicalMemory } from '../index.ts';
import { formatBytes } from '../render/index.ts';
import type { Machine } from './scenario.ts';
import { TEXT } from './text.en.ts';

/** What a browser's tab can well hold twice: once as a file, once as RAM. */
export const MAX_FILE_BYTES: number = 512 * 2 ** 20;

/** @throws Error that says what is wrong with the file, in words for its owner. */
export function machineOfFile(bytes: Uint8Array): Machine {
  if (bytes.length > MAX_FILE_BYTES) {
    throw new Error(TEXT.files.tooLarge(formatBytes(bytes.length), formatBytes(MAX_FILE_BYTES)));
  }
  if (isImage(bytes)) {
    const { memory, domain } = loadImage(bytes);
    return { memory, domain, wide: undefined, cr3: domain.pageDirectory, format: '32-bit' };
  }
  if (bytes.length === 0 || bytes.length % 4096 !== 0) throw new Error(TEXT.files.odd(bytes.length));
  const memory = new PhysicalMemory(bytes.length);
  memory.write(0, bytes);
  return { memory, domain: undefined, wide: undefined, cr3: 0, format: '32-bit' };
}
