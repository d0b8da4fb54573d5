/** What was done, along a time axis: what each thing cost the CPU in reads of tables. */

import type { Outcome } from './session.ts';

/** What became of something: found in the TLB, looked up in the tables, refused; or it was no access. */
export type TickKind = 'hit' | 'walk' | 'fault' | 'change';

/** One thing that was done. */
export interface Tick {
  readonly outcome: Outcome;
  readonly kind: TickKind;
  /** Of many accesses in a loop: how many, and the share of them that the TLB answered, 0 to 1. */
  readonly loop: { readonly accesses: number; readonly hits: number } | undefined;
}

/** All of a time axis in numbers. */
export interface Totals {
  readonly hits: number;
  readonly walks: number;
  readonly faults: number;
  readonly reads: number;
}

export function tickOf(outcome: Outcome): Tick {
  const { sweep } = outcome;
  const loop = sweep && { accesses: sweep.hits + sweep.walks, hits: sweep.hits / (sweep.hits + sweep.walks) };
  return { outcome, kind: kindOf(outcome), loop };
}

function kindOf({ action, fault, hit, reads }: Outcome): TickKind {
  if (fault !== undefined) return 'fault';
  switch (action.kind) {
    case 'access':
      return hit ? 'hit' : 'walk';
    case 'sweep':
    case 'copy':
      return reads === 0 ? 'hit' : 'walk';
    default:
      return 'change';
  }
}

/** What the accesses of a list have led to. Those of a copied page are not counted one by one. */
export function totalsOf(outcomes: readonly Outcome[]): Totals {
  const totals = { hits: 0, walks: 0, faults: 0, reads: 0 };
  for (const outcome of outcomes) {
    const kind = kindOf(outcome);
    totals.reads += outcome.reads;
    if (kind === 'fault') totals.faults++;
    else if (outcome.sweep !== undefined) {
      totals.hits += outcome.sweep.hits;
      totals.walks += outcome.sweep.walks;
    } else if (kind === 'hit') totals.hits++;
    else if (kind === 'walk') totals.walks++;
  }
  return totals;
}
