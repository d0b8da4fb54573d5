import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { saveMachine } from '../../src/machine/index.ts';
import { smallKernel, TEXT } from '../claims/layout.ts';
import { inProcess } from './run.ts';

const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const { memory, mapper } = smallKernel('4-level');
const { cpu, ...registers } = mapper.registers;
const machine = file('kernel.x86page', saveMachine({ memory, cpu, registers }));
const hex = (n: number): string => `0x${n.toString(16)}`;

describe('x86-paging check', () => {
  it('ends with 0 where the layout holds', async () => {
    const layout = file('good.json', `{ "claims": [{ "wxExclusive": true }, { "readOnly": "tables" }] }`);
    const { code, out } = await inProcess(['check', layout, machine]);
    expect([code, out]).toEqual([0, expect.stringContaining('all 2 claims hold')]);
  });

  it('ends with 1 and tells the counterexample, the walk and what would mend it', async () => {
    const layout = file(
      'bad.json',
      `{ "claims": [{ "unmapped": ["${hex(TEXT)}", "${hex(TEXT + 4096)}"] }] }`,
    );
    const { code, out } = await inProcess(['check', layout, machine]);
    expect(code).toBe(1);
    expect(out).toContain(
      'read at 0xc000_0000: expected a page fault (nothing is mapped here), found frame 0x100',
    );
    expect(out).toMatch(/to mend it: clear P in the PTE at 0x/);
    expect(out).toContain('1 of 1 claims do not hold');
  });

  it('ends with 3 and the line for what is no layout', async () => {
    const layout = file('wrong.json', '{\n  "claims": [{ "only": 5 }]\n}');
    const { code, err } = await inProcess(['check', layout, machine]);
    expect([code, err]).toEqual([
      3,
      expect.stringContaining("wrong.json', line 2, column 24: only is a list"),
    ]);
  });

  it('ends with 2 where an operand is missing', async () => {
    expect((await inProcess(['check', machine])).code).toBe(2);
  });
});
