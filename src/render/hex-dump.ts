/** Memory as it is printed: bytes in hexadecimal and as characters; and why reading it stopped. */

import { formatAddress } from '../arch/address.ts';
import { asNumber } from '../arch/linear.ts';
import type { LinearPiece, ReadStop } from '../inspect/index.ts';
import { hex, type Json, walkJson } from './json.ts';
import { PLAIN, type Style } from './style.ts';
import { REASONS } from './walk-text.ts';

/** What a {@link HexDump} may be told. */
export interface HexDumpOptions {
  /** Colours; by default none. */
  readonly style?: Style | undefined;
  /** Columns there are; where there is no room for 16 bytes, a line has 8. */
  readonly width?: number | undefined;
  /** Names addresses; the name stands above the line that has one. */
  readonly nameOf?: ((linear: number | bigint) => string | undefined) | undefined;
  /** Also lines that repeat the one before. Default: a `*` stands for them. */
  readonly all?: boolean | undefined;
}

/** A hex dump, made piece by piece, so that no more than a line is held back. */
export class HexDump {
  readonly #style: Style;
  readonly #nameOf: ((linear: number | bigint) => string | undefined) | undefined;
  readonly #all: boolean;
  readonly #columns: number | undefined;
  #perLine = 0;
  /** The address of the first byte held back. */
  #at: bigint | undefined;
  #held: number[] = [];
  #before = '';
  #starred = false;
  #named = '';

  constructor({ style = PLAIN, width, nameOf, all = false }: HexDumpOptions = {}) {
    this.#style = style;
    this.#columns = width;
    this.#nameOf = nameOf;
    this.#all = all;
  }

  /** The lines that are complete with this piece, which follows the one before. */
  *lines({ linear, bytes }: LinearPiece): Generator<string> {
    const address = BigInt(linear);
    this.#at ??= address;
    // An address, two columns for each byte, and the characters.
    this.#perLine ||= (this.#columns ?? 200) < formatAddress(linear).length + 16 * 4 + 6 ? 8 : 16;
    for (const byte of bytes) {
      this.#held.push(byte);
      // Lines begin at multiples, as dumps do.
      if ((this.#at + BigInt(this.#held.length)) % BigInt(this.#perLine) === 0n) yield* this.#line();
    }
  }

  /** The last line, if it is not full; and where the dump ends, if that was folded. */
  *rest(): Generator<string> {
    if (this.#held.length > 0) yield* this.#line();
    if (this.#starred && this.#at !== undefined) yield formatAddress(asNumber(this.#at));
  }

  *#line(): Generator<string> {
    const at = this.#at!;
    const bytes = this.#held;
    this.#at = at + BigInt(bytes.length);
    this.#held = [];
    const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
    const content = digits.join(' ');
    const name = this.#nameOf?.(asNumber(at))?.split('+')[0] ?? '';
    const repeats = content === this.#before && bytes.length === this.#perLine && name === this.#named;
    this.#before = content;
    if (repeats && !this.#all) {
      if (!this.#starred) yield '*';
      this.#starred = true;
      return;
    }
    this.#starred = false;
    if (name !== this.#named) {
      this.#named = name;
      if (name !== '') yield this.#style.dim(`${this.#nameOf!(asNumber(at))}:`);
    }
    // Bytes stand in the column of their address, also in a first line that begins between.
    const skipped = Number(at % BigInt(this.#perLine));
    const cells = [...Array.from({ length: skipped }, () => '  '), ...digits];
    const half = this.#perLine / 2;
    const groups = [cells.slice(0, half).join(' '), cells.slice(half).join(' ')].join('  ');
    const text = bytes
      .map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.'))
      .join('');
    yield `${formatAddress(asNumber(at))}  ${groups.padEnd(this.#perLine * 3)}  ${' '.repeat(skipped)}${text}`;
  }
}

/** Bytes read at a linear address, under the schema name `x86-paging/read/1`. */
export function pieceJson({ linear, physical, bytes }: LinearPiece): Json {
  return {
    schema: 'x86-paging/read/1',
    linear: hex(linear),
    physical: hex(physical),
    length: bytes.length,
    bytes: Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}

/** Why reading stopped, under the schema name `x86-paging/read-stop/1`. */
export function readStopJson({ linear, reason, physical, walk }: ReadStop): Json {
  return {
    schema: 'x86-paging/read-stop/1',
    linear: hex(linear),
    reason,
    physical: physical === undefined ? null : hex(physical),
    walk: walkJson(walk),
  };
}

/** The same, as a sentence. */
export function readStopText({ linear, reason, physical, walk }: ReadStop): string {
  const at = `stopped at ${formatAddress(linear)}`;
  if (reason === 'end') return `${at}: the address space ends there`;
  if (reason === 'no-ram')
    return `${at}: it leads to physical ${formatAddress(physical!)}, where no RAM is, or the dump lacks it`;
  if (walk.ok) return at;
  const { fault, steps } = walk;
  const last = steps.at(-1);
  const entry =
    last === undefined
      ? ''
      : ` (${last.kind} at ${formatAddress(last.entryAddress)} = ${hex(last.entry)}${last.source === 'open-bus' ? ', where no RAM is' : ''})`;
  return `${at}: ${REASONS[fault.reason]}${entry}`;
}
