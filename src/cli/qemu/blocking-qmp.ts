import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { addressText, type QmpAddress } from './qmp-address.ts';
import { QmpError } from './qmp-error.ts';
import type { WorkerAnswer, WorkerCommand, WorkerStart } from './qmp-worker.ts';

/** QEMU, asked for what a walk needs. */
export interface Qmp {
  /** Has QEMU do something, and waits. @throws QmpError */
  execute(command: string, args?: Readonly<Record<string, unknown>>): unknown;
  /** A command of the monitor for people, and what it prints. @throws QmpError */
  monitor(line: string): string;
}

/**
 * A connection to QEMU that waits for each answer, so that memory behind it can be read as any other is: a walk is a
 * plain function, and reads words. The socket belongs to a thread of its own; this one sleeps until that one has the
 * answer. A signal ends a sleeping process as well as any.
 */
export class BlockingQmp implements Qmp {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #answers = new Int32Array(new SharedArrayBuffer(4));
  /** The thread gives up by itself; this is for a thread that does not answer at all. */
  readonly #patienceMs: number;
  readonly #where: string;

  constructor(address: QmpAddress, timeoutMs: number) {
    const { port1, port2 } = new MessageChannel();
    const start: WorkerStart = { address, timeoutMs, port: port2, answers: this.#answers };
    this.#port = port1;
    this.#where = addressText(address);
    this.#patienceMs = 4 * timeoutMs + 10_000;
    this.#worker = new Worker(new URL('./qmp-worker.js', import.meta.url), {
      workerData: start,
      transferList: [port2],
    });
    this.#worker.unref();
  }

  execute(command: string, args?: Readonly<Record<string, unknown>>): unknown {
    const before = Atomics.load(this.#answers, 0);
    const message: WorkerCommand = { command, args };
    this.#port.postMessage(message);
    Atomics.wait(this.#answers, 0, before, this.#patienceMs);
    const answer = receiveMessageOnPort(this.#port)?.message as WorkerAnswer | undefined;
    if (answer === undefined) throw new QmpError('timeout', 'the thread that speaks to QEMU gives no answer');
    if ('value' in answer) return answer.value;
    const { code, message: why } = answer;
    throw new QmpError(code, code === 'unreachable' ? why : `QEMU at ${this.#where}: ${why}`);
  }

  monitor(line: string): string {
    const printed = this.execute('human-monitor-command', { 'command-line': line });
    if (typeof printed !== 'string') throw new QmpError('protocol', `QEMU's answer to '${line}' is no text`);
    return printed;
  }

  /** Ends the connection. */
  close(): void {
    this.#port.close();
    void this.#worker.terminate();
  }
}
