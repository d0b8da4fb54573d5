/** A domain as a header holds it: plain fields, and beside them lists of numbers. Alike in all versions. */

import { XEN_VIRTUAL_START } from '../../abi/xen.ts';
import { FOUR_GIB, PAGE_SIZE } from '../../arch/address.ts';
import {
  type Domain,
  type InitialContext,
  type PlacedXen,
  REGION_NAMES,
  type Region,
} from '../../builder/index.ts';
import { PROFILES, type ProfileName } from '../../builder/profile.ts';
import { said } from '../../said/said.ts';
import type { Field } from './field.ts';
import { ImageError } from './image-error.ts';

/** The lists of a domain, in the order in which an image holds them. */
export const LIST_NAMES = [
  'frames',
  'pageTables',
  'updates',
  'commandLine',
  'xenFrames',
  'xenTables',
] as const;

/** The name of a list. */
export type ListName = (typeof LIST_NAMES)[number];

const MAX_WORD = 0xffff_ffff;
/** Pages below Xen: the most that a domain can have. */
const MAX_PAGES = XEN_VIRTUAL_START / PAGE_SIZE;
/** A domain has a dozen regions. */
const MAX_REGIONS = 64;

const FIELDS: readonly (keyof Domain)[] = [
  'profile',
  'pageCount',
  'loadAddress',
  'pageDirectory',
  'startInfoAddress',
  'sharedInfoFrame',
  'domainId',
  'initrd',
  'context',
  'layout',
  'xen',
];
const CONTEXT: readonly (keyof InitialContext)[] = [
  'eip',
  'esp',
  'esi',
  'eflags',
  'cs',
  'ds',
  'es',
  'fs',
  'gs',
  'ss',
];

/** The fields of a domain that are no lists, ready for JSON, always in the same order. */
export function domainFields(domain: Domain): unknown {
  const fields = FIELDS.map((name) => [name, name === 'xen' ? { kind: domain.xen.kind } : domain[name]]);
  return Object.fromEntries(fields);
}

/** The lists of a domain, as bytes. @throws ImageError for an array of another kind, whose numbers would be lost. */
export function domainLists({
  frames,
  pageTables,
  updates,
  commandLine,
  xen,
}: Domain): [ListName, Uint8Array][] {
  if (!(commandLine instanceof Uint8Array)) throw new ImageError(said`domain.commandLine is no Uint8Array`);
  return [
    ['frames', bytesOf('frames', frames)],
    ['pageTables', bytesOf('pageTables', pageTables)],
    ['updates', bytesOf('updates', updates)],
    ['commandLine', commandLine],
    ['xenFrames', xen.kind === 'image' ? bytesOf('xen.frames', xen.frames) : new Uint8Array()],
    ['xenTables', xen.kind === 'none' ? new Uint8Array() : bytesOf('xen.tables', tablesOf(xen))],
  ];
}

/**
 * A domain out of its fields and lists, checked: everything that reads a domain may rely on what TypeScript says of it,
 * on frames that exist, and on addresses that lie where the layout can have put them.
 *
 * @param strict - Refuses fields that this program does not know.
 */
