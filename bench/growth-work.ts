/**
 * Growth: the same work while RAM grows from 1 to 64 GiB. In 4-level paging all of it is mapped; in PAE, whose linear addresses
 * end at 4 GiB, as many pages of it as there can be. RAM is made where it is touched, so only tables take the host's.
 */
import { CR0_PE, CR0_PG, CR0_WP, CR4_PAE, EFER_LME, EFER_NXE } from 'x86-paging/arch';
import { PhysicalMemory } from 'x86-paging/memory';
import * as access from 'x86-paging/mmu';
import { Mmu } from 'x86-paging/mmu';
import { Mapper } from 'x86-paging/tables';
import { hashDoubles, hashWords } from './lists.ts';
import { NaiveLargePages } from './naive-builder.ts';
import { naiveScan } from './naive-scan.ts';
import { naiveWideEach } from './naive-wide-loops.ts';
import { NaiveWideMmu } from './naive-wide-walker.ts';
import { hashOfScan } from './scan-work.ts';
import type { PeerFiles } from './scene.ts';
import { GROWTH_GIB, GROWTH_MODES, type GrowthMode, growthName, type Variant, type Work } from './work.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { READ } = access;

const GIB = 2 ** 30;
const LARGE_PAGE = 0x20_0000;
const PAGES_OF_GIB = GIB / 4096;
/** Of an own page for each slot of the TLB, so that all stay in it. */
const HITS = 8192;
const TLB_SLOTS = 0x1_0000;
const MISSES = 0x1_0000;
const NAIVE_PAGES = 2 ** 20;
/** The topmost table; those below it follow, level by level. */
const ROOT = 0x10_0000;
/** P RW US A, for entries that lead to tables, and P, for the topmost ones of PAE. */
const [TABLE, POINTER] = [0x27, 0x01];
/** P RW A, for pages. */
const PAGE = 0x23;
/** Where tables go that the work itself makes: behind all others. */
const MAPPED_FRAME = 0x2_0000;

export function growthWork(files: PeerFiles): Work[] {
  return GROWTH_MODES.flatMap((mode) =>
    GROWTH_GIB.flatMap((gibibytes) => {
      const machine = new GrownMachine(mode, gibibytes);
      return [hits(machine, files), misses(machine, files), scan(machine, files), map(machine, files)];
    }),
  );
}

/** A machine with tables for all of its RAM in 4 KiB pages that lie anywhere. Made when it is first needed. */
class GrownMachine {
  readonly mode: GrowthMode;
  readonly gibibytes: number;
  /** Pages that are mapped, from linear address 0 up. */
  readonly pages: number;
  #memory: PhysicalMemory | undefined;
  #naive: NaiveWideMmu | undefined;

  constructor(mode: GrowthMode, gibibytes: number) {
    this.mode = mode;
    this.gibibytes = gibibytes;
    this.pages = PAGES_OF_GIB * (mode === 'PAE' ? Math.min(gibibytes, 4) : gibibytes);
  }

  get memory(): PhysicalMemory {
    this.#memory ??= this.#make();
    return this.#memory;
  }

  /** An MMU with an empty TLB. */
  mmu(): Mmu<PhysicalMemory> {
    // Bit 31 makes the number negative.
    const registers = { cr0: (CR0_PG | CR0_PE | CR0_WP) >>> 0, cr3: ROOT, cr4: CR4_PAE };
    return this.mode === 'PAE'
      ? new Mmu(this.memory, { cpu: 'pentium-iii', ...registers })
      : new Mmu(this.memory, { cpu: 'broadwell', ...registers, efer: EFER_LME | EFER_NXE });
  }

  #make(): PhysicalMemory {
    const memory = new PhysicalMemory(this.gibibytes * GIB);
    let table = ROOT;
    /** Tables that lie one behind the other, and lead to as many behind them. */
    const level = (entries: number, flags: number): void => {
      const next = table + 4096 * Math.ceil(entries / 512);
      const below = entries === 1 ? table + 4096 : next;
      for (let i = 0; i < entries; i++) memory.writeUint32(table + 8 * i, below + 4096 * i + flags);
      table = below;
    };
    if (this.mode === '4-level') level(1, TABLE);
    level(this.pages / 512 ** 2, this.mode === 'PAE' ? POINTER : TABLE);
    level(this.pages / 512, TABLE);
    const frames = this.gibibytes * PAGES_OF_GIB;
    for (let page = 0; page < this.pages; page++) {
      const frame = Math.imul(page, 0x9e37_79b1) & (frames - 1);
      memory.writeUint32(table + 8 * page, ((frame << 12) | PAGE) >>> 0);
      if (frame >= 2 ** 20) memory.writeUint32(table + 8 * page + 4, frame >>> 20);
    }
    return memory;
  }

  /** What one row is called. */
  row(name: string, title: string): Pick<Work, 'name' | 'title'> {
    const { mode, gibibytes } = this;
    return {
      name: growthName(mode, gibibytes, name),
      title: `${mode}, ${gibibytes} GiB of RAM: ${title}`,
    };
  }

  /** Addresses from 0 up, in the width that the mode has. */
  addresses(count: number, page: (i: number) => number): Uint32Array | BigUint64Array {
    const at = (i: number): number => page(i) * 4096 + ((i * 4) % 4096);
    return this.mode === 'PAE'
      ? Uint32Array.from({ length: count }, (_, i) => at(i))
      : BigUint64Array.from({ length: count }, (_, i) => BigInt(at(i)));
  }

  /** The same in C, in native/long-mode.h or native/pae.h. */
  program(work: string, files: PeerFiles, list?: Uint32Array | BigUint64Array): Pick<Work, 'program'> {
    const isPae = this.mode === 'PAE';
    const setup = (): string[] => [
      files.loadCommand(this.memory, ROOT),
      ...(list === undefined ? [] : [files.listCommand(isPae ? 'linear' : 'wide', list)]),
    ];
    return { program: { work: `${isPae ? 'pae' : 'long'}-${work}`, setup } };
  }

  /** What one writes first, over a copy of the tables. */
  naive(): NaiveWideMmu {
    this.#naive ??= new NaiveWideMmu(this.memory, ROOT, this.levels);
    return this.#naive;
  }

  get levels(): 3 | 4 {
    return this.mode === 'PAE' ? 3 : 4;
  }
}

