import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unmapped } from '../../src/claims/index.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { counterexampleMachine, smallestCounterexample } from '../../src/counterexample/index.ts';
import { domainMachine, saveMachine } from '../../src/machine/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { domainIn } from '../support/machines.ts';
import { SCHEMAS, schemaErrors } from '../support/schemas.ts';
import { inProcess } from './run.ts';

const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));
const good = join(directory, 'good.x86page');
const layout = join(directory, 'layout.json');
const rules = join(directory, 'rules.json');
const broken = join(directory, 'broken.x86page');
const report = join(directory, 'report.ndjson');
const builder = join(import.meta.dirname, '../../examples/builders/builder.mjs');
const counterexample = join(directory, 'counterexample.x86page');

beforeAll(() => {
  const memory = new PhysicalMemory(2 * 2 ** 20);
  const domain = domainIn(memory, 'slots')!;
  writeFileSync(
    layout,
    JSON.stringify({ claims: [{ closedTo: 'user' }, { unmapped: ['0xc0000000', '0xc0001000'] }] }),
  );
  writeFileSync(rules, JSON.stringify({ rules: { 'alias-rights': 'off' } }));
  writeFileSync(good, saveMachine(domainMachine(memory, domain)));
  const claim = unmapped([0xc000_0000, 0xc000_1000]);
  const small = smallestCounterexample(domainMachine(memory, domain), claim)!;
  writeFileSync(counterexample, saveMachine(counterexampleMachine(small)));
  memory.storeWord(domain.pageTables[0]! * 4096, 0);
  writeFileSync(broken, saveMachine(domainMachine(memory, domain)));
});

const LONG = ['--cpu', 'skylake-server', '--cr0', '0x80010011', '--cr4', '0x4000a0', '--efer', '0xd00'];

/** Every command with --json, in all its ways: each line that it prints must be as its schema says. */
const RUNS: Readonly<Record<string, readonly string[][]>> = {
  build: [
    ['--memory', '4M'],
    ['--memory', '8M', '--profile', 'xen-3.0'],
  ],
  verify: [[good], [broken]],
  check: [[layout, good]],
  campaign: [[builder, '--runs', '1', '--workers', '0', '--report', report]],
  merge: [[report]],
  replay: [[counterexample], [counterexample, '--on', good]],
  walk: [
    ['0xC0000000', '0xC3FFE000', '0xfc400000', '0'],
    ['0xfc400000', '--access', 'user-write'],
    ['0', '0xffff_ffff_ffff_ffff', '0x8000_0000_0000', ...LONG],
    ['0', '--cr0', '0x11'],
    ['0xC0000000', '--image', good, '--cpu', 'i386', '--cr0', '0x80000001'],
  ],
  map: [[], [good], LONG, ['--summary']],
  who: [
    ['0x2c00000', '0x120000'],
    ['0x2c00000', '--image', good],
  ],
  diff: [[good, broken]],
  lint: [[], [good, '--rules', rules], ['--cr4', '0']],
  read: [
    ['0xC0000000', '16'],
    ['0xC0000ff8', '8'],
    ['0', '16', good],
  ],
  roots: [['--limit', '2'], [good]],
  exercise: [
    ['--count', '8'],
    ['--count', '8', '--key'],
    ['--count', '4', '--lang', 'de'],
    ['--inventory', 'pre'],
    ['--inventory', 'post', '--seed', '7', '--key', '--lang', 'de'],
  ],
  demo: [[]],
  bench: [['--quick', '--memory', '1M', '--filter', 'ours']],
  vectors: [[], ['--mode', 'PAE']],
  completion: [['bash'], ['fish']],
  page: [],
  xen: [['l1-global-flag'], ['l1-global-flag', '--repaired'], ['two-lines-of-defence']],
};

describe('every line that --json prints', () => {
  it('is looked at here, of every command', () => {
    expect(Object.keys(RUNS).sort()).toEqual(COMMANDS.map(({ name }) => name).sort());
  });

  for (const [command, runs] of Object.entries(RUNS)) {
    it.skipIf(runs.length === 0)(`is as its schema says: x86-paging ${command}`, async () => {
      for (const args of runs) {
        const { code, out, err } = await inProcess([command, ...args, '--json']);
        expect([err, code < 2]).toEqual(['', true]);
        for (const line of out.trimEnd().split('\n').filter(Boolean)) {
          expect(schemaErrors(JSON.parse(line)), `${command} ${args.join(' ')}`).toBeUndefined();
        }
      }
    });
  }

  it('would not be, with a field more, a field less, or another kind of value', async () => {
    const { out } = await inProcess(['walk', '0xC0000000', '--json']);
    const walk = JSON.parse(out) as Record<string, unknown>;
    const { cr3: _, ...less } = walk;
    for (const wrong of [{ ...walk, more: 1 }, less, { ...walk, physical: 4096 }, { ...walk, ok: false }]) {
      expect(schemaErrors(wrong)).toContain('x86-paging/walk/1');
    }
    expect(schemaErrors({})).toContain('names no schema');
    expect(schemaErrors({ schema: 'x86-paging/frob/1' })).toContain('there is no schema');
  });
});

describe('every schema', () => {
  it('has the name of its file, a title and a description', () => {
    for (const [file, { $id, title, description }] of SCHEMAS) {
      expect(`${$id.split(':')[2]}.schema.json`).toBe(file);
      expect(title).toBeTruthy();
      expect(description).toBeTruthy();
    }
  });
});
