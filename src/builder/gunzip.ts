import { Gunzip } from 'fflate';
import { BuildError } from './build-error.ts';

/** Compressed bytes given to the inflater at a time. Deflate grows at most 1032-fold, so this bounds what a step yields. */
const SLICE = 0x4000;

/**
 * The contents of a file that may be gzip-compressed, which its first bytes tell, not its name.
 *
 * @param limit - The most bytes that can be of use; inflating stops beyond them, so a small file cannot fill memory.
 * @returns The plain bytes. More than `limit` bytes come back as a length alone.
 * @throws BuildError `bad-gzip` if the file is damaged or cut short.
 */
export function gunzipIfNeeded(
  file: Uint8Array,
  what: string,
  limit: number,
): { bytes: Uint8Array; tooLong: boolean } {
  if (!(file[0] === 0x1f && file[1] === 0x8b)) return { bytes: file, tooLong: file.length > limit };
  const pieces: Uint8Array[] = [];
  let total = 0;
  let ended = false;
  try {
    const inflater = new Gunzip((piece, final) => {
      pieces.push(piece);
      total += piece.length;
      ended = final;
    });
    for (let at = 0; at < file.length && total <= limit; at += SLICE) {
      const end = Math.min(at + SLICE, file.length);
      inflater.push(file.subarray(at, end), end === file.length);
    }
  } catch (error) {
    throw new BuildError('bad-gzip', `the ${what} is a damaged gzip file: ${(error as Error).message}`);
  }
  const tooLong = total > limit;
  if (!tooLong && !ended) throw new BuildError('bad-gzip', `the ${what} is a gzip file that ends too early`);
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  if (!tooLong) checkSum(file, bytes, what);
  return { bytes, tooLong };
}

/** Compares the CRC-32 in the file's last eight bytes, which the inflater leaves alone. */
function checkSum(file: Uint8Array, bytes: Uint8Array, what: string): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const size = view.getUint32(file.length - 4, true);
  // Files of several members put together have a trailer for the last member only.
  if (size !== bytes.length % 0x1_0000_0000) return;
  if (view.getUint32(file.length - 8, true) !== crc32(bytes)) {
    throw new BuildError('bad-gzip', `the ${what} is a damaged gzip file: its checksum is wrong`);
  }
}

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (crc >>> 8) ^ CRC_TABLE[(crc ^ byte) & 0xff]!;
  return ~crc >>> 0;
}

const CRC_TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  return crc;
});
