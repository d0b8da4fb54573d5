/** Strategies of the user's own, to build page tables: modules that `bench` measures beside ours. */

import type { ConstructionStrategy } from '../bench/index.ts';
import { InputError, reasonOf } from './errors.ts';
import { importModule, lineIn } from './modules.ts';

/**
 * The strategies that a module exports: as its default one, or a list of them; or functions `build`, as its default or
 * under any name, which is then theirs.
 * @throws InputError if it cannot be loaded, or exports none.
 */
export async function strategiesIn(path: string): Promise<ConstructionStrategy[]> {
  const module = await importModule(path, 'strategy');
  // What is exported twice is one strategy; as the default, it has the default's name.
  const values = new Map<unknown, string>();
  for (const [exported, value] of Object.entries(module)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (exported === 'default' || !values.has(one)) values.set(one, exported);
    }
  }
  const found = [...values].flatMap(([value, exported]) => strategyOf(value, exported, path));
  if (found.length > 0) return found;
  throw new InputError(
    `the strategy '${path}' exports none: export default { name, build(memory, plan) }, or a function build`,
  );
}

function strategyOf(value: unknown, exported: string, path: string): ConstructionStrategy[] {
  const usual = exported === 'default' || exported === 'build' ? path : exported;
  if (typeof value === 'function') {
    return [guarded(path, usual, (...args) => (value as ConstructionStrategy['build'])(...args))];
  }
  const { name, build } = (value ?? {}) as Partial<ConstructionStrategy>;
  if (typeof build !== 'function') return [];
  // As a method: it may use `this`.
  return [
    guarded(path, typeof name === 'string' ? name : usual, (...args) =>
      build.apply(value as ConstructionStrategy, args),
    ),
  ];
}

/** The same strategy; what it throws is told as its own. */
function guarded(path: string, name: string, build: ConstructionStrategy['build']): ConstructionStrategy {
  return {
    name,
    build(memory, plan) {
      try {
        return build(memory, plan);
      } catch (error) {
        const line = lineIn(path, error);
        const where = line === undefined ? '' : ` in line ${line} of ${path}`;
        throw new InputError(`the strategy '${name}' throws${where}: ${reasonOf(error)}`);
      }
    },
  };
}
