/** Every mapped page of an address space, as runs: pages in order, pages that lie anywhere, and pages of which each is a run. */
import { CR0_PE, CR0_PG, CR0_WP, CR4_PAE, CR4_PGE, CR4_PSE, EFER_LME, EFER_NXE } from 'x86-paging/arch';
import { PhysicalMemory } from 'x86-paging/memory';
import { Mmu } from 'x86-paging/mmu';
import { PageScan } from 'x86-paging/walk';
import { naiveScan } from './naive-scan.ts';
import type { PeerFiles } from './scene.ts';
import type { Work } from './work.ts';

/** How the pages lie, and whether two neighbours have the same rights. */
type Kind = 'in order' | 'anywhere' | 'each by itself';

const PAGES = 2 ** 20;
const ROOT = 0x1000;
/** P RW US A, for all entries that lead to tables. */
const TABLE = 0x27;
const MIB = 2 ** 20;

export function scanWork(files: PeerFiles): Work[] {
  return (['32-bit', '4-level'] as const).flatMap((mode) =>
    (['in order', 'anywhere', 'each by itself'] as const).map((kind) => scan(mode, kind, files)),
  );
}

function scan(mode: '32-bit' | '4-level', kind: Kind, files: PeerFiles): Work {
  const folds = kind === 'anywhere';
  let mmu: Mmu<PhysicalMemory> | undefined;
  const own = (): Mmu<PhysicalMemory> => {
    mmu ??= mode === '32-bit' ? machine32(kind) : machine64(kind);
    return mmu;
  };
  const name = `scan-${mode}-${kind.replaceAll(' ', '-')}`;
  return {
    name,
    title: `${mode}: all 2^20 pages of 4 KiB as runs, ${kind}`,
    unit: 'page',
    operations: PAGES,
    target: 2,
    variants: {
      ours: { run: () => hashOfScan(own(), folds), hash: () => hashOfScan(own(), folds) },
      naive: naiveScan(() => own().memory, ROOT, mode === '32-bit' ? 2 : 4, folds),
    },
    program: {
      work: `scan${mode === '32-bit' ? '32' : '64'}${folds ? 'f' : ''}`,
      setup: () => [files.loadCommand(own().memory, ROOT)],
    },
  };
}

/** As `end_batch` in native/scan.h. */
export function hashOfScan(mmu: Mmu, folds: boolean): number {
  const scan = new PageScan(mmu, { contiguous: !folds });
  const { page, pages, attributes, physical } = scan;
  let hash = 0;
  let runs = 0;
  for (let count = scan.next(); count > 0; count = scan.next()) {
    runs += count;
    for (let i = 0; i < count; i++) {
      const sum = (page[i]! + pages[i]! + physical[i]! / 4096) | 0;
      hash = (Math.imul(hash, 31) + sum + attributes[i]!) | 0;
    }
  }
  return (hash + runs) >>> 0;
}

/** P A, and R/W for all pages or for every second. */
function entryOf(page: number, kind: Kind): number {
  const frame = kind === 'in order' ? page : (Math.imul(page, 0x9e37_79b1) >>> 12) & (PAGES - 1);
  return ((frame << 12) | 0x21 | (kind === 'each by itself' && page % 2 === 1 ? 0 : 2)) >>> 0;
}

function machine32(kind: Kind): Mmu<PhysicalMemory> {
  const memory = new PhysicalMemory(16 * MIB);
  for (let i = 0; i < 1024; i++) memory.writeUint32(ROOT + 4 * i, 0x1_0000 + 4096 * i + TABLE);
  for (let page = 0; page < PAGES; page++) memory.writeUint32(0x1_0000 + 4 * page, entryOf(page, kind));
  return new Mmu(memory, { cr3: ROOT, cr4: CR4_PSE | CR4_PGE });
}

function machine64(kind: Kind): Mmu<PhysicalMemory> {
  const memory = new PhysicalMemory(16 * MIB);
  const tables = [0x2000, 0x3000, 0x1_0000];
  memory.writeUint32(ROOT, tables[0]! + TABLE);
  for (let i = 0; i < 4; i++) memory.writeUint32(tables[0]! + 8 * i, tables[1]! + 4096 * i + TABLE);
  for (let i = 0; i < 2048; i++) memory.writeUint32(tables[1]! + 8 * i, tables[2]! + 4096 * i + TABLE);
  for (let page = 0; page < PAGES; page++) memory.writeUint32(tables[2]! + 8 * page, entryOf(page, kind));
  const cr0 = (CR0_PG | CR0_PE | CR0_WP) >>> 0;
  return new Mmu(memory, { cpu: 'broadwell', cr0, cr3: ROOT, cr4: CR4_PAE, efer: EFER_LME | EFER_NXE });
}
