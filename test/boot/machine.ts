/** The machine that boots: Xen's tables, domain 0, and a domain that Xen has taken, with what it is to try. */

import { readFileSync } from 'node:fs';
import { buildDomain, type Domain, packKernel } from '../../src/builder/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { makeSmallDomain, Xen } from '../../src/xen/index.ts';
import { type Probe, packProbes } from './probes.ts';

/** RAM of every emulator that the tests start. */
const RAM_BYTES = 64 * 2 ** 20;
/** Enough for two page tables. */
const PAGES = 1030;
export const LOAD_ADDRESS = 0xc000_0000;
/** Linear addresses in the domain, by the order of its pages. */
export const DIRECTORY: number = LOAD_ADDRESS + (PAGES - 1) * 4096;
export const FIRST_TABLE: number = DIRECTORY - 4096;
export const SECOND_TABLE: number = FIRST_TABLE - 4096;
/** The guest's page that its programs in ring 3 may use. */
export const USER_PAGE: number = LOAD_ADDRESS + 4096;
/** A page that the guest uses for nothing. */
export const DATA_PAGE: number = LOAD_ADDRESS + 512 * 4096;
/** Linear address of machine address 0 in Xen's direct map. */
export const DIRECT_MAP = 0xfc40_0000;
/** Where Xen's own code begins. */
export const XEN_TEXT = 0xfc50_0000;

/** The machine, and the domain that is to run on it. */
export interface BuiltMachine {
  readonly memory: PhysicalMemory;
  readonly xen: Xen;
  readonly domain: Domain;
  /** What the domain tries. */
  readonly probes: readonly Probe[];
}

/** Frames of the domain, scattered, as Xen's allocator gives them out. */
function newMachine(): { memory: PhysicalMemory; xen: Xen; frames: Uint32Array } {
  const memory = new PhysicalMemory(RAM_BYTES);
  const xen = new Xen(memory);
  const domain0 = { id: 0, first: xen.firstDomainFrame, count: 8 };
  makeSmallDomain(xen, { ...domain0, perDomainFrame: 0x160, sharedInfoFrame: 0x161 });
  return { memory, xen, frames: xen.chooseFrames(PAGES, { order: 'scattered', seed: 2004 }) };
}

/**
 * Builds the machine as Xen and domain 0 built it, and starts the domain.
 * @param guest - Path of the assembled kernel.
 * @param probesFor - What it is to try, once its frames are known.
 */
export function buildMachine(
  guest: string,
  probesFor: (frames: Uint32Array) => readonly Probe[],
): BuiltMachine {
  const { memory, xen, frames } = newMachine();
  const sharedInfoFrame = 0x120;
  xen.createDomain({ id: 1, frames, perDomainFrame: 0x150, sharedInfoFrame });
  const probes = probesFor(frames);
  const domain = buildDomain(memory, {
    profile: 'xen-1.2',
    frames,
    sharedInfoFrame,
    kernel: packKernel(readFileSync(guest), LOAD_ADDRESS),
    initrd: packProbes(probes),
    commandLine: 'root=/dev/ram',
    domainId: 1,
    tables: 'cleared',
  });
  const { result, refusal } = xen.startDomain(domain);
  if (result !== 0) throw new Error(`Xen did not take the domain: ${refusal?.text}`);
  // A page of a program's: the domain asks Xen for U/S, as its kernel would.
  const entry = domain.pageTables[0]! * 4096 + 4 * ((USER_PAGE >>> 12) & 1023);
  xen.mmuUpdate(1, Uint32Array.of(entry, memory.readUint32(entry) | 4));
  xen.switchTo(1);
  // What a jump into Xen finds there, where a CPU lets it through: INT 82h.
  memory.writeUint16(XEN_TEXT - DIRECT_MAP, 0x82cd);
  return { memory, xen, domain, probes };
}
