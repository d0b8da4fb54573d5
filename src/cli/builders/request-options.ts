/** Options that say what builders are asked for: of every command that runs them. */

import { REQUEST_MODES } from '../../campaign/index.ts';
import { type Options, text, type Values } from '../command.ts';
import { UsageError } from '../errors.ts';
import { parseCount } from '../numbers.ts';

/** How much, of which modes, and for how long. */
export const REQUEST_OPTIONS: Options = {
  runs: {
    type: 'string',
    value: 'N',
    help: 'how many requests a builder gets in each mode (default: campaign 1000, check 1)',
  },
  seed: { type: 'string', value: 'N', help: 'from which the requests follow (default 1)' },
  mode: {
    type: 'string',
    value: 'MODE',
    help: `paging modes to ask for, with commas between them: ${REQUEST_MODES.join(',')} (default: campaign all, check 32-bit)`,
  },
  timeout: { type: 'string', value: 'SECONDS', help: 'what a builder may take for one request (default 10)' },
};

/** The paging modes of `--mode`. @throws UsageError */
export function modesFrom(values: Values): (typeof REQUEST_MODES)[number][] | undefined {
  const given = text(values, 'mode');
  return given?.split(',').map((name) => {
    const mode = REQUEST_MODES.find((known) => known.toLowerCase() === name.trim().toLowerCase());
    if (mode === undefined)
      throw new UsageError(
        `--mode '${name}' is no paging mode with tables; there are ${REQUEST_MODES.join(', ')}`,
      );
    return mode;
  });
}

/** A whole number that an option gives. @throws UsageError */
export function countFrom(values: Values, name: string, absent: number, least: number, most: number): number {
  const given = text(values, name);
  return given === undefined ? absent : parseCount(given, `--${name}`, least, most);
}

/** Seconds that a builder may take for a request. @throws UsageError */
export function timeoutFrom(values: Values): number {
  return countFrom(values, 'timeout', 10, 1, 3600);
}
