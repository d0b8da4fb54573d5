/** What came of a campaign: as text, JSON, SARIF and JUnit. */

import type { CampaignSummary, FailureReport } from '../campaign/index.ts';
import { hex, type Json } from './json.ts';
import type { JunitCase, JunitSuite } from './junit.ts';
import { artifactOf, type SarifFinding, sarifLog } from './sarif.ts';
import { PLAIN, type Style } from './style.ts';
import { formatCount } from './units.ts';

/** The verdict, and of each failure the counterexample and the smallest request. */
export function campaignText(summary: CampaignSummary, style: Style = PLAIN): string {
  const { header, cases, passed, failures, missing } = summary;
  const { seed, builders, modes } = header.plan;
  const lines: string[] = [];
  for (const { builder, mode, name, times, text, mend, request } of failures) {
    lines.push(`  ${style.bad('✗')} ${builder}, ${mode}, ${name}: ${formatCount(times, 'case')}`);
    lines.push(`      ${style.bad(text)}`);
    if (mend !== null) lines.push(`      to mend it: ${mend}`);
    lines.push(`      smallest request: ${JSON.stringify(request)}`);
  }
  if (failures.length > 0) lines.push('');
  if (missing.length > 0) {
    lines.push(`  ${style.bad('✗')} not done: chunks ${listOf(missing)}`);
  }
  const what = `${formatCount(cases, 'case')} (seed ${seed}, ${builders.join(', ')}; ${modes.join(', ')})`;
  const failed = cases - passed;
  lines.push(
    failed === 0 ? style.good(`  all claims hold in ${what}`) : style.bad(`  ${failed} of ${what} fail`),
  );
  return lines.join('\n');
}

/** Numbers as runs: `3, 7–9`. */
function listOf(numbers: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === number - 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([first, end]) => (first === end ? `${first}` : `${first}–${end}`)).join(', ');
}

/** The same, under the schema name `x86-paging/campaign/1`. */
export function campaignJson({ header, cases, passed, failures, missing }: CampaignSummary): Json {
  const { plan, layout, shard } = header;
  return {
    schema: 'x86-paging/campaign/1',
    plan: {
      seed: plan.seed,
      runs: plan.runs,
      modes: [...plan.modes],
      builders: [...plan.builders],
      limits: { ...plan.limits },
    },
    layout,
    shard: shard === null ? null : { ...shard },
    ok: failures.length === 0 && missing.length === 0,
    cases,
    passed,
    failures: failures.map((failure) => ({ ...failure }) as unknown as Json),
    missing: [...missing],
  };
}

/** The failures as SARIF: each claim is a rule. */
export function campaignSarif({ header, failures }: CampaignSummary, version: string): Json {
  const names = [...new Set(failures.map(({ name }) => name))];
  const rules = names.map((id) => ({
    id,
    title: id === 'error' ? 'The builder answers.' : `The claim ${id} holds.`,
  }));
  const [artifact, ...others] = header.plan.builders;
  const only = artifact !== undefined && others.length === 0 ? artifactOf(artifact) : undefined;
  return sarifLog(rules, failures.map(findingOf), { version, artifact: only });
}

function findingOf(failure: FailureReport): SarifFinding {
  const { builder, mode, name, text } = failure;
  return {
    rule: name,
    text: `${builder}, ${mode}: ${text}`,
    properties: { request: failure.request as unknown as Json, seed: hex(failure.request.seed) },
  };
}

/** A suite for each builder, with a case for each mode, or for each claim that fails in it. */
export function campaignSuites({ header, failures, missing }: CampaignSummary): JunitSuite[] {
  const { builders, modes } = header.plan;
  const suites = builders.map((name) => ({
    name,
    cases: modes.flatMap((mode) => {
      const failed = failures.filter((failure) => failure.builder === name && failure.mode === mode);
      return failed.length === 0 ? [{ name: mode }] : failed.map(junitCase);
    }),
  }));
  if (missing.length === 0) return suites;
  const error = { message: `chunks ${listOf(missing)} were not done` };
  return [...suites, { name: 'campaign', cases: [{ name: 'is complete', error }] }];
}

function junitCase({ mode, name, text, mend, request }: FailureReport): JunitCase {
  const title = `${mode}: ${name}`;
  if (name === 'error') return { name: title, error: { message: text } };
  const more = [text, mend === null ? '' : `to mend it: ${mend}`, JSON.stringify(request)];
  return { name: title, failure: { message: text, text: more.filter(Boolean).join('\n') } };
}
