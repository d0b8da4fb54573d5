/** Lists of addresses and hashes of results: the same in every program that is compared. */

/** First linear address of the domain. */
export const DOMAIN = 0xc000_0000;

/** An address in each of `pages` pages from `first` on, in order. */
export function sequential(pages: number, first = DOMAIN): Uint32Array {
  return Uint32Array.from({ length: pages }, (_, page) => first + page * 4096 + ((page * 4) % 4096));
}

/** The same in an order that no prefetcher guesses, always the same one. */
export function shuffled<List extends Uint32Array | BigUint64Array>(list: List): List {
  const copy = list.slice() as List;
  let state = 0x2004;
  for (let i = copy.length - 1; i > 0; i--) {
    state = (Math.imul(state, 0x0019_660d) + 0x3c6e_f35f) >>> 0;
    const j = Math.floor((state / 2 ** 32) * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}

/** Over 32-bit words, as `hash_words` in native/peer.c. */
export function hashWords(words: Uint32Array | Int32Array): number {
  let hash = 0;
  for (let i = 0; i < words.length; i++) hash = (Math.imul(hash, 31) + words[i]!) | 0;
  return hash >>> 0;
}

/** Over the low 32 bits of physical addresses, as `hash_physical64` in native/long-mode.h. */
export function hashDoubles(addresses: Float64Array): number {
  let hash = 0;
  for (let i = 0; i < addresses.length; i++) hash = (Math.imul(hash, 31) + (addresses[i]! | 0)) | 0;
  return hash >>> 0;
}

/** Where each page of an address space leads, and the accesses that succeed, a bit each: as `all-pages` in native/peer.c. */
export function hashAllPages(found: Int32Array, granted: Uint8Array): number {
  let succeeded = 0;
  for (const set of granted) for (let bits = set; bits !== 0; bits &= bits - 1) succeeded++;
  return (Math.imul(succeeded, 31) + hashWords(found)) >>> 0;
}
