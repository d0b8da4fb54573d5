/** The MMU's work: translations, reads and faults, on one 512 MiB domain. */
import * as access from 'x86-paging/mmu';
import { ACCESS_KINDS, type Mmu, NO_FAULT } from 'x86-paging/mmu';
import { hashAllPages, hashWords, sequential, shuffled } from './lists.ts';
import { inLoop } from './loops.ts';
import {
  naiveAllPages,
  naiveEach,
  naiveFaults,
  naiveInvlpg,
  naiveLoop,
  naiveReads,
  naiveTranslations,
} from './naive-loops.ts';
import { NaiveMmu } from './naive-walker.ts';
import { HIT_PAGES, type Scene } from './scene.ts';
import type { Variant, Work } from './work.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { FAULT, READ, USER_WRITE } = access;

/** Nothing is mapped here. */
const NOWHERE = 0x4000_0000;
const ALL_PAGES = 0x10_0000;
/** Pages that are cached when CR3 is loaded. */
const RELOADED_PAGES = 1024;

/** @param place - Where the lists lie that are translated in one call: they, or copies of them. */
export function mmuWork(scene: Scene, place: (list: Uint32Array) => Uint32Array = (list) => list): Work[] {
  // Made when it is first needed: most runs of the bench leave it out.
  let made: NaiveMmu | undefined;
  const naive = (): NaiveMmu => {
    made ??= new NaiveMmu(scene.memory, scene.domain.pageDirectory);
    return made;
  };
  const inOrder = sequential(HIT_PAGES);
  const anyOrder = shuffled(inOrder);
  const all = shuffled(sequential(scene.pages));
  const nowhere = sequential(HIT_PAGES, NOWHERE);
  const crossing = sequential(HIT_PAGES - 1).map((address) => (address | 0xfff) - 1);
  const setup = (list: Uint32Array) => () => [scene.loadCommand(), scene.listCommand('linear', list)];

  const batch = (name: string, title: string, list: Uint32Array, target?: number): Work => ({
    name,
    title,
    unit: 'translation',
    operations: list.length,
    ...(target === undefined ? {} : { target }),
    variants: {
      ours: oursInBatch(scene.mmu(), list, undefined, place),
      naive: naiveEach(naive, list, false),
    },
    program: { work: 'many-hits', v86: true, alone: true, setup: setup(list) },
  });
  const single = (name: string, title: string, list: Uint32Array, target?: number): Work => ({
    name,
    title,
    unit: 'translation',
    operations: list.length,
    ...(target === undefined ? {} : { target }),
    variants: {
      ours: inLoop(translateAll, scene.mmu(), list),
      naive: naiveLoop(naive, list, naiveTranslations),
    },
    program: { work: 'translate', v86: true, alone: true, setup: setup(list) },
  });
  const read = (name: string, title: string, list: Uint32Array, target?: number): Work => ({
    name,
    title,
    unit: 'read',
    operations: list.length,
    ...(target === undefined ? {} : { target }),
    variants: { ours: inLoop(readAll, scene.mmu(), list), naive: naiveLoop(naive, list, naiveReads) },
    program: { work: 'read32', setup: setup(list) },
  });
  const misses = (name: string, title: string, list: Uint32Array, unit: string, target?: number): Work => ({
    name,
    title,
    unit,
    operations: unit === 'load' ? 1 : list.length,
    ...(target === undefined ? {} : { target }),
    variants: {
      ours: oursInBatch(scene.mmu(), list, scene.domain.pageDirectory, place),
      naive: naiveEach(naive, list, true),
    },
    program: { work: 'many-misses', v86: true, setup: setup(list) },
  });

  return [
    batch('many-hits-sequential', '`translateMany`, TLB hits, page after page', inOrder, 1.3),
    batch('many-hits-random', '`translateMany`, TLB hits, in any order', anyOrder, 1.3),
    misses(
      'many-misses-random',
      '`translateMany`, TLB empty, any order over 512 MiB',
      all,
      'translation',
      1.1,
    ),
    single('translate-hits-sequential', '`translate`, one call each, TLB hits', inOrder, 1.7),
    single('translate-hits-random', '`translate`, TLB hits, in any order', anyOrder, 1.7),
    read('read-hits', '`readUint32` through the MMU, TLB hits', inOrder, 2),
    read('read-crossing', '`readUint32` across two pages, TLB hits', crossing, 2.5),
    {
      name: 'faults',
      title: '`translate` of addresses that fault, CR2 and error code read',
      unit: 'fault',
      operations: nowhere.length,
      target: 2,
      variants: {
        ours: inLoop(faultAll, scene.mmu(), nowhere),
        naive: naiveLoop(naive, nowhere, naiveFaults),
      },
      program: { work: 'faults', setup: setup(nowhere) },
    },
    {
      name: 'invlpg',
      title: 'INVLPG, and the page used again',
      unit: 'page',
      operations: RELOADED_PAGES,
      target: 4,
      variants: {
        ours: inLoop(invalidateAndUse, scene.mmu(), sequential(RELOADED_PAGES)),
        naive: naiveLoop(naive, sequential(RELOADED_PAGES), naiveInvlpg),
      },
      program: { work: 'invlpg', setup: setup(sequential(RELOADED_PAGES)) },
    },
    misses('cr3-load', 'CR3 loaded, then 1024 pages used again', sequential(RELOADED_PAGES), 'load', 2.8),
    {
      name: 'all-pages',
      title: 'all 2^20 pages × 6 kinds of access, TLB empty at first',
      unit: 'translation',
      operations: 6 * ALL_PAGES,
      target: 2.5,
      variants: { ours: oursAllPages(scene.mmu()), naive: naiveAllPages(naive) },
      program: { work: 'all-pages', setup: () => [scene.loadCommand()] },
    },
  ];
}

