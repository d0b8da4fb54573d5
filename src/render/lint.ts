/** What {@link lintTables} found: as text, JSON and SARIF. */

import { accessName } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import {
  LINT_RULE_NAMES,
  LINT_RULES,
  type LintFinding,
  type LintLevel,
  type LintPlace,
} from '../inspect/index.ts';
import { hex, type Json } from './json.ts';
import { artifactOf, type SarifPlace, sarifLog } from './sarif.ts';
import { PLAIN, type Style } from './style.ts';
import { alignColumns } from './table.ts';
import { rightsText } from './walk-text.ts';

/** Findings of a rule and level that a person is shown, unless all are asked for. */
export const LINT_SHOWN = 10;

/** What {@link lintText} may be told. */
export interface LintTextOptions {
  /** Every finding, however many. */
  readonly all?: boolean | undefined;
  /** How many findings of a rule and level there were beside those given. */
  readonly omitted?: ((rule: LintFinding['rule'], level: LintLevel) => number) | undefined;
}

/** Findings by rule, each rule with its reason. */
export function lintText(
  findings: readonly LintFinding[],
  style: Style = PLAIN,
  { all = false, omitted = () => 0 }: LintTextOptions = {},
): string {
  const lines: string[] = [];
  const counts: Record<LintLevel, number> = { error: 0, warning: 0, note: 0 };
  for (const [{ rule, level }, group] of groups(findings)) {
    const more = omitted(rule, level);
    const count = group.length + more;
    counts[level] += count;
    const { title, why } = LINT_RULES[rule];
    lines.push(`${marked(level, style)} ${style.strong(rule)}  ${title}`, style.dim(`  ${why}`));
    const shown = all ? group : group.slice(0, LINT_SHOWN);
    const rows = shown.map((finding) => [
      `  ${formatAddress(finding.start)}`,
      `${finding.kind} at ${formatAddress(finding.entryAddress)} = ${hex(finding.entry)}`,
      rightsText(finding.rights),
      named(finding),
    ]);
    lines.push(...alignColumns(rows));
    const rest = count - shown.length;
    if (rest > 0) lines.push(style.dim(`  … and ${rest.toLocaleString('en')} more${all ? '' : ' (--all)'}`));
    lines.push('');
  }
  const sum = (Object.keys(counts) as LintLevel[])
    .filter((level) => counts[level] > 0)
    .map((level) => `${counts[level].toLocaleString('en')} ${level}${counts[level] === 1 ? '' : 's'}`);
  lines.push(sum.length === 0 ? style.good('nothing found') : sum.join(', '));
  return lines.join('\n');
}

function named({ name, text }: LintFinding): string {
  return name === undefined || text.startsWith(name) ? text : `${name}: ${text}`;
}

function groups(findings: readonly LintFinding[]): Map<LintFinding, LintFinding[]> {
  const found = new Map<string, LintFinding[]>();
  for (const finding of findings) {
    const key = `${finding.rule} ${finding.level}`;
    const known = found.get(key);
    if (known === undefined) found.set(key, [finding]);
    else known.push(finding);
  }
  return new Map([...found.values()].map((group) => [group[0]!, group]));
}

function marked(level: LintLevel, style: Style): string {
  return level === 'error' ? style.bad(level) : style.strong(level);
}

/** A finding, under the schema name `x86-paging/lint-finding/1`. */
export function lintFindingJson(finding: LintFinding): Json {
  const { rule, level, physical, access, other, text } = finding;
  return {
    schema: 'x86-paging/lint-finding/1',
    rule,
    level,
    ...placeJson(finding),
    physical: physical === undefined ? null : hex(physical),
    access: access === undefined ? null : accessName(access),
    other: other === undefined ? null : placeJson(other),
    text,
    why: LINT_RULES[rule].why,
  };
}

function placeJson({ start, end, entryAddress, entry, kind, rights, name }: LintPlace): {
  [key: string]: Json;
} {
  return {
    start: hex(start),
    end: hex(end),
    entryAddress: hex(entryAddress),
    entry: hex(entry),
    kind,
    rights: { ...rights },
    name: name ?? null,
  };
}

/** All findings as SARIF. @param file - Where the page tables come from; undefined: no file. */
export function lintSarif(findings: readonly LintFinding[], file: string | undefined, version: string): Json {
  const rules = LINT_RULE_NAMES.map((id) => ({ id, ...LINT_RULES[id] }));
  const artifact = file === undefined ? undefined : artifactOf(file);
  return sarifLog(
    rules,
    findings.map((finding) => ({
      rule: finding.rule,
      level: finding.level,
      text: `${finding.text}. ${LINT_RULES[finding.rule].why}`,
      place: sarifPlace(finding),
      other: finding.other && sarifPlace(finding.other),
      properties: placeJson(finding),
    })),
    { version, artifact },
  );
}

function sarifPlace({ start, end, name }: LintPlace): SarifPlace {
  return { start, end, name };
}
