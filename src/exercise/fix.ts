/** Exercises that ask for the value of an entry. Any value is right with which the MMU fulfils the rule. */

import { type Access, READ, USER_READ, USER_WRITE, WRITE } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import type { Random } from '../random/random.ts';
import type { AddressRule, AnswerKey, Exercise, Mistake, Verdict, WrongAnswer } from './exercise.ts';
import { dumpLines, explain, machineOf, registersText, wordAt } from './machine.ts';
import { parseAddress } from './numbers.ts';
import { bitsOf, type Flags, pageAt, sketch } from './sketch.ts';
import { matching, right, unreadable, wrong } from './verdict.ts';
import { type ExerciseWords, wordsOf } from './words/index.ts';

type FixExercise = Exercise & { readonly task: { readonly kind: 'fix' } };

/** What an entry that leads to a table and forbids nothing says. */
const LEAST_LINK = bitsOf({ user: true, writable: true, accessed: true });

/** Makes one: mostly a table's entry is broken, sometimes the directory's. */
export function makeFix(random: Random, id: string, words: ExerciseWords): Exercise {
  const tables = sketch(random);
  const slot = 1 + random.int(1000);
  const [index, other] = random.distinct(2, 1, 1000) as [number, number];
  tables.table(slot, { writable: true, user: true, accessed: true, dirty: true });
  const [page, neighbour] = [tables.frame(), tables.frame()];
  const inDirectory = random.chance(30);
  const rule: AddressRule = {
    linear: pageAt(slot, index),
    physical: page,
    user: inDirectory || random.chance(50),
    writable: inDirectory || random.chance(50),
  };
  // Through the same directory entry runs another page, which must stay as it is.
  const second: AddressRule = {
    linear: pageAt(slot, other),
    physical: neighbour,
    user: false,
    writable: random.chance(50),
  };
  const pageEntry = tables.page(slot, index, page, flagsOf(rule));
  tables.page(slot, other, neighbour, flagsOf(second));
  const entryAddress = inDirectory ? tables.directory + slot * 4 : pageEntry;
  const good = tables.entry(entryAddress);
  const stray = tables.frame();
  tables.change(
    entryAddress,
    random.pick([good & ~PTE_P, good ^ PTE_RW, good ^ PTE_US, stray | (good & 0xfff)]),
  );
  const machine = machineOf(tables);
  const rules = inDirectory ? [rule, second] : [rule];
  return {
    id,
    kind: 'fix',
    title: words.fix.title,
    prompt: `${registersText(machine, words)}\n${rules.map((one) => ruleText(one, words)).join('\n')}\n${words.fix.ask(formatAddress(entryAddress))}`,
    tables: dumpLines(machine),
    answerFormat: words.fix.format,
    machine,
    task: { kind: 'fix', entryAddress, rules },
  };
}

function flagsOf({ user, writable }: AddressRule): Flags {
  return { user, writable, accessed: true };
}

function ruleText({ linear, physical, user, writable }: AddressRule, words: ExerciseWords): string {
  return words.fix.rule(formatAddress(linear), formatAddress(physical), user, writable);
}

/** Accesses that a rule speaks of, and whether it allows them. */
function demands({ user, writable }: AddressRule): [Access, boolean][] {
  return [
    [READ, true],
    [WRITE, writable],
    [USER_READ, user],
    [USER_WRITE, user && writable],
  ];
}

/** What a value makes of the rules, as the MMU has it; undefined: all hold. */
function classify({ machine, task }: FixExercise, value: number): Mistake | undefined {
  const change = { words: [[task.entryAddress, value]] } as const;
  let tooFew = false;
  let tooMany = false;
  for (const rule of task.rules) {
    // Who may use the page is one question, where it leads another: the supervisor's read tells the second.
    const read = explain(machine, rule.linear, READ, change);
    if (!read.ok) return (value & PTE_P) === 0 ? 'not-present-missed' : 'other-frame';
    if (read.physical !== rule.physical) return 'other-frame';
    for (const [access, allowed] of demands(rule)) {
      const { ok } = explain(machine, rule.linear, access, change);
      tooFew ||= allowed && !ok;
      tooMany ||= !allowed && ok;
    }
  }
  if (tooFew) return 'too-few-rights';
  return tooMany ? 'too-many-rights' : undefined;
}

/** A right value: what the entry must point to, and the least flags. The MMU has the last word. */
function goodValue(exercise: FixExercise): number {
  const { machine, task } = exercise;
  const inDirectory = task.entryAddress >>> 12 === machine.cr3 >>> 12;
  const candidates = inDirectory
    ? machine.words.map(([address]) => ((address & ~0xfff) | LEAST_LINK) >>> 0)
    : [(task.rules[0]!.physical | bitsOf(flagsOf(task.rules[0]!))) >>> 0];
  const value = candidates.find((candidate) => classify(exercise, candidate) === undefined);
  if (value === undefined) throw new Error('exercise without an answer');
  return value;
}

/** An answer, with the walk that it makes possible. */
export function fixKey(exercise: FixExercise): AnswerKey {
  const value = goodValue(exercise);
  const words = wordsOf(exercise);
  const { machine, task } = exercise;
  const report = explain(machine, task.rules[0]!.linear, READ, { words: [[task.entryAddress, value]] });
  return {
    answer: formatAddress(value),
    explanation: [words.fix.others, ...words.walk(report)],
  };
}

/** Writes the value and asks the MMU. */
export function checkFix(exercise: FixExercise, text: string): Verdict {
  const words = wordsOf(exercise);
  const value = parseAddress(text);
  if (value === undefined) return unreadable(words.fix.format, words);
  const kind = classify(exercise, value);
  if (kind === undefined) return right(words);
  const typical = matching(fixMistakes(exercise), (answer) => parseAddress(answer) === value);
  return wrong(typical === 'other' ? kind : typical, words);
}

/** What typical slips would write, the likeliest first. */
export function fixMistakes(exercise: FixExercise): WrongAnswer[] {
  const { machine, task } = exercise;
  const good = goodValue(exercise);
  const [base, flags] = [(good & ~0xfff) >>> 0, good & 0xfff];
  const linear = task.rules[0]!.linear;
  const slips: [Mistake, number][] = [
    ['entry-unchanged', wordAt(machine, task.entryAddress)],
    ['physical-and-linear-mixed', ((linear & ~0xfff) | flags) >>> 0],
    ['frame-not-shifted', base >>> 12],
    ['frame-not-shifted', (base >>> 12) + flags],
    ['entry-address-given', task.entryAddress],
    ['not-present-missed', good & ~PTE_P],
    ...[good ^ PTE_RW, good ^ PTE_US, good ^ (PTE_RW | PTE_US)].map((value): [Mistake, number] => [
      classify(exercise, value >>> 0) ?? 'other',
      value,
    ]),
  ];
  return slips
    .map(([mistake, value]) => ({ mistake, value: value >>> 0 }))
    .filter(({ value }) => classify(exercise, value) !== undefined)
    .map(({ mistake, value }) => ({ mistake, answer: formatAddress(value) }));
}