/** Addresses all over, of which each has a slot of the TLB for itself, and their translation. */
function hits(machine: GrownMachine, files: PeerFiles): Work {
  const regions = machine.pages / TLB_SLOTS;
  const list = machine.addresses(HITS, (i) => 8 * i + TLB_SLOTS * (Math.imul(i, 0x9e37) % regions));
  return {
    ...machine.row('hits', '`translateMany`, TLB hits'),
    unit: 'translation',
    operations: HITS,
    variants: {
      ours: translations(machine, list, false),
      naive: naiveWideEach(() => machine.naive(), list),
    },
    ...machine.program('hits', files, list),
  };
}

function misses(machine: GrownMachine, files: PeerFiles): Work {
  const list = machine.addresses(MISSES, (i) => (Math.imul(i, 0x85eb_ca6b) >>> 7) & (machine.pages - 1));
  return {
    ...machine.row('misses', '`translateMany`, TLB empty, any order'),
    unit: 'translation',
    operations: MISSES,
    variants: {
      ours: translations(machine, list, true),
      naive: naiveWideEach(
        () => machine.naive(),
        list,
        (mmu) => mmu.loadCr3(ROOT),
      ),
    },
    ...machine.program('misses', files, list),
  };
}

function translations(machine: GrownMachine, list: Uint32Array | BigUint64Array, flushes: boolean): Variant {
  const physical = new Float64Array(list.length);
  let mmu: Mmu | undefined;
  return {
    run() {
      mmu ??= machine.mmu();
      if (flushes) mmu.cr3 = ROOT;
      if (mmu.translateMany(list, physical, READ) < list.length) throw new Error('a page is not mapped');
    },
    hash: () => hashDoubles(physical),
  };
}

function scan(machine: GrownMachine, files: PeerFiles): Work {
  let mmu: Mmu<PhysicalMemory> | undefined;
  let hash = 0;
  return {
    ...machine.row('scan', 'all pages of 4 KiB as runs'),
    unit: 'page',
    operations: machine.pages,
    variants: {
      ours: {
        run() {
          mmu ??= machine.mmu();
          hash = hashOfScan(mmu, true);
        },
        hash: () => hash,
      },
      // A run of more pages would take it seconds.
      ...(machine.pages <= NAIVE_PAGES && {
        naive: naiveScan(() => machine.memory, ROOT, machine.levels, true),
      }),
    },
    ...machine.program('scan', files),
  };
}

/** Tables by `Mapper`, from none, for as much in large pages. */
function map(machine: GrownMachine, files: PeerFiles): Work {
  const bytes = machine.pages * 4096;
  let tables: readonly number[] = [];
  let naive: NaiveLargePages | undefined;
  return {
    ...machine.row('map', '`Mapper.map` of all of it in pages of 2 MiB'),
    unit: 'page',
    operations: bytes / LARGE_PAGE,
    variants: {
      ours: {
        run() {
          let frame = MAPPED_FRAME;
          const { memory, mode } = machine;
          const cpu = mode === 'PAE' ? 'pentium-iii' : 'broadwell';
          const mapper = new Mapper(memory, { mode, cpu, allocateFrame: () => frame++ });
          mapper.map(0, 0, bytes, { pageSize: LARGE_PAGE, writable: true });
          tables = mapper.tableFrames;
        },
        hash: () =>
          sumOfHashes(tables, (frame) => new Uint32Array(machine.memory.read(frame * 4096, 4096).buffer)),
      },
      naive: {
        run() {
          naive ??= new NaiveLargePages(MAPPED_FRAME, machine.levels);
          naive.map(bytes / LARGE_PAGE);
        },
        hash: () => sumOfHashes(naive!.tables, (frame) => naive!.words(frame)),
      },
    },
    ...machine.program('large-pages', files),
  };
}

/** As `hash_large_pages` in native/pae.h: in whatever order the tables were made. */
function sumOfHashes(tables: readonly number[], words: (frame: number) => Uint32Array): number {
  return tables.reduce((sum, frame) => (sum + hashWords(words(frame))) >>> 0, 0);
}
