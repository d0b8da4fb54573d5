/** What each frame of a machine is for, as it was built. */

import type { Domain } from '../builder/index.ts';
import { tablesOf } from '../walk/index.ts';
import {
  KERNEL_FRAMES,
  LARGE_AT,
  LARGE_BYTES,
  type PageMachine,
  type PlainMachine,
  ROLES,
  type Role,
  XEN_FRAMES,
} from './page-machine.ts';
import { TEXT } from './words/index.ts';

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

/** What a frame is for, in words. Of memory that was not built here, only the tables are known. */
export function roleName(role: Role, { domain, plain, areas }: PageMachine): string {
  const isBuiltHere = domain !== undefined || plain !== undefined || areas !== undefined;
  return role === 'spare' && !isBuiltHere ? TEXT.map.frame : TEXT.roles[role];
}

/** The name of a region in the reader's language; what a file names keeps its name. */
export function regionName(name: string): string {
  const known: Readonly<Record<string, string>> = TEXT.regions;
  return known[name] ?? name;
}

/** A table or directory that the CPU walks. */
export interface TablePage {
  readonly frame: number;
  /** Such as `page directory` or `table 2`. */
  readonly name: string;
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

export function frameRoles(machine: PageMachine): FrameRoles {
  const { memory, domain, plain, registers } = machine;
  const roles = new Uint8Array(memory.frameCount).fill(ROLES.indexOf('spare'));
  const pages = new Int32Array(memory.frameCount).fill(-1);
  if (domain !== undefined) domainRoles(domain, roles, pages);
  if (plain !== undefined) plainRoles(plain, roles);
  const isOwn = domain !== undefined && registers.cr3 === domain.pageDirectory;
  const tables = isOwn ? domainTables(domain) : foundTables(machine);
  if (!isOwn) {
    for (const [i, { frame }] of tables.entries()) {
      if (frame < roles.length) roles[frame] = ROLES.indexOf(i === 0 ? 'directory' : 'table');
    }
  }
  return { roles, pages, tables };
}

function domainRoles(domain: Domain, roles: Uint8Array, pages: Int32Array): void {
  roles.fill(ROLES.indexOf('xen'), 0, Math.min(XEN_FRAMES, lowest(domain.frames), roles.length));
  roles[domain.sharedInfoFrame] = ROLES.indexOf('shared_info');
  for (const { name, firstPage, pageCount } of domain.layout) {
    if (firstPage === undefined) continue;
    for (let page = firstPage; page < firstPage + pageCount; page++) {
      const frame = domain.frames[page]!;
      roles[frame] = ROLES.indexOf(roleOfRegion(name));
      pages[frame] = page;
    }
  }
}

function plainRoles({ frames }: PlainMachine, roles: Uint8Array): void {
  roles.fill(ROLES.indexOf('kernel'), 0, KERNEL_FRAMES);
  const program = ROLES.indexOf('program');
  roles.fill(program, LARGE_AT / 4096, (LARGE_AT + LARGE_BYTES) / 4096);
  const { spare: _, ...used } = frames;
  for (const frame of Object.values(used).flat()) roles[frame] = program;
}

/** The domain's own tables, in the order in which the builder made them. */
function domainTables({ pageCount, loadAddress, frames, pageTables }: Domain): TablePage[] {
  const last = pageCount - 1;
  const mappedAt = (page: number): number => loadAddress + page * 4096;
  return [
    { frame: frames[last]!, name: TEXT.tables.directory, mappedAt: mappedAt(last) },
    ...[...pageTables].map((frame, i) => ({
      frame,
      name: TEXT.tables.table(i + 1),
      mappedAt: mappedAt(last - 1 - i),
    })),
  ];
}

/** Tables that are marked at most. */
const MOST_TABLES = 600;

/** The tables under CR3, as a walk of all of memory finds them. */
function foundTables(machine: PageMachine): TablePage[] {
  const tables: TablePage[] = [];
  const seen = new Set<number>();
  const { plain, registers } = machine;
  for (const cr3 of plain?.roots ?? [registers.cr3]) {
    for (const { address, level } of tablesOf({ ...machine, registers: { ...registers, cr3 } })) {
      const frame = Math.floor(address / 4096);
      if (seen.has(frame)) continue;
      seen.add(frame);
      tables.push({ frame, name: TEXT.drawing.tables[level.kind], mappedAt: undefined });
      if (tables.length >= MOST_TABLES) return tables;
    }
  }
  return tables;
}

function lowest(frames: Uint32Array): number {
  return frames.reduce((low, frame) => Math.min(low, frame), Number.MAX_SAFE_INTEGER);
}
