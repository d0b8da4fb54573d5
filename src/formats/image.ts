/**
 * A saved machine: its memory and the domain in it, in one file that says what it is.
 *
 * ```text
 * 0   8 bytes  "X86PAGE\n"
 * 8   u32      version, 1
 * 12  u32      length of the header
 * 16  header   JSON: memory size, the domain's plain fields, and the name and length of each section
 *     sections one after the other, each starting at a multiple of 8
 * ```
 *
 * All numbers are little-endian. Arrays of 32-bit numbers are sections of their own. RAM is two sections: `runs`, pairs
 * of first frame and number of frames, and `ram`, the bytes of those frames. Frames that are all zero are left out.
 */

import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import type { Domain, PlacedXen } from '../builder/index.ts';
import { PhysicalMemory } from '../memory/index.ts';

const MAGIC = 'X86PAGE\n';
const VERSION = 1;
const HEADER_AT = 16;
const ALIGNMENT = 8;

/** The file is no saved image, or a damaged one. */
export class ImageError extends Error {
  /** Name of the class. */
  override readonly name = 'ImageError';
}

/** A machine with a domain in it. */
export interface SavedMachine {
  /** Its RAM. */
  readonly memory: PhysicalMemory;
  /** The domain in it. */
  readonly domain: Domain;
}

/** The fields of a domain that are not arrays of numbers. */
type PlainDomain = Omit<Domain, 'frames' | 'pageTables' | 'updates' | 'commandLine' | 'xen'> & {
  readonly xen: { readonly kind: PlacedXen['kind']; readonly tables?: readonly number[] };
};

interface Header {
  readonly memoryBytes: number;
  readonly domain: PlainDomain;
  readonly sections: readonly { readonly name: string; readonly bytes: number }[];
}

/** Writes memory and domain to the bytes of one file. */
export function saveImage(memory: PhysicalMemory, domain: Domain): Uint8Array {
  const { frames, pageTables, updates, commandLine, xen, ...plain } = domain;
  const { runs, ram } = packRam(memory);
  const sections: [string, Uint8Array][] = [
    ['frames', bytesOf(frames)],
    ['pageTables', bytesOf(pageTables)],
    ['updates', bytesOf(updates)],
    ['commandLine', commandLine],
    ['xenFrames', bytesOf(xen.kind === 'image' ? xen.frames : new Uint32Array())],
    ['xenTables', bytesOf(xen.kind === 'none' ? new Uint32Array() : Uint32Array.from(xen.tables))],
    ['runs', bytesOf(runs)],
    ['ram', ram],
  ];
  const header: Header = {
    memoryBytes: memory.sizeBytes,
    domain: { ...plain, xen: { kind: xen.kind } },
    sections: sections.map(([name, bytes]) => ({ name, bytes: bytes.length })),
  };
  const text = asciiBytes(JSON.stringify(header));
  let length = align(HEADER_AT + text.length);
  for (const [, bytes] of sections) length = align(length + bytes.length);
  const file = new Uint8Array(length);
  file.set(asciiBytes(MAGIC));
  const view = new DataView(file.buffer);
  view.setUint32(8, VERSION, true);
  view.setUint32(12, text.length, true);
  file.set(text, HEADER_AT);
  let at = align(HEADER_AT + text.length);
  for (const [, bytes] of sections) {
    file.set(bytes, at);
    at = align(at + bytes.length);
  }
  return file;
}

/** Whether a file is a saved image, by its first bytes. */
export function isImage(file: Uint8Array): boolean {
  return asciiText(file.subarray(0, MAGIC.length)) === MAGIC;
}

