/** Exit codes of every command. */
export const EXIT = {
  done: 0,
  /** The answer is no: a fault, a claim that does not hold. */
  negative: 1,
  /** The command line is wrong, or asks for what cannot be. */
  usage: 2,
  /** A file cannot be read or written, or is not what it should be. */
  input: 3,
  /** A mistake in this program. */
  bug: 70,
} as const;

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An input cannot be used, or an output not be written; the message says why. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

/** Who reads the output has seen enough, such as `head`: no error, but the end of the work. */
export class ReaderGone extends Error {
  override readonly name = 'ReaderGone';
}

/** What went wrong with a file, in words. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return REASONS[code ?? ''] ?? message.replace(/^[A-Z]+: /, '').replace(/, [a-z]+( '.*')?$/, '');
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'it is there already',
  EFBIG: 'it would be too large for this file system',
  EIO: 'the device reports an error',
  EISDIR: 'it is a directory',
  ELOOP: 'its symbolic links go in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such file',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a part of its path is no directory',
  ENXIO: 'nothing answers at its other end',
  EPERM: 'not permitted',
  EPIPE: 'its reader is gone',
  EROFS: 'the file system is read-only',
};
