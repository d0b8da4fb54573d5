/** Sizes and parts of addresses. An address crosses the public surface as an unsigned number. */

/** Bytes of a page and of a frame: 4 KiB. */
export const PAGE_SIZE = 4096;
/** The bits of an address inside its 4 KiB page. */
export const PAGE_OFFSET_MASK = 0xfff;
/** `address >>> PAGE_SHIFT` is the page number. */
export const PAGE_SHIFT = 12;
/** 2^32: the number of linear addresses of a 32-bit CPU. */
export const FOUR_GIB = 0x1_0000_0000;

/** An address as text, such as `0xc000_1234`: at least eight digits, grouped by four. */
export function formatAddress(address: number | bigint, digits = 8): string {
  const hex = address.toString(16).padStart(digits, '0');
  return `0x${hex.replace(/\B(?=(?:[0-9a-f]{4})+$)/g, '_')}`;
}
