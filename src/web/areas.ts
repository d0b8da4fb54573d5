/**
 * What lies where in a linear address space, for the map. Addresses are places in the space, so that also those of
 * long mode's upper half are numbers: the address without the copies of its highest bit.
 */

import { asNumber, canonical, PAGING_MODES, type PagingMode } from '../arch/index.ts';
import { mapOf } from '../inspect/index.ts';
import type { Linear } from './linear.ts';
import type { NamedArea, PageMachine, Role } from './page-machine.ts';
import { roleOfRegion } from './roles.ts';

/** A named stretch. */
export interface Stretch {
  readonly name: string;
  readonly role: Role | 'hole';
  /** First place, and the first after it. */
  readonly start: number;
  readonly end: number;
}

/** Stretches that lie together, with a name for all of them. */
export interface Area extends Stretch {
  readonly parts: readonly Stretch[];
}

/** The place of an address in its space. */
export function placeOfLinear(linear: Linear, mode: PagingMode): number {
  return Number(BigInt.asUintN(PAGING_MODES[mode].linearBits, BigInt(linear)));
}

/** The address at a place. */
export function linearAt(place: number, mode: PagingMode): Linear {
  const { linearBits } = PAGING_MODES[mode];
  return linearBits === 32 ? place : asNumber(canonical(BigInt(place), linearBits));
}

/** The areas of a machine's address space, low ones first. */
export function areasOf(machine: PageMachine, mode: PagingMode): Area[] {
  const { domain, areas } = machine;
  if (areas !== undefined) {
    const placed = areas.map((area) => inSpace(area, mode));
    return placed.sort((a, b) => a.start - b.start);
  }
  if (domain === undefined) return mappedAreas(machine, mode);
  const parts = domain.layout.map(({ name, start, end, firstPage }) => ({
    name,
    role: roleOfRegion(name),
    start,
    end,
    isXen: firstPage === undefined,
  }));
  const ofDomain = parts.filter(({ isXen }) => !isXen);
  const ofXen = parts.filter(({ isXen }) => isXen);
  return [areaOf('domain', 'kernel', ofDomain), ...(ofXen.length > 0 ? [areaOf('Xen', 'xen', ofXen)] : [])];
}

function inSpace({ name, role, parts }: NamedArea, mode: PagingMode): Area {
  return areaOf(
    name,
    role,
    parts.map((part) => {
      const start = placeOfLinear(part.start, mode);
      return { name: part.name, role: part.role, start, end: start + part.bytes };
    }),
  );
}

function areaOf(name: string, role: Role, parts: readonly Stretch[]): Area {
  return { name, role, start: parts[0]!.start, end: parts.at(-1)!.end, parts };
}

/** Runs that are looked at, at most: a map of thousands could not be read. */
const MOST_RUNS = 400;
/** Areas that are told apart, at most. */
const MOST_AREAS = 10;

/** What is mapped, where nobody has named anything: runs near one another are an area. */
function mappedAreas(machine: PageMachine, mode: PagingMode): Area[] {
  const runs: Stretch[] = [];
  for (const { start, end } of mapOf(machine, { contiguous: false })) {
    const from = placeOfLinear(start, mode);
    const to = from + Number(BigInt(end) - BigInt(start));
    const last = runs.at(-1);
    if (last !== undefined && last.end === from) runs[runs.length - 1] = { ...last, end: to };
    else runs.push({ name: 'mapped', role: 'spare', start: from, end: to });
    if (runs.length > MOST_RUNS) break;
  }
  for (let gap = 2 ** 22; ; gap *= 4) {
    const groups: Stretch[][] = [];
    for (const run of runs) {
      const group = groups.at(-1);
      if (group !== undefined && run.start - group.at(-1)!.end < gap) group.push(run);
      else groups.push([run]);
    }
    if (groups.length <= MOST_AREAS)
      return groups.map((parts) => areaOf('mapped', 'spare', withHoles(parts)));
  }
}

/** Stretches without gaps: what lies between them is a hole. */
export function withHoles(parts: readonly Stretch[]): Stretch[] {
  return parts.flatMap((part, i) => {
    const before = parts[i - 1];
    const hole: Stretch[] =
      before === undefined || before.end >= part.start
        ? []
        : [{ name: 'hole', role: 'hole', start: before.end, end: part.start }];
    return [...hole, part];
  });
}
