/**
 * makedumpfile's flattened format: a dump as a list of "write these bytes there", so that it can go through a pipe.
 * QEMU writes its kdump-compressed dumps so. Here it is turned back into the file that it stands for.
 *
 * Header, 4096 bytes: "makedumpfile", at 16 the type 1 and at 24 the version 1, then records of offset, size and so
 * many bytes; an offset and size of −1 end it. All numbers are 64-bit and big-endian.
 * Source: makedumpfile, IMPLEMENTATION, "flattened format".
 */

import type { ByteSource } from '../bytes/byte-source.ts';
import { said } from '../said/said.ts';
import { asciiAt, cutShort, readExactly, uint64, viewOf } from './byte-source.ts';
import { DumpError } from './dump-error.ts';

const HEADER_BYTES = 4096;
const RECORD_HEADER_BYTES = 16;
/** Records are 16 KiB and longer in practice; this many cover a terabyte. */
const MAX_RECORDS = 2 ** 26;

/** Whether bytes start a flattened dump. */
export function isFlattened(head: Uint8Array): boolean {
  return asciiAt(head, 0, 16) === 'makedumpfile';
}

/**
 * The file that a flattened dump stands for. Reads the header of each record, not what is in them.
 *
 * @param partial - Go on where the file is cut short.
 * @throws DumpError
 */
export function unflatten(flat: ByteSource, partial: boolean): ByteSource {
  const view = viewOf(readExactly(flat, 0, 32, said`makedumpfile's header`));
  if (uint64(view, 16, false) !== 1 || uint64(view, 24, false) !== 1) {
    throw new DumpError(
      'unsupported',
      said`this is makedumpfile's flattened format, of an unknown type or version`,
    );
  }
  const records = new Records();
  let complete = false;
  let at = HEADER_BYTES;
  while (at + RECORD_HEADER_BYTES <= flat.size) {
    const header = viewOf(readExactly(flat, at, RECORD_HEADER_BYTES, said`a record`));
    if (header.getInt32(0) === -1 && header.getInt32(8) === -1) {
      complete = true;
      break;
    }
    const target = uint64(header, 0, false);
    const length = uint64(header, 8, false);
    if (!Number.isSafeInteger(target + length) || length === 0) {
      throw new DumpError(
        'damaged',
        said`the flattened dump has a record of ${length} bytes for offset ${target} at byte ${at}`,
      );
    }
    at += RECORD_HEADER_BYTES;
    const held = Math.min(length, flat.size - at);
    if (held > 0) records.add(target, held, at);
    at += length;
  }
  if (!complete && !partial)
    throw cutShort(said`a record of the flattened dump`, Math.max(at, flat.size + 1), flat.size);
  return records.toSource(flat);
}

/** Three numbers a record: where its bytes belong, how many, where they are. */
class Records {
  #targets: Float64Array = new Float64Array(1024);
  #lengths: Float64Array = new Float64Array(1024);
  #places: Float64Array = new Float64Array(1024);
  #count = 0;

  add(target: number, length: number, place: number): void {
    const last = this.#count - 1;
    if (this.#count === this.#targets.length) this.#grow();
    // Mostly one record continues the other, but for the 16 bytes between them in the file.
    this.#targets[last + 1] = target;
    this.#lengths[last + 1] = length;
    this.#places[last + 1] = place;
    this.#count++;
  }

  #grow(): void {
    if (this.#count >= MAX_RECORDS) {
      throw new DumpError('unsupported', said`the flattened dump has more than ${MAX_RECORDS} records`);
    }
    const grown = (old: Float64Array): Float64Array => {
      const next = new Float64Array(2 * old.length);
      next.set(old);
      return next;
    };
    this.#targets = grown(this.#targets);
    this.#lengths = grown(this.#lengths);
    this.#places = grown(this.#places);
  }

  /** The source in which every byte has the value that the last record gives it, and 0 where none does. */
  toSource(flat: ByteSource): ByteSource {
    const { starts, places } = this.#pieces();
    const size = starts[starts.length - 1] ?? 0;
    return {
      size,
      read: (offset, length) => {
        const bytes = new Uint8Array(length);
        let piece = lastUpTo(starts, offset);
        for (let done = 0; done < length; piece++) {
          const start = offset + done;
          const count = Math.min(length - done, starts[piece + 1]! - start);
          const place = places[piece]!;
          if (place >= 0) {
            const from = place + (start - starts[piece]!);
            bytes.set(readExactly(flat, from, count, said`a record of the flattened dump`), done);
          }
          done += count;
        }
        return bytes;
      },
    };
  }

  /**
   * The records as pieces that do not overlap: piece `i` reaches from `starts[i]` to `starts[i + 1]` and lies at
   * `places[i]`, −1 for a gap. A later record goes over an earlier one: painted from the last to the first, each
   * takes what is free.
   */
  #pieces(): { starts: Float64Array; places: Float64Array } {
    const bounds = new Float64Array(2 * this.#count + 1);
    for (let i = 0; i < this.#count; i++) {
      bounds[2 * i + 1] = this.#targets[i]!;
      bounds[2 * i + 2] = this.#targets[i]! + this.#lengths[i]!;
    }
    const starts = unique(bounds.sort());
    const places = new Float64Array(starts.length).fill(-1);
    // By piece: the next one from it on that is still free. Paths are halved on the way, so this stays short.
    const free = new Int32Array(starts.length + 1).map((_, i) => i);
    const nextFree = (piece: number): number => {
      let at = piece;
      while (free[at] !== at) {
        free[at] = free[free[at]!]!;
        at = free[at]!;
      }
      return at;
    };
    for (let i = this.#count - 1; i >= 0; i--) {
      const end = this.#targets[i]! + this.#lengths[i]!;
      for (let at = nextFree(lastUpTo(starts, this.#targets[i]!)); starts[at]! < end; at = nextFree(at)) {
        places[at] = this.#places[i]! + (starts[at]! - this.#targets[i]!);
        free[at] = at + 1;
      }
    }
    return { starts, places };
  }
}

function unique(sorted: Float64Array): Float64Array {
  let count = 0;
  for (const value of sorted) if (count === 0 || sorted[count - 1] !== value) sorted[count++] = value;
  return sorted.slice(0, count);
}

/** Index of the last number that is not larger. */
function lastUpTo(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! <= value) low = middle;
    else high = middle;
  }
  return low;
}
