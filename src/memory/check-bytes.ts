/**
 * Refuses what is not bytes. TypeScript has checked it already; from JavaScript, an array of numbers or of 16-bit
 * words would be written with its high bits cut off, and an ArrayBuffer as nothing at all.
 *
 * @param what - What the bytes are for, to begin the message with.
 * @throws TypeError if they are no Uint8Array.
 */
export function checkBytes(bytes: unknown, what: string): asserts bytes is Uint8Array {
  if (bytes instanceof Uint8Array) return;
  throw new TypeError(
    `${what}: ${kindOf(bytes)} is no Uint8Array; make one of it, such as Uint8Array.from(…)`,
  );
}

function kindOf(value: unknown): string {
  if (value === null || typeof value !== 'object') return `${typeof value} ${String(value)}`;
  return `an ${value.constructor?.name ?? 'object'}`.replace(/^an (?![AEIO])/, 'a ');
}
