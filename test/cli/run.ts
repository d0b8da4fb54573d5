import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';

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
  options: { input?: Uint8Array; env?: NodeJS.ProcessEnv } = {},
): Result {
  if (!existsSync(MAIN)) throw new Error('the command line is not built: run npm run build');
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    cwd: ROOT,
    env: { ...process.env, NO_COLOR: '', ...options.env },
    maxBuffer: 2 ** 28,
    ...(options.input && { input: options.input }),
  });
  return { code: status, out: stdout.toString(), bytes: stdout, err: stderr.toString() };
}
