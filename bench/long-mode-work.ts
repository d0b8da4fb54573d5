/** The MMU's work in 4-level paging: 512 MiB in 4 KiB pages, mapped in the kernel's half and in the user's. */
import { CR0_PE, CR0_PG, CR0_WP, CR4_PAE, CR4_PCIDE, EFER_LME, EFER_NXE } from 'x86-paging/arch';
import { FrameAllocator, type PhysicalMemory } from 'x86-paging/memory';
import * as access from 'x86-paging/mmu';
import { Mmu } from 'x86-paging/mmu';
import { Mapper } from 'x86-paging/tables';
import { hashDoubles, shuffled } from './lists.ts';
import { inLoop } from './loops.ts';
import { naiveInTurn, naiveWideEach, naiveWideInvlpg, naiveWideXor } from './naive-wide-loops.ts';
import { NaiveWideMmu } from './naive-wide-walker.ts';
import { type Backing, fillHitPages, HIT_PAGES, type PeerFiles, ramOf } from './scene.ts';
import type { Variant, Work } from './work.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { READ } = access;

const MIB = 2 ** 20;
/** A direct map of the kernel, whose addresses fit no number. */
export const KERNEL = 0xffff_8880_0000_0000n;
/** The same pages where addresses are numbers. */
export const USER = 0x7000_0000_0000n;
/** Pages that are used again after a load of CR3. */
const RELOADED_PAGES = 1024;
/** As 4-level paging has it: 46 bits of physical addresses, no keys. */
const CPU = 'broadwell';

/** A list, or a copy of it elsewhere. */
type Place = <List extends BigUint64Array | Float64Array>(list: List) => List;

export class LongScene {
  readonly memory: PhysicalMemory;
  readonly root: number;
  readonly pages: number;
  readonly files: PeerFiles;

  constructor(mebibytes: number, files: PeerFiles, backing: Backing = 'plain') {
    this.files = files;
    this.memory = ramOf((mebibytes + 128) * MIB, backing);
    const allocator = new FrameAllocator(this.memory);
    this.pages = (mebibytes * MIB) / 4096;
    const frames = allocator.allocate(this.pages, { order: 'scattered', seed: 7 });
    const mapper = new Mapper(this.memory, {
      mode: '4-level',
      cpu: CPU,
      allocateFrame: () => allocator.allocate(1)[0]!,
    });
    for (const start of [KERNEL, USER]) {
      frames.forEach((frame, page) => {
        mapper.map(start + BigInt(page * 4096), frame * 4096, 4096, { writable: true });
      });
    }
    this.root = mapper.root;
    fillHitPages(this.memory, frames);
  }

  /** An MMU with an empty TLB. */
  mmu(cr4: number = CR4_PAE): Mmu {
    // Bit 31 makes the number negative.
    const cr0 = (CR0_PG | CR0_PE | CR0_WP) >>> 0;
    return new Mmu(this.memory, { cpu: CPU, cr0, cr3: this.root, cr4, efer: EFER_LME | EFER_NXE });
  }
}

