/** Whole domains, and the parts that their time goes to. */
import type { TablePlan } from 'x86-paging/bench';
import { BuildError, type Domain } from 'x86-paging/builder';
import type { PhysicalMemory } from 'x86-paging/memory';
import { hashWords } from './lists.ts';
import { type NaiveDomain, naiveCheck, naiveDomain, naiveWords } from './naive-builder.ts';
import { allocateFrames, type Backing, buildOf, KERNEL_BYTES, ownList, ramOf, type Scene } from './scene.ts';
import { GROWTH_MIB, type Variant, type Work } from './work.ts';

const MIB = 2 ** 20;

/** Sizes that have an aim. */
const LARGE_MIB = [512, 960] as const;

/** How a domain is built. */
interface Manner {
  /** Of the work. */
  readonly suffix: string;
  /** For the reader, after what is built. */
  readonly title: string;
  readonly updates: 'listed' | 'none';
  /** Whether the arrays of the last domain are used again, as C frees its lists and is given the same memory. */
  readonly reuse: boolean;
  /** The work in native/build.h. */
  readonly peer: string;
}

const LISTED: Manner = {
  suffix: '',
  title: 'checks, images, tables, update list',
  updates: 'listed',
  reuse: false,
  peer: 'domain',
};
const UNLISTED: Manner = {
  ...LISTED,
  suffix: '-unlisted',
  title: 'checks, images, tables',
  updates: 'none',
  peer: 'domain-unlisted',
};
const again = (manner: Manner): Manner => ({
  ...manner,
  suffix: `${manner.suffix}-reused`,
  title: `${manner.title}, in the last domain's arrays`,
  reuse: true,
});
/** C checks frames as we do, by a bit each; else by a byte, as one writes it first. */
const besideBits = (manner: Manner): Manner => ({
  ...manner,
  suffix: `${manner.suffix}-bits`,
  title: `${manner.title}, beside C with a bit for each frame`,
  peer: `${manner.peer}-bits`,
});

/** C asks the host for new memory at each build, as a program does that keeps what it built. */
const besideFresh = (manner: Manner): Manner => ({
  ...manner,
  suffix: `${manner.suffix}-fresh`,
  title: `${manner.title}, beside C in new memory as well`,
  peer: `${manner.peer}-fresh`,
});

export function domainWork(scene: Scene, backing: Backing): Work[] {
  const manners = [UNLISTED, again(LISTED), again(UNLISTED)];
  const works = GROWTH_MIB.map((mebibytes) => domain(scene, mebibytes, LISTED, backing));
  for (const mebibytes of LARGE_MIB)
    works.push(
      ...[
        ...manners,
        ...[again(LISTED), again(UNLISTED)].map(besideBits),
        ...[LISTED, UNLISTED].map(besideFresh),
      ].map((manner) => domain(scene, mebibytes, manner, backing)),
    );
  for (const mebibytes of LARGE_MIB) works.push(check(scene, mebibytes, backing), copy(scene, mebibytes));
  return works;
}

/** RAM and the frames of a domain in it, made when first asked for: most runs of the bench leave most works out. */
class Place {
  readonly size: number;
  readonly #mebibytes: number;
  readonly #backing: Backing;
  #memory: PhysicalMemory | undefined;
  #frames: Uint32Array | undefined;

  constructor(mebibytes: number, backing: Backing) {
    this.size = (mebibytes + 128) * MIB;
    this.#mebibytes = mebibytes;
    this.#backing = backing;
  }

  get memory(): PhysicalMemory {
    this.#memory ??= ramOf(this.size, this.#backing);
    return this.#memory;
  }

  get frames(): Uint32Array {
    this.#frames ??= this.#allocateFrames();
    return this.#frames;
  }

