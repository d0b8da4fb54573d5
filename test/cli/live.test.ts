import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mapper } from '../../src/tables/index.ts';
import { type FakeOptions, FakeQemu } from './fake-qemu.ts';
import { inProcess, startX86paging } from './run.ts';

const folder = mkdtempSync(join(tmpdir(), 'x86-paging-live-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RAM = 4 * 2 ** 20;
const memory = new PhysicalMemory(RAM);
let frame = 0x100;
const mapper = new Mapper(memory, { mode: '4-level', allocateFrame: () => ++frame });
mapper.map(0xffff_8880_0000_0000n, 0, RAM, { writable: true, executable: false });
mapper.map(0x40_0000n, 0x20_0000, 0x3000, { user: true });
const second = new Mapper(memory, { mode: '4-level', allocateFrame: () => ++frame });
second.map(0x1000, 0x1000, 0x1000);
const ram = memory.read(0, RAM);
const cpu = (index: number, cr3: number): string =>
  `\r\nCPU#${index}\r\nRAX=0000000000000000\r\nCR0=80050033 CR2=00007ffc CR3=${cr3.toString(16).padStart(16, '0')} CR4=000006f0\r\nEFER=0000000000000d01\r\n`;
const registers = cpu(0, mapper.root) + cpu(1, second.root);
const raw = join(folder, 'ram.raw');
writeFileSync(raw, ram);
const beside = join(folder, 'registers');
writeFileSync(beside, registers);

let qemu: FakeQemu | undefined;
afterEach(() => qemu?.stop());
async function fake(options: Partial<FakeOptions> = {}): Promise<FakeQemu> {
  qemu = await FakeQemu.start({ ram, registers, ...options });
  return qemu;
}
async function run(args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return await startX86paging(args).result;
}
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20));
}
/** From the map of a file of the same RAM, whose places of devices read as RAM there. */
async function mapOfFile(...more: string[]): Promise<string> {
  return (await inProcess(['map', raw, '--registers', beside, '--json', ...more])).out;
}

