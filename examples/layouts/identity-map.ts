/**
 * What a boot loader makes: 64 MiB of RAM, and the devices below 4 GiB, each at its own address, by pages of 4 MiB. There
 * are no page tables at all, but for the directory.
 */

import { atMost, cacheType, closedTo, identity, type LayoutClaim, only, pageSize } from 'x86-paging/claims';
import { PhysicalMemory } from 'x86-paging/memory';
import { Mmu } from 'x86-paging/mmu';

const [P, RW, PCD, PS] = [0x01, 0x02, 0x10, 0x80];
const LARGE = 0x40_0000;
const RAM = [0, 16 * LARGE] as const;
const DEVICES = [0xfec0_0000, 0x1_0000_0000] as const;
const DIRECTORY = 0x1000;

export function identityMap(): { mmu: Mmu; claims: LayoutClaim[] } {
  const memory = new PhysicalMemory(RAM[1]);
  for (let at: number = RAM[0]; at < RAM[1]; at += LARGE)
    memory.writeUint32(DIRECTORY + (at / LARGE) * 4, at | P | RW | PS);
  for (let at: number = DEVICES[0]; at < DEVICES[1]; at += LARGE)
    memory.writeUint32(DIRECTORY + (at / LARGE) * 4, (at | P | RW | PCD | PS) >>> 0);

  const claims = [
    identity(RAM, { writable: true }),
    identity(DEVICES, { writable: true }),
    only([RAM, DEVICES]),
    cacheType(RAM, 'WB'),
    cacheType(DEVICES, 'UC-'),
    pageSize([0, 0x1_0000_0000], LARGE),
    closedTo('user'),
    atMost({ tables: 1 }),
  ];
  // CR4: PSE.
  return { mmu: new Mmu(memory, { cr0: 0x8001_0001, cr3: DIRECTORY, cr4: 0x10 }), claims };
}
