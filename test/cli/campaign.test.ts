import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { junitErrors } from '../support/junit.ts';
import { sarifErrors } from '../support/sarif.ts';
import { errorsBy, schemaErrors } from '../support/schemas.ts';
import { inProcess } from './run.ts';

const root = resolve(import.meta.dirname, '../..');
const main = join(root, 'dist/cli/main.js');
const good = join(root, 'examples/builders/builder.mjs');
const directory = mkdtempSync(join(tmpdir(), 'x86-paging-'));
afterAll(() => rmSync(directory, { recursive: true }));

const at = (name: string): string => join(directory, name);
const bytesOf = (name: string): string => readFileSync(at(name), 'latin1');

/** The builder with a mistake: in PAE, what is for users and global can be written. */
const bad = at('bad.mjs');
writeFileSync(
  bad,
  `import good from ${JSON.stringify(good)};
  const wrong = (m) => (m.user && m.global ? { ...m, writable: true } : m);
  const asked = ({ mode, mappings }) => (mode === 'PAE' ? mappings.map(wrong) : mappings);
  export default (request) => good({ ...request, mappings: asked(request) });`,
);
/** Three chunks, the last of them short. */
const PLAN = [good, bad, '--runs', '33', '--mode', '32-bit,PAE', '--seed', '7'];
/** Two chunks. */
const SMALL_PLAN = [bad, '--runs', '33', '--mode', '32-bit,PAE', '--seed', '7'];

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs a program to its end. */
function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const child = spawn(command, args, { cwd: directory, env: { ...process.env, ...env } });
  return ended(child);
}

function ended(child: ChildProcess): Promise<Ended> {
  let [out, err] = ['', ''];
  child.stdout!.on('data', (piece) => (out += piece));
  child.stderr!.on('data', (piece) => (err += piece));
  return new Promise((done) => child.on('close', (code) => done({ code, out, err })));
}

const paging = (...args: string[]): Promise<Ended> => run(process.execPath, [main, ...args]);

/** What is made once, when it is first wanted. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** The report of a plan by one thread, in one go. */
async function wholeOf(plan: readonly string[], name: string): Promise<string> {
  const { code } = await inProcess(['campaign', ...plan, '--workers', '0', '--report', at(name)]);
  expect(code).toBe(1);
  return bytesOf(name);
}
const whole = once(() => wholeOf(PLAN, 'whole.ndjson'));

/** The reports of the plan's three parts, by processes of their own. */
const parts = once(() =>
  Promise.all(
    [1, 2, 3].map(async (i) => {
      const report = `part-${i}.ndjson`;
      const options = ['--workers', `${i % 2}`, '--shard', `${i}/3`, '--report', report];
      await paging('campaign', ...PLAN, ...options);
      return at(report);
    }),
  ),
);

