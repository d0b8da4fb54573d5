import { lowHalf, PDE_PS } from '../../arch/index.ts';
import type { WalkStep } from '../../index.ts';

/** Names of the low flags that mean the same at every level. */
const COMMON: Readonly<Record<number, string>> = { 0: 'P', 1: 'RW', 2: 'US', 3: 'PWT', 4: 'PCD', 5: 'A' };

/** What a bit of an entry is called; empty for a bit of an address, `–` where the CPU ignores it. */
export function flagLabel(step: WalkStep, bit: number): string {
  if (step.source === 'register') {
    // A PDPTE of PAE has no rights, and no A.
    if (bit === 0 || bit === 3 || bit === 4) return COMMON[bit] ?? '';
    return bit < 9 ? '–' : bit < 12 ? 'AV' : '';
  }
  const isLeaf =
    step.kind === 'PTE' || step.leadsTo === 'page' || (step.leadsTo !== 'table' && isLarge(step));
  if (bit < 6) return COMMON[bit] ?? '';
  if (bit === 6) return isLeaf ? 'D' : '–';
  if (bit === 7) return step.kind === 'PTE' ? 'PAT' : 'PS';
  if (bit === 8) return isLeaf ? 'G' : '–';
  if (bit < 12) return 'AV';
  if (bit === 12 && isLeaf && step.kind !== 'PTE') return 'PAT';
  if (bit === 63) return 'NX';
  return '';
}

function isLarge({ entry }: WalkStep): boolean {
  return (lowHalf(entry) & PDE_PS) !== 0;
}
