import { describe, expect, it } from 'vitest';
import { LANGUAGES } from '../../src/web/words/index.ts';
import { ENGLISH_WORD } from './english.ts';

/** Every text of a language by its place; of a function, all that it is made of. */
function textsOf(words: unknown, place = ''): [place: string, text: string][] {
  if (typeof words === 'string') return [[place, words]];
  if (typeof words === 'function') return [[place, String(words)]];
  return Object.entries(words as object).flatMap(([key, one]) => textsOf(one, `${place}/${key}`));
}

/** A text without code, numbers and signs; of a function only what it says. */
function sayings(text: string): string {
  const isCode = /^(?:function|\w+\()|=>/.test(text);
  // What is told apart is not said.
  const code = text.replaceAll(/(?:case|===) (['"])[^'"]*\1/g, '');
  const said = isCode ? (code.match(/`[^`$]*|\}[^`$}]*|'[^']*'|"[^"]*"/g) ?? []).join(' ') : text;
  return said
    .replaceAll(/`[^`]*`|[^\p{L}#_ ]/gu, ' ')
    .replaceAll(/ +/g, ' ')
    .trim();
}

const { en: EN, ...OTHERS } = LANGUAGES;
const ENGLISH = new Map(textsOf(EN));

/** Terms, names and units: all that may be the same in another language. */
const EQUAL = new Set([
  '',
  'Tab',
  'Name',
  'Xen',
  'PML',
  'PDPT',
  'CPU',
  'CR WP',
  'CR PSE',
  'CR PGE',
  'EFER NXE',
  'CR SMEP',
  'CR SMAP',
  'CR',
  'P',
  'W',
  'U',
  'R',
  'I',
  'K',
  'TLB',
  'initrd',
  'start_info',
  'shared_info',
  'Bytes',
  'INVLPG',
  'A',
  'B',
  'D',
  'KiB',
  'MiB',
  'GiB',
  'in CR',
  'EIP',
  'P US',
  'P RW',
  'P RW US',
  'PML E PDPTE PDE',
  'US',
  'RW',
  'G',
]);

describe.each(Object.entries(OTHERS))('the language %s', (_code, words) => {
  const texts = textsOf(words);

  it('has all that English has, and says it in words of its own', () => {
    expect(texts.map(([place]) => place)).toEqual([...ENGLISH.keys()]);
    const same = texts
      .filter(([place, text]) => text === ENGLISH.get(place))
      .map(([, text]) => sayings(text));
    expect([...new Set(same)].filter((text) => !EQUAL.has(text))).toEqual([]);
    const leaked = texts.filter(([, text]) => ENGLISH_WORD.test(sayings(text)));
    expect(leaked).toEqual([]);
  });

  it('speaks of the same addresses, numbers and code', () => {
    const exact = (text: string | undefined): string[] =>
      (text?.match(/`[^`]*`|0x[\da-f_]+|\b(?:PDE|PTE|PDPTE)\[\d+\]|CR[0-4](?:\.\w+)?/g) ?? []).sort();
    const lessons = texts.filter(([place]) => place.startsWith('/lesson/'));
    expect(lessons.length).toBeGreaterThan(500);
    for (const [place, text] of lessons) expect(exact(text), place).toEqual(exact(ENGLISH.get(place)));
  });
});

describe.each(Object.entries(LANGUAGES))('in the language %s', (_code, words) => {
  it('what a lesson names in quotation marks is written so on the page', () => {
    const texts = textsOf(words);
    const labels = new Set(texts.filter(([place]) => !place.startsWith('/lesson/')).map(([, text]) => text));
    const named = texts.flatMap(([place, text]) =>
      place.endsWith('/hint')
        ? [...text.matchAll(/[„“]([^“”]+)[“”]/g)].map(([, label]) => [place, label])
        : [],
    );
    expect(named.length).toBeGreaterThan(60);
    expect(named.filter(([, label]) => !labels.has(label!))).toEqual([]);
  });
});
