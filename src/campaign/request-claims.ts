import { asNumber } from '../arch/linear.ts';
import type { ClaimRange, LayoutClaim } from '../claims/claim.ts';
import { atMost, global, maps, named, only, pageSize, readOnly } from '../claims/vocabulary.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { Mapper } from '../tables/mapper.ts';
import type { TableRegisters } from '../tables/table-registers.ts';
import type { BuildRequest, RequestedMapping } from './request.ts';

/** What a request asks for, as claims: each mapping with its rights and page size, and nothing else. */
export function requestClaims({ mappings, frames }: BuildRequest): LayoutClaim[] {
  return [
    ...mappings.flatMap((mapping, i) => claimsOf(mapping, `mapping ${i}`)),
    only(mappings.map(rangeOf)),
    readOnly('tables'),
    atMost({ tables: frames.length }),
  ];
}

function rangeOf({ linear, bytes }: RequestedMapping): ClaimRange {
  const end = BigInt(linear) + BigInt(bytes);
  return [linear, asNumber(end)];
}

function claimsOf(mapping: RequestedMapping, what: string): LayoutClaim[] {
  const { physical, writable, user, executable } = mapping;
  const range = rangeOf(mapping);
  return [
    named('maps', maps(range, physical, { writable, user, executable }), { what }),
    named('global', global(range, mapping.global), { what }),
    named('pageSize', pageSize(range, mapping.pageSize), { what }),
  ];
}

/**
 * Builds what a request asks for with our own {@link Mapper}: the builder that others are compared with.
 * @returns The registers with which a CPU uses the tables.
 */
export function buildRequest(
  memory: PhysicalMemory,
  { mode, frames, mappings }: BuildRequest,
): TableRegisters {
  let next = 0;
  const allocateFrame = (): number => {
    if (next === frames.length) throw new RangeError(`the request has ${frames.length} frames, too few`);
    return frames[next++]!;
  };
  const mapper = new Mapper(memory, { mode, allocateFrame });
  for (const { linear, physical, bytes, ...options } of mappings)
    mapper.map(linear, physical, bytes, options);
  return mapper.registers;
}
