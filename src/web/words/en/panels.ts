/** The panels below the drawing. */

import type { Replay } from '../../../counterexample/index.ts';
import { inEnglish, type Said } from '../../../said/said.ts';
import type { Role } from '../../page-machine.ts';

export const PANELS = {
  label: 'Panels',
  map: 'Map',
  xen: 'Xen',
  memory: 'Memory',
  tlb: 'TLB',
  machine: 'CPU',
  history: 'Done',
  files: 'Files',
};

export const TABLES = { directory: 'page directory', table: (number: number) => `page table ${number}` };

/** Parts of the address space, by the names that they have inside. */
export const REGIONS = {
  domain: 'domain',
  Xen: 'Xen',
  kernel: 'kernel',
  initrd: 'initrd',
  free: 'free',
  unused: 'free',
  start_info: 'start_info',
  'page tables': 'page tables',
  'page directory': 'page directory',
  program: 'program',
  code: 'code',
  data: 'data',
  'not yet': 'not yet',
  heap: 'heap',
  'large pages': 'large pages',
  stack: 'stack',
  'all RAM': 'all RAM',
  mapped: 'mapped',
  'frame list': 'frame list',
  'store page': 'store page',
  'console page': 'console page',
  'Xen image': 'Xen image',
  'machine-to-physical (read-only)': 'M2P, read-only',
  'direct map of machine memory': 'direct map',
  'linear page table': 'linear page table',
  'per-domain table': 'per-domain table',
  'map cache': 'map cache',
  'ioremap and fixmaps': 'ioremap and fixmaps',
};

export const ROLES = {
  kernel: 'kernel',
  initrd: 'initrd',
  program: 'program',
  free: 'free',
  start_info: 'start_info',
  table: 'page table',
  directory: 'page directory',
  shared_info: 'shared_info',
  xen: 'Xen',
  spare: 'not in use',
};

export const MAP = {
  title: 'The map',
  frame: 'a frame',
  all: (size: string) => `all ${size}`,
  area: (name: string, size: string) => `${name}, ${size}`,
  hole: 'nothing here',
  pages: '16 pages here',
  physical: (size: string) => `memory, ${size}`,
  region: (name: string, start: string, end: string, size: string) =>
    `${name}: ${start} to ${end}, ${size}. Go there.`,
  page: (linear: string, to: string) => `page ${linear}, ${to}`,
  toFrame: (frame: string, role: string, rights: string) => `frame ${frame}, ${role}, ${rights}`,
  toNothing: 'not mapped',
  /** What a frame is for, where there is no room for more. */
  short: {
    kernel: 'kernel',
    initrd: 'initrd',
    program: 'prog.',
    free: 'free',
    start_info: 'info',
    table: 'table',
    directory: 'dir.',
    shared_info: 'shared',
    xen: 'Xen',
    spare: '–',
  } as Readonly<Record<Role, string>>,
  describe: (linear: string) => `Map of the address space with ${linear} marked`,
  nothing: 'nothing mapped',
  up: 'Earlier pages',
  down: 'Later pages',
  frameAt: 'Click a frame to see its bytes',
  enlarged: 'drawn larger than its scale',
};

export const MEMORY = {
  title: 'Memory',
  frame: 'Frame',
  badFrame: (last: string) => `Not a frame: 0 to ${last}`,
  page: (page: number, linear: string) => `page ${page} of the domain, which sees it at ${linear}`,
  bytes: 'Bytes',
  byteAt: (address: string, value: string) => `byte at ${address}: ${value}`,
  set: 'Write',
  badByte: 'Write two hexadecimal digits',
  previous: 'Previous bytes',
  next: 'Next bytes',
  keys: 'Arrow keys move, hexadecimal digits write.',
  follow: 'Follow the walk',
  following: 'follows the walk',
};

export const TLB = {
  title: 'The TLB',
  empty: 'Empty. Once an access is done, its translation appears here.',
  head: ['linear page', 'frame', 'rights', 'filled by', 'still true?'] as readonly string[],
  filledBy: (access: number) =>
    `${(access & 4) !== 0 ? 'program' : 'supervisor'}, ${['read', 'write', 'fetch'][access & 3]}`,
  action: 'make the CPU forget it',
  invlpg: 'INVLPG',
  invlpgOf: (linear: string) => `INVLPG ${linear}: forget this page`,
  loadCr3: 'Load CR3',
  loadCr3Hint: 'with the value that it has: forgets all that is not global',
  fresh: 'agrees with memory',
  stale: 'stale',
  why: {
    'not-present': 'memory says: not present',
    frame: 'memory names another frame',
    'page-size': 'memory has another page size',
    rights: 'memory gives other rights',
    'accessed-cleared': 'A is clear in memory',
    'dirty-cleared': 'D is clear in memory',
  } as Readonly<Record<string, string>>,
  noInvlpg: (cpu: string) => `the ${cpu} has no INVLPG`,
  large: (size: string) => `part of a ${size} page`,
};

/** The claim of a counterexample. */
export const CLAIM = {
  fails: '✗ This does not hold:',
  holds: '✓ This holds now:',
  /** The whole claim, as it was saved. */
  title: ({ title, verdict }: Replay): string => (title === '' ? verdict.title : title),
  because: (text: string) => `${text}.`,
  mend: (mend: string) => `To mend it: ${mend}.`,
  /** A sentence about it. */
  say: (sentence: Said): string => inEnglish(sentence),
  look: 'Look at the access',
};

export const FILES = {
  title: 'Files',
  open: 'Open a file',
  drop: 'Drop it anywhere on this page: a dump of QEMU, LiME, AVML or Xen, raw RAM, or a machine saved here. It is read where it is needed and never leaves this computer.',
  dropNow: 'Drop the file to open it',
  raw: 'Another CR3',
  asked: (name: string) =>
    `${name} does not tell its registers, so that nobody knows in which paging mode its tables are. Say it:`,
  search: 'Look for roots in its memory',
  roots: 'Roots that its tables speak for, best first:',
  noRoots: 'No root was found in its memory.',
  root: (mode: string, cr3: string, score: number) => `${mode}, CR3 ${cr3} (score ${score})`,
  registers: "Registers: QEMU's info registers, Bochs's creg or JSON",
  openSo: 'Open it so',
  letGo: 'Never mind: back to the machine that was here',
  opened: (name: string, size: string) => `Opened ${name}: ${size} of memory.`,
  failed: (name: string, reason: string) => `${name} cannot be opened: ${reason}`,
  exportMap: 'Map as SVG',
  exportWalk: 'Walk as SVG',
  exportSpace: 'Address space as SVG',
  save: 'Save the machine',
  cr3: 'CR3 (physical address of the directory)',
  load: 'Load CR3',
};