describe('a campaign', () => {
  it('finds what is wrong and tells the smallest request, here of one page', async () => {
    const { code, out } = await inProcess(['campaign', ...PLAN, '--workers', '0', '--mode', 'PAE', '--json']);
    expect(code).toBe(1);
    const result = JSON.parse(out) as {
      cases: number;
      failures: { builder: string; request: { mappings: object[] } }[];
    };
    expect(schemaErrors(result)).toBeUndefined();
    expect(result.cases).toBe(66);
    expect(result.failures.map(({ builder }) => builder)).toEqual([bad]);
    expect(result.failures[0]!.request.mappings).toEqual([
      {
        linear: '0x0',
        physical: '0x0',
        bytes: 4096,
        pageSize: 4096,
        writable: false,
        user: true,
        executable: true,
        global: true,
      },
    ]);
  });

  it('gives the same report from any number of threads', async () => {
    const { code } = await paging('campaign', ...PLAN, '--workers', '2', '--report', 'threads.ndjson');
    expect(code).toBe(1);
    expect(bytesOf('threads.ndjson')).toBe(await whole());
  });

  it('has a report whose every line is as its schema says', async () => {
    const [header, ...chunks] = (await whole())
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as unknown);
    expect(schemaErrors(header)).toBeUndefined();
    expect(chunks.length).toBe(3);
    for (const chunk of chunks) {
      expect(errorsBy('urn:x86-paging:campaign-report:1#/$defs/chunk', chunk)).toBeUndefined();
    }
  });

  it('is merged from shards to the same bytes, in whatever order, one of them twice', async () => {
    const [first, second, third] = await parts();
    const given = [third!, first!, second!, first!];
    const { code, err } = await inProcess(['merge', ...given, '--output', at('merged.ndjson')]);
    expect([code, err]).toEqual([1, '']);
    expect(bytesOf('merged.ndjson')).toBe(await whole());
  });

  it('goes on after a line that was cut short, which it names, and loses nothing that was done', async () => {
    const lines = (await whole()).split('\n');
    writeFileSync(at('cut.ndjson'), `${lines.slice(0, 3).join('\n')}\n${lines[3]!.slice(0, 40)}`, 'latin1');
    const { code, err } = await inProcess([
      'campaign',
      ...PLAN,
      '--workers',
      '0',
      '--report',
      at('cut.ndjson'),
    ]);
    expect(code).toBe(1);
    expect(err).toContain('line 4 was cut short and does not count');
    expect(err).toContain('going on after 2 chunks that are done');
    expect(bytesOf('cut.ndjson')).toBe(await whole());
  });

  it('goes on after its process was killed', async () => {
    const args = ['campaign', ...PLAN, '--workers', '1', '--report', 'killed.ndjson'];
    const child = spawn(process.execPath, [main, ...args], { cwd: directory });
    const end = ended(child);
    const linesNow = (): number =>
      existsSync(at('killed.ndjson')) ? bytesOf('killed.ndjson').split('\n').length - 1 : 0;
    while (linesNow() < 2 && child.exitCode === null) await new Promise((done) => setTimeout(done, 2));
    child.kill('SIGKILL');
    await end;
    expect(linesNow()).toBeGreaterThanOrEqual(2);
    const { err } = await paging(...args);
    expect(err).toContain('going on after');
    expect(bytesOf('killed.ndjson')).toBe(await whole());
  });

  it('names a worker that is lost, and loses nothing by it', async () => {
    const fatal = at('fatal.mjs');
    writeFileSync(
      fatal,
      `import { existsSync, writeFileSync } from 'node:fs';
      import good from ${JSON.stringify(good)};
      export default (request) => {
        if (request.mode === 'PAE' && !existsSync(process.env.MARKER)) {
          writeFileSync(process.env.MARKER, '');
          process.exit(9);
        }
        return good(request);
      };`,
    );
    const args = ['campaign', fatal, '--runs', '33', '--mode', '32-bit,PAE'];
    const once = (...options: string[]): Promise<Ended> =>
      run(process.execPath, [main, ...args, ...options], { MARKER: at('marker') });
    const first = await once('--workers', '2', '--report', 'lost.ndjson');
    expect(first.err).toMatch(/worker \d was lost in chunk \d, case \d+: it ended with exit code 9/);
    expect(first.code).toBe(0);
    await once('--workers', '0', '--report', 'kept.ndjson');
    expect(bytesOf('lost.ndjson')).toBe(bytesOf('kept.ndjson'));
  });

  it('gives a chunk up where workers are lost again and again, and ends with 3', async () => {
    const deadly = at('deadly.mjs');
    writeFileSync(deadly, `export default () => process.exit(7);`);
    const { code, out } = await paging('campaign', deadly, '--runs', '1', '--mode', 'PAE', '--workers', '1');
    expect([code, out]).toEqual([3, expect.stringContaining('again and again: it ended with exit code 7')]);
  });

  it('shows on a terminal how far it is', async () => {
    const slow = at('slow.mjs');
    writeFileSync(
      slow,
      `import good from ${JSON.stringify(good)};
      export default (request) => new Promise((built) => setTimeout(() => built(good(request)), 5));`,
    );
    const args = ['campaign', slow, '--runs', '64', '--mode', '32-bit', '--workers', '0'];
    const { err } = await inProcess(args, { columns: 80 });
    expect(err).toMatch(/\rbuilding █+ 100 %/);
    expect(err.endsWith('\r\x1b[K')).toBe(true);
  });

  it('ends with 3 and the builder’s own words where it gives no answer', async () => {
    const silent = at('silent.mjs');
    writeFileSync(
      silent,
      `export default ({ mappings }) => { throw new Error(mappings.length + ' are too many'); };`,
    );
    const { code, out } = await inProcess([
      'campaign',
      silent,
      '--runs',
      '1',
      '--workers',
      '0',
      '--mode',
      'PAE',
    ]);
    expect([code, out]).toEqual([3, expect.stringContaining('throws: 0 are too many')]);
  });

  it('takes a layout in place of what is asked, and saves counterexamples that can be replayed', async () => {
    const layout = at('layout.json');
    writeFileSync(layout, '{ "claims": [{ "closedTo": "user" }] }');
    const args = [good, '--layout', layout, '--runs', '8', '--mode', '32-bit', '--workers', '0'];
    const { code, err } = await inProcess(['campaign', ...args, '--save', at('saved')]);
    expect([code, err]).toEqual([1, expect.stringMatching(/holds a counterexample of \d/)]);
    expect(readdirSync(at('saved'))).toEqual(['builder.mjs-32-bit-closedTo.x86page']);
    const replayed = await inProcess(['replay', join(at('saved'), 'builder.mjs-32-bit-closedTo.x86page')]);
    expect(replayed.out).toContain('user read at 0x0000_0000');
  });

  it('prints SARIF and JUnit XML that their schemas accept', async () => {
    const args = ['campaign', bad, '--runs', '32', '--workers', '0', '--mode', 'PAE', '--seed', '7'];
    const sarif = JSON.parse((await inProcess([...args, '--sarif'])).out) as {
      runs: { results: object[] }[];
    };
    expect([sarifErrors(sarif), sarif.runs[0]!.results.length]).toEqual([undefined, 1]);
    const { out } = await inProcess([...args, '--junit']);
    expect(await junitErrors(out)).toEqual([]);
    expect(out).toContain('name="PAE: maps"');
  });

  it.each([
    [[], 'one builder or more'],
    [[good, good], 'given twice'],
    [[good, '--shard', '0/3'], "--shard '0/3'"],
    [[good, '--shard', '4/3'], "--shard '4/3'"],
    [[good, '--runs', '0'], "--runs '0'"],
    [[good, '--workers', 'many'], "--workers 'many'"],
  ])('ends with 2 for %j', async (args, message) => {
    const { code, err } = await inProcess(['campaign', ...args]);
    expect([code, err]).toEqual([2, expect.stringContaining(message)]);
  });

  it('does not go on with the report of another campaign', async () => {
    await whole();
    const other = ['campaign', good, '--runs', '1', '--workers', '0', '--report', at('whole.ndjson')];
    const { code, err } = await inProcess(other);
    expect([code, err]).toEqual([3, expect.stringContaining('the report of another campaign or shard')]);
  });
});

