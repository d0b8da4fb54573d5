import { PAGE_SIZE } from '../../arch/address.ts';
import { asciiBytes } from '../../bytes/ascii.ts';
import { MAX_MEMORY_BYTES, type Memory, type RamHole } from '../../memory/index.ts';
import { said } from '../../said/said.ts';
import type { Machine } from '../machine.ts';
import { domainLists, readDomain } from './domain-fields.ts';
import { headerBytes, readHeader } from './header.ts';
import { ImageError } from './image-error.ts';
import { FRAMES_IN_SECTION, LIST_NAME_BYTES, type Section, words, writeSections } from './sections.ts';
import { holesOf, usedFrames } from './used-frames.ts';

/**
 * The file of a machine, `.x86page` version 2: its RAM, CPU, registers, regions, notes, and its domain if it has one.
 * {@link loadMachine} reads it. Frames that are all zero take no room.
 *
 * @throws ImageError if the machine is one that no image can hold: more than 64 GiB of RAM, a register beyond its
 * width, a region without a name, a domain that contradicts itself.
 */
export function saveMachine(machine: Machine): Uint8Array {
  const pieces = [...saveMachinePieces(machine)];
  const file = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    file.set(piece, at);
    at += piece.length;
  }
  return file;
}

/**
 * The same file in pieces of about 1 MiB, for machines whose file should not lie in memory as a whole. RAM must not
 * change in between.
 *
 * @throws ImageError before the first piece, as {@link saveMachine}.
 */
export function saveMachinePieces(machine: Machine): Generator<Uint8Array> {
  const { memory, domain } = machine;
  if (memory.sizeBytes > MAX_MEMORY_BYTES) {
    throw new ImageError(
      said`a memory of ${memory.sizeBytes} bytes is too large; an image holds at most ${MAX_MEMORY_BYTES}`,
    );
  }
  const holes = holesOf(memory);
  const header = headerBytes(machine, holes);
  const lists = domain === undefined ? [] : domainLists(domain);
  // What could not be loaded is not saved.
  const read = readHeader(header);
  if (domain !== undefined) readDomain(read.domain, new Map(lists), memory.frameCount, true);
  return writeSections(sectionsOf(memory, holes, header, lists));
}

function* sectionsOf(
  memory: Memory,
  holes: readonly RamHole[],
  header: Uint8Array,
  lists: readonly (readonly [name: string, bytes: Uint8Array])[],
): Generator<Section> {
  yield { kind: 'head', content: header };
  for (const [name, bytes] of lists) {
    const content = new Uint8Array(LIST_NAME_BYTES + bytes.length);
    content.set(asciiBytes(name));
    content.set(bytes, LIST_NAME_BYTES);
    yield { kind: 'list', content };
  }
  let frames: number[] = [];
  for (const frame of usedFrames(memory, holes)) {
    frames.push(frame);
    if (frames.length < FRAMES_IN_SECTION) continue;
    yield ramSection(memory, frames);
    frames = [];
  }
  if (frames.length > 0) yield ramSection(memory, frames);
}

/** Frames in ascending order: their numbers as runs, then their bytes. */
function ramSection(memory: Memory, frames: readonly number[]): Section {
  const runs: number[] = [];
  for (const [i, frame] of frames.entries()) {
    if (i > 0 && frame === frames[i - 1]! + 1) runs[runs.length - 1]!++;
    else runs.push(frame, 1);
  }
  const start = 4 + runs.length * 4;
  const content = new Uint8Array(start + frames.length * PAGE_SIZE);
  content.set(words(runs.length / 2, ...runs));
  for (const [i, frame] of frames.entries()) {
    content.set(memory.read(frame * PAGE_SIZE, PAGE_SIZE), start + i * PAGE_SIZE);
  }
  return { kind: 'ram ', content };
}
