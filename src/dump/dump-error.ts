import { type Said, SaidError } from '../said/said.ts';

/** Why a dump cannot be opened or read, for programs. */
export type DumpErrorCode =
  /** Its first bytes are none of the known formats', and it was not said to be raw. */
  | 'unknown-format'
  /** The file ends before what its own headers promise. */
  | 'cut-short'
  /** A header or a table of it contradicts itself. */
  | 'damaged'
  /** It is well-formed, but of a kind that is not read here: another CPU, another codec. */
  | 'unsupported'
  /** What the caller gave beside the file does not fit it: a CPU index, a register. */
  | 'bad-request';

/**
 * A dump, or the registers beside it, cannot be used. The message says what is wrong, where, and what to do.
 * Nothing but this is thrown for any content of a file, however damaged.
 */
export class DumpError extends SaidError {
  /** Name of the class. */
  override readonly name = 'DumpError';
  /** Why, for programs. */
  readonly code: DumpErrorCode;

  constructor(code: DumpErrorCode, message: string | Said) {
    super(message);
    this.code = code;
  }
}