describe('merge', () => {
  it('names the chunks of a part that is missing, and ends with 3', async () => {
    const [, second] = await parts();
    const { code, out } = await inProcess(['merge', second!]);
    expect([code, out]).toEqual([3, expect.stringContaining('not done: chunks 0, 2')]);
  });

  it('names a report that is truncated, whose part is then done again', async () => {
    const [first, second, third] = await parts();
    const cut = at('truncated.ndjson');
    writeFileSync(cut, readFileSync(second!).subarray(0, -100));
    const { code, out, err } = await inProcess(['merge', first!, cut, third!]);
    expect([code, out]).toEqual([3, expect.stringContaining('not done: chunks 1')]);
    expect(err).toContain(`${cut}: line 2 was cut short and does not count`);
    // The same command as before goes on with it.
    const again = await inProcess(['campaign', ...PLAN, '--workers', '0', '--shard', '2/3', '--report', cut]);
    expect(again.err).toContain('line 2 was cut short');
    expect(readFileSync(cut)).toEqual(readFileSync(second!));
  });

  it('refuses reports of different campaigns, and what is no report', async () => {
    await whole();
    await inProcess(['campaign', good, '--runs', '1', '--workers', '0', '--report', at('other.ndjson')]);
    const different = await inProcess(['merge', at('whole.ndjson'), at('other.ndjson')]);
    expect([different.code, different.err]).toEqual([
      3,
      expect.stringContaining('report 2 is of another campaign'),
    ]);
    writeFileSync(at('none.ndjson'), '{}\n');
    expect((await inProcess(['merge', at('none.ndjson')])).code).toBe(3);
    expect((await inProcess(['merge'])).code).toBe(2);
  });
});

