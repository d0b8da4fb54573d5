/** Lists that JavaScript and WebAssembly share: typed arrays in a part of one memory, lent and given back. */

/** What `PhysicalMemory.allocateList` makes. */
export type MemoryList = Int32Array | Uint32Array | Float64Array | BigInt64Array | BigUint64Array;

/** The class of a {@link MemoryList}, such as `Uint32Array`. */
export interface ListClass<List extends MemoryList> {
  /** Bytes of an element. */
  readonly BYTES_PER_ELEMENT: number;
  /** An array of zeros. */
  new (length: number): List;
  /** A view. */
  new (buffer: ArrayBuffer, byteOffset: number, length: number): List;
}

const LIST_CLASSES: readonly unknown[] = [
  Int32Array,
  Uint32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
];

/** Each list begins a page of the host, so that none shares a cache line, or a page to be faulted in, with another. */
const GRAIN_BYTES = 4096;

const inGrains = (bytes: number): number => Math.ceil(bytes / GRAIN_BYTES) * GRAIN_BYTES;

/** Free bytes from `start` to before `end`. */
interface Gap {
  start: number;
  end: number;
}

/** @throws TypeError, RangeError for what is no list that can be made. */
export function checkList(kind: ListClass<MemoryList>, length: number): void {
  if (!LIST_CLASSES.includes(kind)) {
    throw new TypeError(
      `${String((kind as { name?: unknown } | undefined)?.name ?? kind)} is no class of lists: give Uint32Array, Int32Array, Float64Array, BigUint64Array or BigInt64Array`,
    );
  }
  if (!(Number.isSafeInteger(length) && length >= 0))
    throw new RangeError(`list length ${length} is not a whole number from 0 up`);
}

export class ListRegion {
  readonly #buffer: ArrayBuffer;
  readonly #start: number;
  /** Free parts in ascending order, no two of them side by side. */
  readonly #gaps: Gap[];
  /** What is lent: its first byte, and how many it has. */
  readonly #lent = new Map<number, number>();
  /** From here on, nothing was ever lent: still zero, and untouched by the host. */
  #fresh: number;

  /** @param start - Its first byte in the buffer, at whose end it ends. */
  constructor(buffer: ArrayBuffer, start: number) {
    this.#buffer = buffer;
    this.#start = start;
    this.#fresh = start;
    this.#gaps = [{ start, end: buffer.byteLength }];
  }

  /** Where an array lies in the memory, if it is part of this region; else 0. */
  addressOf(list: Pick<MemoryList, 'buffer' | 'byteOffset'> | Uint8Array): number {
    return list.buffer === this.#buffer && list.byteOffset >= this.#start ? list.byteOffset : 0;
  }

  /** @returns A list of zeros; undefined where no gap is large enough. */
  allocate<List extends MemoryList>(kind: ListClass<List>, length: number): List | undefined {
    const bytes = inGrains(length * kind.BYTES_PER_ELEMENT);
    const at = this.#gaps.findIndex(({ start, end }) => end - start >= bytes);
    const gap = this.#gaps[at];
    if (bytes === 0 || gap === undefined) return undefined;
    const { start } = gap;
    const end = start + bytes;
    gap.start = end;
    if (gap.start === gap.end) this.#gaps.splice(at, 1);
    this.#lent.set(start, length * kind.BYTES_PER_ELEMENT);
    if (start < this.#fresh) new Uint8Array(this.#buffer, start, Math.min(end, this.#fresh) - start).fill(0);
    this.#fresh = Math.max(this.#fresh, end);
    return new kind(this.#buffer, start, length);
  }

  /** @returns false for an array that is not all of a list that is lent. */
  free({ byteOffset: start, byteLength }: MemoryList): boolean {
    if (this.#lent.get(start) !== byteLength) return false;
    this.#lent.delete(start);
    const end = start + inGrains(byteLength);
    const after = this.#gaps.findIndex((gap) => gap.start >= end);
    const at = after < 0 ? this.#gaps.length : after;
    const [before, next] = [this.#gaps[at - 1], this.#gaps[at]];
    const joinsBefore = before?.end === start;
    const joinsNext = next?.start === end;
    if (joinsBefore && joinsNext) {
      before.end = next.end;
      this.#gaps.splice(at, 1);
    } else if (joinsBefore) before.end = end;
    else if (joinsNext) next.start = start;
    else this.#gaps.splice(at, 0, { start, end });
    return true;
  }
}
