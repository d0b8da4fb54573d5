import fc from 'fast-check';
import { REQUEST_MODES, type RequestLimits, randomRequest } from '../campaign/random-request.ts';
import type { BuildRequest } from '../campaign/request.ts';
import { buildRequest } from '../campaign/request-claims.ts';
import { smallerRequests } from '../campaign/smaller-requests.ts';
import type { Machine } from '../machine/machine.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import type { TableMode } from '../tables/mapper.ts';
import { shrunkBy } from './simpler.ts';

/** What layouts to draw. */
export interface LayoutOptions extends RequestLimits {
  /** Their paging modes. Default: all four. */
  readonly modes?: readonly TableMode[];
}

/**
 * Layouts of address spaces: what is mapped, with which rights and in which pages, and the frames for the tables.
 * `layoutMachine` builds them, `requestClaims` of `x86-paging/campaign` says what must hold of them.
 *
 * They shrink to fewer mappings, fewer and smaller pages, fewer bits, lower addresses; the plainest maps nothing.
 *
 * @example
 * fc.assert(fc.property(layout(), (layout) => checkLayout(layoutMachine(layout), requestClaims(layout)).ok));
 */
export function layout(options: LayoutOptions = {}): fc.Arbitrary<BuildRequest> {
  const { modes = REQUEST_MODES, ...limits } = options;
  const drawn = fc
    .tuple(fc.constantFrom(...modes), fc.nat(0xffff_ffff))
    .map(([mode, seed]) => randomRequest(seed, mode, limits));
  return shrunkBy(drawn, smallerRequests);
}

/** A machine with the tables of a layout, written by our own `Mapper`. */
export function layoutMachine(layout: BuildRequest): Machine {
  const memory = new PhysicalMemory(layout.memoryBytes);
  const { cpu, ...registers } = buildRequest(memory, layout);
  return { memory, cpu, registers };
}
