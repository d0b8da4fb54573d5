/** Why a domain cannot be built. */
export type BuildErrorCode =
  | 'bad-signature'
  | 'bad-gzip'
  | 'bad-elf'
  | 'unaligned-load-address'
  | 'reaches-xen'
  | 'kernel-too-big'
  | 'initrd-too-big'
  | 'too-few-pages'
  | 'bad-frame'
  | 'bad-option';

/** The inputs cannot make a domain. Memory is as it was: every check comes before the first write. */
export class BuildError extends Error {
  /** Name of the class. */
  override readonly name = 'BuildError';
  /** Why, for programs. */
  readonly code: BuildErrorCode;

  /** @param message - Names the value, the limit and what to do. */
  constructor(code: BuildErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