describe('the worked examples of the documentation', () => {
  const document = readFileSync(join(root, 'docs/campaigns.md'), 'utf8');
  /** A command as it stands there, of two small parts here. */
  const small = (command: string): string =>
    command
      .replace(/\/(16|4)(?=["' ])/g, '/2')
      .replace(/--runs \d+/, '--runs 33 --mode 32-bit,PAE')
      .replace('./builder', bad)
      .replaceAll('/reports/', `${directory}/`)
      .replaceAll(/npx x86-paging|x86-paging(?= campaign| merge)/g, `${process.execPath} ${main}`);
  const sh = (command: string, env: NodeJS.ProcessEnv): Promise<Ended> =>
    run('sh', ['-c', small(command)], env);

  const wholeOfSmall = once(() => wholeOf(SMALL_PLAN, 'whole-of-small.ndjson'));

  /** Runs both parts and merges them; the report must be that of one run. */
  async function divided(
    command: (part: number) => [string, NodeJS.ProcessEnv],
    reports: string[],
  ): Promise<void> {
    for (const report of reports) rmSync(at(report), { force: true });
    const ended = await Promise.all([1, 2].map((part) => sh(...command(part))));
    for (const { err, code } of ended) expect([err, code! <= 1]).toEqual(['', true]);
    await inProcess(['merge', ...reports.map(at), '--output', at('divided.ndjson')]);
    expect(bytesOf('divided.ndjson')).toBe(await wholeOfSmall());
  }

  it('a matrix of GitHub Actions', async () => {
    const [, command = ''] = /- run: (npx x86-paging campaign .*)/.exec(document) ?? [];
    const part = (i: number): [string, NodeJS.ProcessEnv] => [
      command.replaceAll(/\$\{\{ matrix\.index \}\}/g, `${i}`),
      { GITHUB_RUN_ID: `${7 + 3 * 2 ** 32}` },
    ];
    await divided(part, ['shard-1.ndjson', 'shard-2.ndjson']);
  });

  it('an array of Slurm', async () => {
    const [, command = ''] =
      /^(npx x86-paging campaign .*\\\n.*SLURM_ARRAY_TASK_ID.*)$/m.exec(document) ?? [];
    const part = (i: number): [string, NodeJS.ProcessEnv] => [
      command,
      { SLURM_ARRAY_TASK_ID: `${i}`, SLURM_ARRAY_TASK_COUNT: '2', SLURM_CPUS_PER_TASK: '1' },
    ];
    await divided(part, ['shard-1.ndjson', 'shard-2.ndjson']);
  });

  it('an indexed Job of Kubernetes', async () => {
    const [, folded = ''] = /- >\n((?: {14}.*\n)+)/.exec(document) ?? [];
    const command = folded.replaceAll(/\s*\n\s*/g, ' ').trim();
    const part = (i: number): [string, NodeJS.ProcessEnv] => [command, { JOB_COMPLETION_INDEX: `${i - 1}` }];
    await divided(part, ['shard-0.ndjson', 'shard-1.ndjson']);
  });
});
