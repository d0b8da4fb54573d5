import { asNumber } from '../../arch/linear.ts';
import { type Said, type SaidValue, said } from '../../said/said.ts';
import { ImageError } from './image-error.ts';

/** Characters of a value that a message shows. */
const SHOWN = 40;

/** What may do harm in a terminal, or be seen as something else: controls, formats, line breaks, lone surrogates. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * A value out of a header of unknown origin, together with its place, such as `domain.layout[0].pageCount`. Nothing of a
 * header is used but through here, so whatever it holds, the worst that comes of it is an {@link ImageError}.
 */
export class Field {
  readonly #place: string;
  readonly #value: unknown;

  constructor(value: unknown, place = '') {
    this.#value = value;
    this.#place = place;
  }

  get isAbsent(): boolean {
    return this.#value === undefined;
  }

  /** The field of that name. */
  get(name: string): Field {
    const value = isObject(this.#value) && Object.hasOwn(this.#value, name) ? this.#value[name] : undefined;
    return new Field(value, this.#place === '' ? name : `${this.#place}.${name}`);
  }

  /** Demands an object, and where names are given no others than these. */
  object(names?: readonly string[]): this {
    if (!isObject(this.#value)) this.#refuse(said`an object`);
    const other = names && Object.keys(this.#value).find((name) => !names.includes(name));
    if (other !== undefined) {
      throw new ImageError(
        said`the image's header has a field '${show(other)}' that this program does not know`,
      );
    }
    return this;
  }

  /** The fields of a list of at most so many. */
  list(most: number): Field[] {
    if (!Array.isArray(this.#value)) this.#refuse(said`a list`);
    if (this.#value.length > most) {
      throw new ImageError(
        said`the image's header: ${this.#place} has ${this.#value.length} entries; at most ${most} are allowed`,
      );
    }
    return this.#value.map((value, i) => new Field(value, `${this.#place}[${i}]`));
  }

  /** A whole number from `least` to `most`. */
  integer(least: number, most: number): number {
    const value = this.#value;
    if (!(typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most)) {
      this.#refuse(said`a whole number from ${least} to ${most}`);
    }
    return value;
  }

  /** A whole number below 2^bits in hexadecimal, such as `"0xc0000000"`: a number where it fits one, else a bigint. */
  hex(bits: number): number | bigint {
    const value = this.#value;
    const wanted = said`"0x…", hexadecimal, of at most ${bits} bits`;
    if (typeof value !== 'string' || !/^0x[0-9a-f]{1,16}$/.test(value)) this.#refuse(wanted);
    const number = BigInt(value);
    if (number >> BigInt(bits) !== 0n) this.#refuse(wanted);
    return asNumber(number);
  }

  /** True or false. */
  flag(): boolean {
    if (typeof this.#value !== 'boolean') this.#refuse(said`true or false`);
    return this.#value;
  }

  /** A text of 1 to `most` printable characters. */
  text(most: number): string {
    const value = this.#value;
    if (typeof value !== 'string' || value.length === 0 || value.length > most || UNPRINTABLE.test(value)) {
      this.#refuse(said`a text of 1 to ${most} printable characters`);
    }
    return value;
  }

  /** One of some texts. */
  oneOf<T extends string>(choices: readonly T[]): T {
    const found = choices.find((choice) => choice === this.#value);
    if (found === undefined) this.#refuse(said`one of ${choices.join(', ')}`);
    return found;
  }

  /** Whether the value is a text at all. */
  get isText(): boolean {
    return typeof this.#value === 'string';
  }

  #refuse(wanted: Said): never {
    if (this.#value === undefined)
      throw new ImageError(said`the image's header lacks ${this.#place}, ${wanted}`);
    throw new ImageError(said`the image's header: ${this.#place} is ${show(this.#value)}, not ${wanted}`);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value as a message can show it, whatever is in it. */
export function show(value: unknown): SaidValue {
  if (Array.isArray(value)) return said`a list`;
  if (isObject(value)) return said`an object`;
  const text = String(value);
  const safe = text.slice(0, SHOWN).replace(new RegExp(UNPRINTABLE, 'gu'), '·');
  return text.length > SHOWN ? `${safe}…` : safe;
}
