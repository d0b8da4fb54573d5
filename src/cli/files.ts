/** Files that are read, never more than can be of use; and files that are written, whole or not at all. */

import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  lstatSync,
  open,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  type Stats,
  statSync,
  write,
} from 'node:fs';
import { connect } from 'node:net';
import { dirname, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import type { ByteSource } from '../machine/index.ts';
import { InputError, reasonOf } from './errors.ts';
import { interruptible } from './interrupts.ts';
import { pause } from './output.ts';

const openLater = promisify(open);
const writeSome = promisify(write);

/** Bytes that are read or written at a time. */
const PIECE_BYTES = 0x10_0000;

/** What an input may have at most. */
export interface Limit {
  readonly bytes: number;
  /** Why, as the end of a sentence: `all of the domain's memory`. */
  readonly why: string;
}

/**
 * Reads a file; `-` is standard input. One that has no end, such as `/dev/zero`, is read no further than the limit.
 * @param what - Names it in messages, such as `kernel`.
 * @throws InputError
 */
export function readInput(path: string, what: string, limit: Limit): Uint8Array {
  const descriptor = openInput(path, what);
  try {
    return readAll(descriptor, `the ${what} '${path}'`, limit);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`cannot read the ${what} '${path}': ${reasonOf(error)}`);
  } finally {
    if (descriptor !== 0) closeSync(descriptor);
  }
}

/**
 * A file on a disk, read where it is asked for; undefined for standard input and all else that cannot be read so. Open
 * for as long as the process runs.
 * @throws InputError, also when reading fails.
 */
export function fileSource(path: string, what: string): ByteSource | undefined {
  // Asked before it is opened: a FIFO is opened once.
  if (path === '-' || !statSync(path, { throwIfNoEntry: false })?.isFile()) return undefined;
  const descriptor = openInput(path, what);
  return {
    size: fstatSync(descriptor).size,
    read(offset, length) {
      const bytes = new Uint8Array(length);
      try {
        for (let done = 0; done < length; ) {
          const read = readSync(descriptor, bytes, done, length - done, offset + done);
          if (read === 0) return bytes.subarray(0, done);
          done += read;
        }
      } catch (error) {
        throw new InputError(`cannot read the ${what} '${path}': ${reasonOf(error)}`);
      }
      return bytes;
    },
  };
}

/** Opens a file for reading; `-` is standard input. */
function openInput(path: string, what: string): number {
  try {
    return path === '-' ? 0 : openSync(path, 'r');
  } catch (error) {
    throw new InputError(`cannot read the ${what} '${path}': ${reasonOf(error)}`);
  }
}

function readAll(descriptor: number, what: string, limit: Limit): Uint8Array {
  const tooLong = (): InputError =>
    new InputError(`${what} has more than ${limit.bytes} bytes, ${limit.why}; give a smaller file`);
  if (fstatSync(descriptor).size > limit.bytes) throw tooLong();
  const pieces: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const piece = readPiece(descriptor);
    if (piece.length === 0) return Buffer.concat(pieces, total);
    total += piece.length;
    if (total > limit.bytes) throw tooLong();
    pieces.push(piece);
  }
}

/** The next bytes; none at the end. */
function readPiece(descriptor: number): Uint8Array {
  const piece = new Uint8Array(PIECE_BYTES);
  for (;;) {
    try {
      return piece.subarray(0, readSync(descriptor, piece));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EOF') return piece.subarray(0, 0);
      if (code !== 'EAGAIN') throw error;
      pause();
    }
  }
}

/**
 * Writes a file whole or not at all: under another name first, which is removed when something goes wrong. What is there
 * keeps its mode, and a symbolic link stays one. Devices, FIFOs and sockets are written to as they are.
 *
 * @param pieces - What to write; asked for one by one.
 * @throws InputError
 */
export async function writeOutput(path: string, pieces: Iterable<string | Uint8Array>): Promise<void> {
  try {
    const there = statSync(path, { throwIfNoEntry: false });
    if (there?.isSocket()) await pipeline(pieces, connect(path));
    else if (there === undefined) await replaceFile(followLinks(path), undefined, pieces);
    else if (there.isFile()) await replaceFile(realpathSync(path), there, pieces);
    else await writePieces(await openLater(path, constants.O_WRONLY), pieces);
  } catch (error) {
    // Of the system; all others are what making the pieces threw.
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new InputError(`cannot write '${path}': ${reasonOf(error)}`);
  }
}

async function replaceFile(
  target: string,
  there: Stats | undefined,
  pieces: Iterable<string | Uint8Array>,
): Promise<void> {
  const temporary = `${target}.${process.pid}.tmp`;
  let isOurs = false;
  const remove = (): void => {
    if (isOurs) rmSync(temporary, { force: true });
  };
  await interruptible(remove, async () => {
    // Fails if the name is taken: nothing of anybody else's is overwritten. Not awaited, so that it is ours at once.
    const descriptor = openSync(temporary, 'wx');
    isOurs = true;
    try {
      if (there !== undefined) fchmodSync(descriptor, there.mode);
      await writePieces(descriptor, pieces);
      renameSync(temporary, target);
    } catch (error) {
      remove();
      throw error;
    }
  });
}

/** Writes everything and closes the descriptor. Every megabyte, signals get their turn. */
async function writePieces(descriptor: number, pieces: Iterable<string | Uint8Array>): Promise<void> {
  try {
    for (const piece of pieces) {
      const bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
      for (let at = 0; at < bytes.length; ) {
        const length = Math.min(PIECE_BYTES, bytes.length - at);
        at += (await writeSome(descriptor, bytes, at, length, null)).bytesWritten;
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

/** Where a path leads, also if nothing is there yet. */
function followLinks(path: string): string {
  let target = resolve(path);
  // As many as Linux follows.
  for (let links = 0; links < 40; links++) {
    if (!lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink()) return target;
    target = resolve(dirname(target), readlinkSync(target));
  }
  throw Object.assign(new Error('too many links'), { code: 'ELOOP' });
}
