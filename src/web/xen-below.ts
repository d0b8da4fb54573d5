/** The hypervisor below the page's domain: Xen as of February 2004, started when it is first asked for something. */

import type { Domain } from '../builder/index.ts';
import { FrameAllocator, PhysicalMemory } from '../memory/index.ts';
import { Xen, xensTableFrames } from '../xen/index.ts';
import { type PageMachine, XEN_FRAMES } from './page-machine.ts';
import { builtFrames, replayBuild, xenEntriesOf } from './replay-build.ts';

/** One update that a guest asks for: the machine address of an entry, and the value that is to be there. */
export type Update = readonly [pointer: number, value: number];

/** Updates in one call, at most: they all stand in the link. */
export const MAX_UPDATES = 16;

/** Frames of another domain, which this one may not map. */
const OTHER_FRAMES = 4;
/** Domain 0's two pages of Xen's heap. */
const DOMAIN_0 = { perDomainFrame: 0x153, sharedInfoFrame: 0x154 } as const;

/** Whether Xen can be asked: a domain that the page built, with its own directory and Xen's slots in it. */
export function isXenBelow({ memory, domain, registers }: PageMachine): boolean {
  const hasSlots = domain?.xen.kind === 'slots' && registers.cr3 === domain.pageDirectory;
  return hasSlots && memory instanceof PhysicalMemory;
}

/**
 * Starts Xen in a machine as it was built, and lets it take the domain from the builder's requests, as domain 0 sent
 * them: afterwards the tables are what they were, and Xen knows every reference in them.
 *
 * @param touches - Told each frame that is written, before it is.
 * @throws RangeError if the machine is none that Xen can take.
 */
export function startXen(machine: PageMachine, touches: (frame: number) => void): Xen {
  const { memory, domain } = machine;
  if (domain?.xen.kind !== 'slots' || !(memory instanceof PhysicalMemory)) {
    throw new RangeError('there is no Xen below this machine');
  }
  const [perDomainFrame] = domain.xen.tables;
  const written = [...xensTableFrames(memory.frameCount), ...builtFrames(domain)];
  const heap = [perDomainFrame, domain.sharedInfoFrame, ...Object.values(DOMAIN_0)];
  for (const frame of [...written, ...heap]) touches(frame);
  const xenEntries = xenEntriesOf(memory.frame(domain.pageDirectory / 4096));
  replayBuild(memory, domain, 0, xenEntries);
  const xen = new Xen(memory);
  xen.createDomain({ id: 0, frames: otherFrames(memory, domain), ...DOMAIN_0 });
  const { frames, sharedInfoFrame, domainId } = domain;
  xen.createDomain({ id: domainId, frames, perDomainFrame, sharedInfoFrame });
  const { result, refusal } = xen.startDomain(domain);
  if (result !== 0) throw new RangeError(`Xen does not take the domain: ${refusal?.text ?? result}`);
  xen.switchTo(domainId);
  return xen;
}

/** Frames of domain 0: behind those that Xen keeps, and none of the domain's. */
export function otherFrames(memory: PhysicalMemory, { frames }: Domain): Uint32Array {
  const taken = [...frames].map((start) => ({ start, count: 1 }));
  const reserved = [{ start: 0, count: XEN_FRAMES }, ...taken];
  return new FrameAllocator(memory, { reserved }).allocate(OTHER_FRAMES);
}
