/** All pages in the words of Bochs's `info tab`. */

import { pagingMode } from '../../arch/registers.ts';
import { contextOf, leavesOf, type Walkable } from '../../walk/index.ts';
import { hex16 } from './hex.ts';

/** Pages in a row in both address spaces. */
interface Stretch {
  readonly linear: bigint;
  readonly physical: bigint;
  bytes: bigint;
}

/**
 * All pages in the words of Bochs's `info tab`: CR3, then the first and last address of each stretch that is contiguous in
 * linear and physical memory, whatever its rights. Of long mode, Bochs 2.7 tells only what lies below 4 GiB; here all is told.
 * Source: the debugger of Bochs 2.7, as it prints.
 */
export function* bochsLines(source: Walkable): Generator<string> {
  const context = contextOf(source);
  yield `cr3: 0x${hex12(BigInt(context.cr3))}`;
  if (pagingMode(context) === 'off') return;
  const lineOf = ({ linear, physical, bytes }: Stretch): string =>
    `0x${hex16(linear)}-0x${hex16(linear + bytes - 1n)} -> 0x${hex12(physical)}-0x${hex12(physical + bytes - 1n)}`;
  let open: Stretch | undefined;
  for (const leaf of leavesOf(context)) {
    const [linear, physical] = [BigInt(leaf.linear), BigInt(leaf.physical)];
    const bytes = 1n << BigInt(leaf.shift);
    if (
      open !== undefined &&
      open.linear + open.bytes === linear &&
      open.physical + open.bytes === physical
    ) {
      open.bytes += bytes;
      continue;
    }
    if (open !== undefined) yield lineOf(open);
    open = { linear, physical, bytes };
  }
  if (open !== undefined) yield lineOf(open);
}

/** Twelve hexadecimal digits, as Bochs prints a physical address. */
function hex12(value: bigint): string {
  return value.toString(16).padStart(12, '0');
}
