/** JSON whose values know where they stand, so that an error can point to the line. */

/** A value of a JSON text. */
export interface JsonNode {
  /** Where it starts in the text. */
  readonly offset: number;
  readonly value: string | number | boolean | null | readonly JsonNode[] | ReadonlyMap<string, JsonNode>;
}

/** A text that is no layout, with the place: line and column count from 1. */
export class LayoutError extends Error {
  /** Name of the class. */
  override readonly name = 'LayoutError';
  /** Line of the mistake. */
  readonly line: number;
  /** Column of the mistake. */
  readonly column: number;

  /**
   * @param text - The whole text. @param offset - Where the mistake is.
   * @param what - What is wrong. What it quotes of the text is shown without control characters.
   */
  constructor(text: string, offset: number, what: string) {
    const before = text.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - before.lastIndexOf('\n');
    super(`line ${line}, column ${column}: ${what.replaceAll(/\p{Cc}+/gu, ' ')}`);
    this.line = line;
    this.column = column;
  }
}

/** Deeper than this no layout is nested. */
const MAX_DEPTH = 64;

/** Parses a JSON text (RFC 8259). A key given twice is an error. @throws LayoutError */
export function parseJson(text: string): JsonNode {
  return new Parser(text).document();
}

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonNode {
    const node = this.#value();
    this.#space();
    if (this.#at < this.#text.length) this.#fail('nothing more is expected after the value');
    return node;
  }

  #value(): JsonNode {
    this.#space();
    const offset = this.#at;
    if (++this.#depth > MAX_DEPTH) this.#fail(`values are nested more than ${MAX_DEPTH} deep`);
    const node = { offset, value: this.#valueAt() };
    this.#depth--;
    return node;
  }

  #valueAt(): JsonNode['value'] {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      default:
        return this.#scalar();
    }
  }

  #object(): ReadonlyMap<string, JsonNode> {
    const entries = new Map<string, JsonNode>();
    this.#at++;
    if (this.#ends('}')) return entries;
    for (;;) {
      this.#space();
      const keyAt = this.#at;
      if (this.#text[keyAt] !== '"') this.#fail('a key in double quotes is expected');
      const key = this.#string();
      if (entries.has(key)) this.#fail(`the key "${key}" is given twice`, keyAt);
      this.#space();
      if (this.#text[this.#at] !== ':') this.#fail(`':' is expected after "${key}"`);
      this.#at++;
      entries.set(key, this.#value());
      if (this.#ends('}')) return entries;
      this.#comma('}');
    }
  }

  #array(): readonly JsonNode[] {
    const items: JsonNode[] = [];
    this.#at++;
    if (this.#ends(']')) return items;
    for (;;) {
      items.push(this.#value());
      if (this.#ends(']')) return items;
      this.#comma(']');
    }
  }

  #ends(bracket: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== bracket) return false;
    this.#at++;
    return true;
  }

  #comma(bracket: string): void {
    if (this.#text[this.#at] !== ',') this.#fail(`',' or '${bracket}' is expected`);
    this.#at++;
  }

  #string(): string {
    const start = this.#at;
    const literal = /"(?:[^"\\]|\\.)*"/sy;
    literal.lastIndex = start;
    const found = literal.exec(this.#text)?.[0];
    if (found === undefined) this.#fail('the string does not end');
    try {
      this.#at += found.length;
      return JSON.parse(found) as string;
    } catch {
      this.#fail('the string holds a control character or an unknown escape', start);
    }
  }

  #scalar(): number | boolean | null {
    const literal = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
    literal.lastIndex = this.#at;
    const found = literal.exec(this.#text)?.[0];
    if (found === undefined) this.#fail('a value is expected');
    this.#at += found.length;
    return JSON.parse(found) as number | boolean | null;
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #fail(what: string, offset = this.#at): never {
    throw new LayoutError(this.#text, offset, what);
  }
}
