import { InputError } from '../errors.ts';

/** What goes wrong between this program and QEMU. */
export type QmpErrorCode =
  /** Nobody answers at the address. */
  | 'unreachable'
  /** What comes back is no QMP. */
  | 'protocol'
  /** No answer in time. */
  | 'timeout'
  /** QEMU answered that it cannot do that. */
  | 'refused'
  /** The connection ended. */
  | 'closed';

/** QEMU cannot be asked, or says no; the message says why. */
export class QmpError extends InputError {
  readonly code: QmpErrorCode;

  constructor(code: QmpErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
