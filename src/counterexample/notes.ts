/**
 * How a machine's file holds a counterexample: in its notes, which any reader of `.x86page` files shows and keeps.
 *
 * ```text
 * counterexample of: No page gives write access to a page table.     the whole claim, as a sentence
 * counterexample claim: {"readOnly":"tables"}                        the claim, as in a layout file; a long one in
 *                                                                    several notes, one piece after the other
 * counterexample access: user-write 0xc0001000                       only where an access shows it
 * ```
 */

import { ACCESS_KINDS, type Access, accessName } from '../arch/access.ts';
import { asNumber } from '../arch/linear.ts';
import type { LayoutClaim } from '../claims/claim.ts';
import { formatClaim } from '../claims/claim-json.ts';
import { LayoutError } from '../claims/json-source.ts';
import { parseLayout } from '../claims/layout-json.ts';
import type { Machine } from '../machine/machine.ts';
import { said } from '../said/said.ts';
import { CounterexampleError } from './counterexample-error.ts';

const OF = 'counterexample of: ';
const CLAIM = 'counterexample claim: ';
const ACCESS = 'counterexample access: ';

/** Characters of a note that can well be shown in a line or two; an image allows 1024. */
const NOTE_LENGTH = 960;
/** The most notes that an image allows. */
const MAX_NOTES = 64;

/** What a saved counterexample says beside its machine. */
export interface CounterexampleNotes {
  /** The claim that fails. */
  readonly claim: LayoutClaim;
  /** The whole claim that it is a part of, as a sentence. */
  readonly title: string;
  /** The access that shows it; undefined where none does. */
  readonly access: { readonly kind: Access; readonly linear: number | bigint } | undefined;
}

/** As notes. @throws RangeError for a claim that is too long for the notes of an image. */
export function notesOf({ claim, title, access }: CounterexampleNotes): string[] {
  const text = escaped(formatClaim(claim));
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += NOTE_LENGTH) pieces.push(text.slice(at, at + NOTE_LENGTH));
  if (pieces.length + 2 > MAX_NOTES) {
    throw new RangeError(
      `the claim has ${text.length} characters as JSON; the notes of an image hold ${(MAX_NOTES - 2) * NOTE_LENGTH}`,
    );
  }
  const shown = [...title.replace(UNPRINTABLE, ' ')].slice(0, NOTE_LENGTH / 2).join('');
  const notes = [OF + shown, ...pieces.map((piece) => CLAIM + piece)];
  if (access !== undefined) {
    notes.push(`${ACCESS}${accessWord(access.kind)} 0x${access.linear.toString(16)}`);
  }
  return notes;
}

/** Whether a machine says that it holds a counterexample. */
export function hasCounterexample({ notes = [] }: Pick<Machine, 'notes'>): boolean {
  return notes.some((note) => note.startsWith(CLAIM));
}

/** Out of a machine's notes; others are passed over. @throws CounterexampleError if they are missing or wrong. */
export function readNotes({ notes = [] }: Pick<Machine, 'notes'>): CounterexampleNotes {
  const all = (label: string): string[] =>
    notes.filter((note) => note.startsWith(label)).map((note) => note.slice(label.length));
  const text = all(CLAIM).join('');
  if (text === '') {
    throw new CounterexampleError(
      said`this machine holds no counterexample; x86-paging check --save FILE makes one`,
    );
  }
  const [access, ...more] = all(ACCESS);
  if (more.length > 0) throw new CounterexampleError(said`the counterexample names more than one access`);
  return {
    claim: readClaim(text),
    title: all(OF)[0] ?? '',
    access: access === undefined ? undefined : readAccess(access),
  };
}

function readClaim(text: string): LayoutClaim {
  try {
    return parseLayout(`{"claims":[${text}]}`)[0]!;
  } catch (error) {
    if (!(error instanceof LayoutError)) throw error;
    throw new CounterexampleError(said`the counterexample's claim cannot be read: ${error}`);
  }
}

function readAccess(text: string): CounterexampleNotes['access'] {
  const [, word, digits] = /^([a-z-]+) 0x([0-9a-f]{1,16})$/.exec(text) ?? [];
  const kind = ACCESS_KINDS.find((access) => accessWord(access) === word);
  if (kind === undefined) {
    throw new CounterexampleError(
      said`the counterexample's access is '${text.slice(0, 40)}', not one such as 'user-write 0xc0001000'`,
    );
  }
  return { kind, linear: asNumber(BigInt(`0x${digits}`)) };
}

/** An access in one word, such as `user-write`. */
export function accessWord(access: Access): string {
  return accessName(access).replace(' ', '-');
}

/** What no image accepts in a note. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** JSON in its own escapes beyond ASCII, so that it can be cut anywhere. */
function escaped(json: string): string {
  return json.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
