import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { fitTo, printable, printableStyled } from '../../src/cli/fit.ts';
import { inProcess } from './run.ts';

/** Colours take no room. */
function plain(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  return text.replace(/\x1b\[[0-9;]*m/g, '');
}

function widest(text: string): number {
  return Math.max(
    ...plain(text)
      .split(/[\r\n]/)
      .map((line) => [...line].length),
  );
}

const RUNS: string[][] = [
  ['--help'],
  ...COMMANDS.map(({ name }) => [name, '--help']),
  ['demo'],
  ['map'],
  ['build', '--memory', '4M'],
  ['walk', '0xC3FFF000', '--access', 'write'],
  ['walk', '0xffff_8000_0012_3456', '--cpu', 'ice-lake-server', '--cr4', '0x1020', '--efer', '0x100'],
  ['exercise', '--count', '4', '--key'],
  ['vectors'],
  ['walk', '0', '--cpu', 'z80'],
];

describe('a terminal', () => {
  for (const args of RUNS) {
    it.each([60, 80])(`of %i columns holds every line of x86-paging ${args.join(' ')}`, async (columns) => {
      const { out, err } = await inProcess(args, { columns });
      expect(out + err).not.toBe('');
      expect(widest(out)).toBeLessThanOrEqual(columns);
      expect(widest(err)).toBeLessThanOrEqual(columns);
    });
  }

  it('loses no word by that', async () => {
    for (const args of RUNS) {
      if (args[0] === 'demo' || args[0] === 'build' || args[0] === 'walk') continue;
      const words = (text: string): string[] => plain(text).split(/\s+/).filter(Boolean);
      const [narrow, wide] = [await inProcess(args, { columns: 60 }), await inProcess(args)];
      // A line of an example goes on behind a backslash.
      expect(words(narrow.out).filter((word) => word !== '\\')).toEqual(words(wide.out));
    }
  });

  it('of its own kind is asked for its width', () => {
    const main = resolve(import.meta.dirname, '../../dist/cli/main.js');
    const command = `stty cols 60; '${process.execPath}' '${main}' map`;
    const { stdout, error } = spawnSync('script', ['-qec', command, '/dev/null'], { encoding: 'utf8' });
    if (error !== undefined) return;
    expect(stdout).toContain('page directory');
    expect(widest(stdout.replaceAll('\r', ''))).toBeLessThanOrEqual(60);
  });
});

describe('a pipe', () => {
  it('gets every line whole', async () => {
    const { out } = await inProcess(['demo']);
    expect(out).toContain(
      "✓ The update list is what the profile's builder sends: the pin, entries, the page number of every frame.\n",
    );
    expect(widest((await inProcess(['map'])).out)).toBeGreaterThan(80);
  });
});

describe('fitTo', () => {
  const text = fc
    .array(
      fc.constantFrom(
        'a',
        'bc',
        'word',
        '  ',
        ' ',
        '✓ ',
        '1. ',
        '\x1b[1m',
        '\x1b[22m',
        'long-long-long-word',
      ),
      {
        maxLength: 60,
      },
    )
    .map((parts) => parts.join(''));

  it('keeps all that is no space, in order, and fits', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 20, max: 50 }), (line, width) => {
        const fitted = fitTo(line, width);
        expect(widest(fitted)).toBeLessThanOrEqual(Math.max(width, 0));
        expect(fitted.replace(/\s/g, '')).toBe(line.replace(/\s/g, ''));
      }),
    );
  });

  it('leaves a line that fits as it is', () => {
    expect(fitTo('  a  b \x1b[1mcd\x1b[22m  ', 20)).toBe('  a  b \x1b[1mcd\x1b[22m  ');
  });

  it('breaks between words, under the first of them', () => {
    expect(fitTo('  ✓ one two three four five six', 20)).toBe('  ✓ one two three\n    four five six');
  });

  it('breaks a table where columns meet', () => {
    expect(fitTo('entry     at     P RW US A  table 0x1', 30)).toBe(
      'entry     at     P RW US A\n    table 0x1',
    );
  });
});

describe('control characters', () => {
  const hostile = '\x1b]0;owned\x07\x1b[2J\x9b31m\u202e';

  it('are made harmless', () => {
    expect(printable(hostile)).toBe('·]0;owned··[2J·31m·');
    expect(printableStyled(`\x1b[31mred\x1b[39m${hostile}`)).toBe(`\x1b[31mred\x1b[39m·]0;owned··[2J·31m·`);
    expect(printable('tab\tand\nline')).toBe('tab\tand\nline');
  });

  it.each([
    [['map', hostile]],
    [['walk', hostile]],
    [[hostile]],
    [['build', '--out', `/nowhere/${hostile}`]],
    [['exercise', '--count', '1', '--student', hostile]],
    [['exercise', '--count', '1', '--student', hostile, '--json']],
    [['walk', '0', `--${hostile}`]],
  ])('of a command line reach no terminal: case %#', async (args) => {
    const { out, err } = await inProcess(args, { columns: 80, env: { NO_COLOR: '1' } });
    expect(out + err).not.toBe('');
    expect(out + err).not.toMatch(/(?!\n)[\p{Cc}\u202e]/u);
  });
});
