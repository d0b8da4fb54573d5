/** The figures of docs/distance-to-the-limit.md. */
import type { MachineInfo } from './machine.ts';
import type { Spread } from './measure.ts';
import type { QemuHit } from './qemu-hit.ts';

/** Instructions of one operation, as counted twice. */
export interface Count {
  readonly low: number;
  readonly high: number;
}

export interface DistanceRow {
  readonly name: string;
  readonly title: string;
  readonly unit: string;
  /** Nanoseconds of one operation. */
  readonly time: { readonly ours: Spread; readonly C: Spread };
  /** Our time divided by C's in the same round. */
  readonly ratio: Spread;
  readonly instructions: { readonly ours?: Count; readonly C?: Count; readonly v86?: Count };
}

/** As it is kept in bench/results/distance.json. */
export interface Distance {
  readonly machine: MachineInfo;
  readonly valgrind: string;
  readonly qemuVersion: string;
  readonly compilerFlags: { readonly timed: readonly string[]; readonly counted: readonly string[] };
  /** Programs that wanted a processor while times were taken, on average: more than processors, and times grow. */
  readonly load: number;
  readonly qemu: Readonly<Record<string, QemuHit>>;
  readonly rows: readonly DistanceRow[];
}

export function distancePart({
  machine,
  valgrind,
  qemuVersion,
  compilerFlags,
  load,
  qemu,
  rows,
}: Distance): string {
  const { processor, processors, platform, node, v8, compiler, v86, commit, date } = machine;
  const hits = Object.entries(qemu);
  const example = hits[0]?.[1].load;
  return `

Measured ${date} at commit ${commit} on ${processor} (${processors} processors, ${platform}). Node ${node} with V8 ${v8};
C by ${compiler}, \`${compilerFlags.timed.join(' ')}\`, and \`${compilerFlags.counted.join(' ')}\` where it is counted; v86 ${v86};
QEMU ${qemuVersion}; counted by ${valgrind}. Each was counted twice, and both counts stand where they differ by one or more. Times are
medians of rounds, with the quartiles in brackets; the ratio is that of our time and C's in the same round. ${
    load > processors
      ? `Other programs kept
the machine busy (load ${load.toFixed(1)}): ratios hold, but times are longer than on an idle one.`
      : `Load ${load.toFixed(1)}.`
  }

| QEMU, a guest's load of 32 bits | looks up and compares | with the load itself | with address and register | time |
|---|--:|--:|--:|--:|
${hits.map(([mode, { load, time }]) => `| ${mode} paging | ${load.hit.length - 1} | **${load.hit.length}** | ${load.all.length} | ${nanoseconds(time)} |`).join('\n')}

| work, one at a time | instructions | C | v86 | × C | time | C | × C |
|---|--:|--:|--:|--:|--:|--:|--:|
${rows.map(rowOf).join('\n')}

The host's code for one load of the guest in ${hits[0]?.[0]} paging, as QEMU makes it; the hit is what is marked:

\`\`\`text
${example?.all.map((text) => `${example.hit.includes(text) ? '>' : ' '} ${text}`).join('\n')}
\`\`\`

`;
}

function rowOf({ title, time, ratio, instructions: { ours, C, v86 } }: DistanceRow): string {
  const times = ours && C ? (middle(ours) / middle(C)).toFixed(1) : '';
  const cells = [
    title,
    count(ours),
    count(C),
    count(v86),
    times,
    nanoseconds(time.ours),
    nanoseconds(time.C),
  ];
  return `| ${[...cells, `${ratio.median.toFixed(2)} [${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}]`].join(' | ')} |`;
}

function middle({ low, high }: Count): number {
  return (low + high) / 2;
}

function count(value: Count | undefined): string {
  if (value === undefined) return '';
  const [low, high] = [value.low.toFixed(0), value.high.toFixed(0)];
  return value.high - value.low < 1 ? middle(value).toFixed(0) : `${low}–${high}`;
}

function nanoseconds({ median, low, high }: Spread): string {
  return `${median.toFixed(2)} ns [${low.toFixed(2)}–${high.toFixed(2)}]`;
}
