/** What students hand in, as files of JSON: what a sheet's and the inventory's have in common. Nothing in a file is trusted. */

/** The longest name of a student, in characters. */
export const LONGEST_NAME = 60;

/** What every such file says. */
export interface HandedIn {
  readonly seed: number;
  readonly student: string;
  /** By the question's id, as the file has them. */
  readonly answers: readonly (readonly [id: string, answer: unknown])[];
  /** All fields of the file. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The file's text. */
export function handedInText(schema: string, content: object): string {
  return `${JSON.stringify({ schema, ...content }, undefined, 2)}\n`;
}

/** The file's name, without an ending. */
export function handedInName(what: string, student: string): string {
  return student === '' ? what : `${what}-${student.replace(/[^\w-]+/g, '_')}`;
}

/**
 * Reads a file.
 * @param longest - Files with more characters are not looked at.
 * @returns undefined where it is none of that schema.
 */
export function readHandedIn(text: string, schema: string, longest: number): HandedIn | undefined {
  if (text.length > longest) return undefined;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof read !== 'object' || read === null) return undefined;
  const fields = read as Record<string, unknown>;
  const { seed, student, answers } = fields;
  if (fields['schema'] !== schema || !isWhole(seed, 0, Number.MAX_SAFE_INTEGER)) return undefined;
  if (typeof student !== 'string' || typeof answers !== 'object' || answers === null) return undefined;
  return { seed, student: student.slice(0, LONGEST_NAME), answers: Object.entries(answers), fields };
}

/** Whether a value is a whole number from `least` to `most`. */
export function isWhole(value: unknown, least: number, most: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most;
}
