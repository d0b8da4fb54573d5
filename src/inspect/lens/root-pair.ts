/** Page-table isolation: two root tables side by side, of which user mode's maps next to nothing of the kernel. */

import { formatAddress } from '../../arch/address.ts';
import { pagingMode } from '../../arch/registers.ts';
import { contextOf, entriesOf, tablesOf, type WalkContext } from '../../walk/index.ts';
import type { Lens } from './lens.ts';

/**
 * Says which half of a pair CR3 is, if it looks like one: below the border both lead to the same tables; above it user
 * mode's has no more than the kernel's, and not the same.
 */
export function pairOf({ pair }: Lens, context: WalkContext): string | undefined {
  const border = pair?.below[pagingMode(context)];
  const root = rootOf(context);
  if (pair === undefined || border === undefined || root === undefined) return undefined;
  const bit = 2 ** pair.bit;
  const isSet = Math.floor(root / bit) % 2 === 1;
  const other = isSet ? root - bit : root + bit;
  const { memory, cpu, cr0, cr4, efer } = context;
  const beside = contextOf({ memory, cpu, registers: { cr0, cr4, efer, cr3: other } });
  const [kernel, user] = isSet ? [beside, context] : [context, beside];
  if (!isPair(targetsIn(kernel), targetsIn(user), BigInt(border))) return undefined;
  const [own, its] = isSet ? [pair.set, pair.clear] : [pair.clear, pair.set];
  return `CR3 ${formatAddress(root)} is the root for ${own}; beside it, at ${formatAddress(other)}, lies the one for ${its} (page-table isolation).`;
}

function isPair(kernel: Targets, user: Targets, border: bigint): boolean {
  const starts = [...new Set([...kernel.keys(), ...user.keys()])];
  const alike = (start: bigint): boolean => kernel.get(start) === user.get(start);
  return (
    user.size > 0 &&
    starts.every((start) => (start < border ? alike(start) : kernel.has(start))) &&
    !starts.every(alike)
  );
}

/** Where the entries of a root lead, by the first address that they stand for. */
type Targets = ReadonlyMap<bigint, number>;

function targetsIn(context: WalkContext): Targets {
  for (const root of tablesOf(context)) {
    return new Map(entriesOf(context, root).map(({ start, target }) => [BigInt(start), target]));
  }
  return new Map();
}

function rootOf(context: WalkContext): number | undefined {
  for (const { address } of tablesOf(context)) return address;
  return undefined;
}
