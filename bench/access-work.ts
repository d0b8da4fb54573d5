/** Reads and writes through the MMU, and walks that are explained, beside those of mmu-work.ts and long-mode-work.ts. */

import type { Mmu } from 'x86-paging/mmu';
import * as access from 'x86-paging/mmu';
import { sequential } from './lists.ts';
import { addresses, KERNEL, type LongScene, USER } from './long-mode-work.ts';
import { inLoop } from './loops.ts';
import { naiveExplain } from './naive-explain.ts';
import { naiveLoop } from './naive-loops.ts';
import { NaiveMmu, viewOf } from './naive-walker.ts';
import { NaiveWideMmu } from './naive-wide-walker.ts';
import { HIT_PAGES, type Scene } from './scene.ts';
import type { Variant, Work } from './work.ts';

// V8 compiles a constant of this module into the code, but loads an imported one every time.
const { READ } = access;

const EXPLAINED_PAGES = 1024;
/** Few enough for the host's caches. */
const WRITTEN_PAGES = 1024;

/** Where pages are written: half a page from where other works read, so that they may come in any order. */
const writtenAt = (page: number): number => 8 + (((((page * 4) % 4096) + 2048) % 4080) & ~7);

export function accessWork(scene: Scene): Work[] {
  const written = Uint32Array.from(
    sequential(WRITTEN_PAGES),
    (address, page) => (address & ~0xfff) + writtenAt(page),
  );
  return [
    {
      name: 'write-hits',
      title: '`writeUint32` through the MMU, TLB hits',
      unit: 'write',
      operations: written.length,
      variants: {
        ours: writesOf(written, () => scene.mmu(), writeAll),
        naive: writesOf(written, () => new NaiveMmu(scene.memory, scene.domain.pageDirectory), writeNaively),
      },
      program: {
        work: 'write32',
        setup: () => [scene.loadCommand(), scene.listCommand('linear', written)],
      },
    },
    explained('explain', '`explain`: every entry of a walk, decoded', {
      list: [...sequential(EXPLAINED_PAGES)],
      mmu: () => scene.mmu(),
      view: () => viewOf(scene.memory),
      root: scene.domain.pageDirectory,
      levels: 2,
    }),
  ];
}

export function longAccessWork(scene: LongScene): Work[] {
  const kernel = addresses(KERNEL, HIT_PAGES);
  const user = addresses(USER, HIT_PAGES);
  const written = BigUint64Array.from(
    { length: WRITTEN_PAGES },
    (_, page) => KERNEL + BigInt(page * 4096 + writtenAt(page)),
  );
  // Of 8 bytes, which must not cross into the next page.
  const read = kernel.map((address) => address & ~7n);
  let made: NaiveWideMmu | undefined;
  const naive = (): NaiveWideMmu => {
    made ??= new NaiveWideMmu(scene.memory, scene.root, 4);
    return made;
  };
  const row = (
    name: string,
    title: string,
    work: string,
    list: BigUint64Array,
    ours: Variant,
    other: Variant,
  ): Work => ({
    name,
    title: `4-level: ${title} through the MMU, TLB hits`,
    unit: work.includes('read') ? 'read' : 'write',
    operations: list.length,
    variants: { ours, naive: other },
    program: {
      work,
      setup: () => [scene.files.loadCommand(scene.memory, scene.root), scene.files.listCommand('wide', list)],
    },
  });
  const numbers = Float64Array.from(user, Number);
  return [
    row(
      'long-read-32',
      '`readUint32` of numbers',
      'long-read32',
      user,
      inLoop(readNumbers, scene.mmu(), numbers),
      naiveLoop(naive, numbers, readNumbersNaively),
    ),
    row(
      'long-read-64',
      '`readBigUint64`',
      'long-read64',
      read,
      inLoop(readBigints, scene.mmu(), read),
      naiveLoop(naive, read, readBigintsNaively),
    ),
    row(
      'long-write-64',
      '`writeBigUint64`',
      'long-write64',
      written,
      writesOf(written, () => scene.mmu(), writeBigints),
      writesOf(written, naive, writeBigintsNaively),
    ),
    explained('long-explain', '4-level: `explain`', {
      list: [...addresses(KERNEL, EXPLAINED_PAGES)],
      mmu: () => scene.mmu(),
      view: () => viewOf(scene.memory),
      root: scene.root,
      levels: 4,
    }),
  ];
}

