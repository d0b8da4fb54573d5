/**
 * Builders that are programs, in any language: one process for each request, as docs/builders.md says. The request goes
 * to its standard input; its standard output is a line of JSON with the registers, and then RAM.
 */

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import {
  type Builder,
  BuilderError,
  type BuildRequest,
  registersFor,
  requestJson,
} from '../../campaign/index.ts';
import type { Machine } from '../../machine/index.ts';
import { PhysicalMemory } from '../../memory/index.ts';
import { InputError, reasonOf } from '../errors.ts';
import { registersIn } from './given-registers.ts';

/** The most bytes of the line of JSON. */
const HEADER_BYTES = 2 ** 20;
/** The most bytes of standard error that are kept, of its end. */
const COMPLAINT_BYTES = 2000;

/**
 * The builder that a command runs.
 *
 * @param command - The program and its arguments, separated by spaces.
 * @param timeoutSeconds - What a request may take.
 * @throws InputError if there is no such program.
 */
export function programBuilder(command: string, timeoutSeconds: number): Builder {
  checkProgram(command);
  return {
    name: command,
    async build(request) {
      return machineIn(await answerOf(command, request, timeoutSeconds), request, command);
    },
  };
}

/** The program and its arguments. */
function wordsOf(command: string): string[] {
  return command.split(' ').filter(Boolean);
}

/** Told before a thousand requests fail for the same reason. @throws InputError */
function checkProgram(command: string): void {
  const [program = ''] = wordsOf(command);
  // Windows adds endings to a name, and looks into more folders.
  if (process.platform === 'win32') return;
  const isPath = program.includes('/');
  const folders = isPath ? [''] : (process.env['PATH'] ?? '').split(delimiter);
  if (folders.some((folder) => existsSync(join(folder, program)))) return;
  const hint = !isPath && existsSync(program) ? `; the one in this folder is ./${program}` : '';
  throw new InputError(`${command} cannot be run: there is no such file${isPath ? '' : ' in PATH'}${hint}`);
}

/** All of its standard output. @throws BuilderError if it ends badly, says too much, or takes too long. */
function answerOf(command: string, request: BuildRequest, timeoutSeconds: number): Promise<Buffer> {
  const [program = '', ...args] = wordsOf(command);
  const limit = HEADER_BYTES + request.memoryBytes;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    const pieces: Buffer[] = [];
    let bytes = 0;
    let complaint = '';
    let stopped: string | undefined;
    const stop = (why: string): void => {
      stopped ??= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop(`took more than ${timeoutSeconds} s`), timeoutSeconds * 1000);
    const fail = (what: string): void => {
      clearTimeout(timer);
      const said = complaint.trim() === '' ? '' : `; it said: ${complaint.trim()}`;
      reject(new BuilderError(`${command} ${what}${said}`));
    };
    child.on('error', (error) => fail(`cannot be run: ${reasonOf(error)}`));
    child.stdout.on('data', (piece: Buffer) => {
      bytes += piece.length;
      if (bytes > limit) stop(`wrote more than the ${request.memoryBytes} bytes of RAM that it was given`);
      else pieces.push(piece);
    });
    child.stderr.on('data', (piece: Buffer) => {
      complaint = (complaint + piece.toString()).slice(-COMPLAINT_BYTES);
    });
    // A builder need not read its request to the end.
    child.stdin.on('error', () => {});
    child.stdin.end(`${JSON.stringify(requestJson(request))}\n`);
    child.on('close', (code, signal) => {
      if (stopped !== undefined) fail(stopped);
      else if (signal !== null) fail(`was ended by ${signal}`);
      else if (code !== 0) fail(`ended with exit code ${code}`);
      else {
        clearTimeout(timer);
        resolve(Buffer.concat(pieces, bytes));
      }
    });
  });
}

function machineIn(answer: Buffer, { mode, memoryBytes }: BuildRequest, command: string): Machine {
  const refuse = (what: string): BuilderError => new BuilderError(`${command} answers with ${what}`);
  const end = answer.indexOf(0x0a);
  if (end < 0 || end > HEADER_BYTES) throw refuse('no line of JSON');
  const header = headerIn(answer.subarray(0, end).toString(), refuse);
  const given = registersIn(header, refuse);
  const memory = new PhysicalMemory(memoryBytes);
  const image = answer.subarray(end + 1);
  const { frames } = header;
  if (frames === undefined) {
    if (image.length !== memoryBytes)
      throw refuse(`${image.length} bytes of RAM; the request has ${memoryBytes}`);
    memory.write(0, image);
  } else {
    const list = framesIn(frames, memory.frameCount, refuse);
    if (image.length !== list.length * 4096)
      throw refuse(`${image.length} bytes for ${list.length} frames of 4096`);
    for (const [i, frame] of list.entries())
      memory.write(frame * 4096, image.subarray(i * 4096, (i + 1) * 4096));
  }
  return { ...registersFor(mode, given), memory };
}

function headerIn(line: string, refuse: (what: string) => Error): Readonly<Record<string, unknown>> {
  try {
    const header: unknown = JSON.parse(line);
    if (typeof header === 'object' && header !== null) return header as Readonly<Record<string, unknown>>;
  } catch {
    // Told below.
  }
  throw refuse(`a first line that is no object of JSON: ${JSON.stringify(line.slice(0, 60))}`);
}

function framesIn(frames: unknown, frameCount: number, refuse: (what: string) => Error): number[] {
  const isFrame = (frame: unknown): boolean =>
    Number.isInteger(frame) && (frame as number) >= 0 && (frame as number) < frameCount;
  if (Array.isArray(frames) && frames.every(isFrame)) return frames as number[];
  throw refuse(`frames that are no list of numbers from 0 to ${frameCount - 1}`);
}
