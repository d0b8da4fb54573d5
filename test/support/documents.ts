/** The project's documents as text: what is written for people, and tested like the code. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT: string = resolve(import.meta.dirname, '../..');

/** Every document, by its path in the project. */
export const DOCUMENTS: readonly string[] = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(ROOT, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  'schemas/README.md',
  'vectors/README.md',
];

export function textOf(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8');
}

/** The contents of a document's code blocks in a language. */
export function blocksOf(document: string, language: string): string[] {
  return [...textOf(document).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(
    (match) => match[1] ?? '',
  );
}

/** The programs of a document, each with its output where a block of text follows it. */
export function examplesOf(document: string): { text: string; output: string | undefined }[] {
  const example = /^```ts\n(.*?)^```\n(?:\n*```text\n(.*?)^```)?/gms;
  return [...textOf(document).matchAll(example)].map(([, text, output]) => ({ text: text!, output }));
}

/** A document without its code. */
export function proseOf(document: string): string {
  return textOf(document)
    .replace(/^```.*?^```/gms, '')
    .replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length));
}

/** What a heading is linked by: as GitHub makes it. */
export function anchorsOf(document: string): string[] {
  return [...proseOfHeadings(document)].map((heading) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

function* proseOfHeadings(document: string): Generator<string> {
  const text = textOf(document).replace(/^```.*?^```/gms, '');
  for (const [, heading] of text.matchAll(/^#+ +(.*)$/gm)) yield heading!.replaceAll('`', '').trim();
}