  /** What the first domain is to fill anew, where it is not to have arrays of its own. */
  get lists(): Pick<Domain, 'frames' | 'updates'> | undefined {
    if (this.#backing !== 'wasm-own') return undefined;
    const { length } = this.frames;
    return {
      frames: this.memory.allocateList(Uint32Array, length),
      updates: this.memory.allocateList(Uint32Array, 4 * length + 2050),
    };
  }

  #allocateFrames(): Uint32Array {
    const frames = allocateFrames(this.memory, this.#mebibytes);
    return this.#backing === 'wasm-own' ? ownList(this.memory, frames) : frames;
  }

  /** What C is told before it does such work. */
  setup(scene: Scene): string[] {
    return [
      `ram ${this.size}`,
      scene.listCommand('frames', this.frames),
      scene.listCommand('kernel', KERNEL_BYTES),
    ];
  }
}

/** All that `buildDomain` does; C does the same, with checks, copies and memory for what it gives back. */
function domain(scene: Scene, mebibytes: number, manner: Manner, backing: Backing): Work {
  const place = new Place(mebibytes, backing);
  const { updates, reuse } = manner;
  let built: Domain | undefined;
  return {
    name: `build-domain-${mebibytes}${manner.suffix}`,
    title: `\`buildDomain\`, ${mebibytes} MiB: ${manner.title}`,
    unit: 'page',
    operations: mebibytes * 256,
    ...(mebibytes >= LARGE_MIB[0] && !/-(bits|fresh)$/.test(manner.peer) ? { target: 1.5 } : {}),
    variants: {
      ours: {
        run() {
          const old = reuse ? (built ?? place.lists) : undefined;
          built = buildOf(place.memory, place.frames, { updates, ...(old && { reuse: old }) });
        },
        hash: () => hashOf(place.memory, built!),
      },
      ...(!reuse && backing === 'plain' && { naive: naiveVariant(place, updates === 'listed') }),
    },
    program: { work: manner.peer, setup: () => place.setup(scene) },
  };
}

/** The check of frames alone: a build that is refused when it is done. */
function check(scene: Scene, mebibytes: number, backing: Backing): Work {
  const place = new Place(mebibytes, backing);
  return {
    name: `build-parts-${mebibytes}-check`,
    title: `of a build of ${mebibytes} MiB: that frames exist and none comes twice`,
    unit: 'page',
    operations: mebibytes * 256,
    variants: {
      ours: {
        run() {
          try {
            buildOf(place.memory, place.frames, { domainId: -1 });
          } catch (error) {
            if (error instanceof BuildError && error.code === 'bad-option') return;
            throw error;
          }
          throw new Error('a domain of number -1 was built');
        },
        hash: () => 1,
      },
      ...(backing === 'plain' && {
        naive: { run: () => naiveCheck(place.frames, place.size / 4096), hash: () => 1 },
      }),
    },
    program: { work: 'domain-check', setup: () => place.setup(scene) },
  };
}

/** A domain has a list of its frames of its own. */
function copy(scene: Scene, mebibytes: number): Work {
  const place = new Place(mebibytes, 'plain');
  const own = new Uint32Array(mebibytes * 256);
  return {
    name: `build-parts-${mebibytes}-copy`,
    title: `of a build of ${mebibytes} MiB: the copy of the list of frames`,
    unit: 'page',
    operations: own.length,
    variants: { ours: { run: () => own.set(place.frames), hash: () => hashWords(own) } },
    program: { work: 'domain-copy', setup: () => place.setup(scene) },
  };
}

/** As `hash_tables` in native/peer.c. */
export function hashTables(words: Words, { directoryFrame, tableFrames }: Tables): number {
  let hash = 0;
  for (const frame of [directoryFrame, ...tableFrames])
    hash = (Math.imul(hash, 31) + hashWords(words(frame, 1024))) >>> 0;
  return hash;
}

type Tables = Pick<TablePlan, 'directoryFrame' | 'tableFrames'>;

/** The first words of a frame. */
type Words = (frame: number, count: number) => Uint32Array;

export const wordsIn =
  (memory: PhysicalMemory): Words =>
  (frame, count) =>
    new Uint32Array(memory.read(frame * 4096, count * 4).buffer);

/** As `hash_domain` in native/build.h. */
function hashDomain(words: Words, tables: Tables, frames: Uint32Array, updates: Uint32Array): number {
  const parts = [
    hashTables(words, tables),
    hashWords(updates),
    hashWords(words(frames[frames.length - 3 - tables.tableFrames.length]!, 71)),
    hashWords(words(frames[Math.floor((KERNEL_BYTES.length - 1) / 4096)]!, 1024)),
  ];
  return parts.reduce((hash, part) => (Math.imul(hash, 31) + part) >>> 0);
}

function hashOf(memory: PhysicalMemory, { frames, pageTables, pageDirectory, updates }: Domain): number {
  const tables = { directoryFrame: pageDirectory / 4096, tableFrames: pageTables };
  return hashDomain(wordsIn(memory), tables, frames, updates);
}

/** The whole of it once more, whatever was built before. */
function naiveVariant(place: Place, isListed: boolean): Variant {
  let built: NaiveDomain | undefined;
  return {
    run() {
      built = naiveDomain(place.frames, place.size / 4096, KERNEL_BYTES, isListed);
    },
    hash: () => hashDomain(naiveWords, built!, built!.frames, Uint32Array.from(built!.updates)),
  };
}
