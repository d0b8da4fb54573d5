import { QmpError } from './qmp-error.ts';

/** The longest message that is taken as a rule. QEMU's longest answer, a map of RAM, has some 100,000. */
export const MAX_MESSAGE = 16 * 2 ** 20;

/**
 * Cuts a stream of text into the JSON objects in it. They may follow on one another without a line's end, or go
 * over many lines, as QEMU's `pretty=on` has it.
 */
export class JsonStream {
  readonly #longest: number;
  #text = '';
  /** How far the text has been looked at. */
  #at = 0;
  /** Where the open object starts; −1: none is open. */
  #start = -1;
  #depth = 0;
  #inString = false;

  /** @param longest - The longest message that is taken, in UTF-16 units. */
  constructor(longest: number = MAX_MESSAGE) {
    this.#longest = longest;
  }

  /**
   * Takes the next piece of text.
   * @returns The objects that it completes.
   * @throws QmpError `protocol` if anything else comes, or an object is no JSON or too long.
   */
  push(piece: string): unknown[] {
    this.#text += piece;
    const found: unknown[] = [];
    for (; this.#at < this.#text.length; this.#at++) {
      const unit = this.#text[this.#at]!;
      if (this.#start < 0) this.#between(unit);
      else if (this.#inString) {
        if (unit === '\\') this.#at++;
        else if (unit === '"') this.#inString = false;
      } else if (unit === '"') this.#inString = true;
      else if (unit === '{' || unit === '[') this.#depth++;
      else if ((unit === '}' || unit === ']') && --this.#depth === 0) {
        found.push(parse(this.#text.slice(this.#start, this.#at + 1)));
        this.#start = -1;
      }
    }
    const used = this.#start < 0 ? this.#at : this.#start;
    this.#text = this.#text.slice(used);
    this.#at -= used;
    if (this.#start >= 0) this.#start = 0;
    if (this.#text.length > this.#longest)
      throw new QmpError('protocol', `a message has more than ${this.#longest} characters`);
    return found;
  }

  #between(unit: string): void {
    if (unit === '{') {
      this.#start = this.#at;
      this.#depth = 1;
      return;
    }
    if (' \r\n\t'.includes(unit)) return;
    const said = JSON.stringify(this.#text.slice(this.#at, this.#at + 60));
    throw new QmpError(
      'protocol',
      this.#text.includes('monitor - type')
        ? `what answers is the monitor for people, not QMP: ${said}; start QEMU with -qmp`
        : `what answers is not QMP: ${said}`,
    );
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new QmpError('protocol', `a message is no JSON: ${(error as Error).message}`);
  }
}
