/** The library's messages in German. */

import {
  filled,
  inEnglish,
  isGrouped,
  isListed,
  isPhrase,
  type Said,
  type SaidValue,
  saidBy,
} from '../../../../said/said.ts';
import type { Told } from '../../../problem.ts';
import { CLAIM_NAMES, CLAIM_PHRASES } from './claims.ts';
import { CPU_MESSAGES } from './cpu.ts';
import { DUMP_MESSAGES } from './dumps.ts';
import { IMAGE_MESSAGES } from './images.ts';
import { PICTURE_LABELS, PICTURE_PHRASES } from './pictures.ts';

/** All of them, by the English template. */
export const MESSAGES: Readonly<Record<string, string>> = {
  ...CLAIM_PHRASES,
  ...CPU_MESSAGES,
  ...DUMP_MESSAGES,
  ...IMAGE_MESSAGES,
  ...PICTURE_PHRASES,
};

/** A message in German, with what only a cause of it says in English; undefined for one that is not known. */
export function libraryMessage(message: Said): Told | undefined {
  const foreign: string[] = [];
  const text = translated(message, foreign);
  if (text === undefined) return undefined;
  // It follows a colon, and is a sentence.
  return {
    text: `${text.charAt(0).toUpperCase()}${text.slice(1)}`,
    technical: foreign.length === 0 ? undefined : foreign.join('; '),
  };
}

function translated({ template, values }: Said, foreign: string[]): string | undefined {
  const words = wordsOf(template);
  if (words === undefined) return undefined;
  const texts = values.map((value) => valueText(value, foreign));
  return texts.includes(undefined) ? undefined : filled(words, texts as string[], String);
}

function wordsOf(template: string): string | undefined {
  if (Object.hasOwn(MESSAGES, template)) return MESSAGES[template];
  return Object.hasOwn(CLAIM_NAMES, template) ? CLAIM_NAMES[template] : undefined;
}

function valueText(value: SaidValue, foreign: string[]): string | undefined {
  if (isPhrase(value)) return translated(value, foreign);
  if (isListed(value)) {
    const texts = [value.between, ...value.listed].map((one) => valueText(one, foreign));
    return texts.includes(undefined) ? undefined : texts.slice(1).join(texts[0]);
  }
  if (isGrouped(value)) return value.grouped.toLocaleString('de');
  if (!(value instanceof Error)) return String(value);
  const said = saidBy(value);
  const text = said && translated(said, foreign);
  if (text === undefined) foreign.push(value.message);
  return text ?? 'im Wortlaut des Programms';
}

/** A sentence about a claim in German; what is not known stays as it is. */
export function claimSentence(sentence: Said): string {
  return translated(sentence, []) ?? inEnglish(sentence);
}

/** A phrase or a name of a drawing in German; what is not known stays as it is. @param regions - Names of regions. */
export function picturePhrase(phrase: Said, regions: Readonly<Record<string, string>>): string {
  const { template, values } = phrase;
  if (values.length === 0) {
    const name = PICTURE_LABELS[template] ?? regions[template];
    if (name !== undefined) return name;
  }
  return translated(phrase, []) ?? inEnglish(phrase);
}
