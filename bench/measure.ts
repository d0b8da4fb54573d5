/** Measures a piece of work: first that all do the same, then how long each takes, in turn, round by round. */
import { median, type Patience, quartiles, timeOf } from './harness.ts';
import type { PeerProcess } from './peer-process.ts';
import type { PeerName, Variant, Work } from './work.ts';

export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** What came out, as it is kept in the results file. */
export interface Figure {
  readonly name: string;
  readonly title: string;
  /** The heading that it stands under. */
  readonly topic: string;
  readonly unit: string;
  readonly operations: number;
  readonly target?: number;
  /** Nanoseconds for one operation, by who did it. */
  readonly time: Partial<Record<PeerName, Spread>>;
  /** Our time divided by the peer's in the same round. */
  readonly ratio: Partial<Record<Exclude<PeerName, 'ours'>, Spread>>;
  /** The hash that all agree on. */
  readonly hash: number;
}

/** The programs beside us, if they are there. */
export type Programs = Partial<Record<'C' | 'v86' | 'alone', PeerProcess>>;

/** The naive one is many times slower, which few rounds tell as well; some of its runs take a second. */
const NAIVE_ROUNDS = 4;
const samplesOf = (peer: PeerName): number => (peer === 'naive' ? 1 : 3);

export async function measure(
  work: Work,
  topic: string,
  programs: Programs,
  { rounds: aimedRounds, otherRounds, seconds }: Patience,
): Promise<Figure> {
  const variants = Object.entries(work.variants) as ['ours' | 'naive' | 'unchecked', Variant][];
  const hash = checkEqual(work.name, variants);
  const rounds = work.target === undefined ? otherRounds : aimedRounds;
  const others: { peer: 'C' | 'v86' | 'alone'; process: PeerProcess; repeats: number }[] = [];
  const { program } = work;
  for (const [peer, process] of Object.entries(programs) as [
    'C' | 'v86' | 'alone',
    PeerProcess | undefined,
  ][]) {
    if (program === undefined || process === undefined) continue;
    if ((peer === 'v86' && !program.v86) || (peer === 'alone' && !program.alone)) continue;
    for (const command of program.setup()) await process.ask(command);
    await process.run(program.work, 2);
    const first = await process.run(program.work, 3);
    if (first.hash !== hash) throw new Error(`${work.name}: ${peer} gives ${first.hash}, we give ${hash}`);
    others.push({ peer, process, repeats: Math.max(1, Math.round((seconds * 1e9) / first.time)) });
  }
  // The JIT's compilers are done before the first round.
  for (const [peer, { run }] of variants) timeOf(run, seconds, samplesOf(peer));
  for (const { process, repeats } of others) await process.run(program!.work, repeats);

  const times = new Map<PeerName, number[]>();
  const add = (peer: PeerName, time: number): void => {
    times.set(peer, [...(times.get(peer) ?? []), time / work.operations]);
  };
  for (let round = 0; round < rounds; round++) {
    for (const [peer, { run }] of variants) {
      if (peer !== 'naive' || round < NAIVE_ROUNDS) add(peer, timeOf(run, seconds, samplesOf(peer)));
    }
    for (const { peer, process, repeats } of others)
      add(peer, (await process.run(program!.work, repeats)).time);
  }
  const { name, title, unit, operations, target } = work;
  const ours = times.get('ours')!;
  const time: Figure['time'] = Object.fromEntries([...times].map(([peer, list]) => [peer, spreadOf(list)]));
  const ratio: Figure['ratio'] = Object.fromEntries(
    [...times]
      .filter(([peer]) => peer !== 'ours')
      .map(([peer, list]) => [peer, spreadOf(list.map((peerTime, round) => ours[round]! / peerTime))]),
  );
  return { name, title, topic, unit, operations, ...(target !== undefined && { target }), time, ratio, hash };
}

/** @returns The hash that all variants give. @throws Error if they do not do the same. */
function checkEqual(name: string, variants: readonly [string, Variant][]): number {
  const hashes = variants.map(([peer, { run, hash }]) => {
    run();
    run();
    return [peer, hash()] as const;
  });
  const wanted = hashes[0]![1];
  for (const [peer, hash] of hashes) {
    if (hash !== wanted) throw new Error(`${name}: ${peer} gives ${hash}, ${hashes[0]![0]} gives ${wanted}`);
  }
  return wanted;
}

/** Median and quartiles. */
export function spreadOf(list: readonly number[]): Spread {
  const [low, high] = quartiles(list);
  return { median: median(list), low, high };
}
