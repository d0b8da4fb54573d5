import { READ } from '../../arch/access.ts';
import { bigintFromHalves } from '../../arch/linear.ts';
import { explainWalk, type WalkContext } from '../../walk/index.ts';

/** Every so many words one is looked at. */
const STEP = 16;
/** So many addresses are enough to compare by. */
const WANTED = 512;
/** With fewer, they say nothing. */
const LEAST = 64;

/**
 * A sample of the values in RAM that look like pointers into the upper half of the linear space, where kernels live:
 * under the right root most of them lead somewhere, under tables that served for a moment at boot hardly any.
 */
export class PointerSample {
  readonly #wordBytes: 4 | 8;
  /** By a hash of its page: an address. */
  readonly #addresses = new Map<number, bigint>();
  /** Only pages whose hash is below this are kept; halved whenever there are too many. */
  #share = 2 ** 32;

  constructor(wordBytes: 4 | 8) {
    this.#wordBytes = wordBytes;
  }

  /** Takes what looks like a pointer in a piece of RAM. @param words - Its 32-bit words. */
  take(words: Int32Array): void {
    const wide = this.#wordBytes === 8;
    for (let at = 0; at + 1 < words.length; at += STEP) {
      const low = words[at]!;
      const high = wide ? words[at + 1]! : 0;
      if ((low & (this.#wordBytes - 1)) !== 0 || low === 0) continue;
      if (wide ? high >>> 24 !== 0xff : low >= 0) continue;
      // Small negative numbers are no pointers.
      if ((!wide || high === -1) && low >= -0x1_0000 && low < 0) continue;
      const page = (low >>> 12) | 0;
      const hash = Math.imul(page ^ Math.imul(high, 0x9e37_79b1), 0x85eb_ca6b) >>> 0;
      if (hash >= this.#share) continue;
      this.#addresses.set(hash, bigintFromHalves(low, high));
      if (this.#addresses.size > 2 * WANTED) this.#thin();
    }
  }

  /** Which share of them leads somewhere, 0 to 1; undefined where there are too few to say. */
  leadingUnder(context: WalkContext): number | undefined {
    if (this.#addresses.size < LEAST) return undefined;
    let leading = 0;
    for (const address of this.#addresses.values()) if (explainWalk(context, address, READ).ok) leading++;
    return leading / this.#addresses.size;
  }

  #thin(): void {
    this.#share /= 2;
    for (const hash of this.#addresses.keys()) if (hash >= this.#share) this.#addresses.delete(hash);
  }
}
