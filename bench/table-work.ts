/** Page tables for 4 KiB pages and directories for 4 MiB pages; whole domains in `domain-work.ts`. */
import {
  BACKWARD,
  BULK_FILL,
  type ConstructionStrategy,
  DEV_MEM,
  FORWARD,
  LARGE_PAGES,
  type TablePlan,
  tableLayout,
  UPDATE_LIST,
  writeLargeDirectory,
} from 'x86-paging/bench';
import type { PhysicalMemory } from 'x86-paging/memory';
import { hashTables, wordsIn } from './domain-work.ts';
import { DOMAIN, hashWords } from './lists.ts';
import { naiveLargeTables, naiveTables, naiveWords } from './naive-builder.ts';
import { type Backing, ownList, ramOf, type Scene } from './scene.ts';
import type { Variant, Work } from './work.ts';

const MIB = 2 ** 20;

export function tableWork(scene: Scene, backing: Backing = 'plain'): Work[] {
  const works: Work[] = [];
  for (const mebibytes of [4, 64, 512, 960]) {
    for (const order of ['ascending', 'scattered'] as const)
      works.push(tables(scene, mebibytes, order, backing));
  }
  for (const mebibytes of [4, 64, 512, 960]) works.push(largeTables(scene, mebibytes, backing));
  if (backing === 'plain')
    for (const [name, strategy] of Object.entries(WAYS)) works.push(way(scene, name, strategy));
  return works;
}

function tables(scene: Scene, mebibytes: number, order: 'ascending' | 'scattered', backing: Backing): Work {
  const layout = tableLayout({ mebibytes, order });
  const memory = backing === 'plain' ? layout.memory : ramOf(layout.memory.sizeBytes, backing);
  const frames = backing === 'wasm-own' ? ownList(memory, layout.plan.frames) : layout.plan.frames;
  const plan = { ...layout.plan, frames };
  return {
    name: `tables-${mebibytes}-${order}`,
    title: `page tables for ${mebibytes} MiB in 4 KiB pages, frames ${order}`,
    unit: 'page',
    operations: plan.frames.length,
    ...(mebibytes === 512 ? { target: 2.5 } : {}),
    variants: {
      ours: {
        run: () => BULK_FILL.build(memory, plan),
        hash: () => hashTables(wordsIn(memory), plan),
      },
      ...(backing === 'plain' && { naive: naiveVariant(plan) }),
    },
    program: {
      work: 'tables',
      setup: () => [`ram ${memory.sizeBytes}`, scene.listCommand('frames', plan.frames)],
    },
  };
}

/** How others build the same tables; the library's own is `tables-512-scattered`. */
const WAYS: Readonly<Record<string, ConstructionStrategy>> = {
  forward: FORWARD,
  backward: BACKWARD,
  'update-list': UPDATE_LIST,
  'dev-mem': DEV_MEM,
  'large-pages': LARGE_PAGES,
};

function way(scene: Scene, name: string, strategy: ConstructionStrategy): Work {
  const isLarge = strategy === LARGE_PAGES;
  const order = isLarge ? 'ascending' : 'scattered';
  const { memory, plan } = tableLayout({ mebibytes: 512, order });
  return {
    name: `ways-512-${name}`,
    title: `page tables for 512 MiB, frames ${order}: ${strategy.name}`,
    unit: 'page',
    operations: plan.frames.length,
    variants: {
      ours: {
        run: () => strategy.build(memory, plan),
        hash: () => hashTables(wordsIn(memory), plan),
      },
      ...(!isLarge && { naive: naiveVariant(plan) }),
    },
    program: {
      work: isLarge ? 'tables-large' : 'tables',
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
      ...(backing === 'plain' && {
        naive: { run: () => naiveLargeTables(frames), hash: () => hashWords(naiveWords(0)) },
      }),
    },
    program: { work: 'large-tables', setup: () => [`ram ${MIB}`, scene.listCommand('frames', frames)] },
  };
}

function naiveVariant(plan: TablePlan): Variant {
  return { run: () => naiveTables(plan), hash: () => hashTables(naiveWords, plan) };
}
