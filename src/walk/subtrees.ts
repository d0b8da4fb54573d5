import { Segment } from './segment.ts';

/** What is known of all pages under a table. */
export interface Subtree {
  /** Its pages, where they are one segment that leaves no address out; undefined: none is mapped, or they differ. */
  readonly uniform: Segment | undefined;
  /** Some page is mapped. */
  readonly mapped: boolean;
  /** The linear page from which it was first listed. */
  readonly page: number;
}

/** How many subtrees are kept. So many distinct tables come up only where RAM is made of them. */
const CAPACITY = 2 ** 18;

/** The subtrees that a scan has been through, by level, inherited rights and table. */
export class Subtrees {
  /** By level and rights: from frame number to subtree. */
  readonly #known = new Map<number, Map<number, Subtree>>();
  #size = 0;

  find(level: number, rights: number, table: number): Subtree | undefined {
    return this.#known.get(level | (rights << 3))?.get(table / 4096);
  }

  add(level: number, rights: number, table: number, subtree: Subtree): void {
    if (this.#size >= CAPACITY) {
      this.#known.clear();
      this.#size = 0;
    }
    const key = level | (rights << 3);
    let tables = this.#known.get(key);
    if (tables === undefined) {
      tables = new Map();
      this.#known.set(key, tables);
    }
    tables.set(table / 4096, subtree);
    this.#size++;
  }
}

/** A subtree without pages. */
export const NOTHING_MAPPED: Subtree = { uniform: undefined, mapped: false, page: 0 };

/** A subtree whose pages are one segment. */
export function uniformSubtree(segment: Segment): Subtree {
  const uniform = new Segment();
  uniform.copy(segment);
  return { uniform, mapped: true, page: segment.page };
}
