/** Builders as the command line names them. */

import type { Builder } from '../../campaign/index.ts';
import { isModule } from '../modules.ts';
import { moduleBuilder } from './module-builder.ts';
import { programBuilder } from './program-builder.ts';

/**
 * The builder of a name: a module where it ends in .js, .mjs or .cjs, else a command.
 * @throws InputError if the module has no builder.
 */
export async function builderOf(name: string, timeoutSeconds: number): Promise<Builder> {
  return isModule(name) ? await moduleBuilder(name) : programBuilder(name, timeoutSeconds);
}
