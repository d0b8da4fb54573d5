/**
 * Reports of campaigns, as lines of JSON: a header with the plan, then one line for each chunk that is done. A line
 * holds no time and nothing of the machine that it was made on, so that the same plan gives the same lines anywhere.
 */

import type { CampaignPlan } from './plan.ts';
import type { RequestJson } from './request-json.ts';

/** What failed. */
export interface FailureReport {
  /** The first case that failed so, by its number. */
  readonly case: number;
  /** How many cases of the chunk failed so. */
  readonly times: number;
  /** The builder. */
  readonly builder: string;
  /** The paging mode. */
  readonly mode: string;
  /** The claim, or `error` where nothing could be judged. */
  readonly name: string;
  /** The counterexample of the smallest request, or why there is none. */
  readonly text: string;
  /** What would mend it, where that can be told. */
  readonly mend: string | null;
  /** The smallest request that fails so. */
  readonly request: RequestJson;
}

/** What came of a chunk of cases. */
export interface ChunkReport {
  /** Its number, from 0. */
  readonly chunk: number;
  /** Its cases. */
  readonly cases: number;
  /** Those in which all claims hold. */
  readonly passed: number;
  /** What failed. */
  readonly failures: readonly FailureReport[];
}

/** The part of a campaign that a report is about: the `index`-th of `count`, from 1. */
export interface Shard {
  /** Which, 1 to `count`. */
  readonly index: number;
  /** Of how many. */
  readonly count: number;
}

/** The first line of a report. */
export interface ReportHeader {
  /** The schema. */
  readonly schema: 'x86-paging/campaign-report/1';
  /** What is tried. */
  readonly plan: CampaignPlan;
  /** Checksum of the layout that must hold; null: what each request asks for. */
  readonly layout: string | null;
  /** The part that this report is about; null: the whole. */
  readonly shard: Shard | null;
}

/** A report that was read, as far as it could be. */
export interface Report {
  /** Its first line. */
  readonly header: ReportHeader;
  /** The chunks that are done, by number. */
  readonly chunks: ReadonlyMap<number, ChunkReport>;
  /** What is wrong with it, such as a line that was cut short; what other lines tell counts all the same. */
  readonly flaws: readonly string[];
}

/** A report that cannot be used at all. */
export class ReportError extends Error {
  /** Name of the class. */
  override readonly name = 'ReportError';
}

/** A line of a report. */
export function reportLine(value: ReportHeader | ChunkReport): string {
  return `${JSON.stringify(value)}\n`;
}

/** A whole report: the header and all chunks, by number. */
export function reportText(header: ReportHeader, chunks: Iterable<ChunkReport>): string {
  const ordered = [...chunks].sort((a, b) => a.chunk - b.chunk);
  return [header, ...ordered].map(reportLine).join('');
}

/** Whether a chunk belongs to a shard: chunks are dealt out in turn. */
export function isInShard(chunk: number, shard: Shard | null): boolean {
  return shard === null || chunk % shard.count === shard.index - 1;
}

/**
 * Reads a report. A line that was cut short, by a process that was killed, is named and passed over.
 * @throws ReportError if it has no header.
 */
export function parseReport(text: string): Report {
  const lines = text.split('\n');
  // What follows the last line break was never finished.
  const rest = lines.pop() ?? '';
  const [first, ...others] = lines;
  const header = first === undefined ? undefined : parsed(first);
  if (!isHeader(header)) {
    throw new ReportError(
      'it does not begin with a line of a campaign: {"schema":"x86-paging/campaign-report/1",…}',
    );
  }
  const chunks = new Map<number, ChunkReport>();
  const flaws: string[] = [];
  for (const [i, line] of others.entries()) {
    const chunk = parsed(line);
    if (!isChunk(chunk)) flaws.push(`line ${i + 2} tells of no chunk and does not count`);
    else if (!isInShard(chunk.chunk, header.shard))
      flaws.push(`line ${i + 2} tells of a chunk of another shard`);
    else chunks.set(chunk.chunk, chunk);
  }
  if (rest !== '') flaws.push(`line ${lines.length + 1} was cut short and does not count`);
  return { header, chunks, flaws };
}

/** Whether two reports are of the same campaign, whatever part of it. */
export function isSameCampaign(a: ReportHeader, b: ReportHeader): boolean {
  return JSON.stringify([a.plan, a.layout]) === JSON.stringify([b.plan, b.layout]);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isHeader(value: unknown): value is ReportHeader {
  const { schema, plan } = (value ?? {}) as Partial<ReportHeader>;
  return (
    schema === 'x86-paging/campaign-report/1' && Array.isArray(plan?.builders) && Array.isArray(plan.modes)
  );
}

function isChunk(value: unknown): value is ChunkReport {
  const { chunk, cases, passed, failures } = (value ?? {}) as Partial<ChunkReport>;
  return (
    Number.isInteger(chunk) && Number.isInteger(cases) && Number.isInteger(passed) && Array.isArray(failures)
  );
}
