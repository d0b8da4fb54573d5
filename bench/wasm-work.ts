/** The same work over RAM in WebAssembly memory, beside the same C. */
import { domainWork } from './domain-work.ts';
import { LongScene, longModeWork } from './long-mode-work.ts';
import { mmuWork } from './mmu-work.ts';
import { type PeerFiles, Scene } from './scene.ts';
import { tableWork } from './table-work.ts';
import { type Work, wasmName } from './work.ts';

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

/** @param wanted - Whether a work of that name is to be measured: the scenes are large, and made only then. */
export function wasmWork(files: PeerFiles, wanted: (name: string) => boolean): Work[] {
  if (!Object.keys(TARGETS).some((name) => wanted(wasmName(name)))) return [];
  const scene = new Scene(512, files, 'wasm');
  const works = [
    ...mmuWork(scene),
    ...longModeWork(new LongScene(512, files, 'wasm')),
    ...tableWork(scene, 'wasm'),
    ...domainWork(scene, 'wasm'),
  ];
  return works.flatMap((work) => {
    const target = TARGETS[work.name];
    if (target === undefined) return [];
    const { title, variants, program } = work;
    return {
      ...work,
      name: wasmName(work.name),
      title: `RAM in WebAssembly memory, ${title}`,
      target,
      variants: { ours: variants.ours },
      ...(program === undefined ? {} : { program: { ...program, v86: false, alone: false } }),
    };
  });
}
