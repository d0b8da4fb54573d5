/**
 * QMP, QEMU's machine protocol: JSON objects over a socket, one command at a time.
 * Source: QEMU, docs/interop/qmp-spec.rst; docs/interop, "QEMU QMP Reference Manual".
 */

import { connect, type Socket } from 'node:net';
import { reasonOf } from '../errors.ts';
import { JsonStream } from './json-stream.ts';
import { addressText, type QmpAddress } from './qmp-address.ts';
import { QmpError } from './qmp-error.ts';

type Message = Readonly<Record<string, unknown>>;

interface Waiting {
  /** What is waited for, for messages. */
  readonly what: string;
  /** Takes a message if it is the one. */
  readonly takes: (message: Message) => boolean;
  readonly fail: (error: QmpError) => void;
}

/** A connection to a running QEMU. */
export class QmpClient {
  readonly #socket: Socket;
  readonly #stream: JsonStream;
  readonly #timeoutMs: number;
  #waiting: Waiting | undefined;
  #failure: QmpError | undefined;
  #id = 0;

  private constructor(socket: Socket, timeoutMs: number, longest: number | undefined) {
    this.#stream = new JsonStream(longest);
    this.#socket = socket;
    this.#timeoutMs = timeoutMs;
    socket.setEncoding('utf8');
    socket.on('data', (piece) => this.#take(String(piece)));
    socket.on('error', (error) =>
      this.#fail(new QmpError('closed', `the connection broke: ${reasonOf(error)}`)),
    );
    socket.on('close', () => this.#fail(new QmpError('closed', 'QEMU closed the connection')));
  }

  /**
   * Connects, and agrees with QEMU on the protocol.
   * @param timeoutMs - How long each answer may take.
   * @param longest - The longest answer that is taken, in characters. Default: what QEMU answers when memory is read.
   * @throws QmpError
   */
  static async connect(address: QmpAddress, timeoutMs: number, longest?: number): Promise<QmpClient> {
    const client = new QmpClient(await socketTo(address, timeoutMs), timeoutMs, longest);
    try {
      await client.#await('a greeting', (message) => 'QMP' in message);
      await client.execute('qmp_capabilities');
    } catch (error) {
      client.close();
      if (error instanceof QmpError && error.code === 'timeout') {
        const hint = 'is somebody else connected to it? QEMU speaks to one at a time';
        throw new QmpError('timeout', `${error.message}; ${hint}`);
      }
      throw error;
    }
    return client;
  }

  /**
   * Has QEMU do something.
   * @returns What the answer holds under `return`.
   * @throws QmpError `refused` with QEMU's own words if it says no; others if it cannot be asked.
   */
  async execute(command: string, args?: Readonly<Record<string, unknown>>): Promise<unknown> {
    const id = ++this.#id;
    const answer = this.#await(`an answer to ${command}`, (message) => message['id'] === id);
    this.#socket.write(`${JSON.stringify({ execute: command, ...(args && { arguments: args }), id })}\r\n`);
    const message = await answer;
    if ('return' in message) return message['return'];
    const { desc } = (message['error'] ?? {}) as { desc?: unknown };
    throw typeof desc === 'string'
      ? new QmpError('refused', `QEMU refuses ${command}: ${desc.trim()}`)
      : new QmpError('protocol', `QEMU's answer to ${command} has neither 'return' nor 'error'`);
  }

  /** Ends the connection. */
  close(): void {
    this.#failure ??= new QmpError('closed', 'the connection is closed');
    this.#socket.destroy();
  }

  /** The next message that is the one waited for; others, such as events, are passed over. */
  #await(what: string, takes: (message: Message) => boolean): Promise<Message> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#waiting !== undefined)
      throw new Error(`a command was given while ${this.#waiting.what} is waited for`);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        // What comes later must not be taken for the next answer.
        this.#fail(
          new QmpError(
            'timeout',
            `QEMU gives no ${what.replace(/^an? /, '')} within ${this.#timeoutMs / 1000} s`,
          ),
        );
        this.#socket.destroy();
      }, this.#timeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
      };
      this.#waiting = {
        what,
        takes: (message) => {
          if (!takes(message)) return false;
          settle();
          resolve(message);
          return true;
        },
        fail: (error) => {
          settle();
          reject(error);
        },
      };
    });
  }

  #take(piece: string): void {
    try {
      for (const message of this.#stream.push(piece)) this.#waiting?.takes(message as Message);
    } catch (error) {
      if (!(error instanceof QmpError)) throw error;
      this.#fail(error);
      this.#socket.destroy();
    }
  }

  #fail(error: QmpError): void {
    this.#failure ??= error;
    this.#waiting?.fail(this.#failure);
  }
}

function socketTo(address: QmpAddress, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address });
    const fail = (reason: string): void => {
      socket.destroy();
      reject(new QmpError('unreachable', `cannot connect to ${addressText(address)}: ${reason}`));
    };
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs / 1000} s`), timeoutMs);
    socket.once('error', (error) => {
      clearTimeout(timer);
      const { code } = error as NodeJS.ErrnoException;
      fail(code === 'ECONNREFUSED' ? 'nobody listens there' : reasonOf(error));
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}
