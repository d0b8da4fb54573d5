import { SaidError } from '../../said/said.ts';

/**
 * A saved machine cannot be read or written: the file is no image, cut short or damaged, or the machine is one that no
 * image can hold. The message names the value, its limits, and where it helps what to do.
 */
export class ImageError extends SaidError {
  /** Name of the class. */
  override readonly name = 'ImageError';
}
