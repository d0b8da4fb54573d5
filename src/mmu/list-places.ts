/** Where the loops of `list-module.ts` find what they need. */

/** Where a desk has what: bytes from its start. */
export const PLACE = {
  words: 0,
  fills: 0x40_0000,
  wideWords: 0x140_0000,
  wideHighs: 0x144_0000,
  wideBases: 0x148_0000,
  widePhysical: 0x150_0000,
  wideStamps: 0x158_0000,
  wideMeta: 0x160_0000,
  /** What the registers say, {@link RULE}. */
  rules: 0x170_0000,
  /** The list on its way in, and on its way out: `OFF_PAGE_BYTES` beyond the start of a page. */
  linear: 0x171_0200,
  physical: 0x172_0200,
} as const;

/** Bytes from the start of the rules, a word each, or a double. */
export const RULE = {
  frames: 0,
  root: 4,
  bit: 8,
  usedBits: 12,
  access: 16,
  globalBit: 20,
  fillCount: 24,
  key: 28,
  rootLevel: 32,
  canonicalShift: 36,
  busLow: 40,
  busHigh: 44,
  reservedHigh: 48,
  meta: 52,
  clock: 56,
  aliveAfter: 64,
  globalsAliveAfter: 72,
  pcid: 80,
  /** Sixteen words, by rights. */
  bits: 128,
  /** By key, and plus 16 by key of a user page. */
  keyBits: 192,
  /** A word for each level, from 0: what AMD reserves in the low half of an entry that leads to a table. */
  reservedTable: 320,
} as const;
