/** Rules about tables and their entries. */

import { READ, USER_WRITE } from '../../arch/access.ts';
import { formatAddress } from '../../arch/address.ts';
import { PTE_RW, PTE_US } from '../../arch/entry.ts';
import { tableNameOf } from '../../arch/paging-modes.ts';
import { addressOf, explainWalk, pageOf, RUN_REPEAT, type WalkContext } from '../../walk/index.ts';
import type { Findings } from './findings.ts';
import { firstFrom, type PageRows } from './page-rows.ts';
import type { LintRuleName } from './rules.ts';
import type { OddEntry, TableGraph, TableUse } from './table-graph.ts';

/** Page tables that user mode can write: each once, at the lowest address that shows it. */
export function judgeTableWrites(
  context: WalkContext,
  rows: PageRows,
  { tables }: TableGraph,
  findings: Findings,
): void {
  const addresses = Float64Array.from(tables.keys()).sort();
  const hits = new Map<number, { page: number; allowed: boolean }>();
  for (let i = 0; i < rows.count; i++) {
    const attributes = rows.attributes[i]!;
    if ((attributes & (PTE_US | PTE_RW | RUN_REPEAT)) !== (PTE_US | PTE_RW)) continue;
    const physical = rows.physical[i]!;
    const end = physical + rows.bytes[i]!;
    for (let k = firstFrom(addresses, physical); k < addresses.length && addresses[k]! < end; k++) {
      const table = addresses[k]!;
      const known = hits.get(table);
      if (known?.allowed) continue;
      const page = rows.page[i]! + Math.floor((table - physical) / 4096);
      // A protection key may forbid it; another mapping need not have the same.
      const { ok } = explainWalk(context, addressOf(page), USER_WRITE);
      if (known === undefined || ok) hits.set(table, { page, allowed: ok });
    }
  }
  for (const [table, { page, allowed }] of hits) {
    const start = tables.get(table)!;
    const steps = explainWalk(context, start, READ).steps;
    const depth = steps.findIndex(({ tableAddress }) => tableAddress === table);
    const name = tableNameOf(steps[depth]!.kind);
    findings.add({
      rule: 'table-writable-by-user',
      page,
      pages: 1,
      physical: table,
      access: allowed ? USER_WRITE : undefined,
      other: { page: pageOf(start), pages: 1, depth },
      text: () =>
        `the ${name} at physical ${formatAddress(table)}, which translates ${formatAddress(start)} and what follows, ` +
        `${allowed ? 'can be written by user mode here' : 'is open to user mode here but for the protection key, which user mode sets'}`,
    });
  }
}

/** Tables that several entries use, other than by a way that turns back. */
export function judgeSharing({ uses }: TableGraph, findings: Findings): void {
  for (const [table, all] of uses) {
    const [first, ...more] = all;
    const others = more.filter(
      ({ entryAddress, depth }) => entryAddress !== first!.entryAddress || depth !== first!.depth,
    );
    const other =
      others.find(({ depth }) => depth !== first!.depth) ??
      others.find((use) => !sameRights(use, first!)) ??
      others[0];
    if (other === undefined) continue;
    const count = new Set(all.map(({ entryAddress, depth }) => entryAddress * 2 + depth)).size;
    const levels = other.depth !== first!.depth;
    const rights = !sameRights(other, first!);
    findings.add({
      rule: 'table-shared',
      level: levels ? 'error' : rights ? 'warning' : 'note',
      page: pageOf(other.start),
      pages: 1,
      depth: other.depth - 1,
      physical: table,
      other: { page: pageOf(first!.start), pages: 1, depth: first!.depth - 1 },
      text: () =>
        `the table at physical ${formatAddress(table)} is used by ${count} entries${levels ? ', at different levels' : ''}` +
        `${rights ? ', with different rights above' : ''}: here by that at ${formatAddress(other.entryAddress)}, ` +
        `and by that at ${formatAddress(first!.entryAddress)} for ${formatAddress(first!.start)}`,
    });
  }
}

/** Reserved bits, ways that turn back, and tables where no RAM is. */
export function judgeEntries(context: WalkContext, graph: TableGraph, findings: Findings): void {
  each(graph.reserved, 'reserved-bits', ({ table, entry }) => {
    const bits = explainWalk(context, entry.start, READ).steps[table.depth]!.reservedBits;
    return `${table.level.kind} ${entry.index} has reserved bit${bits.length > 1 ? 's' : ''} ${bits.join(', ')} set: every access below it faults`;
  });
  each(graph.recursive, 'recursive-slot', ({ table, entry }) => {
    const who = entry.rights.user ? ' to user mode, too' : '';
    return `${table.level.kind} ${entry.index} leads back to the table at ${formatAddress(entry.target)}: page tables appear from ${formatAddress(entry.start)} on${who}`;
  });
  each(
    graph.outside,
    'outside-ram',
    ({ table, entry }) =>
      `${table.level.kind} ${entry.index} leads to a table at physical ${formatAddress(entry.target)}, where no RAM is, or the dump lacks it`,
  );
  const root = explainWalk(context, 0, READ).steps[0];
  if (root?.source === 'open-bus') {
    findings.add({
      rule: 'outside-ram',
      level: 'error',
      page: 0,
      pages: 1,
      depth: 0,
      physical: root.tableAddress,
      text: () =>
        `CR3 leads to physical ${formatAddress(root.tableAddress)}, where no RAM is, or the dump lacks it`,
    });
  }

  function each(entries: readonly OddEntry[], rule: LintRuleName, text: (odd: OddEntry) => string): void {
    for (const odd of entries) {
      findings.add({
        rule,
        level: rule === 'outside-ram' ? 'error' : undefined,
        page: pageOf(odd.entry.start),
        pages: 2 ** (odd.table.level.shift - 12),
        depth: odd.table.depth,
        physical: rule === 'reserved-bits' ? undefined : odd.entry.target,
        text: () => text(odd),
      });
    }
  }
}

function sameRights({ rights: a }: TableUse, { rights: b }: TableUse): boolean {
  return a.writable === b.writable && a.user === b.user && a.executable === b.executable;
}
