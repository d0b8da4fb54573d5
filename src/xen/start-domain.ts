import type { Domain, InitialContext } from '../builder/domain.ts';
import { setBase } from './base.ts';
import { mmuUpdate } from './mmu-update.ts';
import type { DomainState, XenState } from './state.ts';

/**
 * The last steps of building a domain, as domain 0 really took them: the update list as hypercalls, then BUILDDOMAIN.
 */

/** Offset of the registers in the page that Xen shares with a domain. Source: docs/xen-1.2.md §11. */
export const SHARED_INFO_CONTEXT = 528;

/** The order of the registers there: 17 words. */
const CONTEXT_REGISTERS: readonly (keyof InitialContext | undefined)[] = [
  undefined, // ebx
  undefined, // ecx
  undefined, // edx
  'esi',
  undefined, // edi
  undefined, // ebp
  undefined, // eax
  'ds',
  'es',
  'fs',
  'gs',
  undefined, // not used
  'eip',
  'cs',
  'eflags',
  'esp',
  'ss',
];

/** What Xen answered to the list, and to BUILDDOMAIN. */
export interface StartResult {
  /** 0, or -22 (EINVAL) for the first update that was refused. */
  readonly result: number;
  /** How many updates were done. */
  readonly applied: number;
}

/** Sends a built domain's update list in the caller's name and, if Xen took it, makes its directory current. */
export function startDomain(x: XenState, target: DomainState, domain: Domain): StartResult {
  const answer = mmuUpdate(x, domain.updates, Number.POSITIVE_INFINITY);
  if (answer.result === 0) buildDomainCall(x, target, domain.pageDirectory, domain.context);
  return answer;
}

/** BUILDDOMAIN: the initial registers go to the shared page, and the directory becomes the domain's current one. */
export function buildDomainCall(
  x: XenState,
  target: DomainState,
  directory: number,
  context: InitialContext,
): 0 | 1 {
  for (const [i, register] of CONTEXT_REGISTERS.entries()) {
    const at = target.sharedInfoFrame * 4096 + SHARED_INFO_CONTEXT + 4 * i;
    x.memory.storeWord(at, register === undefined ? 0 : context[register]);
  }
  return setBase(x, target, directory);
}
