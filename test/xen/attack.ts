import type { HeldReferences, Xen, XenStep } from '../../src/xen/index.ts';
import { type Build, GUESTS } from './world.ts';

/** Whether a step can happen on a real machine now: the CPU faults on an LDT page only while it is not mapped. */
function canHappen(xen: Xen, step: XenStep): boolean {
  if (step.call !== 'ldtFault') return true;
  const { ldtEntries, perDomainFrame } = xen.domain(step.domain);
  const entry = xen.memory.readUint32(perDomainFrame * 4096 + 4 * (16 + step.page));
  return step.page * 512 < ldtEntries && (entry & 1) === 0;
}

/** A guest's attack that has broken a promise: at which step, and what was found. */
export interface Breach {
  readonly step: number;
  readonly findings: readonly string[];
}

/** Makes every step and looks at the machine after each. @returns The first breach, if there is one. */
export function attack(
  build: Build,
  xen: Xen,
  steps: readonly XenStep[],
  held: HeldReferences = new Map(),
): Breach | undefined {
  const others = new Others(xen);
  for (const [index, step] of steps.entries()) {
    if (!canHappen(xen, step)) continue;
    build.perform(xen, step);
    const findings = build.auditXen(xen, held).map(({ promise, text }) => `${promise}: ${text}`);
    if (others.haveChanged()) findings.push('others: memory of a domain that did nothing has changed');
    if (findings.length > 0) return { step: index, findings };
  }
  return undefined;
}

/** What belongs to the domains that only look on: their frames, and the frame table's entries of these. */
class Others {
  readonly #watched: readonly (readonly [live: Uint8Array, before: Uint8Array])[];

  constructor(xen: Xen) {
    const live = GUESTS.filter(({ id }) => id !== 1).flatMap(({ first, count }) => [
      ...Array.from({ length: count }, (_, i) => xen.memory.frame(first + i)),
      ...entriesOf(xen, first, count),
    ]);
    this.#watched = live.map((bytes) => [bytes, bytes.slice()]);
  }

  haveChanged(): boolean {
    return this.#watched.some(([live, before]) => Buffer.compare(live, before) !== 0);
  }
}

/** The frame table's bytes for some frames, live. They must lie in one frame of the table. */
function entriesOf(xen: Xen, first: number, count: number): Uint8Array[] {
  const start = 0x140_0000 + 24 * first;
  const page = xen.memory.frame(Math.floor(start / 4096));
  return [page.subarray(start % 4096, (start % 4096) + 24 * count)];
}
