import { BuildError } from './build-error.ts';

/**
 * A command line's bytes, in UTF-8.
 *
 * Written without TextEncoder, which is no part of the language and so not of every host.
 *
 * @throws BuildError `bad-option` if it holds a NUL: the guest would read it only so far.
 */
export function encodeCommandLine(text: string): Uint8Array {
  const nul = text.indexOf('\0');
  if (nul >= 0) {
    throw new BuildError(
      'bad-option',
      `the command line holds a NUL as character ${nul}, where the guest would take it to end; leave it out`,
    );
  }
  // encodeURIComponent refuses half surrogate pairs; they become U+FFFD, as in every UTF-8 encoder.
  const escaped = encodeURIComponent(text.replace(/\p{Surrogate}/gu, '\ufffd'));
  const bytes: number[] = [];
  for (let i = 0; i < escaped.length; i++) {
    if (escaped[i] === '%') {
      bytes.push(Number.parseInt(escaped.slice(i + 1, i + 3), 16));
      i += 2;
    } else bytes.push(escaped.charCodeAt(i));
  }
  return Uint8Array.from(bytes);
}
