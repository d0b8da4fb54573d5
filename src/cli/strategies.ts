/** Strategies of the user's own, to build page tables: modules that `bench` measures beside ours. */

import type { ConstructionStrategy } from '../bench/index.ts';
import { InputError, reasonOf } from './errors.ts';
import { importModule } from './modules.ts';

/**
 * The strategies that a module exports: as its default one, or a list of them; or functions `build`, as its default or
 * under any name, which is then theirs.
 * @throws InputError if it cannot be loaded, or exports none.
 */
export async function strategiesIn(path: string): Promise<ConstructionStrategy[]> {
  const module = await importModule(path, 'strategy');
  const found = Object.entries(module).flatMap(([exported, value]) =>
    (Array.isArray(value) ? value : [value]).flatMap((one) => strategyOf(one, exported, path)),
  );
  if (found.length > 0) return found;
  throw new InputError(
    `the strategy '${path}' exports none: export default { name, build(memory, plan) }, or a function build`,
  );
}

function strategyOf(value: unknown, exported: string, path: string): ConstructionStrategy[] {
  const usual = exported === 'default' || exported === 'build' ? path : exported;
  if (typeof value === 'function') {
    return [guarded(usual, (...args) => (value as ConstructionStrategy['build'])(...args))];
  }
  const { name, build } = (value ?? {}) as Partial<ConstructionStrategy>;
  if (typeof build !== 'function') return [];
  // As a method: it may use `this`.
  return [
    guarded(typeof name === 'string' ? name : usual, (...args) =>
      build.apply(value as ConstructionStrategy, args),
    ),
  ];
}

/** The same strategy; what it throws is told as its own. */
function guarded(name: string, build: ConstructionStrategy['build']): ConstructionStrategy {
  return {
    name,
    build(memory, plan) {
      try {
        return build(memory, plan);
      } catch (error) {
        throw new InputError(`the strategy '${name}' throws: ${reasonOf(error)}`);
      }
    },
  };
}
