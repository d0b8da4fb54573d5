/**
 * Paging small enough to see all of it: addresses of 6 bits, tables of 4 entries, pages of 4 bytes, and 8 frames of
 * RAM. An entry has 4 bits: the frame's number and P. Two programs, each with tables of its own.
 */

import type { Picture } from './drawing/picture.ts';
import { TEXT } from './words/index.ts';

export type ToyProgram = 'A' | 'B';

/** 32 cells of RAM; an entry is a number, data is a letter's code. */
export type ToyMemory = readonly number[];

/** Frames of the toy, by what they hold. */
export const TOY_FRAMES = ['kernel', 'dirA', 'dirB', 'tableA', 'tableB', 'pageA', 'pageB', 'shared'] as const;

const SIZE = 4;
const ROOTS: Readonly<Record<ToyProgram, number>> = { A: 1, B: 2 };

function letters(text: string): number[] {
  return [...text].map((letter) => letter.charCodeAt(0));
}

/** An entry that leads to a frame. */
function to(frame: number, present = 1): number {
  return (frame << 1) | present;
}

/** RAM as the toy begins: at 4–7 A says `home` and B `work`; at 8–11 both could say `both`, but B's entry lacks P. */
export const TOY_MEMORY: ToyMemory = [
  ...[0, 0, 0, 0],
  ...[to(3), 0, 0, 0],
  ...[to(4), 0, 0, 0],
  ...[0, to(5), to(7), 0],
  ...[0, to(6), to(7, 0), 0],
  ...letters('home'),
  ...letters('work'),
  ...letters('both'),
];

/** What a walk of the toy finds. */
export interface ToyWalk {
  readonly indices: readonly [directory: number, table: number, offset: number];
  /** Cells of RAM of the entries that were read, in their order. */
  readonly read: readonly number[];
  /** The cell of the byte; undefined: an entry was not present. */
  readonly cell: number | undefined;
  /** The letter there. */
  readonly letter: string | undefined;
}

export function toyWalk(memory: ToyMemory, program: ToyProgram, address: number): ToyWalk {
  const indices = [(address >> 4) & 3, (address >> 2) & 3, address & 3] as const;
  const read: number[] = [];
  let frame = ROOTS[program];
  for (const index of indices.slice(0, 2)) {
    const cell = frame * SIZE + index;
    read.push(cell);
    const entry = memory[cell]!;
    if ((entry & 1) === 0) return { indices, read, cell: undefined, letter: undefined };
    frame = (entry >> 1) & 7;
  }
  const cell = frame * SIZE + indices[2];
  return { indices, read, cell, letter: String.fromCharCode(memory[cell]!) };
}

/** Bits as they are written. */
export function bitsOf(value: number, count: number): string {
  return value.toString(2).padStart(count, '0');
}

const KINDS = [
  { level: 'directory', kind: 'PDE' },
  { level: 'table', kind: 'PTE' },
] as const;

/** The walk for the drawing. `veiled`: its end is not to be seen yet. */
export function toyPicture(
  memory: ToyMemory,
  program: ToyProgram,
  address: number,
  veiled: boolean,
): Picture {
  const words = TEXT.toy;
  const { fields, tables } = TEXT.drawing;
  const walk = toyWalk(memory, program, address);
  const columns = walk.read.map((cell, i) => {
    const { level, kind } = KINDS[i]!;
    const entry = memory[cell]!;
    const frame = Math.floor(cell / SIZE);
    const isBroken = (entry & 1) === 0;
    return {
      level,
      kind,
      title: tables[kind],
      where: words.frame(frame),
      count: SIZE,
      index: cell % SIZE,
      entry: {
        name: `${kind}[${cell % SIZE}]`,
        sum: '',
        text: bitsOf(entry, SIZE),
        bits: [3, 2, 1, 0].map((bit) => ({
          bit,
          value: ((entry >> bit) & 1) as 0 | 1,
          label: bit === 0 ? 'P' : '',
          meaning: bit === 0 ? TEXT.flags['P']![1 - (entry & 1)]! : words.frameBit,
          blamed: isBroken && bit === 0 && !veiled,
        })),
        fixed: false,
        leads: isBroken && !veiled ? TEXT.drawing.absent : '',
        rights: [],
        broken: isBroken && !veiled,
        note: undefined,
      },
      present: (index: number) => (memory[frame * SIZE + index]! & 1) === 1,
      row: (index: number) => bitsOf(memory[frame * SIZE + index]!, SIZE),
    };
  });
  const [directory, table, offset] = walk.indices;
  return {
    fields: [
      { level: 'directory', high: 5, low: 4, value: directory, name: fields.PDE, text: `${directory}` },
      { level: 'table', high: 3, low: 2, value: table, name: fields.PTE, text: `${table}` },
      { level: 'offset', high: 1, low: 0, value: offset, name: fields.offset, text: `${offset}` },
    ],
    bits: [5, 4, 3, 2, 1, 0].map((bit) => ({
      bit,
      value: ((address >> bit) & 1) as 0 | 1,
      label: '',
      meaning: '',
      blamed: false,
    })),
    root: { name: 'CR3', text: words.frame(ROOTS[program]) },
    columns,
    unreached: columns.length === 1 ? [{ level: 'table' as const, title: tables.PTE }] : [],
    end: endOf(memory, walk, veiled),
    description: veiled ? TEXT.drawing.veiledWhy : words.describe(program, address, walk.letter),
  };
}

function endOf(memory: ToyMemory, { cell, letter }: ToyWalk, veiled: boolean): Picture['end'] {
  const words = TEXT.toy;
  if (veiled) return { kind: 'veiled', title: TEXT.drawing.veiled, why: TEXT.drawing.veiledWhy };
  if (cell === undefined) {
    return { kind: 'fault', title: TEXT.fault.names[14]!, why: words.fault, code: [], codeText: '', cr2: '' };
  }
  const frame = Math.floor(cell / SIZE);
  return {
    kind: 'page',
    title: words.page,
    where: words.frame(frame),
    sum: `${frame} × 4 + ${cell % SIZE}`,
    physical: `${cell}`,
    content: `“${letter}”`,
    role: '',
    word: (distance) => {
      const at = cell + distance;
      return Math.floor(at / SIZE) === frame && at >= 0
        ? { address: `${at}`, value: String.fromCharCode(memory[at]!) }
        : undefined;
    },
    notes: [],
    at: (cell % SIZE) / SIZE,
  };
}

/** A step of the toy: what is looked at, and the right choice or what must hold. Its words stand in the text. */
export interface ToyStep {
  readonly program: ToyProgram;
  readonly address: number;
  /** What happens is asked, so it is not shown. */
  readonly veils?: true;
  readonly right?: number;
  /** Looked at once the answer is right. */
  readonly leadsTo?: { readonly program: ToyProgram; readonly address: number };
  readonly check?: (memory: ToyMemory) => boolean;
}

export const TOY_STEPS: readonly ToyStep[] = [
  { program: 'A', address: 6, right: 1, leadsTo: { program: 'B', address: 6 } },
  { program: 'A', address: 7, veils: true, right: 0 },
  { program: 'A', address: 40, veils: true, right: 2 },
  { program: 'B', address: 8, check: (memory) => toyWalk(memory, 'B', 8).letter === 'b' },
  { program: 'A', address: 6, right: 1 },
];
