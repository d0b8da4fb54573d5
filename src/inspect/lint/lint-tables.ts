import { contextOf, type Walkable } from '../../walk/index.ts';
import { judgeAliases } from './alias-rules.ts';
import type { LintFinding } from './finding.ts';
import { Findings, type LintOptions } from './findings.ts';
import { pageRows } from './page-rows.ts';
import { judgeKernelPages, judgeNamedData, judgePagesOutside, judgeWritableCode } from './page-rules.ts';
import { tableGraph } from './table-graph.ts';
import { judgeEntries, judgeSharing, judgeTableWrites } from './table-rules.ts';

/**
 * Looks page tables over for what should not be: every rule of {@link LINT_RULES}, in any paging mode. Reads RAM and
 * registers alone. Whatever a finding says can be reached is what a walk reaches: what lies behind a reserved bit, an
 * absent entry or missing RAM is not.
 *
 * @param source - An `Mmu`, a `Machine`, or a walk's context.
 * @returns The findings, the worst first, then in the order of the rules and by address. None while paging is off.
 * @example
 * for (const { rule, start, text } of lintTables(mmu)) console.log(rule, start.toString(16), text);
 */
export function lintTables(source: Walkable, options: LintOptions = {}): readonly LintFinding[] {
  const context = contextOf(source);
  const findings = new Findings(context, options);
  const graph = tableGraph(context);
  options.progress?.(1, 4);
  const rows = pageRows(context);
  options.progress?.(2, 4);
  judgeTableWrites(context, rows, graph, findings);
  judgeKernelPages(context, rows, options.kernel, findings);
  judgeWritableCode(context, rows, findings);
  judgeNamedData(context, rows, options.data ?? [], findings);
  options.progress?.(3, 4);
  judgeAliases(context, rows, findings);
  judgeEntries(context, graph, findings);
  judgePagesOutside(context, rows, findings);
  judgeSharing(graph, findings);
  options.progress?.(4, 4);
  if (!graph.complete || !rows.complete) options.onIncomplete?.();
  return findings.sorted();
}
