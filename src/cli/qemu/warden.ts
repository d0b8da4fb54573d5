/**
 * A small process beside this one, which tidies up once this one has ended, however it ended: interrupted in the middle
 * of a computation, or killed. It lets a held guest run on, and removes the folder in which QEMU has put pieces of RAM.
 */

import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { QmpAddress } from './qmp-address.ts';
import { QmpError } from './qmp-error.ts';

/** What the process is started with, as JSON. */
export interface WardenStart {
  readonly address: QmpAddress;
  /** To be removed. */
  readonly folder: string | undefined;
}

/** The last of these lines that it reads says whether the guest is to be let go. */
export const HELD = 'held';
export const FREE = 'free';

export class Warden {
  readonly #process: ChildProcess;

  /** @throws QmpError if the process cannot be started. */
  constructor(start: WardenStart) {
    const program = fileURLToPath(new URL('./warden-main.js', import.meta.url));
    // In a session of its own, so that Ctrl-C does not reach it. Its standard input ends when this process does.
    this.#process = spawn(process.execPath, [program, JSON.stringify(start)], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.#process.on('error', () => {});
    this.#process.stdin?.on('error', () => {});
    this.#process.unref();
    if (this.#process.pid === undefined)
      throw new QmpError('unreachable', 'the process that tidies up after this one cannot be started');
  }

  /** Tells it whether the guest is held, before it is. */
  tell(state: typeof HELD | typeof FREE): void {
    this.#process.stdin?.write(`${state}\n`);
  }

  /** Has it tidy up now what is left. */
  dismiss(): void {
    this.#process.stdin?.end();
  }
}
