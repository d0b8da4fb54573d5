/**
 * Snappy's raw format: the length, then elements, each a run of literal bytes or a copy of what was decoded before.
 * Source: snappy, `format_description.txt`.
 */

/**
 * Decodes a raw Snappy block.
 * @param into - Receives the bytes.
 * @returns How many there were; −1 if the block is damaged or does not fit.
 */
export function snappyDecode(block: Uint8Array, into: Uint8Array): number {
  // The length: seven bits a byte, low ones first, the highest bit set in all but the last byte.
  let length = 0;
  let at = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = block[at++];
    if (byte === undefined || shift > 28) return -1;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  if (length > into.length) return -1;

  let out = 0;
  while (at < block.length) {
    const tag = block[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let count = (tag >>> 2) + 1;
      if (count > 60) {
        // 61 to 64: the count less one follows in one to four bytes.
        const bytes = count - 60;
        if (at + bytes > block.length) return -1;
        count = littleEndian(block, at, bytes) + 1;
        at += bytes;
      }
      if (at + count > block.length || out + count > length) return -1;
      into.set(block.subarray(at, at + count), out);
      at += count;
      out += count;
      continue;
    }
    const bytes = kind === 3 ? 4 : kind;
    if (at + bytes > block.length) return -1;
    const count = kind === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
    const distance = littleEndian(block, at, bytes) + (kind === 1 ? (tag >>> 5) << 8 : 0);
    at += bytes;
    if (distance === 0 || distance > out || out + count > length) return -1;
    // Byte by byte: a copy may reach into what it writes itself.
    for (const end = out + count; out < end; out++) into[out] = into[out - distance]!;
  }
  return out === length ? length : -1;
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = count - 1; i >= 0; i--) value = value * 256 + bytes[at + i]!;
  return value;
}
