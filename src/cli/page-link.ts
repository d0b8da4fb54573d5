/** Links of the teaching page. */

import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { MACHINE_PART, MAX_LINK_CHARACTERS, MAX_LINK_MEMORY } from '../counterexample/index.ts';
import { type Machine, saveMachine } from '../machine/index.ts';

/** The page as the package ships it. */
export const PAGE_FILE: string = fileURLToPath(new URL('../web/x86-paging.html', import.meta.url));

/**
 * What follows `#` in a link of the page that shows a machine.
 * @returns undefined where it is too large for a link: then its file must be opened in the page.
 */
export function machineFragment(machine: Machine): string | undefined {
  if (machine.memory.sizeBytes > MAX_LINK_MEMORY) return undefined;
  const file = saveMachine(machine);
  // Zeros deflate to a thousandth.
  if (file.length > 1000 * MAX_LINK_CHARACTERS) return undefined;
  const text = deflateRawSync(file, { level: 9 }).toString('base64url');
  return text.length <= MAX_LINK_CHARACTERS ? `${MACHINE_PART}=${text}` : undefined;
}
