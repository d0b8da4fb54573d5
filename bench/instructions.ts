/** How many instructions a piece of work takes, counted by valgrind: no processor of a cloud lets itself be asked. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { instructionsOfDump } from './instruction-texts.ts';

/** A function that a program calls when work begins and when it ends, and in between never. */
export type Mark = 'uv_os_getppid' | 'clock_gettime*';

/**
 * Runs a program under valgrind's callgrind, with these commands as its standard input, of which some are `run`.
 * @returns For each `run`, how many instructions it took.
 */
export function countInstructions(
  command: readonly string[],
  mark: Mark,
  commands: readonly string[],
  folder: string,
): number[] {
  const name = 'callgrind.out';
  const options = [
    '--tool=callgrind',
    '--smc-check=all-non-file', // code that a JIT writes
    '--combine-dumps=no',
    `--callgrind-out-file=${join(folder, name)}`,
    `--dump-before=${mark}`,
  ];
  const { status, stderr } = spawnSync('valgrind', [...options, ...command], {
    encoding: 'utf8',
    input: commands.map((line) => `${line}\n`).join(''),
  });
  if (status !== 0) throw new Error(`valgrind of ${command.join(' ')} ended with ${status}: ${stderr}`);
  // One dump at each mark: name.1, name.2, …; the last, without a number, is the end of the program.
  const numbers = readdirSync(folder)
    .filter((file) => file.startsWith(`${name}.`))
    .map((file) => Number(file.slice(name.length + 1)))
    .sort((a, b) => a - b);
  const counts = numbers.map((number) =>
    instructionsOfDump(readFileSync(join(folder, `${name}.${number}`), 'utf8')),
  );
  for (const file of readdirSync(folder)) if (file.startsWith(name)) rmSync(join(folder, file));
  // Of two marks, the second ends the work.
  return counts.filter((_, i) => i % 2 === 1);
}

/** @returns valgrind's version, or undefined if it is not installed. */
export function valgrindVersion(): string | undefined {
  const { status, stdout } = spawnSync('valgrind', ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : undefined;
}
