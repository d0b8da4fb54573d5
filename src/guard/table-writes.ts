/** Writes to memory, seen before and after: which entries of page tables they change. */

import { PAGE_SIZE } from '../arch/address.ts';
import type { Ram } from '../memory/ram.ts';
import { coverMethod, type Release } from './intercept.ts';
import type { EntryChange } from './layout-watch.ts';

/** Methods that write so many bytes at the address that is their first argument; undefined: as long as their second. */
const WRITERS: readonly (readonly [name: string, bytes: number | undefined])[] = [
  ['storeWord', 4],
  ['storeByte', 1],
  ['writeUint8', 1],
  ['writeUint16', 2],
  ['writeUint32', 4],
  ['write', undefined],
];

/** What the watch needs to know, and whom it tells. */
export interface WriteListener {
  /** Whether the entries of a frame matter. */
  readonly concerns: (frame: number) => boolean;
  /** Bytes of an entry now. */
  readonly entryBytes: () => 4 | 8;
  /** Does something that writes memory; called for the outermost call alone. */
  readonly perform: (what: () => string, write: () => unknown) => unknown;
}

/** Covers the methods of a memory that write it. */
export class TableWrites {
  readonly #memory: Ram;
  readonly #listener: WriteListener;
  readonly #releases: Release[];
  /** Entries that were written since somebody asked, as they were before. */
  readonly #before = new Map<number, readonly [low: number, high: number]>();
  /** Frames that somebody has a live view of, as they were when they were last looked at. */
  readonly #views = new Map<number, Int32Array | undefined>();
  #depth = 0;

  constructor(memory: Ram, listener: WriteListener) {
    this.#memory = memory;
    this.#listener = listener;
    this.#releases = WRITERS.map(([name, bytes]) =>
      coverMethod(memory, name, (call, args) => {
        const physical = Number(args[0]);
        const length = bytes ?? (args[1] as ArrayLike<unknown>).length;
        return this.#write(physical, length, () => call(...args));
      }),
    );
    this.#releases.push(
      coverMethod(memory, 'frame', (call, args) => {
        const view = call(...args);
        if (!this.#views.has(Number(args[0]))) this.#views.set(Number(args[0]), undefined);
        return view;
      }),
    );
  }

  release(): void {
    for (const release of this.#releases.reverse()) release();
  }

  /** Looks for what was written through live views of frames. */
  pollViews(): void {
    for (const [frame, known] of this.#views) {
      if (!this.#listener.concerns(frame)) {
        if (known !== undefined) this.#views.set(frame, undefined);
        continue;
      }
      const words = this.#wordsOf(frame);
      if (known !== undefined) this.#noteDifferences(frame, known, words);
      this.#views.set(frame, words);
    }
  }

  /** The entries that have changed since this was last asked. */
  take(): EntryChange[] {
    const bytes = this.#listener.entryBytes();
    const changes: EntryChange[] = [];
    for (const [address, before] of this.#before) {
      const after = this.#entry(address, bytes);
      if (after[0] !== before[0] || after[1] !== before[1]) changes.push({ address, before, after });
    }
    this.#before.clear();
    return changes;
  }

  #write(physical: number, length: number, call: () => unknown): unknown {
    // What is no table is nobody's business.
    if (this.#depth > 0 || !this.#concernsAny(physical, length)) return call();
    this.#depth++;
    try {
      return this.#listener.perform(
        () =>
          `a write of ${length} ${length === 1 ? 'byte' : 'bytes'} to physical 0x${physical.toString(16)}`,
        () => {
          this.#noteBefore(physical, length);
          const result = call();
          this.#refreshViews(physical, length);
          return result;
        },
      );
    } finally {
      this.#depth--;
    }
  }

  #concernsAny(physical: number, length: number): boolean {
    const last = Math.floor((physical + Math.max(length, 1) - 1) / PAGE_SIZE);
    for (let frame = Math.floor(physical / PAGE_SIZE); frame <= last; frame++) {
      if (this.#listener.concerns(frame)) return true;
    }
    return false;
  }

  #noteBefore(physical: number, length: number): void {
    const bytes = this.#listener.entryBytes();
    for (let at = physical - (physical % bytes); at < physical + length; at += bytes) {
      const frame = Math.floor(at / PAGE_SIZE);
      if (!this.#listener.concerns(frame)) {
        at = (frame + 1) * PAGE_SIZE - bytes;
        continue;
      }
      if (!this.#before.has(at)) this.#before.set(at, this.#entry(at, bytes));
    }
  }

  /** What is written in the open is not found again in a view. */
  #refreshViews(physical: number, length: number): void {
    if (this.#views.size === 0) return;
    const last = Math.floor((physical + Math.max(length, 1) - 1) / PAGE_SIZE);
    for (let frame = Math.floor(physical / PAGE_SIZE); frame <= last; frame++) {
      if (this.#views.get(frame) !== undefined) this.#views.set(frame, this.#wordsOf(frame));
    }
  }

  #noteDifferences(frame: number, known: Int32Array, words: Int32Array): void {
    const bytes = this.#listener.entryBytes();
    const step = bytes / 4;
    for (let i = 0; i < words.length; i += step) {
      const high = step === 2 ? known[i + 1]! : 0;
      if (known[i] === words[i] && (step === 1 || high === words[i + 1])) continue;
      const address = frame * PAGE_SIZE + i * 4;
      if (!this.#before.has(address)) this.#before.set(address, [known[i]!, high]);
    }
  }

  #wordsOf(frame: number): Int32Array {
    const words = new Int32Array(PAGE_SIZE / 4);
    for (let i = 0; i < words.length; i++) words[i] = this.#memory.loadWord(frame * PAGE_SIZE + i * 4);
    return words;
  }

  #entry(address: number, bytes: 4 | 8): readonly [low: number, high: number] {
    return [this.#memory.loadWord(address), bytes === 8 ? this.#memory.loadWord(address + 4) : 0];
  }
}
