import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PAGE_SIZE } from '../../arch/index.ts';
import type { FrameState, FrameStore, PhysicalRange } from '../../dump/index.ts';
import type { Qmp } from './blocking-qmp.ts';
import { QmpError } from './qmp-error.ts';

/** How much of a stretch is asked for at a time: other clients of QEMU wait meanwhile. */
const PIECE_BYTES = 4 * 2 ** 20;
/** Words that are printed at a time. */
const PRINTED_WORDS = PAGE_SIZE / 4;

/**
 * The RAM of a running guest, asked for as it is needed.
 *
 * QEMU writes bytes to a file (`pmemsave`), which is much faster than text. Where it cannot, since it runs elsewhere or
 * must not write files there, it prints them (`xp`). Only RAM is asked for, never what may be a device.
 */
export class LiveStore implements FrameStore {
  readonly sizeBytes: number;
  readonly #qmp: Qmp;
  readonly #ranges: readonly PhysicalRange[];
  /** Where QEMU writes; undefined where it prints. */
  #folder: string | undefined;

  /** @param folder - A folder that QEMU may see, too; undefined: it does not. */
  constructor(qmp: Qmp, ranges: readonly PhysicalRange[], folder: string | undefined) {
    this.#qmp = qmp;
    this.#ranges = ranges;
    this.#folder = folder;
    this.sizeBytes = Math.ceil(ranges.at(-1)!.end / PAGE_SIZE) * PAGE_SIZE;
  }

  readFrame(frame: number, into: Uint8Array): boolean {
    const start = frame * PAGE_SIZE;
    const end = start + PAGE_SIZE;
    let found = false;
    for (const range of this.#ranges) {
      const from = Math.max(start, range.start);
      const to = Math.min(end, range.end);
      if (from >= to) continue;
      if (!found && to - from < PAGE_SIZE) into.fill(0xff);
      into.set(this.#bytes(from, to - from), from - start);
      found = true;
    }
    return found;
  }

  readRun(physical: number, length: number): Uint8Array | undefined {
    if (!this.#ranges.some(({ start, end }) => physical >= start && physical + length <= end))
      return undefined;
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length; done += PIECE_BYTES) {
      bytes.set(this.#bytes(physical + done, Math.min(PIECE_BYTES, length - done)), done);
    }
    return bytes;
  }

  stateAt(physical: number): FrameState {
    return this.#ranges.some(({ start, end }) => physical >= start && physical < end) ? 'ram' : 'hole';
  }

  ranges(state: 'ram' | 'missing'): Iterable<PhysicalRange> {
    return state === 'ram' ? this.#ranges : [];
  }

  #bytes(physical: number, length: number): Uint8Array {
    return this.#fromFile(physical, length) ?? this.#fromText(physical, length);
  }

  #fromFile(physical: number, length: number): Uint8Array | undefined {
    if (this.#folder === undefined) return undefined;
    const file = join(this.#folder, 'ram');
    try {
      this.#qmp.execute('pmemsave', { val: physical, size: length, filename: file });
      const bytes = readFileSync(file);
      if (bytes.length === length) return bytes;
    } catch (error) {
      const cannot = error instanceof QmpError ? error.code === 'refused' : 'code' in (error as Error);
      if (!cannot) throw error;
    }
    this.#folder = undefined;
    return undefined;
  }

  #fromText(physical: number, length: number): Uint8Array {
    const first = physical - (physical % 4);
    const words = new Uint32Array(Math.ceil((physical + length - first) / 4));
    for (let done = 0; done < words.length; done += PRINTED_WORDS) {
      const count = Math.min(PRINTED_WORDS, words.length - done);
      words.set(this.#printed(first + 4 * done, count), done);
    }
    return new Uint8Array(words.buffer, physical - first, length);
  }

  #printed(physical: number, count: number): Uint32Array {
    const text = this.#qmp.monitor(`xp /${count}wx 0x${physical.toString(16)}`);
    const words = Uint32Array.from(text.matchAll(/ 0x([0-9a-f]{8})\b/g), ([, digits]) =>
      Number(`0x${digits}`),
    );
    if (words.length === count) return words;
    throw new QmpError(
      'protocol',
      `QEMU printed ${words.length} words of RAM from 0x${physical.toString(16)} on, not ${count}: ${JSON.stringify(text.slice(0, 60))}`,
    );
  }
}
