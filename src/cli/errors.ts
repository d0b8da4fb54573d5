/** Exit codes of every command. */
export const EXIT = {
  done: 0,
  /** The answer is no: a fault, a claim that does not hold. */
  negative: 1,
  /** The command line is wrong. */
  usage: 2,
  /** A file cannot be read, or is not what it should be. */
  input: 3,
} as const;

/** The command line is wrong; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** An input cannot be used; the message says why. */
export class InputError extends Error {
  override readonly name = 'InputError';
}
