import { PAGE_SIZE } from '../arch/address.ts';
import { DeflateError } from '../bytes/inflate.ts';
import { unzlib } from '../bytes/zlib.ts';
import { type Said, type SaidValue, said } from '../said/said.ts';
import { DumpError } from './dump-error.ts';
import { snappyDecode } from './snappy.ts';

const ZLIB = 0x01;
const LZO = 0x02;
const SNAPPY = 0x04;
const ZSTD = 0x20;

/**
 * Decompresses one frame of a kdump-compressed dump.
 *
 * @param flags - The descriptor's flags, which name the codec; 0: not compressed.
 * @param into - Receives 4096 bytes.
 * @param what - Which frame, for the message.
 * @throws DumpError `unsupported` for a codec that is not read; `damaged` if the bytes are not what it writes.
 */
export function decompress(bytes: Uint8Array, flags: number, into: Uint8Array, what: Said): void {
  switch (flags & (ZLIB | LZO | SNAPPY | ZSTD)) {
    case 0:
      if (bytes.length !== PAGE_SIZE) throw damaged(what, said`no codec`, bytes.length);
      into.set(bytes);
      return;
    case ZLIB:
      if (zlibDecode(bytes, into) !== PAGE_SIZE) throw damaged(what, 'zlib', bytes.length);
      return;
    case SNAPPY:
      if (snappyDecode(bytes, into) !== PAGE_SIZE) throw damaged(what, 'snappy', bytes.length);
      return;
    default: {
      const codec =
        (flags & LZO) !== 0 ? 'LZO (-l)' : (flags & ZSTD) !== 0 ? 'Zstandard' : said`flags ${flags}`;
      throw new DumpError(
        'unsupported',
        said`${what} is compressed with ${codec}, which is not read here; make the dump with zlib (-z) or snappy (-s)`,
      );
    }
  }
}

/** @returns How many bytes there were; −1 if they are not what was compressed. */
function zlibDecode(bytes: Uint8Array, into: Uint8Array): number {
  try {
    const frame = unzlib(bytes, PAGE_SIZE);
    if (frame.length === PAGE_SIZE) into.set(frame);
    return frame.length;
  } catch (error) {
    if (error instanceof DeflateError) return -1;
    throw error;
  }
}

function damaged(what: Said, codec: SaidValue, length: number): DumpError {
  return new DumpError(
    'damaged',
    said`${what} is damaged: its ${length} bytes (${codec}) are not ${PAGE_SIZE} bytes compressed`,
  );
}
