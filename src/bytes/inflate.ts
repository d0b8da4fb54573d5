import { Z_FINISH, Z_STREAM_END, ZStream, zlibInflate, zlibInflateInit2, zlibInflateReset } from 'pako';
import { type Said, SaidError, said } from '../said/said.ts';

/** A deflate stream that no compressor would write. */
export class DeflateError extends SaidError {
  /** Name of the class. */
  override readonly name = 'DeflateError';
}

/** Where inflated bytes go: an array that grows. */
export class ByteSink {
  /** The bytes; those from `length` on mean nothing. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How many bytes there are. */
  length = 0;
  /** Inflating stops where there are more. */
  readonly limit: number;

  /**
   * @param limit - Most bytes that are of use.
   * @param expected - How many there will probably be; a wrong guess costs only time.
   */
  constructor(limit: number, expected = 0) {
    this.limit = limit;
    this.bytes = new Uint8Array(Math.min(limit, Math.max(expected, LEAST_ROOM)) + 1);
  }

  /** Makes room for a byte more, where there is none. */
  grow(): void {
    const { bytes, length, limit } = this;
    if (length < bytes.length) return;
    // One more than the limit, so that a stream that passes it shows that it does.
    this.bytes = new Uint8Array(Math.max(length, Math.min(limit, 2 * length)) + 1);
    this.bytes.set(bytes);
  }

  /** The bytes from `start` on, as a view that is good until the next byte is added. */
  from(start: number): Uint8Array {
    return this.bytes.subarray(start, this.length);
  }
}

const LEAST_ROOM = 1024;
/** Deflate without a frame, with a window of 2^15 bytes. */
const RAW = -15;

const NOTHING = new Uint8Array(0);
/** One for all streams, since no two are read at once: making one costs more than inflating a page. */
let reader: ZStream | undefined;

/** A reader at the start of a stream. */
function freshReader(): ZStream {
  if (reader === undefined) {
    reader = new ZStream();
    zlibInflateInit2(reader, RAW);
  } else {
    zlibInflateReset(reader);
  }
  return reader;
}

/**
 * Inflates one deflate stream by pako, and accepts exactly what zlib accepts.
 *
 * @param input - Holds the stream; others may follow it.
 * @param start - Index of its first byte.
 * @param sink - Takes what it holds. Only bytes of this stream can be repeated by it, not earlier ones in the sink.
 * @returns Index of the first byte after the stream, or undefined where the sink's limit was passed.
 * @throws DeflateError if the stream is not valid, or cut short.
 * @see RFC 1951
 */
export function inflate(input: Uint8Array, start: number, sink: ByteSink): number | undefined {
  // The stream of nothing, as every compressor writes it: in a file of many empty members a fresh reader for each
  // would be nearly all the work.
  if (input[start] === 3 && start + 1 < input.length && (input[start + 1]! & 3) === 0) return start + 2;
  const stream = freshReader();
  stream.input = input;
  stream.next_in = start;
  stream.avail_in = Math.max(0, input.length - start);
  try {
    for (;;) {
      sink.grow();
      stream.output = sink.bytes;
      stream.next_out = sink.length;
      stream.avail_out = sink.bytes.length - sink.length;
      const status = zlibInflate(stream, Z_FINISH);
      sink.length = stream.next_out;
      if (sink.length > sink.limit) return undefined;
      if (status === Z_STREAM_END) return stream.next_in;
      if (stream.msg !== '') throw new DeflateError(WORDS[stream.msg] ?? stream.msg);
      if (stream.avail_out > 0) throw new DeflateError(said`it is cut short`);
    }
  } finally {
    // The reader outlives the call; what it read and wrote need not.
    stream.input = NOTHING;
    stream.output = NOTHING;
  }
}

/** What zlib says of a broken stream, in our words. */
const WORDS: Readonly<Record<string, Said>> = {
  'invalid block type': said`a block is of the reserved type 3`,
  'invalid stored block lengths': said`the two lengths of a stored block disagree`,
  'too many length or distance symbols': said`a block has more codes than there are symbols`,
  'invalid code lengths set': said`the code of the code lengths of a block is none`,
  'invalid bit length repeat': said`a block repeats a code length before the first, or behind the last`,
  'invalid code -- missing end-of-block': said`a block has no code for its end`,
  'invalid literal/lengths set': said`the codes of literals and lengths of a block are none`,
  'invalid distances set': said`the codes of distances of a block are none`,
  'invalid literal/length code': said`bits are no code of a literal or a length`,
  'invalid distance code': said`bits are no code of a distance`,
  'invalid distance too far back': said`it repeats bytes from before its start`,
};
