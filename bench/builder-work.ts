/** The builder's work: page tables for 4 KiB and 4 MiB pages, whole domains, and their proof. */
import { BULK_FILL, tableLayout } from 'x86-paging/bench';
import type { Domain } from 'x86-paging/builder';
import { PhysicalMemory } from 'x86-paging/memory';
import { verifyDomain } from 'x86-paging/verify';
import { hashWords } from './lists.ts';
import {
  allocateFrames,
  type Backing,
  buildMachine,
  buildOf,
  KERNEL_BYTES,
  ramOf,
  type Scene,
} from './scene.ts';
import { GROWTH_MIB, type Work } from './work.ts';

const MIB = 2 ** 20;

export function builderWork(scene: Scene, backing: Backing = 'plain'): Work[] {
  const works: Work[] = [];
  for (const mebibytes of [4, 64, 512, 960]) {
    for (const order of ['ascending', 'scattered'] as const)
      works.push(tables(scene, mebibytes, order, backing));
  }
  for (const mebibytes of [4, 64, 512, 960]) works.push(largeTables(scene, mebibytes));
  for (const mebibytes of GROWTH_MIB) works.push(domain(scene, mebibytes, 'listed', backing));
  for (const mebibytes of [512, 960]) works.push(domain(scene, mebibytes, 'none', backing));
  for (const mebibytes of GROWTH_MIB) works.push(proof(mebibytes));
  return works;
}

function tables(scene: Scene, mebibytes: number, order: 'ascending' | 'scattered', backing: Backing): Work {
  const layout = tableLayout({ mebibytes, order });
  const { plan } = layout;
  const memory = backing === 'plain' ? layout.memory : ramOf(layout.memory.sizeBytes, backing);
  return {
    name: `tables-${mebibytes}-${order}`,
    title: `page tables for ${mebibytes} MiB in 4 KiB pages, frames ${order}`,
    unit: 'page',
    operations: plan.frames.length,
    ...(mebibytes === 512 ? { target: 2.5 } : {}),
    variants: {
      ours: {
        run: () => BULK_FILL.build(memory, plan),
        hash: () => hashTables(memory, plan.directoryFrame, plan.tableFrames),
      },
    },
    program: {
      work: 'tables',
      setup: () => [`ram ${memory.sizeBytes}`, scene.listCommand('frames', plan.frames)],
    },
  };
}

/** As `hash_tables` in native/peer.c. */
function hashTables(memory: PhysicalMemory, directoryFrame: number, tableFrames: Uint32Array): number {
  let hash = 0;
  for (const frame of [directoryFrame, ...tableFrames]) {
    const own = hashWords(new Uint32Array(memory.read(frame * 4096, 4096).buffer));
    hash = (Math.imul(hash, 31) + own) >>> 0;
  }
  return hash;
}

/** One directory entry for each 4 MiB; nothing to be copied, so this is a plain loop. */
function largeTables(scene: Scene, mebibytes: number): Work {
  const memory = new PhysicalMemory(MIB);
  const directory = new Uint32Array(1024);
  const bytes = new Uint8Array(directory.buffer);
  const frames = Uint32Array.from({ length: mebibytes / 4 }, (_, i) => 0x2c00 + i * 1024);
  return {
    name: `large-tables-${mebibytes}`,
    title: `the directory for ${mebibytes} MiB in 4 MiB pages`,
    unit: 'page',
    operations: frames.length,
    variants: {
      ours: {
        run() {
          directory.fill(0);
          fillDirectory(directory, frames);
          memory.write(0, bytes);
        },
        hash: () => hashWords(new Uint32Array(memory.read(0, 4096).buffer)),
      },
    },
    program: { work: 'large-tables', setup: () => [`ram ${MIB}`, scene.listCommand('frames', frames)] },
  };
}

function fillDirectory(directory: Uint32Array, frames: Uint32Array): void {
  for (let i = 0; i < frames.length; i++) directory[768 + i] = (frames[i]! << 12) | 0xe3;
}

/** All that `buildDomain` does; C does the same, with checks, copies and memory for what it gives back. */
function domain(scene: Scene, mebibytes: number, updates: 'listed' | 'none', backing: Backing): Work {
  const size = (mebibytes + 128) * MIB;
  let made: PhysicalMemory | undefined;
  const ram = (): PhysicalMemory => {
    made ??= ramOf(size, backing);
    return made;
  };
  let frames: Uint32Array | undefined;
  let built: Domain | undefined;
  const own = (): Uint32Array => {
    frames ??= allocateFrames(ram(), mebibytes);
    return frames;
  };
  const listed = updates === 'listed';
  return {
    name: `build-domain-${mebibytes}${listed ? '' : '-unlisted'}`,
    title: `\`buildDomain\`, ${mebibytes} MiB: checks, images, tables${listed ? ', update list' : ''}`,
    unit: 'page',
    operations: mebibytes * 256,
    ...(mebibytes >= 512 ? { target: 1.5 } : {}),
    variants: {
      ours: {
        run() {
          built = buildOf(ram(), own(), updates);
        },
        hash: () => hashOf(ram(), built!),
      },
    },
    program: {
      work: listed ? 'domain' : 'domain-unlisted',
      setup: () => [
        `ram ${size}`,
        scene.listCommand('frames', own()),
        scene.listCommand('kernel', KERNEL_BYTES),
      ],
    },
  };
}

/** As `hash_domain` in native/build.h. */
function hashOf(memory: PhysicalMemory, domain: Domain): number {
  const { frames, pageTables, pageDirectory, updates, pageCount } = domain;
  const wordsAt = (frame: number, count = 1024): Uint32Array =>
    new Uint32Array(memory.read(frame * 4096, count * 4).buffer);
  const parts = [
    hashTables(memory, pageDirectory / 4096, pageTables),
    hashWords(updates),
    hashWords(wordsAt(frames[pageCount - 3 - pageTables.length]!, 71)),
    hashWords(wordsAt(frames[Math.floor((KERNEL_BYTES.length - 1) / 4096)]!)),
  ];
  return parts.reduce((hash, part) => (Math.imul(hash, 31) + part) >>> 0);
}

function proof(mebibytes: number): Work {
  // Made at the first run: most runs of the bench leave these out.
  let machine: ReturnType<typeof buildMachine> | undefined;
  let ok = false;
  return {
    name: `verify-${mebibytes}`,
    title: `\`verifyDomain\`, ${mebibytes} MiB: 2^20 pages × 6 kinds of access, all claims`,
    unit: 'translation',
    operations: 6 * 2 ** 20,
    variants: {
      ours: {
        run() {
          machine ??= buildMachine(mebibytes);
          ok = verifyDomain(machine.memory, machine.domain).ok;
        },
        hash() {
          if (!ok) throw new Error(`the domain of ${mebibytes} MiB does not verify`);
          return 1;
        },
      },
    },
  };
}
