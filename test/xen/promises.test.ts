import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MUTATIONS } from './campaign/mutations.ts';

/** The campaigns run in a process of their own, on the built package: Vite's way of loading slows them five times. */
function campaign(...args: string[]): string {
  const program = join(import.meta.dirname, 'campaign/run.mjs');
  const { stdout, stderr } = spawnSync(process.execPath, [program, ...args], { encoding: 'utf8' });
  return stdout + stderr;
}

describe('the repaired hypervisor', () => {
  it('keeps every promise under attack', { timeout: 300_000 }, () => {
    expect(campaign('promises', '--runs', '1500')).toContain('every promise kept');
  });

  it('breaks a promise whichever check is taken away, under the attack that is kept for it', {
    timeout: 300_000,
  }, () => {
    const lines = campaign('mutants', 'replay').trimEnd().split('\n');
    expect(lines.filter((line) => !line.startsWith('caught'))).toEqual([]);
    expect(lines.length).toBe(MUTATIONS.length);
  });
});

describe('a guest that knows the calls only', () => {
  it('finds the writable self map and at least two other holes, each a story of at most 8 calls', {
    timeout: 300_000,
  }, () => {
    const found = campaign('blind', '12000', '3')
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    expect(found.map(([hole]) => hole)).toContain('l2-writable-flag');
    expect(found.length).toBeGreaterThanOrEqual(3);
    for (const [hole, , calls] of found) expect(Number.parseInt(calls!, 10), hole).toBeLessThanOrEqual(8);
  });
});
