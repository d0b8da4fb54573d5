import { chunkCount } from './plan.ts';
import {
  type ChunkReport,
  type FailureReport,
  isInShard,
  isSameCampaign,
  type Report,
  ReportError,
  type ReportHeader,
} from './report.ts';

/** What came of a campaign, or of a shard of it. */
export interface CampaignSummary {
  /** What was to be tried. */
  readonly header: ReportHeader;
  /** Cases that were tried. */
  readonly cases: number;
  /** Cases in which all claims hold. */
  readonly passed: number;
  /** One for each builder, mode and claim that failed: the smallest request, and how often. */
  readonly failures: readonly FailureReport[];
  /** Chunks that should be there and are not. */
  readonly missing: readonly number[];
}

/** Sums up what is done of a campaign. */
export function summaryOf(header: ReportHeader, chunks: ReadonlyMap<number, ChunkReport>): CampaignSummary {
  const failures = new Map<string, FailureReport>();
  let [cases, passed] = [0, 0];
  for (const chunk of [...chunks.values()].sort((a, b) => a.chunk - b.chunk)) {
    cases += chunk.cases;
    passed += chunk.passed;
    for (const failure of chunk.failures) {
      const key = JSON.stringify([failure.builder, failure.mode, failure.name]);
      const known = failures.get(key);
      failures.set(
        key,
        known === undefined ? failure : { ...smaller(known, failure), times: known.times + failure.times },
      );
    }
  }
  const all = Array.from({ length: chunkCount(header.plan) }, (_, chunk) => chunk);
  const missing = all.filter((chunk) => isInShard(chunk, header.shard) && !chunks.has(chunk));
  return { header, cases, passed, failures: [...failures.values()], missing };
}

function smaller(a: FailureReport, b: FailureReport): FailureReport {
  return JSON.stringify(b.request).length < JSON.stringify(a.request).length ? b : a;
}

/**
 * Puts the reports of a campaign's shards together. The same chunk may be in several reports.
 *
 * @returns The report of the whole: equal, byte for byte once written, to that of a run without shards.
 * @throws ReportError if they are not of one campaign.
 */
export function mergeReports(reports: readonly Report[]): Report {
  const [first] = reports;
  if (first === undefined) throw new ReportError('there is no report to merge');
  const other = reports.findIndex(({ header }) => !isSameCampaign(header, first.header));
  if (other >= 0) {
    throw new ReportError(`report ${other + 1} is of another campaign than the first: its plan differs`);
  }
  const chunks = new Map(reports.flatMap((report) => [...report.chunks]));
  return { header: { ...first.header, shard: null }, chunks, flaws: reports.flatMap(({ flaws }) => flaws) };
}