/** Reads what {@link saveImage} wrote. @throws ImageError if the file is no image, cut short or damaged. */
export function loadImage(file: Uint8Array): SavedMachine {
  if (!isImage(file)) {
    throw new ImageError(
      `this is no saved image: it starts with ${JSON.stringify(asciiText(file.subarray(0, 8)))}, not ${JSON.stringify(MAGIC)}`,
    );
  }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length < HEADER_AT) throw cutShort(HEADER_AT, file.length);
  const version = view.getUint32(8, true);
  if (version !== VERSION)
    throw new ImageError(`image version ${version} is unknown; this program reads version ${VERSION}`);
  const headerLength = view.getUint32(12, true);
  if (HEADER_AT + headerLength > file.length) throw cutShort(HEADER_AT + headerLength, file.length);
  const header = parseHeader(asciiText(file.subarray(HEADER_AT, HEADER_AT + headerLength)));

  const sections = new Map<string, Uint8Array>();
  let at = align(HEADER_AT + headerLength);
  for (const { name, bytes } of header.sections) {
    if (!(Number.isInteger(bytes) && bytes >= 0)) throw new ImageError(`section ${name} has length ${bytes}`);
    if (at + bytes > file.length) throw cutShort(at + bytes, file.length);
    sections.set(name, file.subarray(at, at + bytes));
    at = align(at + bytes);
  }
  const section = (name: string): Uint8Array => {
    const bytes = sections.get(name);
    if (bytes === undefined) throw new ImageError(`the image has no section '${name}'`);
    return bytes;
  };
  const words = (name: string): Uint32Array => {
    const bytes = section(name);
    if (bytes.length % 4 !== 0)
      throw new ImageError(`section '${name}' has ${bytes.length} bytes, not a multiple of 4`);
    // A copy: the section may be a view, at any offset, of a larger buffer.
    return new Uint32Array(new Uint8Array(bytes).buffer);
  };

  const { memoryBytes, domain } = header;
  let memory: PhysicalMemory;
  try {
    memory = new PhysicalMemory(memoryBytes);
  } catch (error) {
    throw new ImageError(`the image is damaged: ${(error as Error).message}`);
  }
  unpackRam(memory, words('runs'), section('ram'));
  const frames = words('frames');
  for (const frame of frames) {
    if (frame >= memory.frameCount) {
      throw new ImageError(
        `the domain's frame ${frame} lies outside the memory of ${memory.frameCount} frames`,
      );
    }
  }
  if (frames.length !== domain.pageCount) {
    throw new ImageError(`the domain has ${domain.pageCount} pages but ${frames.length} frames`);
  }
  return {
    memory,
    domain: {
      ...domain,
      frames,
      pageTables: words('pageTables'),
      updates: words('updates'),
      commandLine: new Uint8Array(section('commandLine')),
      xen: readXen(domain.xen.kind, words('xenFrames'), words('xenTables')),
    },
  };
}

function readXen(kind: PlacedXen['kind'], frames: Uint32Array, tables: Uint32Array): PlacedXen {
  if (kind === 'none') return { kind };
  if (kind === 'image') return { kind, frames, tables };
  const [perDomain, mapCache, ioremap] = tables;
  if (perDomain === undefined || mapCache === undefined || ioremap === undefined) {
    throw new ImageError(`section 'xenTables' has ${tables.length} of 3 frames`);
  }
  return { kind, tables: [perDomain, mapCache, ioremap] };
}

function parseHeader(text: string): Header {
  let header: Partial<Header>;
  try {
    header = JSON.parse(text) as Partial<Header>;
  } catch (error) {
    throw new ImageError(`the image's header is damaged: ${(error as Error).message}`);
  }
  const { domain, memoryBytes, sections } = header;
  if (typeof memoryBytes !== 'number' || !Array.isArray(sections) || domain === undefined) {
    throw new ImageError('the image\'s header lacks one of "memoryBytes", "domain", "sections"');
  }
  for (const field of [
    'pageCount',
    'loadAddress',
    'pageDirectory',
    'startInfoAddress',
    'sharedInfoFrame',
  ] as const) {
    const value = domain[field];
    if (!(Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff)) {
      throw new ImageError(`the domain's ${field} is ${String(value)}, not a whole number below 2^32`);
    }
  }
  if (
    !['none', 'image', 'slots'].includes(domain.xen?.kind) ||
    !Array.isArray(domain.layout) ||
    !domain.context
  ) {
    throw new ImageError("the image's header lacks the domain's xen, layout or context");
  }
  return { domain, memoryBytes, sections };
}

/** The frames that hold anything but zeros, as runs, and their bytes. */
function packRam(memory: PhysicalMemory): { runs: Uint32Array; ram: Uint8Array } {
  const runs: number[] = [];
  let count = 0;
  for (const { first, frames } of memory.writtenFrames()) {
    runs.push(first, frames);
    count += frames;
  }
  const ram = new Uint8Array(count * PAGE_SIZE);
  let at = 0;
  for (let i = 0; i < runs.length; i += 2) {
    const bytes = memory.read(runs[i]! * PAGE_SIZE, runs[i + 1]! * PAGE_SIZE);
    ram.set(bytes, at);
    at += bytes.length;
  }
  return { runs: Uint32Array.from(runs), ram };
}

function unpackRam(memory: PhysicalMemory, runs: Uint32Array, ram: Uint8Array): void {
  let at = 0;
  for (let i = 0; i + 1 < runs.length; i += 2) {
    const first = runs[i]!;
    const bytes = runs[i + 1]! * PAGE_SIZE;
    if (first + runs[i + 1]! > memory.frameCount) {
      throw new ImageError(
        `a run of frames from ${formatAddress(first * PAGE_SIZE)} reaches beyond the memory`,
      );
    }
    if (at + bytes > ram.length)
      throw new ImageError(`section 'ram' has ${ram.length} bytes; its runs need more`);
    memory.write(first * PAGE_SIZE, ram.subarray(at, at + bytes));
    at += bytes;
  }
}

function cutShort(needed: number, found: number): ImageError {
  return new ImageError(`the image is cut short: ${found} of at least ${needed} bytes`);
}

function bytesOf(words: Uint32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** JSON.stringify may leave characters beyond ASCII; none of the header's fields has any. */
function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function asciiText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

function align(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
