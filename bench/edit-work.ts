/** Page tables as others make and change them: by `Mapper`, page by page or at once; protected, split, copied for a fork. */
import { PhysicalMemory } from 'x86-paging/memory';
import { Mapper } from 'x86-paging/tables';
import { DOMAIN, hashWords, shuffled } from './lists.ts';
import { NaiveTables } from './naive-editor.ts';
import type { Scene } from './scene.ts';
import type { Work } from './work.ts';

// As in native/edit.h.
const ROOT = 0x100;
const TABLES = 0x101;
const CHILD = 0x200;
const SLOT = 768;

const RAM_BYTES = 16 * 2 ** 20;
/** 64 MiB; nothing is read from these frames, so that no RAM need be there. */
const PAGES = 16_384;
const LARGE = 0x40_0000;
const BYTES = PAGES * 4096;
const IN_ORDER = Uint32Array.from({ length: PAGES }, (_, i) => 0x1_0000 + i);
const SCATTERED = shuffled(IN_ORDER);
const WRITABLE = { writable: true, accessed: true } as const;

interface Tables {
  readonly memory: PhysicalMemory;
  readonly mapper: Mapper;
}

/** Empty tables in memory that is used again, so that none of its time is the host's. */
function emptyTables(memory: PhysicalMemory): Tables {
  memory.frame(ROOT).fill(0);
  const free: number[] = [];
  let next = TABLES;
  const mapper = new Mapper(memory, {
    mode: '32-bit',
    root: ROOT * 4096,
    allocateFrame: () => free.pop() ?? next++,
    freeFrame: (frame) => free.push(frame),
  });
  return { memory, mapper };
}

function mapEach({ mapper }: Tables, frames: Uint32Array): void {
  for (let i = 0; i < PAGES; i++) mapper.map(DOMAIN + i * 4096, frames[i]! * 4096, 4096, WRITABLE);
}

function mapAtOnce({ mapper }: Tables): void {
  mapper.map(DOMAIN, IN_ORDER[0]! * 4096, BYTES, WRITABLE);
}

function mapNaively(tables: NaiveTables, frames: Uint32Array): void {
  tables.clear();
  for (let i = 0; i < PAGES; i++) tables.map(i, frames[i]!);
}

/** The tables in the order of the directory. */
function tableFrames(memory: PhysicalMemory): number[] {
  return Array.from(
    { length: PAGES / 1024 },
    (_, i) => memory.readUint32(ROOT * 4096 + (SLOT + i) * 4) >>> 12,
  );
}

/** Of the tables in the order of the directory, each with the child's. */
function hashOf(words: (frame: number) => Uint32Array): number {
  const directory = words(ROOT);
  let hash = 0;
  for (let i = 0; i < PAGES / 1024; i++) {
    for (const frame of [directory[SLOT + i]! >>> 12, CHILD + i])
      hash = (Math.imul(hash, 31) + hashWords(words(frame))) >>> 0;
  }
  return hash;
}

const PTE_RW = 2;

/** What fork does for copy-on-write: the child's tables are the parent's, and in neither can a page be written. */
function fork({ memory }: Tables): void {
  for (const [i, frame] of tableFrames(memory).entries()) {
    const [parent, child] = [wordsOf(memory, frame), wordsOf(memory, CHILD + i)];
    for (let entry = 0; entry < 1024; entry++) {
      const shared = parent[entry]! & ~PTE_RW;
      parent[entry] = shared;
      child[entry] = shared;
    }
  }
}

function wordsOf(memory: PhysicalMemory, frame: number): Int32Array {
  const { buffer, byteOffset } = memory.frame(frame);
  return new Int32Array(buffer, byteOffset, 1024);
}

interface Kind {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  readonly operations: number;
  readonly frames: Uint32Array;
  /** Once, before the first run; the work of that name in C too. */
  readonly before?: 'edit-pages' | 'edit-range';
  readonly run: (tables: Tables) => void;
  readonly naive: (tables: NaiveTables) => void;
}

