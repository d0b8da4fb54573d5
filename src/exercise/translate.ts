/** Exercises of translation by hand, and the walks of those who make one mistake. */

import { formatAddress } from '../arch/address.ts';
import { CR4_PSE } from '../arch/control.ts';
import { PDE_PS, PTE_P } from '../arch/entry.ts';
import { directoryIndex, tableIndex } from '../arch/paging-modes.ts';
import { READ } from '../mmu/index.ts';
import type { Random } from '../random/random.ts';
import type { AnswerKey, Exercise, ExerciseMachine, Mistake, Verdict, WrongAnswer } from './exercise.ts';
import { dumpLines, explain, machineOf, registersText, wordAt } from './machine.ts';
import { parseAddress } from './numbers.ts';
import { bitsOf, type Flags, sketch } from './sketch.ts';
import { matching, right, unreadable, wrong } from './verdict.ts';
import { type ExerciseWords, wordsOf } from './words/index.ts';

type TranslateExercise = Exercise & { readonly task: { readonly kind: 'translate' } };

/** Of a page that was used: for both rings or for the supervisor, written or not. */
const KINDS_OF_PAGE: readonly Flags[] = [
  { writable: true, accessed: true, user: true, dirty: true },
  { writable: true, accessed: true, dirty: true },
  { writable: true, accessed: true, user: true },
  { writable: true, accessed: true },
];

/** Makes one. Every word that a common slip reads is there too, so that the slip goes unnoticed. */
export function makeTranslate(random: Random, id: string, words: ExerciseWords): Exercise {
  const tables = sketch(random);
  const large = random.chance(25);
  // Multiples of four: base + index without the factor then also hits an entry.
  const directory = 4 * (1 + random.int(250));
  const table = otherThan(directory, () => 4 * (1 + random.int(250)));
  const linear = ((directory << 22) | (table << 12) | (1 + random.int(0xffe))) >>> 0;
  const flags = (): Flags => random.pick(KINDS_OF_PAGE);

  const directories = new Set([directory, directory / 4, directory + 1, table]);
  for (const index of directories) {
    if (index === directory && large) {
      const base = (1 + random.int(3)) * 0x40_0000;
      tables.largePage(index, base, flags());
      // What those find who take the page for a table.
      tables.change(base + table * 4, tables.frame() | bitsOf(flags()));
      continue;
    }
    tables.table(index, flags());
    for (const entry of new Set([table, table / 4, table - 1, directory])) {
      tables.page(index, entry, tables.frame(), flags());
    }
  }
  const machine = machineOf(tables, { pse: large || random.chance(30) });
  return {
    id,
    kind: 'translate',
    title: words.translate.title,
    prompt: `${registersText(machine, words)}\n${words.translate.ask(formatAddress(linear))}`,
    tables: dumpLines(machine),
    answerFormat: words.translate.format,
    machine,
    task: { kind: 'translate', linear },
  };
}

function otherThan(value: number, draw: () => number): number {
  let drawn = draw();
  while (drawn === value) drawn = draw();
  return drawn;
}

/** The answer, from the MMU. */
export function translateKey(exercise: TranslateExercise): AnswerKey {
  const { machine, task } = exercise;
  const words = wordsOf(exercise);
  const report = explain(machine, task.linear, READ);
  if (!report.ok) throw new Error(`exercise without an answer: ${formatAddress(task.linear)} faults`);
  return { answer: formatAddress(report.physical), explanation: words.walk(report) };
}

/** Says whether an answer is right, or which slip leads to it. */
export function checkTranslate(exercise: TranslateExercise, text: string): Verdict {
  const words = wordsOf(exercise);
  const value = parseAddress(text);
  if (value === undefined) return unreadable(words.translate.format, words);
  if (value === parseAddress(translateKey(exercise).answer)) return right(words);
  return wrong(
    matching(translateMistakes(exercise), (answer) => parseAddress(answer) === value),
    words,
  );
}

/** What the typical slips lead to, the likeliest first. Two slips may agree; the right answer is not among them. */
export function translateMistakes(exercise: TranslateExercise): WrongAnswer[] {
  const { machine, task } = exercise;
  const { answer } = translateKey(exercise);
  return slips(machine, task.linear)
    .filter(([, value]) => value !== undefined && formatAddress(value >>> 0) !== answer)
    .map(([mistake, value]) => ({ mistake, answer: formatAddress(value! >>> 0) }));
}

/** How a student walks. */
interface Slip {
  readonly directory?: number;
  readonly table?: number;
  /** Bytes that an entry is taken to have. */
  readonly entryBytes?: number;
  readonly ignorePs?: boolean;
}

function slips(machine: ExerciseMachine, linear: number): [Mistake, number | undefined][] {
  const offset = linear & 0xfff;
  const [directory, table] = [directoryIndex(linear), tableIndex(linear)];
  const found = walk(machine, linear, {});
  const { pde, pte } = found;
  const page = (slip: Slip): number | undefined => walk(machine, linear, slip).physical;
  const last = found.large ? pde : pte;
  const inPage = linear & (found.large ? 0x3f_ffff : 0xfff);
  const frame = found.physical === undefined ? undefined : (found.physical - inPage) >>> 0;
  return [
    ['offset-dropped', frame],
    ['physical-and-linear-mixed', linear],
    ['flags-left-in', last + inPage],
    ['frame-not-shifted', frame === undefined ? undefined : (frame >>> 12) + offset],
    ['frame-not-shifted', frame === undefined ? undefined : frame >>> 12],
    ['large-offset-cut', found.large ? (frame ?? 0) + offset : undefined],
    [
      'large-page-missed',
      found.large ? page({ ignorePs: true }) : ((pde & 0xffc0_0000) >>> 0) + (linear & 0x3f_ffff),
    ],
    ['stopped-at-directory', found.large ? undefined : (pde & ~0xfff) + offset],
    ['indices-swapped', page({ directory: table, table: directory })],
    ['indices-swapped', page({ table: directory })],
    ['entry-size-forgotten', page({ entryBytes: 1 })],
    ['entry-size-forgotten', walk(machine, linear, { directory: directory / 4 }).physical],
    ['entry-size-forgotten', walk(machine, linear, { table: table / 4 }).physical],
    ['index-off-by-one', page({ directory: directory + 1 })],
    ['index-off-by-one', page({ table: table - 1 })],
    ['entry-address-given', found.large ? machine.cr3 + directory * 4 : found.tableBase + table * 4],
    ['entry-address-given', machine.cr3 + directory * 4],
  ];
}

function walk(
  machine: ExerciseMachine,
  linear: number,
  slip: Slip,
): { pde: number; pte: number; tableBase: number; large: boolean; physical: number | undefined } {
  const {
    directory = directoryIndex(linear),
    table = tableIndex(linear),
    entryBytes = 4,
    ignorePs = false,
  } = slip;
  const pde = wordAt(machine, machine.cr3 + directory * entryBytes);
  const tableBase = (pde & ~0xfff) >>> 0;
  if ((pde & PTE_P) !== 0 && (pde & PDE_PS) !== 0 && (machine.cr4 & CR4_PSE) !== 0 && !ignorePs) {
    const physical = ((pde & 0xffc0_0000) | (linear & 0x3f_ffff)) >>> 0;
    return { pde, pte: 0, tableBase, large: true, physical };
  }
  const pte = wordAt(machine, tableBase + table * entryBytes);
  const present = (pde & pte & PTE_P) !== 0;
  const physical = present ? ((pte & ~0xfff) | (linear & 0xfff)) >>> 0 : undefined;
  return { pde, pte, tableBase, large: false, physical };
}
