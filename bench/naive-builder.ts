/** Page tables and whole domains as one writes them first: from the first page on, a word at a time, in a DataView. */
import type { TablePlan } from 'x86-paging/bench';

/** How much RAM the largest work needs. */
const RAM_BYTES = 1088 * 2 ** 20;
const LOAD_SLOT = 768;
const SHARED_INFO = 0x120;

let ram: DataView | undefined;

/** RAM for all such works: each writes whatever it needs anew. The host gives memory where it is touched. */
export function naiveRam(): DataView {
  ram ??= new DataView(new ArrayBuffer(RAM_BYTES));
  return ram;
}

/** The words of a frame. */
export function naiveWords(frame: number, count = 1024): Uint32Array {
  return new Uint32Array(naiveRam().buffer, frame * 4096, count);
}

type Plan = Pick<TablePlan, 'frames' | 'directoryFrame' | 'tableFrames' | 'lowestTablePage'>;

/** @param updates - Takes the update list, where one is wanted. */
export function naiveTables(
  { frames, directoryFrame, tableFrames, lowestTablePage }: Plan,
  updates?: number[],
): void {
  const view = naiveRam();
  const directory = directoryFrame * 4096;
  for (let at = 0; at < 4096; at += 4) view.setUint32(directory + at, 0, true);
  updates?.push(directory + 3, 1);
  for (let page = 0; page < frames.length; page++) {
    const table = tableFrames[Math.floor(page / 1024)]! * 4096;
    if (page % 1024 === 0) {
      for (let at = 0; at < 4096; at += 4) view.setUint32(table + at, 0, true);
      const slot = directory + (LOAD_SLOT + page / 1024) * 4;
      view.setUint32(slot, table + 0x67, true);
      updates?.push(slot, table + 0x67);
    }
    const machine = frames[page]! * 4096;
    const at = table + (page % 1024) * 4;
    // P RW A; page tables without RW.
    const entry = machine + (page < lowestTablePage ? 0x23 : 0x21);
    view.setUint32(at, entry, true);
    updates?.push(at, entry, machine + 2, page);
  }
}

/** One directory entry for each 4 MiB, in frame 0. */
export function naiveLargeTables(frames: Uint32Array): void {
  const view = naiveRam();
  for (let at = 0; at < 4096; at += 4) view.setUint32(at, 0, true);
  for (let i = 0; i < frames.length; i++) view.setUint32((LOAD_SLOT + i) * 4, frames[i]! * 4096 + 0xe3, true);
}

/** What `buildDomain` gives back. */
export interface NaiveDomain extends Plan {
  readonly updates: readonly number[];
}

/** @throws Error for a frame that is not there, or comes twice. */
export function naiveCheck(list: Uint32Array, frameCount: number): void {
  const used = new Set<number>([SHARED_INFO]);
  for (const frame of list) {
    if (frame >= frameCount || used.has(frame))
      throw new Error(`frame ${frame} is not there, or comes twice`);
    used.add(frame);
  }
}

/** Checks, kernel, tables, update list, start_info, shared_info and Xen's slots, as native/build.h has them. */
export function naiveDomain(
  list: Uint32Array,
  frameCount: number,
  kernel: Uint8Array,
  isListed: boolean,
): NaiveDomain {
  const view = naiveRam();
  const bytes = new Uint8Array(view.buffer);
  const used = new Set<number>([SHARED_INFO]);
  for (const frame of list) {
    if (frame >= frameCount || used.has(frame))
      throw new Error(`frame ${frame} is not there, or comes twice`);
    used.add(frame);
  }
  const pages = list.length;
  const tables = Math.ceil(pages / 1024);
  for (let at = 0; at < kernel.length; at += 4096) {
    const frame = list[at / 4096]! * 4096;
    bytes.fill(0, frame, frame + 4096);
    bytes.set(kernel.subarray(at, at + 4096), frame);
  }
  const plan: Plan = {
    frames: list.slice(),
    directoryFrame: list[pages - 1]!,
    tableFrames: Uint32Array.from({ length: tables }, (_, table) => list[pages - 2 - table]!),
    lowestTablePage: pages - 1 - tables,
  };
  const updates: number[] = [];
  naiveTables(plan, isListed ? updates : undefined);
  const startInfo = list[pages - 3 - tables]! * 4096;
  bytes.fill(0, startInfo, startInfo + 284);
  view.setUint32(startInfo, pages, true);
  view.setUint32(startInfo + 4, SHARED_INFO * 4096, true);
  view.setUint32(startInfo + 16, 0xc000_0000 + (pages - 1) * 4096, true);
  bytes.fill(0, SHARED_INFO * 4096, SHARED_INFO * 4096 + 4096);
  placeXen(view, plan.directoryFrame * 4096);
  return { ...plan, updates };
}

function placeXen(view: DataView, directory: number): void {
  const slots = directory + 1008 * 4;
  view.setUint32(slots, 0x0100_01e1, true);
  for (let i = 0; i < 11; i++) view.setUint32(slots + 4 + 4 * i, i * 0x40_0000 + 0x1e3, true);
  view.setUint32(slots + 48, directory + 0x63, true);
  for (let i = 0; i < 3; i++) view.setUint32(slots + 52 + 4 * i, (0x150 + i) * 4096 + 0x63, true);
}

/** Tables of PAE or long mode for pages of 2 MiB from linear address 0 on, to physical address 0 on; each is made when it is needed. */
export class NaiveLargePages {
  tables: number[] = [];
  readonly #view = new DataView(new ArrayBuffer(2 ** 20));
  readonly #first: number;
  readonly #levels: 3 | 4;

  /** @param first - The frame of the topmost table; others follow. */
  constructor(first: number, levels: 3 | 4) {
    this.#first = first;
    this.#levels = levels;
  }

  map(pages: number): void {
    this.tables = [];
    const root = this.#make();
    for (let page = 0; page < pages; page++) {
      let table = root;
      for (let level = this.#levels; level > 2; level--) {
        const at = table + (Math.floor(page / 512 ** (level - 2)) % 512) * 8;
        let entry = this.#view.getBigUint64(at, true);
        if ((entry & 1n) === 0n) {
          // The four topmost entries of PAE have no rights.
          const flags = this.#levels === 3 ? 1 : 7;
          const made = this.#make();
          entry = BigInt(made + this.#first * 4096 + flags);
          this.#view.setBigUint64(at, entry, true);
        }
        table = Number(entry & 0xf_ffff_ffff_f000n) - this.#first * 4096;
      }
      const at = table + (page % 512) * 8;
      if ((this.#view.getBigUint64(at, true) & 1n) !== 0n) throw new Error(`page ${page} is mapped already`);
      this.#view.setBigUint64(at, BigInt(page * 2 ** 21 + 0x83), true);
    }
  }

  words(frame: number): Uint32Array {
    return new Uint32Array(this.#view.buffer, (frame - this.#first) * 4096, 1024);
  }

  /** @returns Where it lies in the view. */
  #make(): number {
    const at = this.tables.length * 4096;
    for (let i = 0; i < 4096; i += 4) this.#view.setUint32(at + i, 0, true);
    this.tables.push(this.#first + this.tables.length);
    return at;
  }
}
