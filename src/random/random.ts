/** Seeded choices. The numbers are a function of the seed's text alone, on every machine and in every version. */

/** A source of choices. */
export interface Random {
  /** A whole number from 0 to `below` − 1. */
  int(below: number): number;
  /** One of the items, each as likely. */
  pick<T>(items: readonly T[]): T;
  /** True in `of` cases of a hundred. */
  chance(of: number): boolean;
  /** Distinct whole numbers from `low` to `high`, both included, in random order. */
  distinct(count: number, low: number, high: number): number[];
}

/** Choices that follow from a text, such as `seed 7, student Ada, exercise 3`. */
export function randomFrom(seed: string): Random {
  let state = hash(seed);
  // A Weyl sequence whose every term is mixed: no two neighbouring seeds look alike.
  const next = (): number => {
    state = (state + 0x9e37_79b9) | 0;
    return mix(state) >>> 0;
  };
  const int = (below: number): number => Math.floor((next() / 2 ** 32) * below);
  return {
    int,
    pick: (items) => items[int(items.length)]!,
    chance: (of) => int(100) < of,
    distinct(count, low, high) {
      if (count > high - low + 1) throw new RangeError(`${count} numbers do not fit from ${low} to ${high}`);
      const chosen = new Set<number>();
      while (chosen.size < count) chosen.add(low + int(high - low + 1));
      return [...chosen];
    },
  };
}

/** FNV-1a over the text's UTF-16 units, mixed once more. */
function hash(text: string): number {
  let value = 0x811c_9dc5 | 0;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x0100_0193);
  return mix(value);
}

/** Every bit of the result depends on every bit of the value (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let mixed = value;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return mixed ^ (mixed >>> 16);
}