export function readDomain(
  field: Field,
  lists: ReadonlyMap<string, Uint8Array>,
  frameCount: number,
  strict: boolean,
): Domain {
  field.object(strict ? FIELDS : undefined);
  const frames = wordsOf('frames', lists);
  checkFrames('frames', frames, frameCount);
  const profile = field.get('profile').oneOf(Object.keys(PROFILES) as ProfileName[]);
  const pageCount = field.get('pageCount').integer(1, MAX_PAGES);
  if (frames.length !== pageCount) {
    throw new ImageError(said`the image's domain has ${pageCount} pages but ${frames.length} frames`);
  }
  const loadAddress = readLoadAddress(field.get('loadAddress'), pageCount, profile);
  const directory = field.get('pageDirectory');
  const pageDirectory = directory.integer(0, MAX_WORD);
  checkFrames('pageDirectory', [pageDirectory / PAGE_SIZE], frameCount);
  const sharedInfoFrame = field.get('sharedInfoFrame').integer(0, frameCount - 1);
  const pageTables = wordsOf('pageTables', lists);
  checkFrames('pageTables', pageTables, frameCount);
  const updates = wordsOf('updates', lists);
  if (updates.length % 2 !== 0)
    throw new ImageError(said`the image's list 'updates' has ${updates.length} numbers, no pairs`);
  const layout = field
    .get('layout')
    .list(MAX_REGIONS)
    .map((region) => readRegion(region, loadAddress, pageCount, strict));
  const startInfoAddress = field.get('startInfoAddress').integer(0, MAX_WORD);
  checkCover(layout, pageCount, startInfoAddress, profile);
  return {
    profile,
    frames,
    pageCount,
    loadAddress,
    pageDirectory,
    pageTables,
    startInfoAddress,
    sharedInfoFrame,
    domainId: field.get('domainId').integer(0, MAX_WORD),
    commandLine: listOf('commandLine', lists).slice(),
    initrd: readInitrd(field.get('initrd')),
    context: readContext(field.get('context').object(strict ? CONTEXT : undefined)),
    updates,
    layout,
    xen: readXen(field.get('xen').object(strict ? ['kind'] : undefined), lists, frameCount),
  };
}

/** Such that what is mapped ends below Xen, and a domain of 2004 has room for its tables and start_info. */
function readLoadAddress(field: Field, pageCount: number, profile: ProfileName): number {
  const layout = PROFILES[profile];
  const mapped = layout.order === 'downwards' ? pageCount : 1;
  const loadAddress = field.integer(0, XEN_VIRTUAL_START - mapped * PAGE_SIZE);
  if (loadAddress % PAGE_SIZE !== 0) {
    throw new ImageError(
      said`the image's header: domain.loadAddress is ${loadAddress}, not a multiple of ${PAGE_SIZE}`,
    );
  }
  if (layout.order === 'upwards') return loadAddress;
  const tables = Math.ceil((((loadAddress / PAGE_SIZE) % 1024) + pageCount) / 1024);
  const needed = tables + 2 + layout.pagesAboveStartInfo;
  if (pageCount < needed) {
    throw new ImageError(
      said`the image's domain has ${pageCount} pages; its tables and start_info alone take ${needed}`,
    );
  }
  return loadAddress;
}

function readInitrd(field: Field): Domain['initrd'] {
  if (field.isAbsent) return undefined;
  const number = (name: string): number => field.object().get(name).integer(0, MAX_WORD);
  return { address: number('address'), length: number('length') };
}

function readContext(field: Field): InitialContext {
  const context: Partial<Record<keyof InitialContext, number>> = {};
  for (const name of CONTEXT) context[name] = field.get(name).integer(0, MAX_WORD);
  return context as InitialContext;
}

function readRegion(field: Field, loadAddress: number, pages: number, strict: boolean): Region {
  field.object(strict ? ['name', 'start', 'end', 'firstPage', 'pageCount'] : undefined);
  const name = field.get('name').oneOf(REGION_NAMES);
  const start = field.get('start').integer(0, MAX_WORD);
  const end = field.get('end').integer(start + 1, FOUR_GIB);
  const pageCount = field.get('pageCount').integer(1, FOUR_GIB / PAGE_SIZE);
  const first = field.get('firstPage');
  const firstPage = first.isAbsent ? undefined : first.integer(0, pages - 1);
  const startsRight = firstPage === undefined || start === loadAddress + firstPage * PAGE_SIZE;
  const endsRight = firstPage === undefined || end <= XEN_VIRTUAL_START;
  if (end - start !== pageCount * PAGE_SIZE || !endsRight || start % PAGE_SIZE !== 0 || !startsRight) {
    throw new ImageError(said`the image's header: the bounds of the region '${name}' contradict its pages`);
  }
  return { name, start, end, firstPage, pageCount };
}

