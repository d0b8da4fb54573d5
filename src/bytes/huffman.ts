/** Codes up to this long are found by one look into a table; longer ones, which are rare, by counting. */
const FAST_BITS = 9;
const FAST_MASK: number = (1 << FAST_BITS) - 1;
/** The longest code that deflate has. */
export const MAX_CODE_BITS = 15;
/** Symbols of the largest alphabet. */
const MAX_SYMBOLS = 288;

/** Whether a set of code lengths makes a code: all bit strings used, some left over, or more asked for than there are. */
export type Fullness = 'complete' | 'incomplete' | 'over-subscribed';

/**
 * A canonical Huffman code, to be decoded. The memory is made once, and making a code takes time in proportion to its
 * symbols and not to 2^15, so that a file of many small blocks costs no more than others.
 */
export class HuffmanCode {
  /** By the next 9 bits: symbol << 4 | length; 0 for longer codes and for none. */
  readonly #fast = new Uint16Array(1 << FAST_BITS);
  /** How many codes there are of each length. */
  readonly #counts = new Uint16Array(MAX_CODE_BITS + 1);
  /** The symbols by code, shortest first. */
  readonly #symbols = new Uint16Array(MAX_SYMBOLS);
  readonly #offsets = new Uint16Array(MAX_CODE_BITS + 2);

  /**
   * Makes the code of these lengths, in bits for each symbol; 0 for a symbol that does not occur.
   * @returns How full it is. An over-subscribed one must not be decoded.
   */
  build(lengths: Uint8Array): Fullness {
    const counts = this.#counts.fill(0);
    for (let symbol = 0; symbol < lengths.length; symbol++) counts[lengths[symbol]!]!++;
    counts[0] = 0;
    let free = 1;
    for (let bits = 1; bits <= MAX_CODE_BITS; bits++) {
      free = 2 * free - counts[bits]!;
      if (free < 0) return 'over-subscribed';
    }
    const offsets = this.#offsets.fill(0);
    for (let bits = 1; bits <= MAX_CODE_BITS; bits++) offsets[bits + 1] = offsets[bits]! + counts[bits]!;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      const bits = lengths[symbol]!;
      if (bits > 0) this.#symbols[offsets[bits]!++] = symbol;
    }
    this.#fillFast();
    return free === 0 ? 'complete' : 'incomplete';
  }

  /** The longest code in bits; 0 for a code of no symbols. */
  get longest(): number {
    return this.#counts.findLastIndex((count) => count > 0);
  }

  /**
   * Decodes one symbol.
   * @param bits - At least 15 of the next bits, the first in bit 0.
   * @returns symbol << 4 | length of its code, or −1 for bits that are no code.
   */
  decode(bits: number): number {
    const entry = this.#fast[bits & FAST_MASK]!;
    return entry !== 0 ? entry : this.#decodeLong(bits);
  }

  /** Codes of a length follow one another, and begin at twice what follows the shorter ones (RFC 1951, 3.2.2). */
  #decodeLong(bits: number): number {
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MAX_CODE_BITS; length++) {
      code |= (bits >>> (length - 1)) & 1;
      const count = this.#counts[length]!;
      if (code - first < count) return (this.#symbols[index + code - first]! << 4) | length;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    return -1;
  }

  #fillFast(): void {
    const fast = this.#fast.fill(0);
    let code = 0;
    let index = 0;
    for (let length = 1; length <= FAST_BITS; length++) {
      for (let i = 0; i < this.#counts[length]!; i++, code++, index++) {
        const entry = (this.#symbols[index]! << 4) | length;
        for (let at = reversed(code, length); at <= FAST_MASK; at += 1 << length) fast[at] = entry;
      }
      code <<= 1;
    }
  }
}

/** A code's bits in the order in which they are read. */
function reversed(code: number, length: number): number {
  let result = 0;
  for (let bit = 0; bit < length; bit++) result |= ((code >>> bit) & 1) << (length - 1 - bit);
  return result;
}
