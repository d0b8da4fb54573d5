import type { Action } from '../session.ts';
import type { View } from '../view-state.ts';

/** The access that is asked for, as something to be done. */
export function askedAction({ linear, access, limit, xen, value }: View): Action {
  const isWrite = (access & 1) !== 0;
  return {
    kind: 'access',
    linear,
    access,
    ...(isWrite && value !== undefined && { value }),
    ...(xen ? { xen: true as const } : limit && { limited: true as const }),
  };
}
