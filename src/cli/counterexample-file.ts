import type { LayoutClaim, Verification } from '../claims/index.ts';
import { counterexampleMachine, smallestCounterexample } from '../counterexample/index.ts';
import { type Machine, saveMachine } from '../machine/index.ts';
import type { OptionSpec } from './command.ts';
import { InputError } from './errors.ts';
import { writeOutput } from './files.ts';

/** The option of commands that judge layouts. */
export const SAVE_OPTION: OptionSpec = {
  type: 'string',
  value: 'FILE',
  help: 'where a claim fails, write the smallest machine on which the first that does still fails',
};

/**
 * Writes the counterexample of the first claim that fails, made small.
 *
 * @param verification - What `checkLayout` says of the machine and the claims.
 * @param note - Told what was written.
 * @throws InputError where it cannot be written.
 */
export async function saveCounterexample(
  path: string,
  machine: Machine,
  claims: readonly LayoutClaim[],
  verification: Verification,
  note: (text: string) => void,
): Promise<void> {
  const failed = claims.find((_, i) => verification.claims[i]?.ok === false);
  if (failed === undefined) {
    note(`nothing is saved as ${path}: no claim of the layout fails`);
    return;
  }
  try {
    const small = smallestCounterexample(machine, failed)!;
    await writeOutput(path, [saveMachine(counterexampleMachine(small))]);
    const entries = `${small.entries} page-table ${small.entries === 1 ? 'entry' : 'entries'}`;
    note(`${path} holds a counterexample of ${entries}; see x86-paging replay ${path}`);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`cannot write '${path}': ${error.message}`);
    throw error;
  }
}
