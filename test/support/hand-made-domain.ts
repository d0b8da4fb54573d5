import type { Domain } from '../../src/builder/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';

/** What a hand-made domain may differ in from the default one: 256 pages at 0xC0000000 in the profile `xen-1.2`. */
export interface HandMade {
  readonly profile?: 'document' | 'xen-1.2';
  readonly memoryBytes?: number;
  readonly frames?: Uint32Array;
  readonly loadAddress?: number;
  readonly initrd?: { readonly page: number; readonly length: number };
  readonly commandLine?: string;
  readonly xen?: 'none' | 'image' | 'slots';
  /** Frames of the tables in slots 1021 to 1023. */
  readonly xenTables?: readonly [number, number, number];
}

/** Frames that belong to Xen in these tests, below those of the domain. */
export const SHARED_INFO = 0x10;
export const XEN_IMAGE = [0x21, 0x20, 0x22];
export const XEN_IMAGE_TABLE = 0x30;
/** Frames of the per-domain table, the map cache's and the ioremap table. */
export const XEN_TABLES = [0x40, 0x41, 0x42] as const;

export interface Built {
  readonly memory: PhysicalMemory;
  readonly domain: Domain;
}

/**
 * Writes a domain's tables and start_info word by word, straight from docs/xen-1.2.md (§3, §4, §7), without the builder
 * or the verifier: a third opinion.
 */
export function handMadeDomain(options: HandMade = {}): Built {
  const {
    profile = 'xen-1.2',
    memoryBytes = 8 * 2 ** 20,
    frames = Uint32Array.from({ length: 256 }, (_, i) => 0x400 + ((i * 37) % 256)),
    loadAddress = 0xc000_0000,
    initrd,
    commandLine = 'root=/dev/ram0',
    xen = 'none',
    xenTables = XEN_TABLES,
  } = options;
  const memory = new PhysicalMemory(memoryBytes);
  const n = frames.length;
  const directory = frames[n - 1]! * 4096;
  const tables: number[] = [];
  // Tables first, to know how many there are: one for each 4 MiB that the domain touches.
  for (let slot = loadAddress >>> 22; slot <= (loadAddress + n * 4096 - 1) >>> 22; slot++) {
    const frame = frames[n - 2 - tables.length]!;
    memory.writeUint32(directory + slot * 4, frame * 4096 + 0x67);
    tables.push(frame);
  }
  const firstTable = n - 1 - tables.length;
  const updates = [directory + 3, 1];
  for (let p = 0; p < n; p++) {
    const linear = loadAddress + p * 4096;
    const table = tables[(linear >>> 22) - (loadAddress >>> 22)]! * 4096;
    const entry = frames[p]! * 4096 + (p < firstTable ? 0x23 : 0x21);
    memory.writeUint32(table + ((linear >>> 12) & 1023) * 4, entry);
    if (p === 0 || linear % 0x40_0000 === 0) updates.push(directory + (linear >>> 22) * 4, table + 0x67);
    updates.push(table + ((linear >>> 12) & 1023) * 4, entry, frames[p]! * 4096 + 2, p);
  }

  const startInfo = profile === 'document' ? firstTable - 1 : firstTable - 2;
  const startInfoAddress = loadAddress + startInfo * 4096;
  const modStart = initrd === undefined ? 0 : loadAddress + initrd.page * 4096;
  const words = [n, SHARED_INFO * 4096, 7, 0, loadAddress + (n - 1) * 4096, modStart, initrd?.length ?? 0];
  for (const [i, word] of words.entries()) memory.writeUint32(frames[startInfo]! * 4096 + i * 4, word);
  const text = new TextEncoder().encode(commandLine);
  memory.write(frames[startInfo]! * 4096 + 28, text.subarray(0, 255));

  if (xen === 'image') {
    memory.writeUint32(directory + 1008 * 4, XEN_IMAGE_TABLE * 4096 + 0x63);
    for (const [i, frame] of XEN_IMAGE.entries()) {
      memory.writeUint32(XEN_IMAGE_TABLE * 4096 + i * 4, frame * 4096 + 0x163);
    }
  } else if (xen === 'slots') {
    memory.writeUint32(directory + 1008 * 4, 0x0100_01e1);
    for (let i = 0; i < 11; i++) memory.writeUint32(directory + (1009 + i) * 4, i * 0x40_0000 + 0x1e3);
    memory.writeUint32(directory + 1020 * 4, directory + 0x63);
    for (const [i, frame] of xenTables.entries()) {
      memory.writeUint32(directory + (1021 + i) * 4, frame * 4096 + 0x63);
    }
  }

  const placement = {
    none: { kind: 'none' },
    image: { kind: 'image', frames: Uint32Array.from(XEN_IMAGE), tables: Uint32Array.of(XEN_IMAGE_TABLE) },
    slots: { kind: 'slots', tables: xenTables },
  } as const satisfies Record<string, Domain['xen']>;
  const domain: Domain = {
    profile,
    frames,
    loadAddress,
    pageCount: n,
    pageDirectory: directory,
    pageTables: Uint32Array.from(tables),
    startInfoAddress,
    sharedInfoFrame: SHARED_INFO,
    domainId: 7,
    commandLine: text,
    initrd: initrd && { address: modStart, length: initrd.length },
    context: {
      eip: loadAddress,
      esp: startInfoAddress,
      esi: startInfoAddress,
      eflags: profile === 'document' ? 0x202 : 0x204,
      cs: 0x0819,
      ds: 0x0821,
      es: 0x0821,
      fs: 0x0821,
      gs: 0x0821,
      ss: 0x0821,
    },
    updates: Uint32Array.from(updates),
    layout: [],
    xen: placement[xen],
  };
  return { memory, domain };
}

/** Machine address of the level-1 entry of page index `p`. */
export function level1Entry({ domain, memory }: Built, p: number): number {
  const linear = domain.loadAddress + p * 4096;
  const pde = memory.readUint32(directoryEntry({ domain, memory }, linear >>> 22));
  return pde - (pde % 4096) + ((linear >>> 12) & 1023) * 4;
}

/** Machine address of a directory entry. */
export function directoryEntry({ domain }: Built, slot: number): number {
  return domain.pageDirectory + slot * 4;
}

/** Sets and clears bits of a word in memory. */
export function editWord({ memory }: Built, address: number, edit: { set?: number; clear?: number }): void {
  const { set = 0, clear = 0 } = edit;
  memory.writeUint32(address, (memory.readUint32(address) & ~clear) | set);
}
