import { type LayoutClaim, LayoutError, parseLayout } from '../claims/index.ts';
import { InputError } from './errors.ts';
import { readInput } from './files.ts';

/** No layout that a person or a program writes is longer. */
const LAYOUT_LIMIT = { bytes: 16 * 2 ** 20, why: 'more than any layout has' };

/** The bytes of a layout's file. @throws InputError */
export function layoutText(path: string): Uint8Array {
  return readInput(path, 'layout', LAYOUT_LIMIT);
}

/** The claims of a layout's file. @throws InputError with line and column. */
export function readLayout(path: string): LayoutClaim[] {
  const layout = new TextDecoder().decode(layoutText(path));
  try {
    return parseLayout(layout);
  } catch (error) {
    if (error instanceof LayoutError) throw new InputError(`the layout '${path}', ${error.message}`);
    throw error;
  }
}
