import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { machineOfLink } from '../../src/counterexample/index.ts';
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

describe('x86-paging check --save', () => {
  it('writes the smallest counterexample, which replay judges again', async () => {
    const { memory, mapper } = smallKernel('4-level');
    mapper.map(0xf000_0000, mapper.tableFrames[2]! * 4096, 0x1000, { writable: true, executable: false });
    const { cpu, ...registers } = mapper.registers;
    const broken = file('broken.x86page', saveMachine({ memory, cpu, registers }));
    const layout = file('tables.json', `{ "claims": [{ "wxExclusive": true }, { "readOnly": "tables" }] }`);
    const small = join(directory, 'small.x86page');
    const { code, err } = await inProcess(['check', layout, broken, '--save', small]);
    expect(code).toBe(1);
    expect(err).toContain(`${small} holds a counterexample of`);
    expect(readFileSync(small).length).toBeLessThan(readFileSync(broken).length);

    const again = await inProcess(['replay', small]);
    expect(again.code).toBe(1);
    expect(again.out).toContain('No page gives write access to a page table.');
    expect(again.out).toMatch(/the access {2}write at 0xf000_0000/);
    expect(again.out).toMatch(/✗ It does not hold: write at 0xf000_0000: expected a page fault/);
    expect(again.out).toMatch(/To mend it: clear RW in the PTE at 0x/);

    // The same claim of the machine as it should be.
    const mended = await inProcess(['replay', small, '--on', machine]);
    expect([mended.code, mended.out]).toEqual([0, expect.stringContaining('✓ It holds now.')]);

    const { out } = await inProcess(['replay', small, '--json']);
    const { fragment, verification, access } = JSON.parse(out) as Record<string, unknown>;
    expect([verification, access]).toEqual([expect.objectContaining({ ok: false }), 'write']);
    const deflated = Buffer.from(String(fragment).slice('machine='.length), 'base64url');
    expect(saveMachine(machineOfLink(deflated))).toEqual(new Uint8Array(readFileSync(small)));
  });

  it('saves nothing where all holds', async () => {
    const layout = file('good.json', `{ "claims": [{ "readOnly": "tables" }] }`);
    const none = join(directory, 'none.x86page');
    const { code, err } = await inProcess(['check', layout, machine, '--save', none]);
    expect([code, existsSync(none), err]).toEqual([0, false, expect.stringContaining('nothing is saved')]);
  });

  it('holds once a register is as it should be', async () => {
    const { memory, mapper } = smallKernel('4-level');
    const { cpu, ...registers } = mapper.registers;
    const lax = file(
      'lax.x86page',
      saveMachine({ memory, cpu, registers: { ...registers, cr0: 0x8000_0001 } }),
    );
    const layout = file('tables.json', `{ "claims": [{ "readOnly": "tables" }] }`);
    const small = join(directory, 'wp.x86page');
    await inProcess(['check', layout, lax, '--save', small]);
    expect((await inProcess(['replay', small])).out).toContain('To mend it: set CR0.WP');
    expect((await inProcess(['replay', small, '--cr0', '0x80010001'])).code).toBe(0);
  });
});

describe('x86-paging replay', () => {
  it('ends with 3 where a file holds no counterexample, and with 2 without one', async () => {
    const { code, err } = await inProcess(['replay', machine]);
    expect([code, err]).toEqual([3, expect.stringContaining('holds no counterexample')]);
    expect((await inProcess(['replay'])).code).toBe(2);
  });

  it.each([
    ['counterexample claim: {"readOnly":"table"}', "'table' is neither"],
    ['counterexample claim: {', 'cannot be read'],
  ])('ends with 3 for a claim that is none: %s', async (note, message) => {
    const { memory, mapper } = smallKernel('PAE');
    const { cpu, ...registers } = mapper.registers;
    const path = file('note.x86page', saveMachine({ memory, cpu, registers, notes: [note] }));
    const { code, err } = await inProcess(['replay', path]);
    expect([code, err]).toEqual([3, expect.stringContaining(message)]);
  });
});
