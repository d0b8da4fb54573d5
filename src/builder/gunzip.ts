import { Gunzip } from 'fflate';
import { crc32 } from '../bytes/crc32.ts';
import { BuildError } from './build-error.ts';

/** Compressed bytes given to the inflater at a time. Deflate grows at most 1032-fold, so this bounds what a step yields. */
const SLICE = 0x4000;

/**
 * A gzip member that holds nothing. It is fed to the inflater after the file: the inflater tells where each member
 * but the first begins, so that the file is whole exactly if this one is found, and found right behind it.
 */
const EMPTY_MEMBER = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0);

/** CRC-32 and length of what a member holds, eight bytes behind it. */
const TRAILER_BYTES = 8;

/**
 * The contents of a file that may be gzip-compressed, which its first bytes tell, not its name. Several members put
 * together are one file; each must agree with its own checksum and length.
 *
 * @param what - Names the file in messages.
 * @param limit - The most bytes that can be of use; inflating stops soon after, so a small file cannot fill memory.
 * @returns The plain bytes. With `tooLong` they are only the first ones of a file of more than `limit` bytes.
 * @throws BuildError `bad-gzip` if the file is damaged, cut short or followed by something else.
 */
export function gunzipIfNeeded(
  file: Uint8Array,
  what: string,
  limit: number,
): { bytes: Uint8Array; tooLong: boolean } {
  if (!(file[0] === 0x1f && file[1] === 0x8b)) return { bytes: file, tooLong: file.length > limit };
  const pieces: Uint8Array[] = [];
  let total = 0;
  let member = { start: 0, crc: 0 };
  let isWhole = false;

  const inflater = new Gunzip((piece) => {
    if (piece.length === 0) return;
    pieces.push(piece);
    total += piece.length;
    member.crc = crc32(piece, member.crc);
  });
  inflater.onmember = (next) => {
    if (next > file.length) return;
    checkTrailer(file, next, { size: total - member.start, crc: member.crc }, what);
    member = { start: total, crc: 0 };
    isWhole = next === file.length;
  };
  try {
    for (let at = 0; at < file.length && total <= limit; at += SLICE) {
      inflater.push(file.subarray(at, at + SLICE));
    }
    if (total <= limit) inflater.push(EMPTY_MEMBER, true);
  } catch (error) {
    if (error instanceof BuildError) throw error;
    throw damaged(what, `${(error as Error).message}; it may be cut short, or other bytes may follow it`);
  }
  const tooLong = total > limit;
  if (!tooLong && !isWhole) throw damaged(what, 'it ends too early');
  return { bytes: joined(pieces, total), tooLong };
}

/** Compares what a member held with the trailer that ends it, at `end` of the file. */
function checkTrailer(
  file: Uint8Array,
  end: number,
  found: { readonly size: number; readonly crc: number },
  what: string,
): void {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const crc = view.getUint32(end - TRAILER_BYTES, true);
  const size = view.getUint32(end - 4, true);
  if (crc !== found.crc) throw damaged(what, `its checksum is wrong (${hex(found.crc)}, not ${hex(crc)})`);
  if (size !== found.size % 0x1_0000_0000)
    throw damaged(what, `it holds ${found.size} bytes, where its end says ${size}`);
}

function damaged(what: string, why: string): BuildError {
  return new BuildError(
    'bad-gzip',
    `the ${what} is a damaged gzip file: ${why}. Copy it again, or unpack it first`,
  );
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, '0')}`;
}

function joined(pieces: readonly Uint8Array[], total: number): Uint8Array {
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
