/** A worker thread of a campaign: does one chunk after the other. */

import { parentPort, workerData } from 'node:worker_threads';
import { type Builder, runChunk } from '../../campaign/index.ts';
import { builderOf } from '../builders/index.ts';
import type { WorkerMessage, WorkerOrder, WorkerTask } from './messages.ts';

const { plan, claims, timeoutSeconds } = workerData as WorkerTask;
const say = (message: WorkerMessage): void => parentPort!.postMessage(message);

/** The same builder, which says before each request that the worker goes on. */
function telling(builder: Builder): Builder {
  return {
    name: builder.name,
    build(request) {
      say({ kind: 'alive' });
      return builder.build(request);
    },
  };
}

const builders = await Promise.all(
  plan.builders.map(async (name) => telling(await builderOf(name, timeoutSeconds))),
);
const onCase = (index: number): void => say({ kind: 'case', index });

parentPort!.on('message', async ({ chunk }: WorkerOrder) => {
  say({ kind: 'done', report: await runChunk(plan, builders, chunk, { claims, onCase }) });
});
