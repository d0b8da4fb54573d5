/** A small seeded generator (splitmix32): the same seed gives the same cases on every machine. */
export class Random {
  #state: number;

  /** @param seeds - Mixed in order; each counts modulo 2^32. */
  constructor(...seeds: number[]) {
    this.#state = 0;
    for (const seed of seeds) this.#state = this.word() ^ (seed | 0);
  }

  /** A whole number from 0 to 2^32 - 1. */
  word(): number {
    this.#state = (this.#state + 0x9e37_79b9) | 0;
    let z = this.#state;
    z = Math.imul(z ^ (z >>> 16), 0x21f0_aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a_2d97);
    return (z ^ (z >>> 15)) >>> 0;
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.word() / 0x1_0000_0000) * limit);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.word() < probability * 0x1_0000_0000;
  }

  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to pick from');
    return item;
  }

  /** 64 random bits. */
  word64(): bigint {
    return (BigInt(this.word()) << 32n) | BigInt(this.word());
  }
}
