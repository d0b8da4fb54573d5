import { describe, expect, it } from 'vitest';
import {
  answerKey,
  inventoryGift,
  inventoryName,
  inventoryQti,
  inventoryText,
  makeInventory,
  makeSheet,
  sheetGift,
  sheetQti,
  sheetText,
} from '../../src/exercise/index.ts';
import { readGift } from '../exercise/gift-reader.ts';
import { parseXml, textOf } from '../support/xml.ts';
import { inProcess, x86paging } from './run.ts';

const asText = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

describe('exercise', () => {
  it('prints the sheet that the library makes', () => {
    const { code, out } = x86paging(['exercise', '--seed', '7', '--student', 'Ada', '--count', '3']);
    expect(code).toBe(0);
    expect(out).toBe(`${sheetText(makeSheet({ seed: 7, student: 'Ada', count: 3 }))}\n`);
  });

  it('prints the key', () => {
    const { out } = x86paging(['exercise', '--seed', '7', '--kind', 'fault', '--key']);
    for (const exercise of makeSheet({ seed: 7, kinds: ['fault'] }).exercises) {
      expect(out).toContain(`Answer: ${answerKey(exercise).answer}`);
    }
  });

  it('prints a quiz for Moodle', () => {
    const { out } = x86paging(['exercise', '--seed', '0x7', '--gift']);
    expect(out).toBe(sheetGift(makeSheet({ seed: 7 })));
    expect(readGift(out)).toHaveLength(8);
  });

  it('prints the concept inventory, its key, and as a quiz', async () => {
    const questions = makeInventory('pre', 7, 'de');
    const name = inventoryName('pre', 7, 'de');
    const run = async (...options: string[]): Promise<string> => {
      const args = ['exercise', '--inventory', 'pre', '--seed', '7', '--lang', 'de'];
      const { code, out } = await inProcess([...args, ...options]);
      expect(code).toBe(0);
      return out;
    };
    expect(await run()).toBe(`${inventoryText(questions, false, name)}\n`);
    expect(await run('--key')).toBe(`${inventoryText(questions, true, name)}\n`);
    expect(await run('--gift')).toBe(inventoryGift(questions, name));
    expect(await run('--qti')).toBe(asText(inventoryQti(questions, name)));
    expect(await run('--json')).not.toMatch(/misconception|"right"/);
  });

  it('writes a QTI package into a file or pipe, but to no terminal', async () => {
    const args = ['exercise', '--seed', '7', '--qti'];
    expect((await inProcess(args)).out).toBe(asText(sheetQti(makeSheet({ seed: 7 }))));
    const { code, out, err } = await inProcess(args, { columns: 80 });
    expect([code, out]).toEqual([2, '']);
    expect(err.replaceAll(/\s+/g, ' ')).toContain('would write a ZIP file to the terminal');
  });

  it('prints an exercise a line as JSON, with the key only when asked', () => {
    const parse = (...options: string[]): unknown[] =>
      x86paging(['exercise', '--count', '2', '--json', ...options])
        .out.trim()
        .split('\n')
        .map((line) => JSON.parse(line));
    const { exercises } = makeSheet({ seed: 1, count: 2 });
    const schema = 'x86-paging/exercise/1';
    expect(parse()).toEqual(exercises.map((one) => ({ schema, ...one })));
    expect(parse('--key')).toEqual(exercises.map((one) => ({ schema, ...one, key: answerKey(one) })));
  });

  it.each([
    [['--count', '0'], "--count '0' is no whole number from 1 to 1000"],
    [['--seed', 'x'], "--seed 'x' is no whole number"],
    [['--seed', '0xffffffffffffffff'], 'is no whole number from 0 to 9007199254740991'],
    [['--kind', 'walk'], "--kind 'walk' is none of translate, fault, alias, fix"],
    [['--gift', '--key'], '--gift goes with neither --key nor --json'],
    [['--gift', '--json'], '--gift goes with neither'],
    [['--gift', '--qti'], '--gift goes with neither'],
    [['--qti', '--key'], '--qti goes with neither --key nor --json'],
    [['--inventory', 'mid'], "--inventory 'mid' is none of pre, post"],
    [['--inventory', 'pre', '--count', '4'], '--count does not go with --inventory'],
    [['--lang', 'fr'], "--lang 'fr' is none of en, de"],
  ])('refuses %j', (options, message) => {
    const { code, out, err } = x86paging(['exercise', ...options]);
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(message);
  });
});

describe('--svg', () => {
  it('draws the address space', () => {
    const { code, out } = x86paging(['map', '--svg']);
    expect(code).toBe(0);
    expect(textOf(parseXml(out.trimEnd()))).toContain('0xc3ff_f000');
  });

  it('draws a walk, and exits as the walk ends', () => {
    const { code, out } = x86paging(['walk', '0xC3FFF000', '--access', 'write', '--svg']);
    expect(code).toBe(1);
    expect(textOf(parseXml(out.trimEnd()))).toContain('error code 3');
  });

  it.each([
    [['map', '--svg', '--json'], '--svg and --json exclude each other'],
    [['walk', '0', '--svg', '--json'], '--svg and --json exclude each other'],
    [['walk', '0', '1', '--svg'], '--svg draws one walk, and 2 addresses were given'],
  ])('refuses %j', (args, message) => {
    const { code, err } = x86paging(args);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
