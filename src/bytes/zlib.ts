import { said } from '../said/said.ts';
import { ByteSink, DeflateError, inflate } from './inflate.ts';

const TRAILER_BYTES = 4;
/** The method that RFC 1950 defines: deflate. */
const DEFLATE = 8;
/** A dictionary that both sides know; its checksum follows the header. */
const FLAG_DICTIONARY = 0x20;

/**
 * Inflates a zlib stream, such as a compressed page of a kdump.
 *
 * @param stream - Two bytes of header, deflated bytes, an Adler-32 checksum.
 * @param limit - The most bytes that it may hold.
 * @returns What it holds.
 * @throws DeflateError if the stream is not valid, is cut short, or holds more than `limit` bytes.
 * @see RFC 1950
 */
export function unzlib(stream: Uint8Array, limit: number): Uint8Array {
  const [method = 0, flags = 0] = stream;
  if ((method & 15) !== DEFLATE || method >>> 4 > 7 || ((method << 8) | flags) % 31 !== 0)
    throw new DeflateError(said`it does not begin with a zlib header`);
  if ((flags & FLAG_DICTIONARY) !== 0) throw new DeflateError(said`it needs a dictionary, which nobody gave`);
  const sink = new ByteSink(limit, limit);
  const end = inflate(stream, 2, sink);
  if (end === undefined) throw new DeflateError(said`it holds more than ${limit} bytes`);
  if (end + TRAILER_BYTES > stream.length) throw new DeflateError(said`it is cut short`);
  const wanted = new DataView(stream.buffer, stream.byteOffset).getUint32(end, false);
  const found = adler32(sink.from(0));
  if (wanted !== found)
    throw new DeflateError(said`its checksum is 0x${wanted.toString(16)}, not 0x${found.toString(16)}`);
  return sink.from(0);
}

/** RFC 1950, section 9: two sums modulo 65521, the second of the first. */
function adler32(bytes: Uint8Array): number {
  /** As many bytes as can be summed before 2^31 is near. */
  const step = 3800;
  let a = 1;
  let b = 0;
  for (let at = 0; at < bytes.length; ) {
    for (const end = Math.min(at + step, bytes.length); at < end; at++) {
      a += bytes[at]!;
      b += a;
    }
    a %= 65521;
    b %= 65521;
  }
  return b * 0x1_0000 + a;
}
