/**
 * The layout of February 2004: what Xen's domain builder made of a Linux guest. All memory of the domain lies at
 * 0xc000_0000 in order, whatever its frames; its page tables are the last pages, and the guest can only read them.
 *
 * `verifyDomain` of `x86-paging/verify` proves more of it, such as start_info and the initial registers.
 */

import { buildDomain, sampleKernel } from 'x86-paging/builder';
import { atMost, closedTo, type LayoutClaim, maps, noWritableAlias, only, readOnly } from 'x86-paging/claims';
import { FrameAllocator, PhysicalMemory } from 'x86-paging/memory';
import { Mmu } from 'x86-paging/mmu';

const START = 0xc000_0000;
const PAGES = 1500;

export function domain2004(): { mmu: Mmu; claims: LayoutClaim[] } {
  const memory = new PhysicalMemory(16 * 2 ** 20);
  const frames = new FrameAllocator(memory).allocate(PAGES, { order: 'scattered', seed: 2004 });
  const kernel = sampleKernel();
  const { pageDirectory, pageTables } = buildDomain(memory, {
    profile: 'xen-1.2',
    frames,
    sharedInfoFrame: 9,
    kernel,
  });

  const end = START + PAGES * 4096;
  const tables = end - (1 + pageTables.length) * 4096;
  const claims = [
    maps([START, tables], frames.slice(0, -1 - pageTables.length), { writable: true }),
    maps([tables, end], frames.slice(-1 - pageTables.length), { writable: false }),
    only([[START, end]]),
    readOnly('tables'),
    noWritableAlias(frames),
    // The guest's kernel runs in ring 1, which is the supervisor to paging.
    closedTo('user'),
    atMost({ tables: 1 + pageTables.length }),
  ];
  return { mmu: new Mmu(memory, { cpu: 'pentium-iii', cr3: pageDirectory }), claims };
}
