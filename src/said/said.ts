/**
 * Messages that can be said in another language: the sentence with its values apart from it. In English they are what
 * an error's `message` is; whoever shows them to people looks the sentence up by its template.
 */

/** A number of bytes or frames that may be large, written in groups of three digits, as each language does it. */
export interface Grouped {
  readonly grouped: number;
}

/** Several values, one after the other. */
export interface Listed {
  readonly listed: readonly SaidValue[];
  /** What stands between two of them. */
  readonly between: SaidValue;
}

/** What stands in a message: a name or a text out of a file, a number, a phrase of its own, or the error that was the cause. */
export type SaidValue = string | number | bigint | Grouped | Listed | Said | Error;

/** A sentence or phrase and its values. */
export interface Said {
  /** The English text with `{0}`, `{1}`, … in place of the values: the same for every value, so that it can be looked up. */
  readonly template: string;
  /** The values, in the order of their places. */
  readonly values: readonly SaidValue[];
}

/** A message out of a template literal: said`frame ${frame} is damaged`. */
export function said(strings: TemplateStringsArray, ...values: readonly SaidValue[]): Said {
  return { template: templateOf(strings), values };
}

/** Made once for each place in the source: names of what is read are said thousands of times, and seldom shown. */
const templates = new WeakMap<TemplateStringsArray, string>();

function templateOf(strings: TemplateStringsArray): string {
  let template = templates.get(strings);
  if (template === undefined) {
    template = strings.reduce((text, string, i) => `${text}{${i - 1}}${string}`);
    templates.set(strings, template);
  }
  return template;
}

/** A number in groups of three digits. */
export function grouped(number: number): Grouped {
  return { grouped: number };
}

/** Several values, with commas between them or something else. */
export function listed(values: readonly SaidValue[], between: SaidValue = ', '): Listed {
  return { listed: values, between };
}

/** Whether a value is a list. */
export function isListed(value: SaidValue): value is Listed {
  return typeof value === 'object' && value !== null && 'listed' in value;
}

/** Whether a value is a phrase of its own. */
export function isPhrase(value: SaidValue): value is Said {
  return typeof value === 'object' && value !== null && 'template' in value;
}

/** Whether a value is a number in groups. */
export function isGrouped(value: SaidValue): value is Grouped {
  return typeof value === 'object' && value !== null && 'grouped' in value;
}

/** Puts the values into a template. @param word - How each is written. */
export function filled(
  template: string,
  values: readonly SaidValue[],
  word: (value: SaidValue) => string,
): string {
  return template.replaceAll(/\{(\d+)\}/g, (place, digits: string) => {
    const index = Number(digits);
    return index < values.length ? word(values[index]!) : place;
  });
}

/** A message in English. */
export function inEnglish({ template, values }: Said): string {
  return filled(template, values, wordInEnglish);
}

function wordInEnglish(value: SaidValue): string {
  if (value instanceof Error) return value.message;
  if (isPhrase(value)) return inEnglish(value);
  if (isListed(value)) return value.listed.map(wordInEnglish).join(wordInEnglish(value.between));
  return isGrouped(value) ? value.grouped.toLocaleString('en') : String(value);
}

/** A RangeError whose message can be said in another language. */
export function rangeError(message: Said): RangeError & { readonly said: Said } {
  // Where programs look, and not what a console shows beside the message that says the same.
  return Object.defineProperty(new RangeError(inEnglish(message)), 'said', { value: message }) as never;
}

/** What an error says, with its values apart; undefined where it is none that tells. */
export function saidBy(error: unknown): Said | undefined {
  return error instanceof Error && 'said' in error ? (error.said as Said) : undefined;
}

/** An error whose message can be said in another language. */
export class SaidError extends Error {
  readonly #said: Said;

  /** @param message - The message; a plain text is one without values. */
  constructor(message: string | Said) {
    super(typeof message === 'string' ? message : inEnglish(message));
    this.#said = typeof message === 'string' ? { template: message, values: [] } : message;
  }

  /** The message with its values apart. */
  get said(): Said {
    return this.#said;
  }
}
