/** All pages in the words of gdb-pt-dump's `pt`. */

import { PTE_NX_HIGH, PTE_PCD, PTE_PWT, PTE_RW, PTE_US } from '../../arch/entry.ts';
import { leavesOf, type Walkable } from '../../walk/index.ts';

/** Pages in a row whose entries say the same. */
interface Stretch {
  readonly start: bigint;
  end: bigint;
  readonly flags: string;
}

/**
 * All pages in the words of `pt`, as it prints them without colours: start and size of each stretch whose entries say
 * the same, whatever the levels above them say. `S:1` is a page of the supervisor, `UC:1` PCD, `WB:1` no PWT.
 *
 * `pt` passes over a table that was met before in the same table above; here all are told, as by its option
 * `-force_traverse_all`.
 * Source: gdb-pt-dump, `pt/pt_common.py` and `pt/pt_x86_64_definitions.py`.
 */
export function* gdbPtDumpLines(source: Walkable): Generator<string> {
  yield `  ${'Address'.padStart(18)} : ${'Length'.padStart(14)} | Permissions          `;
  const lineOf = ({ start, end, flags }: Stretch): string =>
    `  ${`0x${start.toString(16)}`.padStart(18)} : ${`0x${(end - start).toString(16)}`.padStart(14)} | ${flags}`;
  let open: Stretch | undefined;
  for (const { linear, low, high, shift } of leavesOf(source)) {
    const start = BigInt(linear);
    const digit = (set: boolean): string => (set ? '1' : '0');
    const flags = [
      `W:${digit((low & PTE_RW) !== 0)}`,
      `X:${digit((high & PTE_NX_HIGH) === 0)}`,
      `S:${digit((low & PTE_US) === 0)}`,
      `UC:${digit((low & PTE_PCD) !== 0)}`,
      `WB:${digit((low & PTE_PWT) === 0)}`,
    ].join(' ');
    const end = start + (1n << BigInt(shift));
    if (open?.end === start && open.flags === flags) {
      open.end = end;
      continue;
    }
    if (open !== undefined) yield lineOf(open);
    open = { start, end, flags };
  }
  if (open !== undefined) yield lineOf(open);
}
