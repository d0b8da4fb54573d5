/** Pages in a row that are mapped alike, without the place where they are mapped. */
export interface Pages {
  /** How many. */
  readonly pages: number;
  /** Physical address of the first. */
  readonly physical: number;
  /** Physical address of the last; of no account where they are scattered. */
  readonly last: number;
  /** See `run-attributes.ts`; without A and D where these are only counted. */
  readonly attributes: number;
  /** How many have A set. */
  readonly accessed: number;
  /** How many have D set. */
  readonly dirty: number;
}

/** What is known of all addresses under a table. */
export interface Subtree {
  /** Some page is mapped. */
  readonly mapped: boolean;
  /** Its pages, where they are mapped alike and leave no address out. */
  readonly uniform: Pages | undefined;
  /** The linear page from which it was first listed. */
  readonly page: number;
}

/** How many subtrees are kept. So many distinct tables come up only where much of RAM is made of them. */
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
