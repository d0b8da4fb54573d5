import type { Domain } from '../builder/index.ts';
import { type ByteSource, domainMachine, ImageError, loadMachine, saveMachine } from '../machine/index.ts';
import { PhysicalMemory } from '../memory/index.ts';
import { said } from '../said/said.ts';

/** A machine with a domain in it. */
export interface SavedMachine {
  /** Its RAM. */
  readonly memory: PhysicalMemory;
  /** The domain in it. */
  readonly domain: Domain;
}

/**
 * Writes memory and domain to the bytes of one file: the machine of the domain, as Xen has set it up, by `saveMachine`.
 * @throws ImageError if the domain contradicts itself or the memory.
 */
export function saveImage(memory: PhysicalMemory, domain: Domain): Uint8Array {
  return saveMachine(domainMachine(memory, domain));
}

/**
 * Reads what {@link saveImage} wrote, in this or an earlier version of this program.
 * @throws ImageError if the file is no image, cut short or damaged, or holds a machine without a domain.
 */
export function loadImage(file: Uint8Array | ByteSource): SavedMachine {
  const { memory, domain } = loadMachine(file);
  if (domain === undefined)
    throw new ImageError(said`the image holds a machine without a domain; read it with loadMachine`);
  if (!(memory instanceof PhysicalMemory)) {
    throw new ImageError(said`the image holds a machine with holes in its RAM; read it with loadMachine`);
  }
  return { memory, domain };
}
