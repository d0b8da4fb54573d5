/** Tables that are looked up side by side: one for each byte of two words. */
const SLICES = 8;

/** `TABLES[256 k + b]`: the checksum of byte `b` followed by `k` zero bytes. */
const TABLES: Int32Array = new Int32Array(SLICES * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb8_8320 : crc >>> 1;
  TABLES[byte] = crc;
}
for (let i = 256; i < TABLES.length; i++) {
  const before = TABLES[i - 256]!;
  TABLES[i] = (before >>> 8) ^ TABLES[before & 0xff]!;
}

/**
 * CRC-32 as gzip, PNG and zlib have it: polynomial 0x04c1_1db7, bits reflected. It notices every change of up to 32
 * bits in a row, so every changed byte.
 *
 * Eight bytes a step, each through a table of its own: "slicing by 8" (Kounavis and Berry, "A Systematic Approach
 * to Building High Performance Software-Based CRC Generators", 2005).
 *
 * @param before - The checksum of the bytes before these, to go on from. Default: there are none.
 * @returns 0 to 2^32 − 1.
 */
export function crc32(bytes: Uint8Array, before = 0): number {
  const tables = TABLES;
  const { length } = bytes;
  let crc = ~before;
  let at = 0;
  for (const end = length - 7; at < end; at += 8) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      tables[0x700 + (low & 0xff)]! ^
      tables[0x600 + ((low >>> 8) & 0xff)]! ^
      tables[0x500 + ((low >>> 16) & 0xff)]! ^
      tables[0x400 + (low >>> 24)]! ^
      tables[0x300 + bytes[at + 4]!]! ^
      tables[0x200 + bytes[at + 5]!]! ^
      tables[0x100 + bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!;
  }
  for (; at < length; at++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
