import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { x86paging } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'x86-paging-bench-'));
afterAll(() => rmSync(folder, { recursive: true }));

function moduleOf(name: string, source: string): string {
  const path = join(folder, `${name}.mjs`);
  writeFileSync(path, source);
  return path;
}

/** Right tables, by a method that uses `this`. */
const RIGHT = `export default {
  name: 'mine',
  flags(page, plan) { return page < plan.lowestTablePage ? 0x23 : 0x21; },
  build(memory, plan) {
    const { frames, loadAddress, tableFrames, directoryFrame } = plan;
    for (const frame of [directoryFrame, ...tableFrames]) memory.frame(frame).fill(0);
    frames.forEach((frame, page) => {
      const linear = loadAddress + page * 4096;
      const table = tableFrames[(linear >>> 22) - (loadAddress >>> 22)] * 4096;
      memory.writeUint32(directoryFrame * 4096 + (linear >>> 22) * 4, table + 0x67);
      memory.writeUint32(table + ((linear >>> 12) & 1023) * 4, frame * 4096 + this.flags(page, plan));
    });
  },
};`;
const QUICK = ['--quick', '--memory', '1M'];

describe('bench, of a strategy of the user’s own', () => {
  it('measures it alone, or beside ours, and says on what, in which order and where', () => {
    const mine = moduleOf('mine', RIGHT);
    const { code, out } = x86paging(['bench', mine, ...QUICK, '--rounds', '2', '--seed', '5']);
    expect(code).toBe(0);
    expect(out).toContain('1 MiB, 256 pages, frames scattered, seed 5; 2 rounds of 1 ms');
    expect(out).toContain(`Node ${process.version}`);
    expect(out.trimEnd().split('\n').slice(4)).toEqual([
      expect.stringMatching(/^strategy +ns a page +quartiles +to ours/),
      expect.stringMatching(/^mine /),
    ]);

    const order = (seed: string): string[] =>
      x86paging(['bench', mine, ...QUICK, '--filter', 'a', '--seed', seed, '--json', '--rounds', '1'])
        .out.trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line).name);
    const five = order('5');
    const six = order('6');
    expect(order('5')).toEqual(five);
    expect(six).not.toEqual(five);
    expect(six.toSorted()).toEqual(five.toSorted());
  });

  it.each([
    [1, 'idle', 'export function build() {}', 'are wrong: 0xc0000000 is not mapped'],
    [3, 'later', 'export async function build() {}', 'returned a promise'],
    [
      3,
      'throws',
      'export const loud = () => { throw new Error("no luck"); };',
      "'loud' throws in line 1 of ",
    ],
    [
      3,
      'sorts',
      'export function build(memory, { frames }) { frames.sort(); }',
      "changes 'frames' of its plan",
    ],
    [3, 'empty', 'export const number = 1;', 'exports none: export default { name, build(memory, plan) }'],
    [3, 'broken', 'export default {', 'cannot load the strategy'],
  ])('ends with %i where its module is: %s', (code, name, source, message) => {
    const result = x86paging(['bench', moduleOf(name, source), ...QUICK]);
    expect([result.code, result.err]).toEqual([code, expect.stringContaining(message)]);
  });

  it('measures once what a module exports twice', () => {
    const twice = moduleOf(
      'twice',
      `${RIGHT.replace('export default', 'export const mine =')} export default mine;`,
    );
    const { out } = x86paging(['bench', twice, ...QUICK, '--rounds', '1', '--json']);
    expect(out.trimEnd().split('\n').length).toBe(1);
  });

  it('takes one seed, not two', () => {
    const { code, err } = x86paging(['bench', '--frames', 'scattered:3', '--seed', '4']);
    expect([code, err]).toEqual([2, expect.stringContaining('has a seed already')]);
  });
});
