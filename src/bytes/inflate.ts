import { HuffmanCode, MAX_CODE_BITS } from './huffman.ts';

/** A deflate stream that no compressor would write. */
export class DeflateError extends Error {
  /** Name of the class. */
  override readonly name = 'DeflateError';
}

/** Where inflated bytes go: an array that grows. */
export class ByteSink {
  /** The bytes; those from `length` on mean nothing. */
  bytes: Uint8Array;
  /** How many bytes there are. */
  length = 0;
  /** Inflating stops soon after so many. */
  readonly limit: number;

  /**
   * @param limit - Most bytes that are of use.
   * @param expected - How many there will probably be; a wrong guess costs only time.
   */
  constructor(limit: number, expected = 0) {
    this.limit = limit;
    this.bytes = new Uint8Array(Math.min(limit, expected) + LONGEST_MATCH);
  }

  /** Makes room for more bytes after `length`. */
  reserve(more: number): void {
    const least = this.length + more;
    if (least <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(least, 2 * this.bytes.length));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /** The bytes from `start` on, as a view that is good until the next byte is added. */
  from(start: number): Uint8Array {
    return this.bytes.subarray(start, this.length);
  }
}

/**
 * Inflates one deflate stream, and accepts exactly what zlib accepts.
 *
 * @param input - Holds the stream; others may follow it.
 * @param start - Index of its first byte.
 * @param sink - Takes what it holds. Only bytes of this stream can be repeated by it, not earlier ones in the sink.
 * @returns Index of the first byte after the stream, or undefined where the sink's limit was passed.
 * @throws DeflateError if the stream is not valid, or cut short.
 * @see RFC 1951
 */
export function inflate(input: Uint8Array, start: number, sink: ByteSink): number | undefined {
  const reader: BitReader = { input, at: start, held: 0, heldBits: 0 };
  const window = sink.length;
  for (;;) {
    const isLast = take(reader, 1);
    const type = take(reader, 2);
    if (type === 0) copyStored(reader, sink);
    else if (type === 1) inflateCodes(reader, sink, window, fixedCodes());
    else if (type === 2) inflateCodes(reader, sink, window, readCodes(reader));
    else throw new DeflateError('a block is of the reserved type 3');
    if (sink.length > sink.limit) return undefined;
    if (isLast === 1) return reader.at - (reader.heldBits >>> 3);
  }
}

/** Bits of the input, lowest first. Bits behind its end read as zero, until too many are taken. */
interface BitReader {
  readonly input: Uint8Array;
  /** Index of the first byte not yet held. */
  at: number;
  held: number;
  heldBits: number;
}

/** Takes up to 16 bits. */
function take(reader: BitReader, bits: number): number {
  while (reader.heldBits < bits) {
    reader.held |= (reader.input[reader.at++] ?? 0) << reader.heldBits;
    reader.heldBits += 8;
  }
  const value = reader.held & ((1 << bits) - 1);
  reader.held >>>= bits;
  reader.heldBits -= bits;
  refuseOverrun(reader.input, reader.at, reader.heldBits);
  return value;
}

function refuseOverrun(input: Uint8Array, at: number, heldBits: number): void {
  if (at * 8 - heldBits > input.length * 8) throw new DeflateError('it is cut short');
}

/** A block that is not compressed: from the next whole byte, its length, the same inverted, its bytes. */
function copyStored(reader: BitReader, sink: ByteSink): void {
  const { input } = reader;
  const at = reader.at - (reader.heldBits >>> 3);
  reader.held = 0;
  reader.heldBits = 0;
  if (at + 4 > input.length) throw new DeflateError('it is cut short');
  const length = input[at]! | (input[at + 1]! << 8);
  const inverted = input[at + 2]! | (input[at + 3]! << 8);
  if (length !== (inverted ^ 0xffff)) throw new DeflateError('the two lengths of a stored block disagree');
  const bytes = input.subarray(at + 4, at + 4 + length);
  if (bytes.length < length) throw new DeflateError('it is cut short');
  sink.reserve(length);
  sink.bytes.set(bytes, sink.length);
  sink.length += length;
  reader.at = at + 4 + length;
}

interface Codes {
  readonly literals: HuffmanCode;
  readonly distances: HuffmanCode;
}

/** Literals 0–255, end of block 256, lengths 257–285. */
const END_OF_BLOCK = 256;
const FIRST_LENGTH = 257;
const LENGTH_SYMBOLS = 29;
const DISTANCE_SYMBOLS = 30;
const LONGEST_MATCH = 258;

/** Bytes repeated by length symbol 257 + i, at least; its extra bits are added. */
const LENGTH_BASE = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31],
  ...[35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258],
);
const LENGTH_EXTRA = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2],
  ...[3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
const DISTANCE_EXTRA: Uint8Array = Uint8Array.from({ length: DISTANCE_SYMBOLS }, (_, i) =>
  Math.max(0, (i >> 1) - 1),
);
const DISTANCE_BASE: Uint16Array = Uint16Array.from({ length: DISTANCE_SYMBOLS }, (_, i) =>
  i < 2 ? i + 1 : ((2 + (i & 1)) << DISTANCE_EXTRA[i]!) + 1,
);

let fixed: Codes | undefined;

/** The codes of a block that brings none (RFC 1951, 3.2.6), made once. */
function fixedCodes(): Codes {
  if (fixed === undefined) {
    fixed = { literals: new HuffmanCode(), distances: new HuffmanCode() };
    const lengths = new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
    fixed.literals.build(lengths);
    fixed.distances.build(new Uint8Array(32).fill(5));
  }
  return fixed;
}

/** Where the lengths of the code that describes the codes stand, in the order in which they are sent. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15] as const;

/** One of each for all streams: no two are read at once. */
const dynamic: Codes = { literals: new HuffmanCode(), distances: new HuffmanCode() };
const codeLengths = new HuffmanCode();

/** Reads the codes of a block (RFC 1951, 3.2.7). zlib's compressor makes incomplete ones only of one code of one bit. */
function readCodes(reader: BitReader): Codes {
  const literalCount = take(reader, 5) + FIRST_LENGTH;
  const distanceCount = take(reader, 5) + 1;
  const lengthCount = take(reader, 4) + 4;
  if (literalCount > FIRST_LENGTH + LENGTH_SYMBOLS || distanceCount > DISTANCE_SYMBOLS)
    throw new DeflateError(`a block has ${literalCount} literals and lengths and ${distanceCount} distances`);
  const order = new Uint8Array(CODE_LENGTH_ORDER.length);
  for (let i = 0; i < lengthCount; i++) order[CODE_LENGTH_ORDER[i]!] = take(reader, 3);
  if (codeLengths.build(order) !== 'complete') throw new DeflateError('the code of the code lengths is none');

  const lengths = new Uint8Array(literalCount + distanceCount);
  for (let i = 0; i < lengths.length; ) {
    const symbol = takeSymbol(reader, codeLengths);
    if (symbol < 16) {
      lengths[i++] = symbol;
      continue;
    }
    if (symbol === 16 && i === 0) throw new DeflateError('a block repeats a code length before the first');
    const value = symbol === 16 ? lengths[i - 1]! : 0;
    const repeats =
      symbol === 16 ? 3 + take(reader, 2) : symbol === 17 ? 3 + take(reader, 3) : 11 + take(reader, 7);
    if (i + repeats > lengths.length) throw new DeflateError('a block has more code lengths than it says');
    lengths.fill(value, i, i + repeats);
    i += repeats;
  }
  if (lengths[END_OF_BLOCK] === 0) throw new DeflateError('a block has no code for its end');
  buildOrRefuse(dynamic.literals, lengths.subarray(0, literalCount));
  buildOrRefuse(dynamic.distances, lengths.subarray(literalCount));
  return dynamic;
}

function buildOrRefuse(code: HuffmanCode, lengths: Uint8Array): void {
  const fullness = code.build(lengths);
  if (fullness === 'complete' || (fullness === 'incomplete' && code.longest <= 1)) return;
  throw new DeflateError(`the code lengths of a block are ${fullness}`);
}

function takeSymbol(reader: BitReader, code: HuffmanCode): number {
  while (reader.heldBits < MAX_CODE_BITS) {
    reader.held |= (reader.input[reader.at++] ?? 0) << reader.heldBits;
    reader.heldBits += 8;
  }
  const entry = code.decode(reader.held);
  if (entry < 0) throw new DeflateError('bits are no code');
  take(reader, entry & 15);
  return entry >>> 4;
}

/** The hot loop: literals, and repetitions of what the window holds, up to the end of the block. */
function inflateCodes(
  reader: BitReader,
  sink: ByteSink,
  window: number,
  { literals, distances }: Codes,
): void {
  const { input } = reader;
  let { at, held, heldBits } = reader;
  let { bytes, length } = sink;
  for (;;) {
    if (length + LONGEST_MATCH > bytes.length) {
      refuseOverrun(input, at, heldBits);
      sink.length = length;
      if (length > sink.limit) return;
      sink.reserve(LONGEST_MATCH);
      bytes = sink.bytes;
    }
    if (heldBits < MAX_CODE_BITS) {
      held |= ((input[at] ?? 0) | ((input[at + 1] ?? 0) << 8)) << heldBits;
      at += 2;
      heldBits += 16;
    }
    const entry = literals.decode(held);
    if (entry < 0) throw new DeflateError('bits are no code');
    held >>>= entry & 15;
    heldBits -= entry & 15;
    const symbol = entry >>> 4;
    if (symbol < END_OF_BLOCK) {
      bytes[length++] = symbol;
      // Not each time: what is invented behind the end is thrown away with the error.
      if (at > input.length + 8) refuseOverrun(input, at, heldBits);
      continue;
    }
    if (symbol === END_OF_BLOCK) break;
    if (symbol >= FIRST_LENGTH + LENGTH_SYMBOLS)
      throw new DeflateError(`length symbol ${symbol} does not exist`);
    // Up to 5 bits of length and 15 of the distance's code.
    while (heldBits < 20) {
      held |= (input[at++] ?? 0) << heldBits;
      heldBits += 8;
    }
    const lengthBits = LENGTH_EXTRA[symbol - FIRST_LENGTH]!;
    const repeats = LENGTH_BASE[symbol - FIRST_LENGTH]! + (held & ((1 << lengthBits) - 1));
    held >>>= lengthBits;
    heldBits -= lengthBits;
    const distanceEntry = distances.decode(held);
    if (distanceEntry < 0) throw new DeflateError('bits are no code');
    held >>>= distanceEntry & 15;
    heldBits -= distanceEntry & 15;
    const distanceSymbol = distanceEntry >>> 4;
    if (distanceSymbol >= DISTANCE_SYMBOLS)
      throw new DeflateError(`distance symbol ${distanceSymbol} does not exist`);
    const distanceBits = DISTANCE_EXTRA[distanceSymbol]!;
    if (heldBits < distanceBits) {
      held |= ((input[at] ?? 0) | ((input[at + 1] ?? 0) << 8)) << heldBits;
      at += 2;
      heldBits += 16;
    }
    const distance = DISTANCE_BASE[distanceSymbol]! + (held & ((1 << distanceBits) - 1));
    held >>>= distanceBits;
    heldBits -= distanceBits;
    refuseOverrun(input, at, heldBits);
    if (distance > length - window) throw new DeflateError('it repeats bytes from before its start');
    for (const end = length + repeats; length < end; length++) bytes[length] = bytes[length - distance]!;
  }
  sink.length = length;
  reader.at = at;
  reader.held = held;
  reader.heldBits = heldBits;
  refuseOverrun(input, at, heldBits);
}
