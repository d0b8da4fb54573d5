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
  const regions = regionsOf(machine).filter((region) => region.space === space);
  // The stretches between neighbouring bounds: within one, every address has the same name.
  const bounds = [...new Set(regions.flatMap(({ start, end }) => [BigInt(start), BigInt(end)]))].sort(
    (a, b) => Number(a > b) - Number(a < b),
  );
  const names = bounds.map((bound) => regions.find(({ start, end }) => bound >= start && bound < end)?.name);
  let low: number | bigint = 0;
  let high: number | bigint = 0;
  let name: string | undefined;
  return (address) => {
    // Who asks, asks mostly for the next page.
    if (address >= low && address < high) return name;
    let next = bounds.findIndex((bound) => bound > address);
    if (next < 0) next = bounds.length;
    low = bounds[next - 1] ?? 0n;
    high = bounds[next] ?? 1n << 64n;
    name = names[next - 1];
    return name;
  };
}
