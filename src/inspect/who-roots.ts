import type { CpuModel } from '../arch/cpu.ts';
import type { RamReader } from '../memory/ram.ts';
import type { FoundRoot } from './roots/find-roots.ts';
import { type Mapping, type TablePointer, type WhoOptions, type WhoReport, whoMaps } from './who.ts';

/**
 * Answers {@link whoMaps} for several roots at once: what is the same under more than one is told once, with the roots.
 *
 * @param machine - The memory, and the CPU that gives the entries their meaning.
 * @param roots - Such as {@link findRoots} finds them.
 * @param physical - From 0 to 2^52 − 1.
 * @throws RangeError if it is no such address.
 */
export function whoMapsUnder(
  { memory, cpu }: { readonly memory: RamReader; readonly cpu: CpuModel },
  roots: readonly Pick<FoundRoot, 'cr3' | 'registers'>[],
  physical: number,
  options: WhoOptions = {},
): WhoReport {
  const mappings = new Shared<Mapping>();
  const pointers = new Shared<TablePointer>();
  let complete = true;
  for (const { cr3, registers } of roots) {
    const report = whoMaps({ memory, cpu, registers }, physical, options);
    for (const mapping of report.mappings) mappings.add(cr3, mapping, `${mapping.linear} ${mapping.count}`);
    for (const pointer of report.pointers) pointers.add(cr3, pointer, `${pointer.start}`);
    complete &&= report.complete;
  }
  return { physical, mappings: mappings.all(), pointers: pointers.all(), complete };
}

/** What was found under one root after the other. */
class Shared<T extends Mapping | TablePointer> {
  readonly #found = new Map<string, { readonly item: T; readonly roots: number[] }>();

  add(root: number, item: T, place: string): void {
    const { writable, user, executable } = item.rights;
    const key = [place, item.entryAddress, writable, user, executable].join(' ');
    const known = this.#found.get(key);
    if (known === undefined) this.#found.set(key, { item, roots: [root] });
    else known.roots.push(root);
  }

  all(): T[] {
    return [...this.#found.values()]
      .map(({ item, roots }) => ({ ...item, roots }))
      .sort((a, b) => compare(startOf(a), startOf(b)));
  }
}

function startOf(item: Mapping | TablePointer): number | bigint {
  return 'linear' in item ? item.linear : item.start;
}

function compare(a: number | bigint, b: number | bigint): number {
  return Number(a > b) - Number(a < b);
}
