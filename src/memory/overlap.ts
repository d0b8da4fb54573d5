/** A stretch of a buffer, as every typed array is one. */
type Stretch = Pick<Uint8Array, 'buffer' | 'byteOffset' | 'byteLength'>;

/** Whether two typed arrays have a byte in common, so that writing to one changes the other. */
export function overlap(a: Stretch, b: Stretch): boolean {
  return (
    a.buffer === b.buffer &&
    a.byteOffset < b.byteOffset + b.byteLength &&
    b.byteOffset < a.byteOffset + a.byteLength
  );
}
