/**
 * The thread that speaks to QEMU for {@link BlockingQmp}: its event loop runs on while the main thread waits.
 */

import { type MessagePort, workerData } from 'node:worker_threads';
import type { QmpAddress } from './qmp-address.ts';
import { QmpClient } from './qmp-client.ts';
import { QmpError, type QmpErrorCode } from './qmp-error.ts';

/** What the thread is started with. */
export interface WorkerStart {
  readonly address: QmpAddress;
  readonly timeoutMs: number;
  readonly port: MessagePort;
  /** Counts the answers; the main thread waits for it to change. */
  readonly answers: Int32Array;
}

/** A command; the first one connects. */
export interface WorkerCommand {
  readonly command: string;
  readonly args: Readonly<Record<string, unknown>> | undefined;
}

/** What came of it. */
export type WorkerAnswer =
  | { readonly value: unknown }
  | { readonly code: QmpErrorCode; readonly message: string };

const { address, timeoutMs, port, answers } = workerData as WorkerStart;
let client: QmpClient | undefined;

port.on('message', async ({ command, args }: WorkerCommand) => {
  let answer: WorkerAnswer;
  try {
    client ??= await QmpClient.connect(address, timeoutMs);
    answer = { value: await client.execute(command, args) };
  } catch (error) {
    const { code, message } = error instanceof QmpError ? error : new QmpError('protocol', String(error));
    answer = { code, message };
  }
  port.postMessage(answer);
  Atomics.add(answers, 0, 1);
  Atomics.notify(answers, 0);
});
