/**
 * The file of a domain, version 1. Read, never written.
 *
 * ```text
 * 0   8 bytes  "X86PAGE\n"
 * 8   u32      version, 1
 * 12  u32      length of the header
 * 16  header   JSON: memory size, the domain's plain fields, and the name and length of each section
 *     sections one after the other, each starting at a multiple of 8
 * ```
 *
 * Sections are the lists of the domain, and RAM in two: `runs`, pairs of first frame and number of frames, and `ram`,
 * the bytes of those frames. There is no checksum.
 */

import { PAGE_SIZE } from '../../arch/address.ts';
import { PhysicalMemory } from '../../memory/index.ts';
import { said } from '../../said/said.ts';
import { domainMachine } from '../domain-machine.ts';
import type { Machine } from '../machine.ts';
import { LIST_NAMES, readDomain } from './domain-fields.ts';
import type { Field } from './field.ts';
import { MAX_HEADER_BYTES, parseHeader, readMemoryBytes } from './header.ts';
import { ImageError } from './image-error.ts';
import { word } from './sections.ts';
import type { ImageFile } from './source.ts';

const LENGTH_AT = 12;
const HEADER_AT = 16;
const ALIGNMENT = 8;
/** Bytes of RAM that are read at a time. */
const PIECE = 0x10_0000;
const MAX_SECTION_BYTES = 2 ** 40;

/** Where a section lies. */
interface Place {
  readonly at: number;
  readonly bytes: number;
}

/** Reads an image of version 1. @throws ImageError */
export function loadVersion1(image: ImageFile): Machine {
  const length = word(image.read(LENGTH_AT, 4), 0);
  if (length > MAX_HEADER_BYTES) {
    throw new ImageError(
      said`the image's header has ${length} bytes; at most ${MAX_HEADER_BYTES} are allowed`,
    );
  }
  const header = parseHeader(image.read(HEADER_AT, length)).object();
  const places = placesOf(header.get('sections'), HEADER_AT + length, image.size);
  const memory = new PhysicalMemory(readMemoryBytes(header.get('memoryBytes')));
  fill(memory, image, place(places, 'runs'), place(places, 'ram'));
  const lists = new Map(
    LIST_NAMES.map((name) => {
      const { at, bytes } = place(places, name);
      return [name, image.read(at, bytes)] as const;
    }),
  );
  return domainMachine(memory, readDomain(header.get('domain'), lists, memory.frameCount, false));
}

function placesOf(field: Field, headerEnd: number, size: number): ReadonlyMap<string, Place> {
  const places = new Map<string, Place>();
  let at = align(headerEnd);
  for (const section of field.list(64)) {
    const name = section.object().get('name').text(64);
    const bytes = section.get('bytes').integer(0, MAX_SECTION_BYTES);
    if (places.has(name)) throw new ImageError(said`the image has two sections '${name}'`);
    places.set(name, { at, bytes });
    at += bytes;
    if (at > size) throw new ImageError(said`the image is cut short: it has ${size} of at least ${at} bytes`);
    at = align(at);
  }
  if (size > at) throw new ImageError(said`the image has ${size - at} bytes behind its end`);
  return places;
}

function place(places: ReadonlyMap<string, Place>, name: string): Place {
  const found = places.get(name);
  if (found === undefined) throw new ImageError(said`the image has no section '${name}'`);
  return found;
}

function fill(memory: PhysicalMemory, image: ImageFile, runs: Place, ram: Place): void {
  if (runs.bytes % 8 !== 0 || runs.bytes > memory.frameCount * 8) {
    throw new ImageError(
      said`section 'runs' has ${runs.bytes} bytes; it must have 8 for each run, of which ${memory.frameCount} can be`,
    );
  }
  const numbers = image.read(runs.at, runs.bytes);
  let { at } = ram;
  let next = 0;
  for (let i = 0; i < runs.bytes; i += 8) {
    const first = word(numbers, i);
    const frames = word(numbers, i + 4);
    if (first < next || first + frames > memory.frameCount) {
      throw new ImageError(
        said`a run of ${frames} frames from ${first} does not fit behind frame ${next - 1} into a memory of ${memory.frameCount} frames`,
      );
    }
    if (at + frames * PAGE_SIZE > ram.at + ram.bytes) {
      throw new ImageError(said`section 'ram' has ${ram.bytes} bytes; its runs need more`);
    }
    for (let done = 0; done < frames * PAGE_SIZE; ) {
      const piece = image.read(at, Math.min(PIECE, frames * PAGE_SIZE - done));
      memory.write(first * PAGE_SIZE + done, piece);
      done += piece.length;
      at += piece.length;
    }
    next = first + frames;
  }
  if (at !== ram.at + ram.bytes)
    throw new ImageError(said`section 'ram' has ${ram.at + ram.bytes - at} bytes too many`);
}

function align(offset: number): number {
  return Math.ceil(offset / ALIGNMENT) * ALIGNMENT;
}
