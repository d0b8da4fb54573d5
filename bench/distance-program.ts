/**
 * One work of the bench in a process that does nothing else, which answers `run` as native/peer.c does: to be timed,
 * and to be run by valgrind, which counts.
 *
 * Usage: node distance-program.js NAME
 */
import { distanceWorks } from './distance-work.ts';
import { serve } from './peer-loop.ts';
import { PeerFiles } from './scene.ts';

const files = new PeerFiles();
const [work] = distanceWorks(files, process.argv.slice(2, 3));
files.dispose();
const { ours } = work!.variants;

await serve({
  run(_name, repeats) {
    const start = performance.now();
    for (let i = 0; i < repeats; i++) ours.run();
    const time = ((performance.now() - start) * 1e6) / repeats;
    return `${time} ${ours.hash()}`;
  },
});
