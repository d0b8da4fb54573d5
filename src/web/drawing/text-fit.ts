/** Text in a drawing has no lines of its own: how long it is about, and where it breaks. */

import { wrap } from '../../render/index.ts';

/** Average width of a letter of the widest of the page's fonts, in units of its size. */
const LETTER = 0.575;
/** The same of letters of one width. */
export const MONO_LETTER = 0.605;

/** Breaks a text to a width. */
export function linesOf(text: string, width: number, size: number): string[] {
  return text === '' ? [] : wrap(text, Math.max(6, Math.floor(width / (size * LETTER))));
}

/** Width that a text takes, about. */
export function widthOf(text: string, size: number): number {
  return text.length * size * LETTER;
}

/** The longest of some texts that fits, or the last. */
export function fitting(texts: readonly string[], width: number, size: number): string {
  return texts.find((text) => widthOf(text, size) <= width) ?? texts.at(-1) ?? '';
}

/** The size at which a text of letters of one width fits, at most `size`. */
export function monoSize(text: string, width: number, size: number): number {
  return Math.min(size, width / (text.length * MONO_LETTER));
}
