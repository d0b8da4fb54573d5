import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inProcess } from './run.ts';

const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));

function fileOf(value: unknown): string {
  const path = join(directory, 'scenario.json');
  writeFileSync(path, JSON.stringify(value));
  return path;
}

describe('x86-paging xen', () => {
  it('tells a scenario that comes with the package, step by step', async () => {
    const { code, out, err } = await inProcess(['xen', 'page-table-not-writable']);
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('ring 1: write 0x0146_0063 to 0xc000_1018');
    expect(out).toContain('refused by paging: #PF, error code 3, CR2 0xc000_1018');
    expect(out).toContain('refused by the segment: #GP, error code 0');
    expect(out).toContain(
      'Xen answers -22: frame 0x1441 is in use as page table (2 times) and cannot be writable at the same time',
    );
    expect(out).toContain('everything as expected');
  });

  it('shows what a hole breaks, and that the repaired hypervisor refuses the same calls', async () => {
    const original = await inProcess(['xen', 'l2-writable-flag']);
    expect(original.out).toContain('as the original was');
    expect(original.out).toContain(
      'broken: slot 1008 (0x0100_01e3) of directory frame 0x1440 should be 0x0100_01e1',
    );
    const repaired = await inProcess(['xen', 'l2-writable-flag', '--repaired']);
    expect(repaired.out).toContain('all holes closed');
    expect(repaired.out).not.toContain('broken:');
    expect([original.code, repaired.code]).toEqual([0, 0]);
  });

  it('draws the frames by type', async () => {
    const { code, out } = await inProcess(['xen', 'changing-tables', '--svg']);
    expect(code).toBe(0);
    expect(out).toMatch(/^<svg .*<\/svg>\s*$/s);
    expect(out).toContain('frame 0x1440: page directory, 4 references, 2 as its type, pinned');
  });

  it('answers no where a step comes otherwise than the scenario says', async () => {
    const scenario = {
      name: 'wrong',
      about: 'a wrong expectation',
      domains: [
        { id: 0, first: 0x1480, count: 8, perDomainFrame: 0x160, sharedInfoFrame: 0x161 },
        { id: 1, first: 0x1440, count: 8, perDomainFrame: 0x150, sharedInfoFrame: 0x151 },
      ],
      steps: [
        {
          say: 'It pins a frame of domain 0.',
          call: 'mmuUpdate',
          domain: 1,
          updates: [[0x1486003, 0]],
          expect: { original: 0 },
        },
      ],
    };
    const { code, out } = await inProcess(['xen', fileOf(scenario)]);
    expect(code).toBe(1);
    expect(out).toContain('frame 0x1486 belongs to domain 0, not to domain 1');
    expect(out).toContain('expected was: 0');
  });

  it('refuses what is no scenario, and names the ones that there are', async () => {
    expect(await inProcess(['xen', fileOf([])])).toMatchObject({ code: 3 });
    const { code, err } = await inProcess(['xen']);
    expect(code).toBe(2);
    expect(err).toContain('l2-writable-flag');
    expect(await inProcess(['xen', 'no-such-file.json'])).toMatchObject({ code: 3 });
  });
});
