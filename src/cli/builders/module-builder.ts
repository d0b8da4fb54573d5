/** Builders that are JavaScript modules: a function that gets a request and returns a machine. */

import { type Builder, BuilderError, type BuildRequest, registersFor } from '../../campaign/index.ts';
import type { Machine } from '../../machine/index.ts';
import { PhysicalMemory } from '../../memory/index.ts';
import { InputError } from '../errors.ts';
import { importModule } from '../modules.ts';
import { registersIn } from './given-registers.ts';

/**
 * The builder that a module exports, as its default or as `build`.
 * @throws InputError if there is none.
 */
export async function moduleBuilder(path: string): Promise<Builder> {
  const build = await functionIn(path);
  return {
    name: path,
    async build(request) {
      let made: unknown;
      try {
        made = await build(request);
      } catch (error) {
        throw new BuilderError(`${path} throws: ${error instanceof Error ? error.message : String(error)}`);
      }
      return machineIn(made, path, request);
    },
  };
}

async function functionIn(path: string): Promise<(request: BuildRequest) => unknown> {
  const module = await importModule(path, 'builder');
  const build = module['default'] ?? module['build'];
  if (typeof build === 'function') return build as (request: BuildRequest) => unknown;
  throw new InputError(`the builder '${path}' exports no function, neither as its default nor as 'build'`);
}

/** What a builder returned, as a machine. */
function machineIn(made: unknown, path: string, { mode, memoryBytes }: BuildRequest): Machine {
  const { memory, registers, cpu } = (made ?? {}) as Partial<Machine>;
  if (registers !== undefined && isMemory(memory)) {
    return { ...(made as Machine), cpu: cpu ?? registersFor(mode, { cr3: 0 }).cpu };
  }
  const given = registersIn(made, (what) => new BuilderError(`${path} returns ${what}`));
  return { ...registersFor(mode, given), memory: memoryIn(memory, path, memoryBytes) };
}

function memoryIn(memory: unknown, path: string, memoryBytes: number): Machine['memory'] {
  if (isMemory(memory)) return memory;
  if (memory instanceof Uint8Array) {
    if (memory.length > memoryBytes) {
      throw new BuilderError(
        `${path} returns ${memory.length} bytes of memory; the request has ${memoryBytes}`,
      );
    }
    const ram = new PhysicalMemory(memoryBytes);
    ram.write(0, memory);
    return ram;
  }
  throw new BuilderError(
    `${path} returns no memory: give a Machine, or { memory, cr3 } with bytes or a PhysicalMemory`,
  );
}

function isMemory(memory: unknown): memory is Machine['memory'] {
  return typeof (memory as Machine['memory'] | undefined)?.loadWord === 'function';
}
