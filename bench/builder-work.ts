/** The builder's work: page tables for 4 KiB and 4 MiB pages, and the proof of domains; whole ones in `domain-work.ts`. */
import { BULK_FILL, tableLayout, writeLargeDirectory } from 'x86-paging/bench';
import type { PhysicalMemory } from 'x86-paging/memory';
import { verifyDomain } from 'x86-paging/verify';
import { domainWork, hashTables } from './domain-work.ts';
import { DOMAIN, hashWords } from './lists.ts';
import { type Backing, buildMachine, ramOf, type Scene } from './scene.ts';
import { GROWTH_MIB, type Work } from './work.ts';

const MIB = 2 ** 20;

export function builderWork(scene: Scene, backing: Backing = 'plain'): Work[] {
  const works: Work[] = [];
  for (const mebibytes of [4, 64, 512, 960]) {
    for (const order of ['ascending', 'scattered'] as const)
      works.push(tables(scene, mebibytes, order, backing));
  }
  for (const mebibytes of [4, 64, 512, 960]) works.push(largeTables(scene, mebibytes, backing));
  works.push(...domainWork(scene, backing));
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

/** One directory entry for each 4 MiB. */
function largeTables(scene: Scene, mebibytes: number, backing: Backing): Work {
  // Made at the first run, as each memory of WebAssembly takes 10 GiB of address space.
  let made: PhysicalMemory | undefined;
  const ram = (): PhysicalMemory => {
    made ??= ramOf(MIB, backing);
    return made;
  };
  const frames = Uint32Array.from({ length: mebibytes / 4 }, (_, i) => 0x2c00 + i * 1024);
  const plan = { frames, loadAddress: DOMAIN, directoryFrame: 0 };
  return {
    name: `large-tables-${mebibytes}`,
    title: `the directory for ${mebibytes} MiB in 4 MiB pages`,
    unit: 'page',
    operations: frames.length,
    ...(mebibytes >= 512 ? { target: 2 } : {}),
    variants: {
      ours: {
        run: () => writeLargeDirectory(ram(), plan),
        hash: () => hashWords(new Uint32Array(ram().read(0, 4096).buffer)),
      },
    },
    program: { work: 'large-tables', setup: () => [`ram ${MIB}`, scene.listCommand('frames', frames)] },
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
