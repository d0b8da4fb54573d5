/** Workers that do the chunks of a campaign, on all cores. Which of them does which changes nothing in what they report. */

import { Worker } from 'node:worker_threads';
import {
  CHUNK_CASES,
  type ChunkReport,
  caseAt,
  caseCount,
  requestJson,
  runChunk,
} from '../../campaign/index.ts';
import { builderOf } from '../builders/index.ts';
import type { WorkerMessage, WorkerTask } from './messages.ts';

/** What a crew is to do. */
export interface CrewJob extends WorkerTask {
  /** The chunks, in the order in which they are begun. */
  readonly chunks: readonly number[];
  /** How many threads; 0: this one. */
  readonly workers: number;
  /** Called for each chunk that is done. */
  readonly onReport: (report: ChunkReport) => void;
  /** Told what goes wrong with workers. */
  readonly note: (text: string) => void;
}

/** Beside a builder's own time, what judging its tables may take before a worker counts as hung. */
const JUDGING_SECONDS = 60;
/** A chunk in which this many workers end is reported as failed. */
const MOST_DEATHS = 2;

/** Does all chunks. A worker that ends or hangs is replaced, and its chunk begun again; what was done stays done. */
export async function runCrew(job: CrewJob): Promise<void> {
  const { plan, claims, timeoutSeconds, chunks, workers, onReport } = job;
  if (workers === 0) {
    const builders = await Promise.all(plan.builders.map((name) => builderOf(name, timeoutSeconds)));
    for (const chunk of chunks) onReport(await runChunk(plan, builders, chunk, { claims }));
    return;
  }
  const crew = new Crew(job);
  await Promise.all(Array.from({ length: Math.min(workers, chunks.length) }, (_, i) => crew.station(i + 1)));
}

class Crew {
  readonly #job: CrewJob;
  readonly #left: number[];
  readonly #deaths = new Map<number, number>();

  constructor(job: CrewJob) {
    this.#job = job;
    this.#left = [...job.chunks].reverse();
  }

  /** A place that is always manned until there is nothing left to do. */
  async station(number: number): Promise<void> {
    while (this.#left.length > 0) await this.#life(number);
  }

  /** One worker, until it has nothing left to do, or ends otherwise. */
  #life(station: number): Promise<void> {
    const { plan, claims, timeoutSeconds, onReport, note } = this.#job;
    const workerData: WorkerTask = { plan, claims, timeoutSeconds };
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
    let chunk: number | undefined;
    let at: number | undefined;
    let why = '';
    let timer: NodeJS.Timeout | undefined;
    const watch = (): void => {
      clearTimeout(timer);
      const seconds = timeoutSeconds + JUDGING_SECONDS;
      timer = setTimeout(() => {
        why = `it said nothing for ${seconds} s`;
        void worker.terminate();
      }, seconds * 1000);
    };
    const next = (): void => {
      at = undefined;
      chunk = this.#left.pop();
      if (chunk === undefined) {
        clearTimeout(timer);
        void worker.terminate();
        return;
      }
      watch();
      worker.postMessage({ chunk });
    };
    worker.on('message', (message: WorkerMessage) => {
      watch();
      if (message.kind === 'case') at = message.index;
      if (message.kind !== 'done') return;
      onReport(message.report);
      next();
    });
    worker.on('error', (error) => {
      why = error.message;
    });
    next();
    return new Promise((resolve) => {
      worker.on('exit', (code) => {
        clearTimeout(timer);
        if (chunk !== undefined) {
          const reason = why === '' ? `it ended with exit code ${code}` : why;
          note(
            `worker ${station} was lost in chunk ${chunk}${at === undefined ? '' : `, case ${at}`}: ${reason}`,
          );
          this.#bury(chunk, at ?? chunk * CHUNK_CASES, reason);
        }
        resolve();
      });
    });
  }

  /** A chunk whose worker was lost is begun again, and given up where that happens again. */
  #bury(chunk: number, at: number, reason: string): void {
    const { plan, onReport } = this.#job;
    const deaths = (this.#deaths.get(chunk) ?? 0) + 1;
    this.#deaths.set(chunk, deaths);
    if (deaths < MOST_DEATHS) {
      this.#left.push(chunk);
      return;
    }
    const { builder, request } = caseAt(plan, at);
    const cases = Math.min(CHUNK_CASES, caseCount(plan) - chunk * CHUNK_CASES);
    const failure = {
      case: at,
      times: cases,
      builder: plan.builders[builder]!,
      mode: request.mode,
      name: 'error',
      text: `the worker was lost in this chunk again and again: ${reason}`,
      mend: null,
      request: requestJson(request),
    };
    onReport({ chunk, cases, passed: 0, failures: [failure] });
  }
}
