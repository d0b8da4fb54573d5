/** Every mapped page as runs, as one writes it first: from table to table in a DataView, an object for each run. */
import type { PhysicalMemory } from 'x86-paging/memory';
import { viewOf } from './naive-walker.ts';
import type { Variant } from './work.ts';

interface Run {
  readonly page: number;
  readonly physical: number;
  /** Bytes of a page. */
  readonly size: number;
  /** R/W, U/S, PWT, PCD, PAT and G, as an entry of 4 KiB has them. */
  readonly bits: number;
  pages: number;
  /** Where the last page leads. */
  last: number;
  accessed: number;
  dirty: number;
  isContiguous: boolean;
  isOneFrame: boolean;
}

/** @param folds - Whether a run goes on where pages lie apart. */
export function naiveScan(
  memory: () => PhysicalMemory,
  root: number,
  levels: 2 | 3 | 4,
  folds: boolean,
): Variant {
  let view: DataView | undefined;
  let runs: Run[] = [];
  return {
    run() {
      view ??= viewOf(memory());
      runs = [];
      const add = (page: number, physical: number, size: number, bits: number, entry: number): void =>
        addPage(runs, folds, { page, physical, size, bits, entry });
      if (levels === 2) scan32(view, root, add);
      else scanWide(view, root, levels, levels, 0, 6, add);
    },
    hash: () => hashOf(runs),
  };
}

type Add = (page: number, physical: number, size: number, bits: number, entry: number) => void;

function scan32(view: DataView, root: number, add: Add): void {
  for (let i = 0; i < 1024; i++) {
    const pde = view.getUint32(root + 4 * i, true);
    if ((pde & 1) === 0) continue;
    if ((pde & 0x80) !== 0) {
      const pat = (pde >>> 5) & 0x80;
      add(i * 1024, (pde & 0xffc0_0000) >>> 0, 2 ** 22, (pde & 0x11e) | pat, pde);
      continue;
    }
    for (let j = 0; j < 1024; j++) {
      const pte = view.getUint32(((pde & 0xffff_f000) >>> 0) + 4 * j, true);
      if ((pte & 1) === 0) continue;
      add(i * 1024 + j, (pte & 0xffff_f000) >>> 0, 4096, (pde & pte & 6) | (pte & 0x198), pte);
    }
  }
}

/** PAE and long mode. */
function scanWide(
  view: DataView,
  table: number,
  level: number,
  levels: number,
  page: number,
  rights: number,
  add: Add,
): void {
  const isPointers = levels === 3 && level === 3;
  const pages = 512 ** (level - 1);
  for (let i = 0; i < (isPointers ? 4 : 512); i++) {
    const entry = view.getBigUint64(table + 8 * i, true);
    if ((entry & 1n) === 0n) continue;
    const low = Number(entry & 0xfffn);
    const address = Number(entry & 0xf_ffff_ffff_f000n);
    const all = isPointers ? rights : rights & low;
    // The upper half of 48 bits.
    const first = page + i * pages + (level === 4 && i >= 256 ? 0xf_fff0_0000_0000 : 0);
    if (level > 1 && (isPointers || (low & 0x80) === 0)) {
      scanWide(view, address, level - 1, levels, first, all, add);
      continue;
    }
    const pat = level === 1 ? low & 0x80 : Number((entry >> 5n) & 0x80n);
    const size = pages * 4096;
    add(first, Math.floor(address / size) * size, size, all | (low & 0x18) | pat, low);
  }
}

interface Page {
  readonly page: number;
  readonly physical: number;
  readonly size: number;
  readonly bits: number;
  readonly entry: number;
}

function addPage(runs: Run[], folds: boolean, { page, physical, size, bits, entry }: Page): void {
  const accessed = (entry >>> 5) & 1;
  const dirty = (entry >>> 6) & 1;
  const run = runs.at(-1);
  if (run && run.size === size && run.bits === bits && page === run.page + (run.pages * size) / 4096) {
    const isContiguous = run.isContiguous && physical === run.last + size;
    const isOneFrame = run.isOneFrame && physical === run.physical;
    if (folds || isContiguous || isOneFrame) {
      run.pages++;
      run.last = physical;
      run.accessed += accessed;
      run.dirty += dirty;
      run.isContiguous = isContiguous;
      run.isOneFrame = isOneFrame;
      return;
    }
  }
  const layout = { isContiguous: true, isOneFrame: true };
  runs.push({ page, physical, size, bits, pages: 1, last: physical, accessed, dirty, ...layout });
}

/** As `end_batch` in native/scan.h. */
function hashOf(runs: readonly Run[]): number {
  let hash = 0;
  for (const { page, pages, physical, size, bits, accessed, dirty, isContiguous, isOneFrame } of runs) {
    let attributes = bits + Math.log2(size) * 2 ** 24;
    if (accessed === pages) attributes += 0x20;
    if (dirty === pages) attributes += 0x40;
    if (isContiguous) attributes += 0x400;
    if (isOneFrame) attributes += 0x800;
    hash = (Math.imul(hash, 31) + ((page + pages + physical / 4096) | 0) + attributes) | 0;
  }
  return (hash + runs.length) >>> 0;
}
