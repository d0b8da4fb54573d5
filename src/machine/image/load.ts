import { PAGE_SIZE } from '../../arch/address.ts';
import { asciiText } from '../../bytes/ascii.ts';
import { type ByteSource, byteSource } from '../../bytes/byte-source.ts';
import { HoledMemory, PhysicalMemory, type RamHole } from '../../memory/index.ts';
import { said } from '../../said/said.ts';
import type { Machine } from '../machine.ts';
import { LIST_NAMES, readDomain } from './domain-fields.ts';
import { show } from './field.ts';
import { readHeader } from './header.ts';
import { ImageError } from './image-error.ts';
import {
  FRAMES_IN_SECTION,
  LIST_NAME_BYTES,
  MAGIC,
  readSections,
  type Section,
  VERSION_AT,
  word,
} from './sections.ts';
import { ImageFile } from './source.ts';
import { loadVersion1 } from './version-1.ts';

/** Whether a file is a saved machine of some version, by its first bytes. */
export function isImage(file: Uint8Array): boolean {
  return asciiText(file.subarray(0, MAGIC.length)) === MAGIC;
}

/**
 * Reads what {@link saveMachine} wrote, or the first version of this program, which held a domain and no checksum. Of a
 * source, a megabyte is read at a time. Everything is checked before it is used, and the work is bounded by the
 * size of the file.
 *
 * @throws ImageError if the file is no image, cut short or damaged. What a source throws goes through.
 */
export function loadMachine(file: Uint8Array | ByteSource): Machine {
  const image = new ImageFile(byteSource(file));
  const start = image.read(0, Math.min(image.size, 16));
  if (!isImage(start)) {
    throw new ImageError(
      said`this is no saved image: it starts with '${show(asciiText(start.subarray(0, 8)).replace(/[^ -~]/g, '·'))}', not 'X86PAGE' and a new line`,
    );
  }
  const version = word(image.read(VERSION_AT, 4), 0);
  if (version === 1) return loadVersion1(image);
  if (version !== 2) {
    throw new ImageError(said`image version ${version} is unknown; this program reads versions 1 and 2`);
  }
  return loadVersion2(image);
}

function loadVersion2(image: ImageFile): Machine {
  const sections = readSections(image);
  const first = sections.next();
  if (first.done || first.value.kind !== 'head')
    throw new ImageError(said`the image does not begin with its header`);
  const { memoryBytes, holes, domain, ...header } = readHeader(first.value.content);
  const ram = new RamFiller(memoryBytes, holes);
  const lists = new Map<string, Uint8Array>();
  for (const section of sections) {
    if (section.kind === 'ram ') ram.take(section.content);
    else takeList(section, lists, !domain.isAbsent);
  }
  const { memory } = ram;
  if (domain.isAbsent) return { memory, ...header };
  return { memory, ...header, domain: readDomain(domain, lists, memory.frameCount, true) };
}

/** Lists come in their order, each once. */
function takeList({ kind, content }: Section, lists: Map<string, Uint8Array>, wanted: boolean): void {
  const name = asciiText(content.subarray(0, LIST_NAME_BYTES)).replace(/\0+$/, '');
  if (kind !== 'list' || !wanted || name !== LIST_NAMES[lists.size]) {
    throw new ImageError(said`the image has a section '${kind}' (${show(name)}) where none belongs`);
  }
  // A copy: the source may use its buffer again.
  lists.set(name, content.slice(LIST_NAME_BYTES));
}

/** Fills RAM section by section. */
class RamFiller {
  readonly memory: PhysicalMemory | HoledMemory;
  /** The first frame that may come next. */
  #next = 0;

  constructor(bytes: number, holes: readonly RamHole[]) {
    const memory = new PhysicalMemory(bytes);
    try {
      this.memory = holes.length === 0 ? memory : new HoledMemory(memory, holes);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ImageError(said`the image's header: ${error}`);
    }
  }

  take(content: Uint8Array): void {
    const runs = content.length < 4 ? 0 : word(content, 0);
    if (runs > FRAMES_IN_SECTION || content.length < 4 + runs * 8) {
      throw new ImageError(said`a section of RAM has ${runs} runs in ${content.length} bytes`);
    }
    let at = 4 + runs * 8;
    for (let run = 0; run < runs; run++) {
      const first = word(content, 4 + run * 8);
      const frames = word(content, 8 + run * 8);
      const end = at + frames * PAGE_SIZE;
      if (
        frames === 0 ||
        first < this.#next ||
        first + frames > this.memory.frameCount ||
        end > content.length
      ) {
        throw new ImageError(
          said`a section of RAM has a run of ${frames} frames from ${first}, which does not fit behind frame ${this.#next - 1} into a memory of ${this.memory.frameCount} frames`,
        );
      }
      this.#write(first, content.subarray(at, end));
      this.#next = first + frames;
      at = end;
    }
    if (at !== content.length)
      throw new ImageError(said`a section of RAM has ${content.length - at} bytes too many`);
  }

  #write(first: number, bytes: Uint8Array): void {
    try {
      this.memory.write(first * PAGE_SIZE, bytes);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ImageError(said`a section of RAM does not fit: ${error}`);
    }
  }
}
