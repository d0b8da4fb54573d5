import type { PhysicalMemory } from '../../src/memory/index.ts';
import type {
  auditXen,
  HeldReferences,
  HoleName,
  makeSmallDomain,
  perform,
  SmallDomain,
  Xen,
} from '../../src/xen/index.ts';

/**
 * A small machine on which guests try whatever they like: domain 1 attacks, domain 2 is its neighbour, domain 0 has
 * built both. Each has a directory, a page table at slot 768, spare frames that nothing maps, and writable data.
 */

/** The hypervisor and what belongs to it: from the sources, from the built package, or spoilt by a test. */
export interface Build {
  readonly Xen: typeof Xen;
  readonly PhysicalMemory: typeof PhysicalMemory;
  readonly makeSmallDomain: typeof makeSmallDomain;
  readonly perform: typeof perform;
  readonly auditXen: typeof auditXen;
}

export const GUESTS: readonly [SmallDomain, SmallDomain, SmallDomain] = [
  { id: 0, first: 0x1480, count: 8, perDomainFrame: 0x160, sharedInfoFrame: 0x122 },
  { id: 1, first: 0x1440, count: 16, perDomainFrame: 0x150, sharedInfoFrame: 0x120 },
  { id: 2, first: 0x1460, count: 8, perDomainFrame: 0x153, sharedInfoFrame: 0x121 },
];
export const MACHINE_FRAMES = 0x1490;
/** Frames of a guest from here on are writable data. */
const FIRST_DATA_FRAME = 6;
/** Directory slot of each guest's page table: its frame `i` is page `i` from 0xc000_0000. */
export const GUEST_SLOT = 768;
export const GUEST_BASE = 0xc000_0000;

/** How the machine is to be. */
export interface WorldOptions {
  readonly repaired?: 'all' | readonly HoleName[] | undefined;
  readonly linearMap?: 'walk' | 'cached' | undefined;
  /** One frame of the attacker's whose counts are near the greatest, by references that somebody holds. */
  readonly nearlyFull?: 'data' | 'table' | 'directory' | undefined;
}

/** The machine, and the references that nobody in it accounts for. */
export interface World {
  readonly xen: Xen;
  readonly held: HeldReferences;
}

/** Makes the machine, with its domains built and domain 1 running. */
export function makeWorld(build: Build, options: WorldOptions = {}): World {
  const memory = emptyMemory(build);
  const { repaired, linearMap, nearlyFull } = options;
  const xen = new build.Xen(memory, { ...(repaired && { repaired }), ...(linearMap && { linearMap }) });
  for (const guest of GUESTS) build.makeSmallDomain(xen, guest);
  xen.switchTo(1);
  return { xen, held: nearlyFull === undefined ? new Map() : fill(memory, nearlyFull) };
}

/** Which frame of the attacker's is nearly full. */
export const NEARLY_FULL = { directory: 0, table: 1, data: FIRST_DATA_FRAME } as const;

/** Adds references to a frame until one more fits, or none: to data of any kind, to a table as its type. */
function fill(memory: PhysicalMemory, which: keyof typeof NEARLY_FULL): HeldReferences {
  const frame = GUESTS[1].first + NEARLY_FULL[which];
  const at = 0x140_0000 + 24 * frame + (which === 'data' ? 12 : 16);
  const word = memory.readUint32(at);
  const added = (which === 'directory' ? 0x0fff_ffff : 0x0fff_fffe) - (word & 0x0fff_ffff);
  memory.writeUint32(at, word + added);
  const held =
    which === 'data' ? { references: added, typeReferences: 0 } : { references: 0, typeReferences: added };
  return new Map([[frame, held]]);
}

/** Frames that hold anything: Xen's tables and heap, the machine-to-physical table, the frame table and the guests. */
const USED: readonly (readonly [first: number, end: number])[] = [
  [0, 1],
  [0x100, 0x170],
  [0x1000, 0x1006],
  [0x1400, MACHINE_FRAMES],
];

/** The memory of each build, used again: making 20 MiB anew takes longer than an attack does. */
const memories = new WeakMap<Build, PhysicalMemory>();

function emptyMemory(build: Build): PhysicalMemory {
  let memory = memories.get(build);
  if (memory === undefined) {
    memory = new build.PhysicalMemory(MACHINE_FRAMES * 4096);
    memories.set(build, memory);
  }
  for (const [first, end] of USED) {
    for (let frame = first; frame < end; frame++) memory.frame(frame).fill(0);
  }
  return memory;
}