const KINDS: readonly Kind[] = [
  {
    name: 'edit-pages',
    title: '`Mapper`, 64 MiB in 4 KiB pages, frames scattered: a call for each page',
    unit: 'page',
    operations: PAGES,
    frames: SCATTERED,
    run: ({ memory }) => mapEach(emptyTables(memory), SCATTERED),
    naive: (tables) => mapNaively(tables, SCATTERED),
  },
  {
    name: 'edit-range',
    title: '`Mapper`, 64 MiB in 4 KiB pages, frames in order: one call',
    unit: 'page',
    operations: PAGES,
    frames: IN_ORDER,
    run: ({ memory }) => mapAtOnce(emptyTables(memory)),
    naive: (tables) => mapNaively(tables, IN_ORDER),
  },
  {
    name: 'edit-again',
    title: '`Mapper`: a page unmapped and mapped again',
    unit: 'pair',
    operations: PAGES,
    frames: SCATTERED,
    before: 'edit-pages',
    run({ mapper }) {
      for (let i = 0; i < PAGES; i++) {
        mapper.unmap(DOMAIN + i * 4096, 4096);
        mapper.map(DOMAIN + i * 4096, SCATTERED[i]! * 4096, 4096, WRITABLE);
      }
    },
    naive(tables) {
      for (let i = 0; i < PAGES; i++) {
        tables.unmap(i);
        tables.map(i, SCATTERED[i]!);
      }
    },
  },
  {
    name: 'edit-protect',
    title: '`Mapper`: 64 MiB made read-only, and writable again',
    unit: 'page',
    operations: 2 * PAGES,
    frames: IN_ORDER,
    before: 'edit-range',
    run({ mapper }) {
      mapper.protect(DOMAIN, BYTES, { writable: false });
      mapper.protect(DOMAIN, BYTES, { writable: true });
    },
    naive(tables) {
      for (const writable of [false, true]) for (let i = 0; i < PAGES; i++) tables.protect(i, writable);
    },
  },
  {
    name: 'edit-split',
    title: '`Mapper`: 4 MiB mapped by a large page, which is split for one page of it',
    unit: 'split',
    operations: PAGES / 1024,
    frames: IN_ORDER,
    before: 'edit-range',
    run({ mapper }) {
      for (let at = 0; at < BYTES; at += LARGE) {
        mapper.unmap(DOMAIN + at, LARGE);
        mapper.map(DOMAIN + at, IN_ORDER[0]! * 4096 + at, LARGE, { ...WRITABLE, pageSize: LARGE });
        mapper.protect(DOMAIN + at, 4096, { writable: false });
      }
    },
    naive(tables) {
      for (let table = 0; table < PAGES / 1024; table++) {
        tables.mapLarge(table, IN_ORDER[0]! + table * 1024);
        tables.split(table);
        tables.protect(table * 1024, false);
      }
    },
  },
  {
    name: 'edit-fork',
    title: 'tables of 64 MiB copied as fork does, a word at a time',
    unit: 'page',
    operations: PAGES,
    frames: SCATTERED,
    before: 'edit-pages',
    run: fork,
    naive: (tables) => tables.fork(PAGES / 1024),
  },
];

export function editWork(scene: Scene): Work[] {
  return KINDS.map(({ name, title, unit, operations, frames, before, run, naive }) => {
    // Made at the first run: most runs of the bench leave these out.
    let tables: Tables | undefined;
    const made = (): Tables => {
      if (tables !== undefined) return tables;
      tables = emptyTables(new PhysicalMemory(RAM_BYTES));
      if (before === 'edit-pages') mapEach(tables, frames);
      if (before === 'edit-range') mapAtOnce(tables);
      return tables;
    };
    let plain: NaiveTables | undefined;
    const madeNaively = (): NaiveTables => {
      if (plain !== undefined) return plain;
      plain = new NaiveTables(RAM_BYTES);
      if (before !== undefined) mapNaively(plain, frames);
      return plain;
    };
    return {
      name,
      title,
      unit,
      operations,
      variants: {
        ours: {
          run: () => run(made()),
          hash: () => hashOf((frame) => new Uint32Array(made().memory.read(frame * 4096, 4096).buffer)),
        },
        naive: { run: () => naive(madeNaively()), hash: () => hashOf((frame) => madeNaively().words(frame)) },
      },
      program: {
        work: name,
        setup: () => [
          `ram ${RAM_BYTES}`,
          scene.listCommand('frames', frames),
          ...(before === undefined ? [] : [`run ${before} 1`]),
        ],
      },
    };
  });
}
