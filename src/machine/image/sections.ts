/**
 * The file of a machine, version 2.
 *
 * ```text
 * 0   8 bytes  "X86PAGE\n"
 * 8   u32      version, 2
 * 12           sections, one behind the other, up to the end of the file
 *
 * a section:
 * 0   4 bytes  its kind, four characters
 * 4   u32      length of its content in bytes
 * 8   u32      CRC-32 of kind, length and content
 * 12           content, then zeros up to a multiple of 4
 *
 * "head"  JSON, once, first: size of RAM and its holes, CPU, registers, regions, notes, the domain's plain fields
 * "list"  16 bytes of name, padded with zeros, then its numbers: one for each list of the domain, if there is one
 * "ram "  u32 n, then n pairs of u32: first frame and number of frames; then the 4096 bytes of each of those frames
 * "end "  u32 number of sections before it, u32 CRC-32 of their checksums
 * ```
 *
 * Notes that begin with "counterexample " say which claim fails on the machine, and by which access;
 * `src/counterexample/notes.ts` tells how. Others are for people.
 *
 * All numbers are little-endian. Frames come in ascending order, at most 256 in a section; those that are all zero are
 * left out. So a file can be written and read piece by piece, whatever the size of the memory, and no byte of it can
 * change unnoticed.
 */

import { PAGE_SIZE } from '../../arch/address.ts';
import { asciiBytes, asciiText } from '../../bytes/ascii.ts';
import { crc32 } from '../../bytes/crc32.ts';
import { said } from '../../said/said.ts';
import { show } from './field.ts';
import { MAX_HEADER_BYTES } from './header.ts';
import { ImageError } from './image-error.ts';
import type { ImageFile } from './source.ts';

/** First bytes of a saved machine, of any version. */
export const MAGIC = 'X86PAGE\n';
/** Where the version stands, behind the magic. */
export const VERSION_AT = 8;
/** Where the first section begins. */
const FIRST_SECTION_AT = 12;
/** Kind, length and checksum of a section. */
const SECTION_HEADER_BYTES = 12;
/** Bytes of a list's name. */
export const LIST_NAME_BYTES = 16;
/** Frames of one section of RAM: 1 MiB. */
export const FRAMES_IN_SECTION = 256;

/** The most that the content of each kind can have. A domain's longest list takes 16 bytes for each of its pages. */
const LIMITS: Readonly<Record<string, number>> = {
  head: MAX_HEADER_BYTES,
  list: LIST_NAME_BYTES + 0x100_0000,
  'ram ': 4 + FRAMES_IN_SECTION * (8 + PAGE_SIZE),
  'end ': 8,
};

/** A section of a file. */
export interface Section {
  readonly kind: string;
  readonly content: Uint8Array;
}

/** Magic, version, and each section; a checksum over all behind them. */
export function* writeSections(sections: Iterable<Section>): Generator<Uint8Array> {
  const start = new Uint8Array(FIRST_SECTION_AT);
  start.set(asciiBytes(MAGIC));
  start[VERSION_AT] = 2;
  yield start;
  let count = 0;
  let checksums = 0;
  for (const section of sections) {
    const bytes = sectionBytes(section);
    yield bytes;
    count++;
    checksums = crc32(bytes.subarray(8, 12), checksums);
  }
  yield sectionBytes({ kind: 'end ', content: words(count, checksums) });
}

function sectionBytes({ kind, content }: Section): Uint8Array {
  const limit = LIMITS[kind]!;
  if (content.length > limit) {
    throw new ImageError(
      said`a section of kind '${kind}' would have ${content.length} bytes; at most ${limit} are allowed`,
    );
  }
  const bytes = new Uint8Array(SECTION_HEADER_BYTES + padded(content.length));
  bytes.set(asciiBytes(kind));
  bytes.set(words(content.length), 4);
  bytes.set(content, SECTION_HEADER_BYTES);
  bytes.set(words(crc32(content, crc32(bytes.subarray(0, 8)))), 8);
  return bytes;
}

/** The sections of a file in their order, each found intact, but for the last, which says whether all are there. */
export function* readSections(file: ImageFile): Generator<Section> {
  let checksums = 0;
  let count = 0;
  for (let at = FIRST_SECTION_AT; ; count++) {
    // All that is needed of it is taken before the source is asked again: it may use one buffer for everything.
    const head = file.read(at, SECTION_HEADER_BYTES);
    const kind = asciiText(head.subarray(0, 4));
    const length = word(head, 4);
    const checksum = word(head, 8);
    const checksumOfHead = crc32(head.subarray(0, 8));
    const limit = Object.hasOwn(LIMITS, kind) ? LIMITS[kind]! : -1;
    if (length > limit) {
      throw new ImageError(
        said`the image is damaged at byte ${at}: '${show(kind)}' of ${length} bytes is no section`,
      );
    }
    const content = file.read(at + SECTION_HEADER_BYTES, padded(length));
    if (checksum !== crc32(content.subarray(0, length), checksumOfHead)) {
      throw new ImageError(
        said`the image is damaged: the checksum of its section '${kind}' at byte ${at} is wrong`,
      );
    }
    if (content.subarray(length).some((byte) => byte !== 0)) {
      throw new ImageError(
        said`the image is damaged: its section '${kind}' at byte ${at} does not end in zeros`,
      );
    }
    at += SECTION_HEADER_BYTES + content.length;
    if (kind === 'end ') {
      if (length !== 8 || word(content, 0) !== count || word(content, 4) !== checksums) {
        throw new ImageError(
          said`the image is damaged: sections are missing, or in another order than they were written`,
        );
      }
      if (at !== file.size) throw new ImageError(said`the image has ${file.size - at} bytes behind its end`);
      return;
    }
    checksums = crc32(words(checksum), checksums);
    yield { kind, content: content.subarray(0, length) };
  }
}

/** Numbers as little-endian bytes. */
export function words(...values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of values.entries()) view.setUint32(i * 4, value, true);
  return bytes;
}

/** The little-endian number at an offset. */
export function word(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

function padded(length: number): number {
  return Math.ceil(length / 4) * 4;
}
