import { crc32 } from '../bytes/crc32.ts';
import { ByteSink, DeflateError, inflate } from '../bytes/inflate.ts';
import { BuildError } from './build-error.ts';

// A member's header (RFC 1952, 2.3): magic 1f 8b, method, flags, four bytes of time, two that mean nothing here.
const HEADER_BYTES = 10;
const DEFLATE = 8;
/** Two more bytes follow the header: the low half of its CRC-32. */
const FLAG_HEADER_CRC = 0x02;
/** A length in two bytes and so many bytes follow. */
const FLAG_EXTRA = 0x04;
/** A name that ends with NUL follows. */
const FLAG_NAME = 0x08;
/** A comment that ends with NUL follows. */
const FLAG_COMMENT = 0x10;
/** Must be zero: they may announce fields that nobody knows of today. */
const FLAGS_RESERVED = 0xe0;

/** CRC-32 and length of what a member holds, eight bytes behind it. */
const TRAILER_BYTES = 8;

/**
 * The contents of a file that may be gzip-compressed, which its first bytes tell, not its name. Several members put
 * together are one file; each must agree with its own checksums and length.
 *
 * @param what - Names the file in messages.
 * @param limit - The most bytes that can be of use; inflating stops soon after, so a small file cannot fill memory.
 * @returns The plain bytes. With `tooLong` they are only the first ones of a file of more than `limit` bytes.
 * @throws BuildError `bad-gzip` if the file is damaged, cut short or followed by something else.
 * @see RFC 1952
 */
export function gunzipIfNeeded(
  file: Uint8Array,
  what: string,
  limit: number,
): { bytes: Uint8Array; tooLong: boolean } {
  if (!isMember(file, 0)) return { bytes: file, tooLong: file.length > limit };
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const expected = file.length < TRAILER_BYTES ? 0 : view.getUint32(file.length - 4, true);
  const sink = new ByteSink(limit, expected);
  let at = 0;
  while (at < file.length) {
    if (!isMember(file, at)) throw damaged(what, `other bytes follow it, at byte ${at}`);
    const start = sink.length;
    const end = inflateMember(at + headerBytes(file, at, what));
    if (end === undefined) return { bytes: sink.from(0), tooLong: true };
    checkTrailer(view, end, sink.from(start), what);
    at = end + TRAILER_BYTES;
  }
  return { bytes: sink.from(0), tooLong: false };

  function inflateMember(from: number): number | undefined {
    try {
      return inflate(file, from, sink);
    } catch (error) {
      if (error instanceof DeflateError) throw damaged(what, error.message);
      throw error;
    }
  }
}

function isMember(file: Uint8Array, at: number): boolean {
  return file[at] === 0x1f && file[at + 1] === 0x8b;
}

/** Checks a member's header. @returns Its length in bytes, with all optional fields. */
function headerBytes(file: Uint8Array, start: number, what: string): number {
  if (start + HEADER_BYTES > file.length) throw damaged(what, 'it is cut short in its header');
  const method = file[start + 2]!;
  const flags = file[start + 3]!;
  if (method !== DEFLATE) throw damaged(what, `its method is ${method}; gzip has only ${DEFLATE}, deflate`);
  if ((flags & FLAGS_RESERVED) !== 0)
    throw damaged(what, `its flags 0x${flags.toString(16)} have reserved bits set`);
  let at = start + HEADER_BYTES;
  if (flags & FLAG_EXTRA) at += 2 + ((file[at] ?? 0) | ((file[at + 1] ?? 0) << 8));
  if (flags & FLAG_NAME) at = behindNul(file, at);
  if (flags & FLAG_COMMENT) at = behindNul(file, at);
  if (flags & FLAG_HEADER_CRC) {
    const found = crc32(file.subarray(start, at)) & 0xffff;
    const wanted = (file[at] ?? 0) | ((file[at + 1] ?? 0) << 8);
    at += 2;
    if (at <= file.length && found !== wanted)
      throw damaged(what, `the checksum of its header is wrong (${hex(found, 4)}, not ${hex(wanted, 4)})`);
  }
  if (at > file.length) throw damaged(what, 'it is cut short in its header');
  return at - start;
}

/** Index behind the next NUL, or behind the file where there is none. */
function behindNul(file: Uint8Array, start: number): number {
  const nul = file.indexOf(0, start);
  return (nul < 0 ? file.length : nul) + 1;
}

/** Compares what a member held with the trailer behind it. */
function checkTrailer(view: DataView, at: number, found: Uint8Array, what: string): void {
  if (at + TRAILER_BYTES > view.byteLength) throw damaged(what, 'it ends too early');
  const crc = view.getUint32(at, true);
  const size = view.getUint32(at + 4, true);
  const foundCrc = crc32(found);
  if (crc !== foundCrc)
    throw damaged(what, `its checksum is wrong (${hex(foundCrc, 8)}, not ${hex(crc, 8)})`);
  if (size !== found.length % 0x1_0000_0000)
    throw damaged(what, `it holds ${found.length} bytes, where its end says ${size}`);
}

function damaged(what: string, why: string): BuildError {
  return new BuildError(
    'bad-gzip',
    `the ${what} is a damaged gzip file: ${why}. Copy it again, or unpack it first`,
  );
}

function hex(word: number, digits: number): string {
  return `0x${word.toString(16).padStart(digits, '0')}`;
}
