/** What each frame of a machine is for, as it was built. */

import { type PageMachine, XEN_FRAMES } from './scenario.ts';
import { TEXT } from './words/index.ts';

export type Role =
  | 'kernel'
  | 'initrd'
  | 'free'
  | 'start_info'
  | 'table'
  | 'directory'
  | 'shared_info'
  | 'xen'
  | 'spare';

/** In the order in which they are explained. */
export const ROLES: readonly Role[] = [
  'kernel',
  'initrd',
  'free',
  'start_info',
  'table',
  'directory',
  'shared_info',
  'xen',
  'spare',
];

const OF_REGION: Readonly<Record<string, Role>> = {
  kernel: 'kernel',
  initrd: 'initrd',
  free: 'free',
  unused: 'free',
  start_info: 'start_info',
  'page tables': 'table',
  'page directory': 'directory',
};

/** The role of a region of a domain's layout; all of Xen's are `xen`. */
export function roleOfRegion(name: string): Role {
  return OF_REGION[name] ?? 'xen';
}

/** The name of a region of the layout in the reader's language; Xen's parts keep theirs. */
export function regionName(name: string): string {
  const role = OF_REGION[name];
  return role === undefined ? shortName(name) : TEXT.roles[role];
}

/** Xen's names are long for a box. */
function shortName(name: string): string {
  return name.replace('machine-to-physical (read-only)', 'M2P, read-only').replace(' of machine memory', '');
}

/** A table or directory that the CPU walks. */
export interface TablePage {
  readonly frame: number;
  /** Such as `page directory` or `table 2`. */
  readonly name: string;
  /** First linear address that its entries translate. */
  readonly firstLinear: number;
  /** Where the guest sees the table itself; undefined if it is mapped nowhere. */
  readonly mappedAt: number | undefined;
}

export interface FrameRoles {
  /** By frame: index into {@link ROLES}. */
  readonly roles: Uint8Array;
  /** By frame: index of the page in the domain, or -1. */
  readonly pages: Int32Array;
  /** Root first. */
  readonly tables: readonly TablePage[];
}

export function frameRoles({ memory, domain, wide, registers }: PageMachine): FrameRoles {
  const roles = new Uint8Array(memory.frameCount).fill(ROLES.indexOf('spare'));
  const pages = new Int32Array(memory.frameCount).fill(-1);
  if (domain === undefined) {
    const root = {
      frame: Math.floor(registers.cr3 / 4096),
      name: TEXT.tables.directory,
      firstLinear: 0,
      mappedAt: undefined,
    };
    if (root.frame < roles.length) roles[root.frame] = ROLES.indexOf('directory');
    return { roles, pages, tables: [root] };
  }
  if (domain.xen.kind === 'slots' || wide !== undefined) {
    roles.fill(ROLES.indexOf('xen'), 0, Math.min(XEN_FRAMES, lowest(domain.frames), roles.length));
  }
  roles[domain.sharedInfoFrame] = ROLES.indexOf('shared_info');
  for (const { name, firstPage, pageCount } of domain.layout) {
    if (firstPage === undefined) continue;
    for (let page = firstPage; page < firstPage + pageCount; page++) {
      const frame = domain.frames[page]!;
      roles[frame] = ROLES.indexOf(roleOfRegion(name));
      pages[frame] = page;
    }
  }
  const tables: TablePage[] = [];
  if (wide !== undefined) {
    for (const { frame, name, firstLinear } of wide.tables) {
      tables.push({ frame, name: `${name}`, firstLinear, mappedAt: undefined });
      roles[frame] = ROLES.indexOf(frame === wide.root ? 'directory' : 'table');
    }
    return { roles, pages, tables };
  }
  const last = domain.pageCount - 1;
  const mappedAt = (page: number): number => domain.loadAddress + page * 4096;
  tables.push({
    frame: domain.frames[last]!,
    name: TEXT.tables.directory,
    firstLinear: 0,
    mappedAt: mappedAt(last),
  });
  domain.pageTables.forEach((frame, i) => {
    const firstLinear = ((domain.loadAddress >>> 22) + i) * 0x40_0000;
    tables.push({ frame, name: TEXT.tables.table(i + 1), firstLinear, mappedAt: mappedAt(last - 1 - i) });
  });
  return { roles, pages, tables };
}

function lowest(frames: Uint32Array): number {
  return frames.reduce((low, frame) => Math.min(low, frame), Number.MAX_SAFE_INTEGER);
}
