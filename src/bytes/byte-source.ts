/**
 * Bytes that lie somewhere else: a file on a disk, a blob in a browser, an array. Only what is asked for is read, so
 * that a file of many gigabytes costs what is looked at.
 */
export interface ByteSource {
  /** Length in bytes. */
  readonly size: number;
  /**
   * Reads bytes.
   * @param offset - From 0; `offset + length` is at most `size`.
   * @returns Exactly `length` bytes, which the caller does not change. Fewer mean that the source has shrunk.
   */
  read(offset: number, length: number): Uint8Array;
}

/** Takes an array for a source; a source stays itself. */
export function byteSource(source: Uint8Array | ByteSource): ByteSource {
  if (!(source instanceof Uint8Array)) return source;
  return { size: source.length, read: (offset, length) => source.subarray(offset, offset + length) };
}