/** @param place - Where the lists lie that are translated in one call: they, or copies of them. */
export function longModeWork(scene: LongScene, place: Place = (list) => list): Work[] {
  const kernel = addresses(KERNEL, HIT_PAGES);
  const user = addresses(USER, HIT_PAGES);
  const reloaded = addresses(KERNEL, RELOADED_PAGES);
  const all = shuffled(addresses(KERNEL, scene.pages));
  // Made when it is first needed: most runs of the bench leave it out.
  let made: NaiveWideMmu | undefined;
  const naive = (): NaiveWideMmu => {
    made ??= new NaiveWideMmu(scene.memory, scene.root, 4);
    return made;
  };
  const work = ({ title, program, list, ours, naive, ...rest }: LongWork): Work => ({
    unit: 'translation',
    operations: list.length,
    ...rest,
    title: `4-level: ${title}`,
    variants: { ours, naive },
    program: {
      work: program,
      setup: () => [scene.files.loadCommand(scene.memory, scene.root), scene.files.listCommand('wide', list)],
    },
  });
  const inList = (list: BigUint64Array, before?: (mmu: Mmu) => void, mmu: Mmu = scene.mmu()): Variant => {
    const linear = place(list);
    const physical = place(new Float64Array(list.length));
    return {
      run() {
        before?.(mmu);
        mmu.translateMany(linear, physical, READ);
      },
      hash: () => hashDoubles(physical),
    };
  };
  const reload = (mmu: Mmu): void => {
    mmu.cr3 = scene.root;
  };

  const reloadNaive = (mmu: NaiveWideMmu): void => mmu.loadCr3(scene.root);
  const numbers = Float64Array.from(user, Number);

  return [
    work({
      name: 'long-hits',
      title: '`translateMany` of a `BigUint64Array`, TLB hits',
      target: 3,
      program: 'long-hits',
      list: kernel,
      ours: inList(kernel),
      naive: naiveWideEach(naive, kernel),
    }),
    work({
      name: 'long-halves',
      title: '`translateHalves`, TLB hits',
      target: 3,
      program: 'long-translate',
      list: kernel,
      ours: inLoop(translateHalves, scene.mmu(), new Int32Array(kernel.buffer)),
      naive: naiveWideXor(naive, kernel),
    }),
    work({
      name: 'long-number',
      title: '`translate` of numbers, TLB hits',
      target: 2,
      program: 'long-translate',
      list: user,
      ours: inLoop(translateNumbers, scene.mmu(), numbers),
      naive: naiveWideXor(naive, numbers),
    }),
    work({
      name: 'long-bigint',
      title: '`translate` of bigints, TLB hits',
      target: 4,
      program: 'long-translate',
      list: kernel,
      ours: inLoop(translateBigints, scene.mmu(), kernel),
      naive: naiveWideXor(naive, kernel),
    }),
    work({
      name: 'long-misses',
      title: '`translateMany`, TLB empty, any order over 512 MiB',
      target: 2.2,
      program: 'long-misses',
      list: all,
      ours: inList(all, reload),
      naive: naiveWideEach(naive, all, reloadNaive),
    }),
    work({
      name: 'long-cr3',
      title: 'CR3 loaded, then 1024 pages used again',
      target: 2.8,
      program: 'long-misses',
      list: reloaded,
      ours: inList(reloaded, reload),
      naive: naiveWideEach(naive, reloaded, reloadNaive),
    }),
    work({
      name: 'long-pcids',
      title: 'two PCIDs in turn, kept, with 1024 pages each',
      target: 2.8,
      operations: 2 * RELOADED_PAGES,
      program: 'long-pcids',
      list: reloaded,
      ours: inTurn(scene, reloaded, place),
      naive: naiveInTurn(naive, reloaded, [scene.root + 1, scene.root + 2]),
    }),
    work({
      name: 'long-invlpg',
      title: 'INVLPG, and the page used again',
      target: 4,
      unit: 'page',
      program: 'long-invlpg',
      list: reloaded,
      ours: inLoop(invalidateAndUse, scene.mmu(), reloaded),
      naive: naiveWideInvlpg(naive, reloaded),
    }),
  ];
}

/** A row, as far as rows differ. */
interface LongWork
  extends Pick<Work, 'name' | 'title' | 'target'>,
    Partial<Pick<Work, 'unit' | 'operations'>> {
  /** The work in native/long-mode.h. */
  readonly program: string;
  readonly list: BigUint64Array;
  readonly ours: Variant;
  readonly naive: Variant;
}

/** An address in each of `pages` pages. */
export function addresses(first: bigint, pages: number): BigUint64Array {
  return BigUint64Array.from(
    { length: pages },
    (_, page) => first + BigInt(page * 4096 + ((page * 4) % 4096)),
  );
}

function translateHalves(mmu: Mmu, list: Int32Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i += 2) xor ^= mmu.translateHalves(list[i]!, list[i + 1]!, READ);
  return xor;
}

function translateNumbers(mmu: Mmu, list: Float64Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) xor ^= mmu.translate(list[i]!, READ);
  return xor;
}

function translateBigints(mmu: Mmu, list: BigUint64Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) xor ^= mmu.translate(list[i]!, READ);
  return xor;
}

/** Two address spaces that share their tables, but not their entries in the TLB. */
function inTurn(scene: LongScene, list: BigUint64Array, place: Place): Variant {
  const mmu = scene.mmu(CR4_PAE | CR4_PCIDE);
  const linear = place(list);
  const physical = place(new Float64Array(list.length));
  const keep = 2n ** 63n;
  const first = BigInt(scene.root + 1) | keep;
  const second = BigInt(scene.root + 2) | keep;
  return {
    run() {
      for (const cr3 of [first, second]) {
        mmu.cr3 = cr3;
        mmu.translateMany(linear, physical, READ);
      }
    },
    hash: () => hashDoubles(physical),
  };
}

function invalidateAndUse(mmu: Mmu, list: BigUint64Array): number {
  const halves = new Int32Array(list.buffer, 0, 2 * list.length);
  let xor = 0;
  for (let i = 0; i < list.length; i++) {
    mmu.invlpg(list[i]!);
    xor ^= mmu.translateHalves(halves[2 * i]!, halves[2 * i + 1]!, READ);
  }
  return xor;
}
