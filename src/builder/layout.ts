import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import type { Region, RegionName } from './domain.ts';
import type { DomainPlan } from './plan.ts';

const SLOT_BYTES = 0x40_0000;

/** What lies where in a domain's linear address space, in ascending order; empty regions are left out. */
export function layoutOf(plan: DomainPlan): Region[] {
  const { loadAddress } = plan.kernel;
  const starts = plan.places.regions;
  const regions: Region[] = [];
  for (const [i, [name, firstPage]] of starts.entries()) {
    const pageCount = (starts[i + 1]?.[1] ?? plan.places.mappedPages) - firstPage;
    const start = loadAddress + firstPage * PAGE_SIZE;
    if (pageCount > 0)
      regions.push({ name, start, end: start + pageCount * PAGE_SIZE, firstPage, pageCount });
  }
  return [...regions, ...xenRegions(plan)];
}

/** The parts of Xen's 64 MiB: name and number of directory slots, from slot 1008 on (docs/xen-1.2.md §7). */
const XEN_SLOTS: readonly (readonly [RegionName, number])[] = [
  ['machine-to-physical (read-only)', 1],
  ['direct map of machine memory', 11],
  ['linear page table', 1],
  ['per-domain table', 1],
  ['map cache', 1],
  ['ioremap and fixmaps', 1],
];

function xenRegions({ xen }: DomainPlan): Region[] {
  const region = (name: RegionName, start: number, bytes: number): Region => ({
    name,
    start,
    end: start + bytes,
    firstPage: undefined,
    pageCount: bytes / PAGE_SIZE,
  });
  if (xen.kind === 'none') return [];
  if (xen.kind === 'image') return [region('Xen image', XEN_VIRTUAL_START, xen.frames.length * PAGE_SIZE)];
  let start = XEN_VIRTUAL_START;
  return XEN_SLOTS.map(([name, slots]) => {
    const placed = region(name, start, slots * SLOT_BYTES);
    start += slots * SLOT_BYTES;
    return placed;
  });
}