/**
 * The regions of a domain hold each of its pages once, in order, and start_info begins where its region does. The later
 * layouts map only the first pages, and those end below Xen.
 */
function checkCover(
  layout: readonly Region[],
  pageCount: number,
  startInfoAddress: number,
  profile: ProfileName,
): void {
  let next = 0;
  for (const { name, firstPage, pageCount: pages } of layout) {
    if (firstPage === undefined) continue;
    if (firstPage !== next) {
      throw new ImageError(
        said`the image's header: domain.layout goes on with page ${firstPage} ('${name}'), not with page ${next}`,
      );
    }
    next += pages;
  }
  const isWhole = PROFILES[profile].order === 'downwards' ? next === pageCount : next <= pageCount;
  if (!isWhole) {
    throw new ImageError(
      said`the image's header: domain.layout names ${next} of the domain's ${pageCount} pages`,
    );
  }
  if (!layout.some(({ name, start }) => name === 'start_info' && start === startInfoAddress)) {
    throw new ImageError(
      said`the image's header: domain.startInfoAddress is ${startInfoAddress}, where domain.layout has no start_info`,
    );
  }
}

function readXen(field: Field, lists: ReadonlyMap<string, Uint8Array>, frameCount: number): PlacedXen {
  const kind = field.get('kind').oneOf(['none', 'image', 'slots']);
  const frames = wordsOf('xenFrames', lists);
  const tables = wordsOf('xenTables', lists);
  checkFrames('xenFrames', frames, frameCount);
  checkFrames('xenTables', tables, frameCount);
  const wanted = {
    none: [0, 0],
    slots: [0, 3],
    image: [Math.max(1, frames.length), Math.ceil(frames.length / 1024)],
  }[kind];
  if (
    frames.length !== wanted[0] ||
    tables.length !== wanted[1] ||
    frames.length > (FOUR_GIB - XEN_VIRTUAL_START) / PAGE_SIZE
  ) {
    throw new ImageError(
      said`the image's Xen of kind '${kind}' has ${frames.length} frames and ${tables.length} tables, which does not fit`,
    );
  }
  if (kind === 'none') return { kind };
  if (kind === 'image') return { kind, frames, tables };
  return { kind, tables: [tables[0]!, tables[1]!, tables[2]!] };
}

function checkFrames(what: string, frames: Iterable<number>, frameCount: number): void {
  for (const frame of frames) {
    if (Number.isInteger(frame) && frame < frameCount) continue;
    throw new ImageError(
      said`the image's domain has frame ${frame} among its ${what}; the memory has frames 0 to ${frameCount - 1}`,
    );
  }
}

function listOf(name: ListName, lists: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const bytes = lists.get(name);
  if (bytes === undefined) throw new ImageError(said`the image has no list '${name}'`);
  return bytes;
}

function wordsOf(name: ListName, lists: ReadonlyMap<string, Uint8Array>): Uint32Array {
  const bytes = listOf(name, lists);
  if (bytes.length % 4 !== 0) {
    throw new ImageError(said`the image's list '${name}' has ${bytes.length} bytes, not a multiple of 4`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4, true));
}

function bytesOf(what: string, words: Uint32Array): Uint8Array {
  if (!(words instanceof Uint32Array)) throw new ImageError(said`domain.${what} is no Uint32Array`);
  const bytes = new Uint8Array(words.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, word] of words.entries()) view.setUint32(i * 4, word, true);
  return bytes;
}

/** Three numbers, whatever array they came in. */
function tablesOf(xen: Exclude<PlacedXen, { kind: 'none' }>): Uint32Array {
  return xen.kind === 'slots' ? Uint32Array.from(xen.tables) : xen.tables;
}