function oursInBatch(
  mmu: Mmu,
  list: Uint32Array,
  cr3: number | undefined,
  place: (list: Uint32Array) => Uint32Array,
): Variant {
  const linear = place(list);
  const physical = place(new Uint32Array(list.length));
  return {
    run() {
      if (cr3 !== undefined) mmu.cr3 = cr3;
      mmu.translateMany(linear, physical, READ);
    },
    hash: () => hashWords(physical),
  };
}

function translateAll(mmu: Mmu, list: Uint32Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) xor ^= mmu.translate(list[i]!, READ);
  return xor;
}

function invalidateAndUse(mmu: Mmu, list: Uint32Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) {
    mmu.invlpg(list[i]!);
    xor ^= mmu.translate(list[i]!, READ);
  }
  return xor;
}

function readAll(mmu: Mmu, list: Uint32Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) xor ^= mmu.readUint32(list[i]!);
  return xor;
}

function faultAll(mmu: Mmu, list: Uint32Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) {
    if (mmu.translate(list[i]!, USER_WRITE) === FAULT) xor ^= (mmu.cr2 as number) ^ mmu.faultCode;
  }
  return xor;
}

/** Lists of this length stay in the first-level cache. */
const RUN = 4096;

function oursAllPages(mmu: Mmu): Variant {
  const linear = new Uint32Array(RUN);
  const physical = new Uint32Array(RUN);
  const faultCodes = new Uint8Array(RUN);
  const quads = new Int32Array(faultCodes.buffer);
  const found = new Int32Array(ALL_PAGES);
  const granted = new Uint8Array(ALL_PAGES);
  const { cr4 } = mmu;
  const note = (first: number, bit: number): void => {
    for (let quad = 0; quad < quads.length; quad++) {
      // NO_FAULT alone has bit 7 set: four faults are passed over at once.
      if ((quads[quad]! & (0x8080_8080 | 0)) === 0) continue;
      for (let i = 4 * quad; i < 4 * quad + 4; i++) {
        if (faultCodes[i] !== NO_FAULT) continue;
        found[first + i] = physical[i]! >>> 12;
        granted[first + i]! |= bit;
      }
    }
  };
  return {
    run() {
      // A change of PGE empties the TLB, global pages too.
      mmu.cr4 = 0;
      mmu.cr4 = cr4;
      found.fill(-1);
      granted.fill(0);
      for (let first = 0; first < ALL_PAGES; first += RUN) {
        for (let i = 0; i < RUN; i++) linear[i] = (first + i) << 12;
        for (const access of ACCESS_KINDS) {
          mmu.translateEach(linear, physical, faultCodes, access);
          note(first, 1 << access);
        }
      }
    },
    hash: () => hashAllPages(found, granted),
  };
}
