import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mapper } from '../../src/tables/index.ts';
import { elfCore, qemuNotes } from '../dump/writers.ts';
import { sarifErrors } from '../support/sarif.ts';
import { schemaErrors } from '../support/schemas.ts';
import { inProcess } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'x86-paging-lint-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string, bytes: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

const RAM = 4 * 2 ** 20;
const KERNEL = 0xffff_ffff_8000_0000n;

function dump(name: string, prepare: (mapper: Mapper, memory: PhysicalMemory) => void): string {
  const memory = new PhysicalMemory(RAM);
  let frame = 0x300;
  const mapper = new Mapper(memory, { mode: '4-level', allocateFrame: () => frame++ });
  mapper.map(KERNEL, 0x10_0000, 0x4000, { executable: true });
  mapper.map(KERNEL + 0x10_0000n, 0x11_0000, 0x4000, { writable: true, executable: false });
  prepare(mapper, memory);
  const notes = qemuNotes([{ cr0: 0x8001_0033n, cr3: BigInt(mapper.root), cr4: 0xa0n, code64: true }]);
  return file(name, elfCore([{ start: 0, bytes: memory.read(0, RAM) }], { notes }));
}

const good = dump('good.elf', () => {});
const bad = dump('bad.elf', (mapper) => {
  mapper.map(0x40_0000, mapper.tableFrames.at(-1)! * 4096, 0x1000, {
    writable: true,
    user: true,
    executable: false,
  });
  for (let i = 0n; i < 12n; i++)
    mapper.map(KERNEL + 0x20_0000n + i * 0x2000n, 0x20_0000, 0x1000, { writable: true });
});

describe('x86-paging lint', () => {
  it('says so where nothing is found, and ends with 0', async () => {
    const { code, out } = await inProcess(['lint', good]);
    expect([code, out]).toEqual([0, 'nothing found\n']);
  });

  it('tells findings by rule, a few of each, and ends with 1', async () => {
    const { code, out } = await inProcess(['lint', bad]);
    expect(code).toBe(1);
    const lines = out.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^error table-writable-by-user {2}A page table can be written/);
    expect(lines[1]).toMatch(/^ {2}Whoever writes a page table/);
    expect(lines[2]).toMatch(
      /^ {2}0x0040_0000 {2}PTE at 0x003\w_\w{4} = 0x8\w+ {2}RW U NX {2}the page table at/,
    );
    expect(lines.filter((line) => line.includes('0xffff_ffff_8020_'))).toHaveLength(8);
    expect(out).toContain('  … and 2 more (--all)');
    expect(lines.at(-1)).toBe('13 errors');
    expect((await inProcess(['lint', bad, '--all'])).out).not.toContain('more');
    const cut = await inProcess(['lint', bad, '--range', `${KERNEL}+2054K`]);
    expect(cut.out).toMatch(/\n1 error\n$/);
  });

  it('prints SARIF and JSON as their schemas say', async () => {
    const sarif = await inProcess(['lint', bad, '--sarif']);
    expect(sarif.code).toBe(1);
    const log = JSON.parse(sarif.out);
    expect(sarifErrors(log)).toBeUndefined();
    expect(log.runs[0].results).toHaveLength(13);
    expect(log.runs[0].results[0]).toMatchObject({
      ruleId: 'table-writable-by-user',
      level: 'error',
      locations: [{ physicalLocation: { address: { absoluteAddress: 0x40_0000 } } }],
      properties: { kind: 'PTE' },
    });
    const json = await inProcess(['lint', bad, '--json']);
    const found = json.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found.map(schemaErrors).filter(Boolean)).toEqual([]);
    expect(found[0]).toMatchObject({ start: '0x400000', access: 'user write', other: { kind: 'PTE' } });
    expect((await inProcess(['lint', bad, '--json', '--sarif'])).code).toBe(2);
  });

  it('takes rules from a file, and tells what is wrong with one', async () => {
    const rules = {
      rules: { 'writable-executable': 'off' },
      except: [{ rule: 'table-writable-by-user', range: '0x400000+4K', why: 'a test' }],
    };
    expect((await inProcess(['lint', bad, '--rules', file('rules.json', JSON.stringify(rules))])).code).toBe(
      0,
    );
    const wrong = [
      ['{', /this is no JSON/],
      ['[]', /the file is no object/],
      ['{"rule": {}}', /no field 'rule'; there are rules and except/],
      ['{"rules": {"writeable-executable": "off"}}', /did you mean 'writable-executable'/],
      [
        '{"rules": {"alias-cache": "no"}}',
        /rules.alias-cache is "no", and none of off, note, warning, error/,
      ],
      ['{"except": [{"range": "4K"}]}', /except\[0\].range '4K' is no range/],
      ['{"except": [{"rule": "alias-cache"}]}', /except\[0\].range is no text/],
      ['{"except": 1}', /except is no list/],
    ] as const;
    for (const [text, message] of wrong) {
      const { code, err } = await inProcess(['lint', bad, '--rules', file('wrong.json', text)]);
      expect([code, err]).toEqual([3, expect.stringMatching(message)]);
    }
  });
});
