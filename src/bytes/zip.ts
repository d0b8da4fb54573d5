import { crc32 } from './crc32.ts';

/** MS-DOS date of 1 January 1980, the first that there is: archives of equal files are equal. */
const DATE = 0x0021;
const LOCAL = 0x0403_4b50;
const CENTRAL = 0x0201_4b50;
const END = 0x0605_4b50;

/**
 * A ZIP archive of files as they are, without compression (PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12 and 4.3.16).
 *
 * @param files - Pairs of name, in ASCII and with `/` between folders, and content.
 */
export function zipOf(files: readonly (readonly [name: string, content: Uint8Array])[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [name, content] of files) {
    const encoded = Uint8Array.from(name, (letter) => letter.charCodeAt(0));
    // Version needed, flags, method, time, date, checksum, sizes, length of the name, of what is extra.
    const common = [
      [2, 20],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, DATE],
      [4, crc32(content)],
    ] as const;
    const sizes = [
      [4, content.length],
      [4, content.length],
      [2, encoded.length],
      [2, 0],
    ] as const;
    const header = record([[4, LOCAL], ...common, ...sizes]);
    parts.push(header, encoded, content);
    // Behind the sizes: comment, disk, attributes inside and outside, place of the header.
    directory.push(
      record([[4, CENTRAL], [2, 20], ...common, ...sizes, [2, 0], [2, 0], [2, 0], [4, 0], [4, at]]),
      encoded,
    );
    at += header.length + encoded.length + content.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  const end = record([
    [4, END],
    [2, 0],
    [2, 0],
    [2, files.length],
    [2, files.length],
    [4, size],
    [4, at],
    [2, 0],
  ]);
  return joined([...parts, ...directory, end]);
}

/** Numbers of so many bytes each, the lowest byte first. */
function record(fields: readonly (readonly [bytes: 2 | 4, value: number])[]): Uint8Array {
  return Uint8Array.from(
    fields.flatMap(([bytes, value]) => Array.from({ length: bytes }, (_, i) => (value >>> (8 * i)) & 0xff)),
  );
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
