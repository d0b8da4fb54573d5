/** Hostile text: links of the page, and command lines. */

import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { domainMachine, saveMachine } from '../../src/machine/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { decodeFragment, encodeFragment } from '../../src/web/fragment.ts';
import { inProcess } from '../cli/run.ts';
import { domainIn } from '../support/machines.ts';
import type { Count, Target } from './target.ts';

export function links(count: Count): Target {
  const key = fc.constantFrom(
    ...[
      'screen',
      'lang',
      'size',
      'profile',
      'seed',
      'cpu',
      'format',
      'at',
      'as',
      'ring',
      'value',
      'limit',
      'step',
    ],
    ...['show', 'byte', 'lesson', 'from', 'do', 'sets', 'frame', 'toString', '__proto__', ''],
  );
  const value = fc.oneof(
    fc.constantFrom(
      '',
      '0',
      '1',
      '-1',
      'c0000000',
      'ffffffffffffffff',
      '1e308',
      'NaN',
      '4-level',
      'xen-1.2',
      '%',
      '%zz',
    ),
    fc.constantFrom('walk.1', 'r0~w..', 'rc0000000~w..', 'b7~~', '~'.repeat(50), 'pentium-iii', 'PAE', '64'),
    fc.string({ maxLength: 30 }),
  );
  const fragment = fc
    .array(fc.tuple(key, value), { maxLength: 8 })
    .map((parts) => parts.map(([name, text]) => `${name}=${text}`).join('&'));
  return {
    name: 'links',
    property: fc.property(fc.oneof(fragment, fc.string()), (text) => {
      const decoded = decodeFragment(text);
      // A link that was read writes itself, and is then read without a complaint.
      const again = decodeFragment(encodeFragment(decoded));
      expect(again.problems).toEqual([]);
      expect({ ...again, problems: decoded.problems }).toEqual(decoded);
      count(decoded.problems.length === 0 ? 'read' : 'read in part');
    }),
  };
}

/** Options that would measure for seconds, or open a browser. */
const LEFT_OUT = new Set(['bench', 'page']);

export function commandLines(count: Count): Target & { readonly close: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'x86-paging-fuzz-'));
  const memory = new PhysicalMemory(2 * 2 ** 20);
  const image = join(folder, 'good.x86page');
  const garbage = join(folder, 'garbage');
  writeFileSync(image, saveMachine(domainMachine(memory, domainIn(memory, 'slots')!)));
  writeFileSync(garbage, Buffer.from('\u001b[31mno image at all'));
  const files = [image, garbage, folder, join(folder, 'missing'), join(folder, 'no/such/folder')];
  const commands = COMMANDS.filter(({ name }) => !LEFT_OUT.has(name));
  const word = fc.oneof(
    fc.constantFrom(...files),
    fc.constantFrom(
      '0xC000_0000',
      '0',
      '-1',
      '64M',
      '1M',
      '12K',
      '1e9',
      '0x',
      'NaN',
      '4G',
      'write',
      'user',
      '--',
      '-h',
    ),
    fc.constantFrom(
      'ascending',
      'scattered:7',
      'scattered:-1',
      'document',
      'xen-1.2',
      'pentium-iii',
      'i386',
      'bash',
    ),
    fc.string({ maxLength: 8 }).filter((text) => !text.includes('/')),
  );
  const line = fc.constantFrom(...commands).chain((command) => {
    const names = [...Object.keys(command.options), 'json', 'help', 'color', 'frob'];
    // Anything written goes into the folder: a name of a file is one of ours, and no other word has a slash.
    const option = fc
      .tuple(fc.constantFrom(...names), word)
      .map(([name, text]) =>
        name === 'out'
          ? [`--out=${join(folder, 'out')}`]
          : [`--${name}`, ...(text.startsWith('-') ? [] : [text])],
      );
    return fc
      .tuple(fc.array(word, { maxLength: 2 }), fc.array(option, { maxLength: 3 }))
      .map(([operands, options]) => [command.name, ...operands, ...options.flat()]);
  });
  const cwd = process.cwd();
  return {
    name: 'command lines',
    property: fc.asyncProperty(line, async (args) => {
      // A word that stands where a file name does is written here, and nowhere else.
      process.chdir(folder);
      try {
        const { code, out, err } = await inProcess(args);
        expect([0, 1, 2, 3]).toContain(code);
        expect(err).not.toMatch(/\n\s+at |\p{Cc}(?<!\n)/u);
        if (code >= 2) expect(err).not.toBe('');
        if (code < 2 && args.includes('--json') && !args.includes('--help') && out.startsWith('{'))
          for (const json of out.trim().split('\n')) JSON.parse(json);
        count(['done', 'negative', 'usage', 'input'][code]!);
      } finally {
        process.chdir(cwd);
        // A line may have written over the files: they are made anew.
        const names = readdirSync(folder);
        for (const name of names)
          if (!files.includes(join(folder, name))) rmSync(join(folder, name), { recursive: true });
      }
    }),
    close: () => rmSync(folder, { recursive: true }),
  };
}
