/** Numbers as students type them: underscores, spaces at the ends and the case play no part. */

/** An error code: decimal, `0x…` or binary `0b…`. @returns undefined where it is no number below 2^32. */
export function parseCode(text: string): number | undefined {
  const plain = tidy(text);
  return /^(\d+|0x[0-9a-f]+|0b[01]+)$/.test(plain) ? inRange(Number(plain)) : undefined;
}

/**
 * An address or an entry: hexadecimal, with `0x`, a trailing `h` or nothing, since nobody writes them in decimal; more
 * than eight decimal digits are decimal all the same.
 * @returns undefined where it is no number below 2^32.
 */
export function parseAddress(text: string): number | undefined {
  const plain = tidy(text);
  if (/^\d{9,10}$/.test(plain)) return inRange(Number(plain));
  const digits = /^(?:0x|\$)?([0-9a-f]+)h?$/.exec(plain)?.[1];
  return digits === undefined ? undefined : inRange(Number.parseInt(digits, 16));
}

function tidy(text: string): string {
  return text.trim().toLowerCase().replaceAll(/[_'’]/g, '');
}

function inRange(value: number): number | undefined {
  return value <= 0xffff_ffff ? value : undefined;
}
