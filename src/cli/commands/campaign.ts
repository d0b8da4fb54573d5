import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { crc32 } from '../../bytes/crc32.ts';
import {
  type CampaignPlan,
  type CampaignSummary,
  type ChunkReport,
  caseCount,
  chunkCount,
  isInShard,
  REQUEST_MODES,
  type ReportHeader,
  requestOf,
  type Shard,
  summaryOf,
  tryBuilder,
} from '../../campaign/index.ts';
import type { LayoutClaim } from '../../claims/index.ts';
import { builderOf } from '../builders/index.ts';
import { countFrom, modesFrom, REQUEST_OPTIONS, timeoutFrom } from '../builders/request-options.ts';
import { runCrew } from '../campaign/crew.ts';
import { openReport } from '../campaign/report-file.ts';
import { tellCampaign } from '../campaign/tell.ts';
import { type Command, type Invocation, text, type Values } from '../command.ts';
import { saveCounterexample } from '../counterexample-file.ts';
import { InputError, reasonOf, UsageError } from '../errors.ts';
import { checkForms, FORM_OPTIONS } from '../forms.ts';
import { layoutText, readLayout } from '../layout-file.ts';

export const campaign: Command = {
  name: 'campaign',
  summary: 'put builders of page tables on trial: thousands of requests, on all cores',
  operands: 'BUILDER…',
  options: {
    ...REQUEST_OPTIONS,
    layout: { type: 'string', value: 'FILE', help: 'what must hold (default: what each request asks for)' },
    workers: { type: 'string', value: 'N', help: 'threads (default: one for each core; 0: this one)' },
    shard: { type: 'string', value: 'I/N', help: 'do the I-th of N parts, from 1 (see merge)' },
    report: { type: 'string', value: 'FILE', help: 'write what is done there, and go on with what is there' },
    save: { type: 'string', value: 'FOLDER', help: 'write the counterexamples there (see replay)' },
    ...FORM_OPTIONS,
  },
  examples: [
    'x86-paging campaign ./builder.mjs ./builder --runs 10000 --seed 7',
    'x86-paging campaign ./builder --mode 4-level,5-level --report report.ndjson',
    'x86-paging campaign ./builder --shard 3/8 --report shard-3.ndjson',
  ],
  async run(invocation) {
    const { values, operands, progress, note } = invocation;
    checkForms(values);
    const header = headerFrom(values, operands);
    const { plan } = header;
    const path = text(values, 'layout');
    const claims = path === undefined ? undefined : readLayout(path);
    const timeoutSeconds = timeoutFrom(values);
    const workers = countFrom(values, 'workers', availableParallelism(), 0, 1024);
    // What cannot be loaded is told before anything is begun.
    for (const name of plan.builders) await builderOf(name, timeoutSeconds);

    const file = text(values, 'report');
    const report = file === undefined ? undefined : await openReport(file, header, note);
    const chunks = new Map<number, ChunkReport>(report?.done);
    const all = Array.from({ length: chunkCount(plan) }, (_, chunk) => chunk);
    const mine = all.filter((chunk) => isInShard(chunk, header.shard));
    const bar = progress('building');
    await runCrew({
      plan,
      claims,
      timeoutSeconds,
      workers,
      chunks: mine.filter((chunk) => !chunks.has(chunk)),
      note,
      onReport(done) {
        report?.append(done);
        chunks.set(done.chunk, done);
        bar.update(chunks.size, mine.length);
      },
    });
    bar.end();
    await report?.finish(chunks.values());
    const summary = summaryOf(header, chunks);
    const folder = text(values, 'save');
    if (folder !== undefined) await saveAll(folder, summary, claims, timeoutSeconds, note);
    return tellCampaign(summary, invocation);
  },
};

function headerFrom(values: Values, builders: readonly string[]): ReportHeader {
  if (builders.length === 0)
    throw new UsageError('campaign takes one builder or more, such as ./builder.mjs');
  const twice = builders.find((name, i) => builders.indexOf(name) < i);
  if (twice !== undefined) throw new UsageError(`the builder '${twice}' is given twice`);
  const layout = text(values, 'layout');
  const plan: CampaignPlan = {
    seed: countFrom(values, 'seed', 1, 0, 0xffff_ffff),
    runs: countFrom(values, 'runs', 1000, 1, 1e9),
    modes: modesFrom(values) ?? REQUEST_MODES,
    builders,
    limits: { mappings: 6, memoryFrames: 128 },
  };
  if (caseCount(plan) > Number.MAX_SAFE_INTEGER) throw new UsageError('--runs: too many cases');
  const checksum = layout === undefined ? null : crc32(layoutText(layout)).toString(16).padStart(8, '0');
  return { schema: 'x86-paging/campaign-report/1', plan, layout: checksum, shard: shardFrom(values) };
}

function shardFrom(values: Values): Shard | null {
  const given = text(values, 'shard');
  if (given === undefined) return null;
  const [, index = '', count = ''] = /^(\d+)\/(\d+)$/.exec(given) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (index === '' || shard.index < 1 || shard.index > shard.count || shard.count > 1e6) {
    throw new UsageError(`--shard '${given}' is no part; write it as 1/8, 2/8, … 8/8`);
  }
  return shard;
}

/** Builds the smallest request of each failure again, and saves what it breaks. */
async function saveAll(
  folder: string,
  { failures }: CampaignSummary,
  claims: readonly LayoutClaim[] | undefined,
  timeoutSeconds: number,
  note: Invocation['note'],
): Promise<void> {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new InputError(`cannot make the folder '${folder}': ${reasonOf(error)}`);
  }
  for (const { builder, mode, name, request } of failures) {
    const result = await tryBuilder(await builderOf(builder, timeoutSeconds), requestOf(request), { claims });
    if (result.kind === 'error') continue;
    const words = [builder.replace(/^.*[\\/]/, ''), mode, name];
    const file = join(folder, `${words.join('-').replace(/[^\w.-]+/g, '_')}.x86page`);
    await saveCounterexample(file, result.machine, result.claims, result.verification, note);
  }
}