describe('a running QEMU', () => {
  it('is mapped as a dump of it is, held neither before nor after', async () => {
    const { address, asked } = await fake();
    const { code, out, err } = await run(['map', '--qemu', address, '--json']);
    expect([code, out]).toEqual([0, await mapOfFile()]);
    expect(err).toContain('Live from QEMU 7.2.1');
    expect(err).toContain('--stop holds it');
    expect(asked).not.toContain('stop');
    expect(asked).not.toContain('cont');
    expect(asked.slice(0, 5)).toEqual([
      'qmp_capabilities',
      'query-version',
      'query-status',
      'info registers -a',
      'info mtree -f',
    ]);
  });

  it('prints its RAM where it cannot write files', async () => {
    const { address, asked } = await fake({ replies: { pmemsave: { error: 'Could not open' } } });
    const { code, out } = await run(['map', '--qemu', address, '--json']);
    expect([code, out]).toEqual([0, await mapOfFile()]);
    expect(asked.filter((line) => line === 'pmemsave')).toHaveLength(1);
    expect(asked.some((line) => line.startsWith('xp /1024wx'))).toBe(true);
  });

  it('is asked of no place but its RAM', async () => {
    const { address, asked } = await fake({ replies: { pmemsave: { error: 'no' } } });
    expect((await run(['roots', '--qemu', address])).code).toBe(0);
    const places = asked.flatMap(
      (line) => /^xp \/(\d+)wx (0x[0-9a-f]+)/.exec(line)?.slice(1).map(Number) ?? [],
    );
    for (let i = 0; i < places.length; i += 2) {
      const [count, start] = [places[i]!, places[i + 1]!];
      expect(start + 4 * count <= 0xa_0000 || start >= 0xc_0000).toBe(true);
      expect(start + 4 * count).toBeLessThanOrEqual(RAM);
    }
    expect(places.length).toBeGreaterThan(500);
  });

  it('is read and looked over as a dump of it is', async () => {
    const { address } = await fake();
    for (const args of [
      ['read', '0x400000', '64'],
      ['lint', '--range', '0x400000+1M'],
    ]) {
      const live = await run([...args, '--qemu', address, '--json']);
      const file = await inProcess([...args, '--image', raw, '--registers', beside, '--json']);
      expect([live.code, live.out]).toEqual([file.code, file.out]);
      expect(live.out).not.toBe('');
    }
  });

  it('is held with --stop and runs on afterwards', async () => {
    const { address, asked } = await fake();
    const { code, err } = await run(['who', '0x200000', '--qemu', address, '--stop']);
    expect(code).toBe(0);
    expect(err).toContain('held');
    expect(asked.filter((name) => name === 'stop' || name === 'cont')).toEqual(['stop', 'cont']);
    expect(asked.indexOf('stop')).toBeLessThan(asked.indexOf('info registers -a'));
    expect(asked.at(-1)).toBe('cont');
  });

  it('stays stopped if it was', async () => {
    const { address, asked } = await fake({ running: false });
    const { code, err } = await run(['walk', '0x400000', '--qemu', address, '--stop']);
    expect(code).toBe(0);
    expect(err).toContain('The guest is stopped.');
    expect(asked).not.toContain('cont');
  });

  it('runs on after an error, too', async () => {
    const trouble = { error: 'out of luck' };
    const held = await fake({
      replies: { pmemsave: trouble, [`xp /1024wx 0x${mapper.root.toString(16)}`]: trouble },
    });
    const { code, err } = await run(['map', '--qemu', held.address, '--stop']);
    expect(code).toBe(3);
    expect(err).toContain('out of luck');
    expect(held.asked.at(-1)).toBe('cont');
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'runs on after %s, and no RAM of it is left in a file',
    async (signal) => {
      let file = '';
      const held = await fake({
        replies: { pmemsave: 'hang' },
        onCommand: (_, args) => {
          if (args['filename'] === undefined) return;
          file = String(args['filename']);
          writeFileSync(file, 'RAM');
        },
      });
      const { child, result } = startX86paging(['map', '--qemu', held.address, '--stop']);
      await until(() => held.asked.includes('pmemsave'));
      expect([held.running, existsSync(file)]).toEqual([false, true]);
      child.kill(signal);
      await result;
      await until(() => held.running && !existsSync(dirname(file)));
    },
  );

  it('is looked at as the CPU asked for sees it', async () => {
    const { address } = await fake();
    const { out } = await run(['map', '--qemu', address, '--json', '--cpu-index', '1']);
    expect(out).toBe(await mapOfFile('--cpu-index', '1'));
    expect(out).toContain('"start":"0x1000"');
  });

  it('is the second machine of a comparison', async () => {
    const { address } = await fake();
    const same = await run(['diff', raw, '--registers', beside, '--qemu', address]);
    expect([same.code, same.out]).toEqual([0, 'no difference\n']);
  });

  it('is reached over TCP on this machine', async () => {
    const { address } = await fake({ tcp: true });
    expect((await run(['walk', '0x400000', '--qemu', address])).code).toBe(0);
  });
});

describe('trouble with QEMU is told, with exit code 3:', () => {
  it.each<readonly [string, NonNullable<FakeOptions['replies']>, RegExp]>([
    ['a QEMU that dies in the middle', { pmemsave: 'close' }, /QEMU closed the connection/],
    ['no answer', { 'info registers -a': 'hang' }, /no answer to human-monitor-command within 1 s/],
    ['registers without CR3', { 'info registers -a': { value: 'X0=0 X1=1' } }, /no CR0, CR3 or CR4/],
    ['a command that QEMU lacks', { 'info mtree -f': { error: 'not found' } }, /QEMU refuses .*: not found/],
    [
      'RAM of which words are missing',
      { pmemsave: { error: 'no' }, [`xp /1024wx 0x${mapper.root.toString(16)}`]: { value: '0: 0x00000001' } },
      /printed 1 words of RAM/,
    ],
  ])('%s', async (_, replies, message) => {
    const { address } = await fake({ replies });
    const { code, err } = await run(['walk', '0xffff888000000000', '--qemu', address, '--timeout', '1']);
    expect([code, err]).toEqual([3, expect.stringMatching(message)]);
  });

  it('nobody there', async () => {
    const { address } = await fake();
    qemu?.stop();
    const { code, err } = await run(['walk', '0', '--qemu', address]);
    expect([code, err]).toEqual([3, expect.stringContaining('there is no such file')]);
  });
});

describe('an address', () => {
  it.each([
    ['10.0.0.1:4444', /is not this machine.*--allow-remote/],
    ['example.org:4444', /is not this machine/],
    ['[fe80::1]:4444', /is not this machine/],
    ['unix:', /names no socket/],
    [`unix:/${'x'.repeat(120)}`, /fewer than 108 bytes/],
    ['127.0.0.1', /neither unix:PATH nor HOST:PORT/],
    ['127.0.0.1:70000', /neither unix:PATH nor HOST:PORT/],
  ])('%s is refused as wrong usage', async (address, message) => {
    const { code, err } = await inProcess(['map', '--qemu', address]);
    expect([code, err.replace(/\s+/g, ' ')]).toEqual([2, expect.stringMatching(message)]);
  });

  it('excludes a file, and options of QEMU ask for one', async () => {
    for (const args of [
      ['map', raw, '--qemu', 'unix:q'],
      ['map', raw, '--stop'],
      ['walk', '0', '--timeout', '3'],
      ['diff', raw, raw, '--qemu', 'unix:q'],
      ['map', '--qemu', 'unix:q', '--timeout', '0'],
    ]) {
      expect((await inProcess(args)).code, args.join(' ')).toBe(2);
    }
  });
});
