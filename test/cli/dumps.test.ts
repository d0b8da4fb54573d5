import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { domainMachine, saveMachine } from '../../src/machine/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { elfCore, qemuNotes } from '../dump/writers.ts';
import { domainIn } from '../support/machines.ts';
import { tablesAt } from '../support/tables-at.ts';
import { inProcess, x86paging } from './run.ts';

const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(directory, name), bytes);
  return join(directory, name);
}

/** 64 KiB of RAM: in 4-level paging from 0x1000, the page at linear 0x5000 is that at 0x8000. */
function longModeRam(): Uint8Array {
  const memory = new PhysicalMemory(0x1_0000);
  tablesAt(memory, '4-level').map(0x5000, 0x8000, 0x1000, { user: true });
  return memory.read(0, 0x1_0000);
}

const raw = file('ram.bin', longModeRam());
const core = file(
  'core.elf',
  elfCore([{ start: 0, bytes: longModeRam() }], {
    machine: 62,
    notes: qemuNotes([{ cr0: 0x8001_0033n, cr3: 0x1000n, cr4: 0x20n, code64: true }]),
  }),
);
const registers = file(
  'registers.txt',
  'CR0=80010033 CR2=0 CR3=00001000 CR4=00000020\nEFER=0000000000000500\n',
);
const TOLD = ['--cr0', '0x80010033', '--cr3', '0x1000', '--cr4', '0x20', '--efer', '0x500'];

describe('a dump', () => {
  it.each([
    ['an ELF core, which tells its registers', core, []],
    ['raw memory, with registers as options', raw, TOLD],
    ["raw memory, with another emulator's text beside it", raw, ['--registers', registers]],
    ['raw memory by its format', raw, ['--format', 'raw', '--registers', registers]],
  ])('is mapped and walked: %s', async (_, path, options) => {
    const mapped = await inProcess(['map', path, ...options, '--json']);
    expect(mapped.code).toBe(0);
    expect(
      mapped.out
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ start: '0x5000', end: '0x6000', physical: '0x8000' }]);
    const walked = await inProcess(['walk', '0x5123', '--image', path, ...options, '--json']);
    expect(walked.code).toBe(0);
    expect(JSON.parse(walked.out)).toMatchObject({ mode: '4-level', physical: '0x8123' });
  });

  it('comes through a pipe too', () => {
    const { code, out } = x86paging(['map', '-', ...TOLD], { input: longModeRam() });
    expect(code).toBe(0);
    expect(out).toContain('0x0000_5000-0x0000_6000');
  });

  it('has what was concluded said beside the answer', async () => {
    const { out, err } = await inProcess(['walk', '0x5000', '--image', core]);
    expect(out).toContain('4-level paging');
    expect(err).toMatch(/^x86-paging: EFER is not known/);
  });

  it('gives way to options: the CR3 of another root', async () => {
    const { code, out } = await inProcess(['walk', '0x5000', '--image', core, '--cr3', '0x6000', '--json']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({ cr3: '0x6000', ok: false });
  });

  it.each([
    [2, ['map', raw], 'the file tells no registers'],
    [3, ['map', raw, '--registers', file('no.txt', 'hello')], 'no.txt: no CR0, CR3 or CR4 is in the'],
    [3, ['map', raw, '--registers', file('bad.txt', 'CR0=x')], 'bad.txt: the register CR0 is "x"'],
    [3, ['verify', file('noise', '\xd3\xfeZ\x01')], "it starts with '····Z·"],
    [2, ['map', core, '--cpu-index', '7'], 'there is no CPU 7'],
    [2, ['map', core, '--cpu-index', 'x'], "--cpu-index 'x' is no whole number from 0 to 65535"],
    [2, ['map', raw, '--format', 'vmdk'], "--format 'vmdk' is none of x86page, raw, elf, kdump"],
    [3, ['map', raw, '--format', 'elf', ...TOLD], 'this is not an ELF core'],
    [3, ['map', raw, '--format', 'x86page'], 'this is no saved image'],
    [
      3,
      ['map', raw, '--registers', '/nowhere'],
      "cannot read the registers '/nowhere': there is no such file",
    ],
    [3, ['verify', core], 'this is no saved image'],
  ])('is refused with code %i: %j', async (code, args, message) => {
    const result = await inProcess(args);
    expect(result.err).toContain(message);
    expect([result.code, result.out]).toEqual([code, '']);
  });
});

describe('a machine saved here', () => {
  it('may have its registers from beside it', async () => {
    const memory = new PhysicalMemory(2 * 2 ** 20);
    const machine = domainMachine(memory, domainIn(memory, 'slots')!);
    const image = file('a.x86page', saveMachine(machine));
    const off = file('off.txt', 'CR0=00000011 CR2=0 CR3=0 CR4=0\n');
    const { out } = await inProcess(['walk', '0x1234', '--image', image, '--registers', off, '--json']);
    expect(JSON.parse(out)).toMatchObject({ mode: 'off', physical: '0x1234' });
  });
});
