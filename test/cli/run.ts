import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Command } from '../../src/cli/command.ts';
import type { Sink } from '../../src/cli/output.ts';
import { runCommandLine } from '../../src/cli/run.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = resolve(ROOT, 'dist/cli/main.js');

export interface Result {
  readonly code: number | null;
  readonly out: string;
  /** Standard output as it is, for what is no text. */
  readonly bytes: Uint8Array;
  readonly err: string;
}

/** Runs the built command line. */
export function x86paging(
  args: readonly string[],
  options: { input?: Uint8Array; env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Result {
  if (!existsSync(MAIN)) throw new Error('the command line is not built: run npm run build');
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: options.cwd ?? ROOT,
    env: { ...process.env, NO_COLOR: '', ...options.env },
    maxBuffer: 2 ** 28,
    ...(options.input && { input: options.input }),
  });
  return { code: status, out: stdout.toString(), bytes: stdout, err: stderr.toString() };
}

/** Starts the built command line; this process can go on meanwhile, such as to answer it. */
export function startX86paging(args: readonly string[]): {
  child: ChildProcess;
  result: Promise<Omit<Result, 'bytes'>>;
} {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { out: '', err: '' };
  child.stdout!.setEncoding('utf8').on('data', (piece) => {
    texts.out += piece;
  });
  child.stderr!.setEncoding('utf8').on('data', (piece) => {
    texts.err += piece;
  });
  const result = new Promise<Omit<Result, 'bytes'>>((resolve) =>
    child.on('close', (code) => resolve({ code, ...texts })),
  );
  return { child, result };
}

/** What a run in this process put out. */
export interface Printed {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line in this process, which costs no start of Node. @param columns - Of a terminal; absent: pipes. */
export async function inProcess(
  args: readonly string[],
  options: { columns?: number; env?: NodeJS.ProcessEnv; commands?: readonly Command[] } = {},
): Promise<Printed> {
  const stdout = new Collected(options.columns);
  const stderr = new Collected(options.columns);
  const code = await runCommandLine(args, { stdout, stderr, env: options.env ?? {} }, options.commands);
  return { code, out: stdout.text, err: stderr.text };
}

class Collected implements Sink {
  readonly columns: number | undefined;
  #pieces: Uint8Array[] = [];

  constructor(columns: number | undefined) {
    this.columns = columns;
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString();
  }

  write(data: string | Uint8Array): void {
    this.#pieces.push(Buffer.from(data as Uint8Array));
  }

  flush(): void {}
}
