/** A campaign at work, chunk by chunk. */

import type { Builder } from './builder.ts';
import { type CampaignPlan, CHUNK_CASES, caseAt, caseCount } from './plan.ts';
import type { ChunkReport, FailureReport } from './report.ts';
import type { BuildRequest } from './request.ts';
import { requestJson } from './request-json.ts';
import { failureOf, smallestTrial, type TrialOptions, type TrialResult, tryBuilder } from './trial.ts';

/** What a chunk's worker is told as it goes. */
export interface ChunkOptions extends TrialOptions {
  /** Called before each case, so that somebody can see that it goes on. */
  readonly onCase?: (i: number) => void;
}

/**
 * Tries the cases of a chunk. Of each builder, mode and claim the first failure is made small and told; of the others
 * it is told how many they are.
 */
export async function runChunk(
  plan: CampaignPlan,
  builders: readonly Builder[],
  chunk: number,
  { onCase, ...options }: ChunkOptions = {},
): Promise<ChunkReport> {
  const first = chunk * CHUNK_CASES;
  const end = Math.min(first + CHUNK_CASES, caseCount(plan));
  const failures = new Map<string, FailureReport>();
  let passed = 0;
  for (let i = first; i < end; i++) {
    onCase?.(i);
    const { builder: which, request } = caseAt(plan, i);
    const builder = builders[which]!;
    const result = await tryBuilder(builder, request, options);
    const name = failureOf(result);
    if (name === undefined) {
      passed++;
      continue;
    }
    const key = `${which} ${request.mode} ${name}`;
    const known = failures.get(key);
    if (known !== undefined) {
      failures.set(key, { ...known, times: known.times + 1 });
      continue;
    }
    const small = await smallestTrial(builder, request, result, options);
    failures.set(key, failureReport(i, builder.name, small.request, small.result));
  }
  return { chunk, cases: end - first, passed, failures: [...failures.values()] };
}

/** A failure as a report tells it. */
export function failureReport(
  index: number,
  builder: string,
  request: BuildRequest,
  result: TrialResult,
): FailureReport {
  const common = { case: index, times: 1, builder, mode: request.mode };
  if (result.kind === 'error') {
    return {
      ...common,
      name: 'error',
      text: result.error.message,
      mend: null,
      request: requestJson(request),
    };
  }
  const { name, title, counterexample } = result.verification.claims.find(({ ok }) => !ok)!;
  return {
    ...common,
    name,
    text: counterexample?.text ?? title,
    mend: counterexample?.mend ?? null,
    request: requestJson(request),
  };
}
