import { LENSES, type Lens, LensError, parseLens } from '../inspect/index.ts';
import type { OptionSpec } from './command.ts';
import { text, type Values } from './command.ts';
import { InputError, UsageError } from './errors.ts';
import { readInput } from './files.ts';

/** The option of every command that looks through a lens. */
export const LENS_OPTION: OptionSpec = {
  type: 'string',
  value: 'LENS',
  help: `name regions and tell why entries are not present, as an operating system means them: ${Object.keys(LENSES).join(', ')}, or a file (docs/lenses.md)`,
};

/** The lens that the options name, one that comes along or a file. @throws UsageError, InputError */
export function lensFrom(values: Values): Lens | undefined {
  const told = text(values, 'lens');
  if (told === undefined) return undefined;
  if (Object.hasOwn(LENSES, told)) return LENSES[told as keyof typeof LENSES];
  if (!/[./-]/.test(told)) {
    throw new UsageError(
      `there is no lens '${told}'; there are ${Object.keys(LENSES).join(', ')}, or the name of a file with a . or / in it`,
    );
  }
  const json = new TextDecoder().decode(
    readInput(told, 'lens', { bytes: 2 ** 20, why: 'more than any lens has' }),
  );
  try {
    return parseLens(JSON.parse(json));
  } catch (error) {
    if (error instanceof LensError || error instanceof SyntaxError)
      throw new InputError(`the lens '${told}': ${error.message}`);
    throw error;
  }
}
