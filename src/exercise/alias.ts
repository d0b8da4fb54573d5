/** Exercises that ask for the one mapping through which a guest could write its own tables. */

import { READ, WRITE } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { PTE_RW } from '../arch/entry.ts';
import type { Random } from '../random/random.ts';
import type { AnswerKey, Exercise, ExerciseMachine, Mistake, Verdict, WrongAnswer } from './exercise.ts';
import { dumpLines, explain, machineOf, registersText, wordAt } from './machine.ts';
import { parseAddress } from './numbers.ts';
import { type Flags, pageAt, sketch } from './sketch.ts';
import { right, unreadable, wrong } from './verdict.ts';
import { type ExerciseWords, wordsOf } from './words/index.ts';

type AliasExercise = Exercise & { readonly task: { readonly kind: 'alias' } };

const READ_ONLY_PAGE: Flags = { accessed: true, dirty: true };
const PAGE: Flags = { ...READ_ONLY_PAGE, writable: true };
const READ_ONLY_TABLE: Flags = { ...READ_ONLY_PAGE, user: true };
const TABLE: Flags = { ...PAGE, user: true };

/** Makes one. Beside the culprit lie its look-alikes: read-only, under a read-only parent, not present, no table. */
export function makeAlias(random: Random, id: string, words: ExerciseWords): Exercise {
  const tables = sketch(random);
  // Below 256: indices times four are indices too, for those who forget the entry's size.
  const slots = random.distinct(3, 16, 255);
  const bases = slots.map((slot, i) => tables.table(slot, i === 2 ? READ_ONLY_TABLE : TABLE));
  const all = [tables.directory, ...bases];
  const indices = random.distinct(13, 1, 255);
  /** Maps a page through the table of a slot. */
  const place = (which: number, target: number, flags: Flags): void =>
    void tables.page(slots[which]!, indices.pop()!, target, flags);

  const lookAlike = all
    .map((frame) => frame ^ 0x1_0000)
    .find((frame) => !all.includes(frame) && frame >= 0x10_0000);
  const home = random.pick([0, 1]);
  place(home, random.pick(all), PAGE);
  place(0, bases[0]!, READ_ONLY_PAGE);
  place(1, tables.directory, READ_ONLY_PAGE);
  place(1, random.pick(bases), { ...PAGE, present: false });
  place(2, random.pick(all), PAGE);
  place(0, lookAlike ?? tables.frame(), PAGE);
  for (const table of [0, 1, 2, 0, 1]) place(table, tables.frame(), PAGE);
  place(0, tables.frame(), READ_ONLY_PAGE);
  const machine = machineOf(tables);
  return {
    id,
    kind: 'alias',
    title: words.alias.title,
    prompt: `${registersText(machine, words)} ${words.alias.ask}`,
    tables: dumpLines(machine),
    answerFormat: words.alias.format,
    machine,
    task: { kind: 'alias' },
  };
}

/** A page that the tables name, present or not. */
interface Named {
  readonly linear: number;
  readonly entryAddress: number;
  readonly entry: number;
}

/** Every page whose entry is not zero, through every directory entry that is not. */
function namedPages(machine: ExerciseMachine): Named[] {
  const within = (base: number): [number, number][] =>
    machine.words
      .filter(([address]) => address >>> 12 === base >>> 12)
      .map(([address, word]) => [(address & 0xfff) >>> 2, word]);
  return within(machine.cr3).flatMap(([slot, pde]) =>
    within(pde).map(([index, entry]) => ({
      linear: pageAt(slot, index),
      entryAddress: ((pde & ~0xfff) >>> 0) + index * 4,
      entry,
    })),
  );
}

/** Frames' addresses that hold the directory or a table. */
function tablesOf(machine: ExerciseMachine): Set<number> {
  const pdes = machine.words.filter(([address]) => address >>> 12 === machine.cr3 >>> 12);
  return new Set([machine.cr3, ...pdes.map(([, pde]) => (pde & ~0xfff) >>> 0)]);
}

/** What an address is, as the MMU has it; undefined: it breaks the rule. */
function classify(machine: ExerciseMachine, linear: number): Mistake | undefined {
  const read = explain(machine, linear, READ);
  const last = read.steps.at(-1);
  if (!read.ok) return last?.kind === 'PTE' && last.entry !== 0 ? 'not-present-missed' : 'not-mapped';
  if (!tablesOf(machine).has((read.physical & ~0xfff) >>> 0)) return 'no-table';
  if (explain(machine, linear, WRITE).ok) return undefined;
  return (Number(last?.entry) & PTE_RW) !== 0 ? 'parents-rights-forgotten' : 'read-only-is-allowed';
}

function culprit(machine: ExerciseMachine): Named {
  const found = namedPages(machine).filter(({ linear }) => classify(machine, linear) === undefined);
  if (found.length !== 1) throw new Error(`exercise with ${found.length} answers`);
  return found[0]!;
}

/** The answer, from the MMU. */
export function aliasKey(exercise: AliasExercise): AnswerKey {
  const { machine } = exercise;
  const words = wordsOf(exercise);
  const { linear, entry, entryAddress } = culprit(machine);
  const frame = (entry & ~0xfff) >>> 0;
  const held = frame === machine.cr3 ? words.alias.directory : words.alias.table;
  return {
    answer: formatAddress(linear),
    explanation: [
      words.alias.maps(formatAddress(entryAddress), formatAddress(frame), held),
      ...words.walk(explain(machine, linear, WRITE)),
    ],
  };
}

/** Says whether a page breaks the rule, or why it does not. */
export function checkAlias(exercise: AliasExercise, text: string): Verdict {
  const words = wordsOf(exercise);
  const value = parseAddress(text);
  if (value === undefined) return unreadable(words.alias.format, words);
  const kind = classify(exercise.machine, value);
  if (kind === undefined) return right(words);
  if (kind !== 'not-mapped') return wrong(kind, words);
  const mistakes = aliasMistakes(exercise);
  const exact = mistakes.find(({ answer }) => parseAddress(answer) === value);
  const samePage = mistakes.find(({ answer }) => parseAddress(answer)! >>> 12 === value >>> 12);
  return wrong((exact ?? samePage)?.mistake ?? 'not-mapped', words);
}

/** Every page that is no answer with its reason, and what the slips about the culprit lead to. */
export function aliasMistakes({ machine }: AliasExercise): WrongAnswer[] {
  const { linear, entryAddress } = culprit(machine);
  const [slot, index] = [linear >>> 22, (linear >>> 12) & 0x3ff];
  const slips: [Mistake, number][] = [
    ['entry-address-given', entryAddress],
    ['physical-and-linear-mixed', (wordAt(machine, entryAddress) & ~0xfff) >>> 0],
    ...[...tablesOf(machine)].map((base): [Mistake, number] => ['physical-and-linear-mixed', base]),
    ['indices-swapped', pageAt(index, slot)],
    ['entry-size-forgotten', ((slot << 24) | (index << 14)) >>> 0],
    ['entry-size-forgotten', ((slot << 22) | (index << 14)) >>> 0],
  ];
  const pages = namedPages(machine).flatMap(({ linear }) => {
    const mistake = classify(machine, linear);
    return mistake === undefined ? [] : [{ mistake, answer: formatAddress(linear) }];
  });
  // A slip may hit a page that is mapped: then what that page is says more.
  const unmapped = slips.filter(([, value]) => classify(machine, value) === 'not-mapped');
  return [...pages, ...unmapped.map(([mistake, value]) => ({ mistake, answer: formatAddress(value) }))];
}
