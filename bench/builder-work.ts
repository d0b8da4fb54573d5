/** The builder's work: page tables for 4 KiB and 4 MiB pages, whole domains, and their proof. */
import { BULK_FILL, tableLayout } from 'x86-paging/bench';
import { PhysicalMemory } from 'x86-paging/memory';
import { verifyDomain } from 'x86-paging/verify';
import { hashWords } from './lists.ts';
import { allocateFrames, buildMachine, buildOf, type Scene } from './scene.ts';
import { GROWTH_MIB, type Work } from './work.ts';

const MIB = 2 ** 20;

export function builderWork(scene: Scene): Work[] {
  const works: Work[] = [];
  for (const mebibytes of [4, 64, 512, 960]) {
    for (const order of ['ascending', 'scattered'] as const) works.push(tables(scene, mebibytes, order));
  }
  for (const mebibytes of [4, 64, 512, 960]) works.push(largeTables(scene, mebibytes));
  for (const mebibytes of GROWTH_MIB) works.push(domain(mebibytes));
  for (const mebibytes of GROWTH_MIB) works.push(proof(mebibytes));
  return works;
}

function tables(scene: Scene, mebibytes: number, order: 'ascending' | 'scattered'): Work {
  const { memory, plan } = tableLayout({ mebibytes, order });
  return {
    name: `tables-${mebibytes}-${order}`,
    title: `page tables for ${mebibytes} MiB in 4 KiB pages, frames ${order}`,
    unit: 'page',
    operations: plan.frames.length,
    ...(mebibytes === 512 ? { target: 2 } : {}),
    variants: {
      ours: {
        run: () => BULK_FILL.build(memory, plan),
        hash() {
          let hash = 0;
          for (const frame of [plan.directoryFrame, ...plan.tableFrames]) {
            const bytes = memory.read(frame * 4096, 4096);
            const own = hashWords(new Uint32Array(bytes.buffer));
            hash = (Math.imul(hash, 31) + own) >>> 0;
          }
          return hash;
        },
      },
    },
    program: {
      work: 'tables',
      setup: () => [`ram ${memory.sizeBytes}`, scene.listCommand('frames', plan.frames)],
    },
  };
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

function domain(mebibytes: number): Work {
  const memory = new PhysicalMemory((mebibytes + 128) * MIB);
  let frames: Uint32Array | undefined;
  let pages = 0;
  return {
    name: `build-domain-${mebibytes}`,
    title: `\`buildDomain\`, ${mebibytes} MiB: checks, images, tables, update list`,
    unit: 'page',
    operations: mebibytes * 256,
    variants: {
      ours: {
        run() {
          frames ??= allocateFrames(memory, mebibytes);
          pages = buildOf(memory, frames).pageCount;
        },
        hash: () => pages,
      },
    },
  };
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
