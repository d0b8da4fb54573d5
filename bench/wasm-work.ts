/** The same work over RAM in WebAssembly memory, beside the same C. */
import { domainWork } from './domain-work.ts';
import { LongScene, longModeWork } from './long-mode-work.ts';
import { mmuWork } from './mmu-work.ts';
import { ownList, type PeerFiles, Scene } from './scene.ts';
import { tableWork } from './table-work.ts';
import { type Work, wasmName, wasmOwnName } from './work.ts';

/** What runs inside, and the most that its ratio to C should be. */
const TARGETS: Readonly<Record<string, number>> = {
  'many-hits-sequential': 1.1,
  'many-hits-random': 1.1,
  'many-misses-random': 1.2,
  'cr3-load': 1.5,
  'long-hits': 1.3,
  'long-misses': 1.3,
  'long-cr3': 1.5,
  'long-pcids': 1.5,
  'tables-512-ascending': 1.1,
  'tables-512-scattered': 1.1,
  'build-domain-512': 1,
  'build-domain-960': 1,
  'build-domain-512-unlisted': 1,
  'build-domain-960-unlisted': 1,
  'build-domain-512-reused': 1,
  'build-domain-960-reused': 1,
  'build-domain-512-unlisted-reused': 1,
  'build-domain-960-unlisted-reused': 1,
  'large-tables-512': 2,
  'large-tables-960': 2,
};

/** What is measured with lists in the same memory too. */
const WITH_OWN_LISTS: readonly string[] = [
  'many-hits-sequential',
  'many-hits-random',
  'many-misses-random',
  'long-hits',
  'long-misses',
  'tables-512-ascending',
  'tables-512-scattered',
  'build-domain-512-reused',
  'build-domain-960-reused',
  'build-domain-512-unlisted-reused',
  'build-domain-960-unlisted-reused',
];

/** @param wanted - Whether a work of that name is to be measured: the scenes are large, and made only then. */
export function wasmWork(files: PeerFiles, wanted: (name: string) => boolean): Work[] {
  const anyLists = Object.keys(TARGETS).some((name) => wanted(wasmName(name)));
  const ownLists = WITH_OWN_LISTS.some((name) => wanted(wasmOwnName(name)));
  if (!anyLists && !ownLists) return [];
  const scene = new Scene(512, files, 'wasm');
  const long = new LongScene(512, files, 'wasm');
  const works = anyLists
    ? [
        ...mmuWork(scene),
        ...longModeWork(long),
        ...tableWork(scene, 'wasm'),
        ...domainWork(scene, 'wasm'),
      ].filter(({ name }) => TARGETS[name] !== undefined)
    : [];
  const ownWorks = ownLists
    ? [
        ...mmuWork(scene, (list) => ownList(scene.memory, list)),
        ...longModeWork(long, (list) => ownList(long.memory, list)),
        ...tableWork(scene, 'wasm-own'),
        ...domainWork(scene, 'wasm-own'),
      ].filter(({ name }) => WITH_OWN_LISTS.includes(name))
    : [];
  return [
    ...works.map((work) => inside(work, wasmName, 'RAM in WebAssembly memory')),
    ...ownWorks.map((work) => inside(work, wasmOwnName, 'RAM and lists in WebAssembly memory')),
  ];
}

function inside(work: Work, nameOf: (name: string) => string, where: string): Work {
  const { name, title, variants, program } = work;
  return {
    ...work,
    name: nameOf(name),
    title: `${where}, ${title}`,
    target: TARGETS[name]!,
    variants: { ours: variants.ours },
    ...(program === undefined ? {} : { program: { ...program, v86: false, alone: false } }),
  };
}
