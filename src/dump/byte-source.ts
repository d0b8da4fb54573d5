import type { ByteSource } from '../bytes/byte-source.ts';
import { grouped, type Said, said } from '../said/said.ts';
import { DumpError } from './dump-error.ts';

/**
 * Reads exactly so many bytes.
 * @param what - What they are, for the message.
 * @throws DumpError `cut-short` if the source ends before.
 */
export function readExactly(source: ByteSource, offset: number, length: number, what: Said): Uint8Array {
  const end = offset + length;
  if (!(offset >= 0 && end <= source.size)) throw cutShort(what, end, source.size);
  const bytes = length === 0 ? new Uint8Array(0) : source.read(offset, length);
  if (bytes.length !== length) throw cutShort(what, end, offset + bytes.length);
  return bytes;
}

/** The error of a source that ends too early. */
export function cutShort(what: Said, needed: number, found: number): DumpError {
  const most = Number.isSafeInteger(needed) ? grouped(needed) : said`more than 2^53`;
  return new DumpError(
    'cut-short',
    said`the dump is cut short: ${what} reaches to byte ${most}, and the file has ${grouped(found)}`,
  );
}

/** A view of bytes for reading numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Reads 64 bits as a number; above 2^53 it is not exact, which callers that need exactness check. */
export function uint64(view: DataView, offset: number, littleEndian = true): number {
  const first = view.getUint32(offset, littleEndian);
  const second = view.getUint32(offset + 4, littleEndian);
  return littleEndian ? second * 0x1_0000_0000 + first : first * 0x1_0000_0000 + second;
}

/** Bytes as text, one character a byte, up to the first zero byte. */
export function asciiAt(bytes: Uint8Array, offset: number, length: number): string {
  let text = '';
  for (const byte of bytes.subarray(offset, offset + length)) {
    if (byte === 0) break;
    text += String.fromCharCode(byte);
  }
  return text;
}
