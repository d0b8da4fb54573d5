import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateXML } from 'xmllint-wasm';
import { crc32 } from '../../src/bytes/crc32.ts';
import {
  answerKey,
  checkAnswer,
  inventoryQti,
  makeInventory,
  makeSheet,
  sheetQti,
} from '../../src/exercise/index.ts';
import { qtiFiles } from '../../src/exercise/qti.ts';
import { inventoryQuiz, sheetQuiz } from '../../src/exercise/quiz.ts';

const SCHEMA = readFileSync(new URL('qti-subset.xsd', import.meta.url), 'utf8');

async function errorsOf(files: [string, string][]): Promise<string[]> {
  const { errors } = await validateXML({
    xml: files.map(([fileName, contents]) => ({ fileName, contents })),
    schema: [{ fileName: 'qti-subset.xsd', contents: SCHEMA }],
  });
  return errors.map(({ message }) => message);
}

/** The files of an archive without compression, by its central directory. */
function unzipped(bytes: Uint8Array): [string, string][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.length - 22;
  expect(view.getUint32(end, true)).toBe(0x0605_4b50);
  let at = view.getUint32(end + 16, true);
  return Array.from({ length: view.getUint16(end + 10, true) }, () => {
    expect(view.getUint32(at, true)).toBe(0x0201_4b50);
    const [size, nameLength] = [view.getUint32(at + 24, true), view.getUint16(at + 28, true)];
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const header = view.getUint32(at + 42, true);
    const start = header + 30 + view.getUint16(header + 26, true) + view.getUint16(header + 28, true);
    const content = bytes.subarray(start, start + size);
    expect(crc32(content)).toBe(view.getUint32(at + 16, true));
    at += 46 + nameLength;
    return [name, new TextDecoder().decode(content)];
  });
}

describe('sheetQti', () => {
  const sheet = makeSheet({ seed: 11, student: 'Ä & B <c>', count: 8 });
  const files = qtiFiles(sheetQuiz(sheet));

  it('is valid by the schema, which notices what is not', async () => {
    const items = files.filter(([name]) => name !== 'imsmanifest.xml');
    expect(items).toHaveLength(8);
    expect(await errorsOf(items)).toEqual([]);
    const [name, text] = items.find(([, xml]) => xml.includes('simpleChoice'))!;
    for (const [from, to] of [
      ['identifier="C1"', 'identifier="C0"'],
      [' shuffle="true"', ''],
      ['<itemBody>', '<itemBody><b/>'],
    ] as const) {
      expect(await errorsOf([[name, text.replace(from, to)]]), to).not.toEqual([]);
    }
  });

  it('scores the right answers, and no wrong one', () => {
    for (const [i, exercise] of sheet.exercises.entries()) {
      const xml = files[i + 1]![1];
      const accepted = [...xml.matchAll(/mapKey="([^"]+)"/g)].map(([, text]) => text!);
      const choices = [...xml.matchAll(/<simpleChoice identifier="(C\d)">([^<]+)</g)];
      expect(accepted.length + choices.length).toBeGreaterThan(2);
      for (const text of accepted) expect(checkAnswer(exercise, text).right, text).toBe(true);
      for (const [, id, text] of choices) expect(checkAnswer(exercise, text!).right, text).toBe(id === 'C0');
      const wrong = choices.length - Math.min(1, choices.length);
      expect(xml.match(/<modalFeedback/g)?.length ?? 0).toBe(wrong);
      expect(xml).toContain(answerKey(exercise).answer);
    }
  });

  it('is an archive whose manifest names every file, and which others can open', () => {
    const bytes = sheetQti(sheet);
    expect(unzipped(bytes)).toEqual(files);
    const named = [...files[0]![1].matchAll(/<file href="([^"]+)"/g)].map(([, name]) => name);
    expect(named).toEqual(files.slice(1).map(([name]) => name));
    const path = join(mkdtempSync(join(tmpdir(), 'qti-')), 'sheet.zip');
    writeFileSync(path, bytes);
    let tested: string;
    try {
      tested = execFileSync('python3', ['-m', 'zipfile', '-t', path], { encoding: 'utf8' });
    } catch (error) {
      // Without Python the reader above is all there is.
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
      return;
    }
    expect(tested).toContain('Done testing');
  });
});

describe('inventoryQti', () => {
  const questions = makeInventory('pre', 7, 'de');
  const files = qtiFiles(inventoryQuiz(questions, 'vor dem Kurs'));

  it('is valid by the schema, scores the right option of each question, and says what a wrong one stands for', async () => {
    expect(await errorsOf(files.slice(1))).toEqual([]);
    expect(files).toHaveLength(1 + questions.length);
    for (const [i, { options }] of questions.entries()) {
      const xml = files[i + 1]![1];
      const right = options.findIndex(({ misconception }) => misconception === undefined);
      expect(xml).toContain(`<correctResponse><value>C${right}</value></correctResponse>`);
      const told = [...xml.matchAll(/<modalFeedback[^>]* identifier="(C\d)"/g)].map(([, id]) => id);
      expect(told).toEqual(['C0', 'C1', 'C2', 'C3'].filter((id) => id !== `C${right}`));
    }
    expect(unzipped(inventoryQti(questions, 'vor dem Kurs'))).toEqual(files);
  });
});
