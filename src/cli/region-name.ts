import type { Domain } from '../builder/index.ts';

/** Tells in which region of a domain a linear address lies. */
export function regionName(domain: Domain): (linear: number | bigint) => string | undefined {
  return (linear) => domain.layout.find(({ start, end }) => linear >= start && linear < end)?.name;
}