/** Both halves of a word, in one. */
function folded(value: bigint): number {
  return Number(BigInt.asIntN(32, value)) ^ Number(BigInt.asIntN(32, value >> 32n));
}

function readNumbers(mmu: Mmu, list: Float64Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) xor ^= mmu.readUint32(list[i]!);
  return xor;
}

function readBigints(mmu: Mmu, list: BigUint64Array): number {
  let xor = 0n;
  for (let i = 0; i < list.length; i++) xor ^= mmu.readBigUint64(list[i]!) as bigint;
  return folded(xor);
}

// The same once more: V8 knows less of a loop that two kinds of MMU go through.
function readNumbersNaively(mmu: NaiveWideMmu, list: Float64Array): number {
  let xor = 0;
  for (let i = 0; i < list.length; i++) xor ^= mmu.readUint32(list[i]!);
  return xor;
}

function readBigintsNaively(mmu: NaiveWideMmu, list: BigUint64Array): number {
  let xor = 0n;
  for (let i = 0; i < list.length; i++) xor ^= mmu.readBigUint64(list[i]!);
  return folded(xor);
}

function writeAll(mmu: Mmu, list: Uint32Array): void {
  for (let i = 0; i < list.length; i++) mmu.writeUint32(list[i]!, i);
}

function writeNaively(mmu: NaiveMmu, list: Uint32Array): void {
  for (let i = 0; i < list.length; i++) mmu.writeUint32(list[i]!, i);
}

function writeBigints(mmu: Mmu, list: BigUint64Array): void {
  for (let i = 0; i < list.length; i++) mmu.writeBigUint64(list[i]!, list[i]!);
}

function writeBigintsNaively(mmu: NaiveWideMmu, list: BigUint64Array): void {
  for (let i = 0; i < list.length; i++) mmu.writeBigUint64(list[i]!, list[i]!);
}

interface Reader<Address> {
  readUint32(linear: Address): number;
  readBigUint64?(linear: Address): bigint | number;
}

/** Its hash is of what is read afterwards. */
function writesOf<Target extends Reader<never>, List extends Uint32Array | BigUint64Array>(
  list: List,
  make: () => Target,
  write: (target: Target, list: List) => void,
): Variant {
  let target: Target | undefined;
  return {
    run() {
      target ??= make();
      write(target, list);
    },
    hash() {
      const mix = (hash: number, word: number): number => (Math.imul(hash, 31) + word) | 0;
      let hash = 0;
      for (const address of list as Iterable<never>) {
        if (list instanceof Uint32Array) hash = mix(hash, target!.readUint32(address));
        else {
          const value = BigInt(target!.readBigUint64!(address));
          hash = mix(mix(hash, Number(value & 0xffff_ffffn)), Number(value >> 32n));
        }
      }
      return hash >>> 0;
    },
  };
}

interface Explained {
  readonly list: readonly (number | bigint)[];
  readonly mmu: () => Mmu;
  readonly view: () => DataView;
  readonly root: number;
  readonly levels: 2 | 4;
}

/** No C: reports of objects and names are nothing that one would write in it. */
function explained(name: string, title: string, { list, mmu, view, root, levels }: Explained): Work {
  let own: Mmu | undefined;
  let tables: DataView | undefined;
  let [result, naiveResult] = [0, 0];
  return {
    name,
    title,
    unit: 'walk',
    operations: list.length,
    variants: {
      ours: {
        run() {
          own ??= mmu();
          let hash = 0;
          for (const linear of list) {
            const report = own.explain(linear, READ);
            if (report.ok) hash = Math.imul(hash, 31) + report.physical;
            for (const { entryAddress, flags } of report.steps)
              hash = (hash + entryAddress + flags.length) | 0;
          }
          result = hash;
        },
        hash: () => result >>> 0,
      },
      naive: {
        run() {
          tables ??= view();
          let hash = 0;
          for (const linear of list) {
            const report = naiveExplain(tables, root, levels, linear);
            if (report.ok) hash = Math.imul(hash, 31) + report.physical;
            for (const { entryAddress, flags } of report.steps)
              hash = (hash + entryAddress + flags.length) | 0;
          }
          naiveResult = hash;
        },
        hash: () => naiveResult >>> 0,
      },
    },
  };
}
