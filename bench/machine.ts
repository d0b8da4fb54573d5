/** What the figures were measured on. */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';

export interface MachineInfo {
  readonly date: string;
  readonly processor: string;
  readonly processors: number;
  readonly memoryGiB: number;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  /** The commit, with `+` where files had been changed. */
  readonly commit: string;
  readonly compiler: string;
  readonly v86: string;
}

export function machineInfo(compiler: string | undefined, v86: string | undefined): MachineInfo {
  const [first] = cpus();
  return {
    date: new Date().toISOString().slice(0, 10),
    processor: first?.model.trim() ?? 'unknown',
    processors: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    v8: process.versions.v8 ?? 'unknown',
    platform: `${process.platform} ${process.arch}`,
    commit: commit(),
    compiler: compiler ?? 'none',
    v86: v86 ?? 'none',
  };
}

function commit(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { encoding: 'utf8' }).trim();
    const changed = git('status', '--porcelain', '--untracked-files=no') === '' ? '' : '+';
    return git('rev-parse', '--short', 'HEAD') + changed;
  } catch {
    return 'unknown';
  }
}

/**
 * Starts this program again on one processor, where the system can do that: ours and C then share it in turn, and what
 * else goes on there disturbs both alike. @returns The exit code, or undefined if nothing was started.
 */
export function rerunOnOneProcessor(): number | undefined {
  if (process.platform !== 'linux' || process.env['X86_PAGING_BENCH_PINNED'] !== undefined) return undefined;
  if (spawnSync('taskset', ['--version']).status !== 0) return undefined;
  const { status } = spawnSync(
    'taskset',
    ['-c', String(cpus().length - 1), process.execPath, ...process.execArgv, ...process.argv.slice(1)],
    { stdio: 'inherit', env: { ...process.env, X86_PAGING_BENCH_PINNED: '1' } },
  );
  return status ?? 1;
}
