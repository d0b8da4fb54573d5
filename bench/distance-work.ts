/** What docs/distance-to-the-limit.md counts and times: works of the bench, over memory small enough for valgrind. */
import { LongScene, longModeWork } from './long-mode-work.ts';
import { mmuWork } from './mmu-work.ts';
import { type PeerFiles, Scene } from './scene.ts';
import type { Work } from './work.ts';

/** Twice what the hits use. More changes no count, and only makes the way there longer. */
const MEBIBYTES = 64;

/** By the names of the bench, in the order of the page: what each is called there. */
const TITLES_32: Readonly<Record<string, string>> = {
  'many-hits-sequential': '`translateMany`, TLB hits',
  'translate-hits-sequential': '`translate`, one call each, TLB hits',
  'read-hits': '`readUint32` through the MMU, TLB hits',
  'many-misses-random': '`translateMany`, TLB empty',
  faults: '`translate` of addresses that fault, CR2 and error code read',
};
const TITLES_64: Readonly<Record<string, string>> = {
  'long-hits': '4-level: `translateMany` of a `BigUint64Array`, TLB hits',
  'long-number': '4-level: `translate` of numbers, TLB hits',
  'long-halves': '4-level: `translateHalves`, TLB hits',
  'long-bigint': '4-level: `translate` of bigints, TLB hits',
  'long-misses': '4-level: `translateMany`, TLB empty',
};
const TITLES: Readonly<Record<string, string>> = { ...TITLES_32, ...TITLES_64 };

/** @param wanted - By default all. Only the machines that these need are made. */
export function distanceWorks(files: PeerFiles, wanted: readonly string[] = Object.keys(TITLES)): Work[] {
  const needs = (titles: object): boolean => wanted.some((name) => Object.hasOwn(titles, name));
  const works = [
    ...(needs(TITLES_32) ? mmuWork(new Scene(MEBIBYTES, files)) : []),
    ...(needs(TITLES_64) ? longModeWork(new LongScene(MEBIBYTES, files)) : []),
  ];
  return wanted.map((wantedName) => {
    const work = works.find(({ name }) => name === wantedName);
    if (work === undefined) throw new Error(`the bench has no work '${wantedName}'`);
    return { ...work, title: TITLES[wantedName] ?? work.title };
  });
}
