import { namedStretches } from '../walk/index.ts';
import type { Machine, MachineRegion } from './machine.ts';

/** All regions of a machine: those of its domain, if it has one, then its own. */
export function regionsOf({ domain, regions = [] }: Machine): readonly MachineRegion[] {
  const layout = domain?.layout ?? [];
  return [
    ...layout.map(({ name, start, end }) => ({ name, space: 'linear', start, end }) as const),
    ...regions,
  ];
}

/** Tells in which region of a machine an address lies: a function, for those who ask often. */
export function regionNames(
  machine: Machine,
  space: MachineRegion['space'] = 'linear',
): (address: number | bigint) => string | undefined {
  const stretches = namedStretches(regionsOf(machine).filter((region) => region.space === space));
  let current = stretches[0]!;
  return (address) => {
    // Who asks, asks mostly for the next page.
    if (!(address >= current.start && address < current.end)) {
      current = stretches.find(({ end }) => address < end) ?? stretches[0]!;
    }
    return current.name;
  };
}
