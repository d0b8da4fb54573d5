/** All that is measured, by topic, in the order of the report. */
import { accessWork, longAccessWork } from './access-work.ts';
import { domainWork } from './domain-work.ts';
import { editWork } from './edit-work.ts';
import { growthWork } from './growth-work.ts';
import { hypervisorWork } from './hypervisor-work.ts';
import { LongScene, longModeWork } from './long-mode-work.ts';
import { mmuWork } from './mmu-work.ts';
import { proofWork } from './proof-work.ts';
import { scanWork } from './scan-work.ts';
import { type PeerFiles, Scene } from './scene.ts';
import { tableWork } from './table-work.ts';
import { wasmWork } from './wasm-work.ts';
import type { Topic } from './work.ts';

/** Of the machines that most works share. */
const MEBIBYTES = 512;

/** @param wanted - Whether a work of that name is to be measured; some large scenes are made only then. */
export function topics(files: PeerFiles, wanted: (name: string) => boolean): Topic[] {
  const scene = new Scene(MEBIBYTES, files);
  const long = new LongScene(MEBIBYTES, files);
  const all: Topic[] = [
    {
      heading: 'Hits, misses and accesses in 32-bit paging',
      works: [...mmuWork(scene), ...accessWork(scene)],
    },
    { heading: 'Long mode', works: [...longModeWork(long), ...longAccessWork(long)] },
    { heading: 'Every page of an address space, as runs', works: scanWork(files) },
    { heading: 'Page tables', works: tableWork(scene) },
    { heading: 'Page tables changed', works: editWork(scene) },
    { heading: 'Whole domains', works: domainWork(scene, 'plain') },
    { heading: 'Proof of a domain', works: proofWork() },
    { heading: 'Growth of RAM', works: growthWork(files) },
    { heading: 'The same over RAM in WebAssembly memory', works: wasmWork(files, wanted) },
    { heading: 'What it costs that Xen checks every update', works: [hypervisorWork(MEBIBYTES, files)] },
  ];
  return all
    .map(({ heading, works }) => ({ heading, works: works.filter(({ name }) => wanted(name)) }))
    .filter(({ works }) => works.length > 0);
}
