/**
 * Standard output and standard error, written at once and to the end. Node's own streams would do it later, in the
 * event loop, and leave pipes in a state in which writing fails when the reader is slow.
 */

import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { InputError, ReaderGone, reasonOf } from './errors.ts';

/** Where text goes. */
export interface Sink {
  /** Columns, if this is a terminal. */
  readonly columns: number | undefined;
  write(data: string | Uint8Array): void;
  /** Writes what was held back. */
  flush(): void;
}

/** Bytes that are held back before they are written together. */
const HELD_BYTES = 0x1_0000;

/** A descriptor of this process, such as 1 for standard output. */
export class DescriptorSink implements Sink {
  readonly #descriptor: number;
  readonly #name: string;
  readonly #stream: () => NodeJS.WriteStream;
  readonly #isTerminal: boolean;
  #held: Uint8Array[] = [];
  #heldBytes = 0;

  /** @param stream - Its stream, which is touched only if it is a terminal. */
  constructor(descriptor: number, name: string, stream: () => NodeJS.WriteStream) {
    this.#descriptor = descriptor;
    this.#name = name;
    this.#stream = stream;
    this.#isTerminal = isatty(descriptor);
  }

  get columns(): number | undefined {
    if (!this.#isTerminal) return undefined;
    const { columns } = this.#stream();
    // A terminal that does not know its width says 0.
    return columns > 0 ? columns : 80;
  }

  write(data: string | Uint8Array): void {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
    if (this.#isTerminal || this.#heldBytes >= HELD_BYTES) this.flush();
  }

  flush(): void {
    const held = this.#held;
    this.#held = [];
    this.#heldBytes = 0;
    if (held.length === 0) return;
    try {
      writeAll(this.#descriptor, held.length === 1 ? held[0]! : Buffer.concat(held));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') throw new ReaderGone();
      throw new InputError(`cannot write to ${this.#name}: ${reasonOf(error)}`);
    }
  }
}

/** Writes all bytes to a descriptor, and waits where the other side is slower. */
export function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(descriptor, bytes, at, bytes.length - at);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      pause();
    }
  }
}

const NEVER = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps a few milliseconds: some descriptors refuse to wait by themselves. */
export function pause(): void {
  Atomics.wait(NEVER, 0, 0, 4);
}
