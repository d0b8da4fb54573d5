/** Every mapped page by asking `explain` for one address after the other: slow, and plainly right. */

import { type Mmu, READ, type Rights, type WalkStep } from '../../src/mmu/index.ts';

export interface NaivePage {
  readonly linear: bigint;
  readonly physical: number;
  readonly pageSize: number;
  readonly rights: Rights;
  readonly global: boolean;
  readonly entry: bigint;
}

/** log2 of the linear bytes that an entry stands for. */
function shiftOf(step: WalkStep): number {
  if (step.kind === 'PDE' && step.entryBytes === 4) return 22;
  return { PML5E: 48, PML4E: 39, PDPTE: 30, PDE: 21, PTE: 12 }[step.kind];
}

/** All pages; undefined if that takes too many walks. */
export function allPages(mmu: Mmu, limit: number): NaivePage[] | undefined {
  const pages: NaivePage[] = [];
  let walks = 0;
  for (const page of naivePages(mmu, 0n, 2n ** 64n, () => ++walks > limit)) pages.push(page);
  return walks > limit ? undefined : pages;
}

/** The pages that overlap a range. An absent entry is skipped with all the addresses under it. */
export function* naivePages(
  mmu: Mmu,
  start: bigint,
  end: bigint,
  stop = (): boolean => false,
): Generator<NaivePage> {
  const bits = { off: 0, '32-bit': 32, PAE: 32, '4-level': 48, '5-level': 57 }[mmu.mode];
  if (bits === 0) return;
  const top = bits === 32 ? 2n ** 32n : 2n ** 64n;
  const [holeStart, holeEnd] = [2n ** BigInt(bits - 1), 2n ** 64n - 2n ** BigInt(bits - 1)];
  let at = start;
  while (at < end && at < top && !stop()) {
    if (bits > 32 && at >= holeStart && at < holeEnd) {
      at = holeEnd;
      continue;
    }
    const report = mmu.explain(at <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(at) : at, READ);
    const last = report.steps.at(-1)!;
    const bytes = 2n ** BigInt(shiftOf(last));
    const base = at - (at % bytes);
    if (last.leadsTo === 'page') {
      yield {
        linear: base,
        physical: last.target!,
        pageSize: Number(bytes),
        rights: last.rights,
        global: last.flags.includes('G'),
        entry: BigInt(last.entry),
      };
    }
    at = base + bytes * BigInt(1 + absentAfter(mmu, last));
  }
}

/** How many entries after this one in its table are absent: no need to ask for the addresses under them. */
function absentAfter({ memory }: Mmu, { source, tableAddress, index, entryBytes }: WalkStep): number {
  if (source !== 'ram') return 0;
  let next = index + 1;
  while (next < 4096 / entryBytes && (memory.loadWord(tableAddress + next * entryBytes) & 1) === 0) next++;
  return next - index - 1;
}
