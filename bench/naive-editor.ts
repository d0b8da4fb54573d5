/** Two-level page tables as one changes them first, in a DataView: as native/edit.h, which looks before it writes. */

const ROOT = 0x100 * 4096;
const TABLES = 0x101;
const CHILD = 0x200;
const SLOT = 768;
/** P RW A, and P RW US. */
const [LEAF, ABOVE] = [0x23, 0x07];
const PS = 0x80;

export class NaiveTables {
  readonly #view: DataView;
  #free: number[] = [];
  #next = TABLES;

  constructor(bytes: number) {
    this.#view = new DataView(new ArrayBuffer(bytes));
  }

  words(frame: number): Uint32Array {
    return new Uint32Array(this.#view.buffer, frame * 4096, 1024);
  }

  clear(): void {
    for (let at = 0; at < 4096; at += 4) this.#view.setUint32(ROOT + at, 0, true);
    this.#free = [];
    this.#next = TABLES;
  }

  map(page: number, frame: number): void {
    const at = this.#entryOf(page);
    if ((this.#view.getUint32(at, true) & 1) !== 0) throw new Error(`page ${page} is mapped already`);
    this.#view.setUint32(at, frame * 4096 + LEAF, true);
  }

  unmap(page: number): void {
    const at = this.#entryOf(page);
    if ((this.#view.getUint32(at, true) & 1) === 0) throw new Error(`page ${page} is not mapped`);
    this.#view.setUint32(at, 0, true);
  }

  protect(page: number, writable: boolean): void {
    const at = this.#entryOf(page);
    const entry = this.#view.getUint32(at, true);
    if ((entry & 1) === 0) throw new Error(`page ${page} is not mapped`);
    this.#view.setUint32(at, writable ? (entry | 2) >>> 0 : (entry & ~2) >>> 0, true);
  }

  /** Puts a large page in the place of a table. */
  mapLarge(table: number, frame: number): void {
    const at = ROOT + (SLOT + table) * 4;
    this.#free.push(this.#view.getUint32(at, true) >>> 12);
    this.#view.setUint32(at, frame * 4096 + LEAF + PS, true);
  }

  /** Puts a table of small pages in the place of a large one. */
  split(table: number): void {
    const at = ROOT + (SLOT + table) * 4;
    const base = (this.#view.getUint32(at, true) & 0xffc0_0000) >>> 0;
    const frame = this.#take();
    for (let i = 0; i < 1024; i++) this.#view.setUint32(frame * 4096 + 4 * i, base + 4096 * i + LEAF, true);
    this.#view.setUint32(at, frame * 4096 + ABOVE, true);
  }

  /** The child's tables are the parent's, and in neither can a page be written. */
  fork(tables: number): void {
    for (let table = 0; table < tables; table++) {
      const parent = (this.#view.getUint32(ROOT + (SLOT + table) * 4, true) >>> 12) * 4096;
      for (let at = 0; at < 4096; at += 4) {
        const shared = (this.#view.getUint32(parent + at, true) & ~2) >>> 0;
        this.#view.setUint32(parent + at, shared, true);
        this.#view.setUint32((CHILD + table) * 4096 + at, shared, true);
      }
    }
  }

  /** Address of a page's entry; its table is made where there is none. */
  #entryOf(page: number): number {
    const at = ROOT + (SLOT + Math.floor(page / 1024)) * 4;
    let pde = this.#view.getUint32(at, true);
    if ((pde & 1) === 0) {
      const frame = this.#take();
      for (let i = 0; i < 4096; i += 4) this.#view.setUint32(frame * 4096 + i, 0, true);
      pde = frame * 4096 + ABOVE;
      this.#view.setUint32(at, pde, true);
    }
    if ((pde & PS) !== 0) throw new Error(`page ${page} lies in a large page`);
    return (pde >>> 12) * 4096 + (page % 1024) * 4;
  }

  #take(): number {
    return this.#free.pop() ?? this.#next++;
  }
}
