import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { directoryIndex, tableIndex } from '../../src/arch/index.ts';
import {
  answerKey,
  checkAnswer,
  DIAGNOSES,
  EXERCISE_KINDS,
  type Exercise,
  type ExerciseKind,
  makeSheet,
  mmuFor,
  typicalMistakes,
} from '../../src/exercise/index.ts';
import { ACCESS_KINDS, READ, WRITE } from '../../src/mmu/index.ts';

function exercisesOf(kind: ExerciseKind): fc.Arbitrary<Exercise> {
  return fc
    .nat(0xffff_ffff)
    .map((seed) => makeSheet({ seed, count: 1, kinds: [kind] }).exercises[0] as Exercise);
}

describe.each(EXERCISE_KINDS)('exercises of kind %s', (kind) => {
  it('accept their key', () => {
    fc.assert(
      fc.property(exercisesOf(kind), (exercise) => {
        expect(checkAnswer(exercise, answerKey(exercise).answer)).toMatchObject({ right: true });
      }),
    );
  });

  it('diagnose every typical wrong answer, without telling the right one', () => {
    fc.assert(
      fc.property(exercisesOf(kind), (exercise) => {
        const key = answerKey(exercise).answer;
        for (const { mistake, answer } of typicalMistakes(exercise)) {
          const verdict = checkAnswer(exercise, answer);
          expect(verdict, answer).toEqual({ right: false, mistake, diagnosis: DIAGNOSES[mistake] });
          expect(mistake).not.toBe('other');
          if (key !== 'ok') expect(verdict.diagnosis).not.toContain(key);
        }
        expect(typicalMistakes(exercise).length).toBeGreaterThanOrEqual(3);
      }),
    );
  });

  it('know no answer twice among the typical ones, nor the right one', () => {
    fc.assert(
      fc.property(exercisesOf(kind), (exercise) => {
        const answers = typicalMistakes(exercise).map(({ answer }) => answer);
        expect(new Set(answers).size).toBe(answers.length);
        expect(answers).not.toContain(answerKey(exercise).answer);
      }),
    );
  });

  it('take any text, and call right only what the MMU calls right', () => {
    fc.assert(
      fc.property(
        exercisesOf(kind),
        fc.oneof(
          fc.string(),
          fc.nat(0xffff_ffff).map((value) => `0x${value.toString(16)}`),
          fc.tuple(fc.nat(31), fc.nat(0xffff_ffff)).map(([code, cr2]) => `${code} 0x${cr2.toString(16)}`),
        ),
        (exercise, text) => {
          const { right, mistake, diagnosis } = checkAnswer(exercise, text);
          expect(mistake === undefined).toBe(right);
          expect(diagnosis).not.toBe('');
        },
      ),
    );
  });

  it('are the same for the same seed, and others for another', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(), (seed, another) => {
        const sheet = makeSheet({ seed, count: 1, kinds: [kind] });
        expect(makeSheet({ seed, count: 1, kinds: [kind] })).toEqual(sheet);
        if (another !== seed) {
          const other = makeSheet({ seed: another, count: 1, kinds: [kind] });
          expect(other.exercises[0]?.tables).not.toEqual(sheet.exercises[0]?.tables);
        }
      }),
    );
  });

  it('survive JSON, so that they can be saved and sent', () => {
    fc.assert(
      fc.property(exercisesOf(kind), (exercise) => {
        const copy = JSON.parse(JSON.stringify(exercise)) as Exercise;
        expect(copy).toEqual(exercise);
        expect(answerKey(copy)).toEqual(answerKey(exercise));
      }),
    );
  });

  it('give in their tables every word of the machine', () => {
    fc.assert(
      fc.property(exercisesOf(kind), ({ tables, machine }) => {
        const words = tables
          .filter((line) => line !== '')
          .map((line) => line.split(': ').map((text) => Number(text.replaceAll('_', ''))));
        expect(words).toEqual(machine.words.map((pair) => [...pair]));
      }),
    );
  });
});

describe('the answers', () => {
  it('to translations are the physical addresses that the MMU gives', () => {
    fc.assert(
      fc.property(exercisesOf('translate'), (exercise) => {
        const { task, machine } = exercise;
        if (task.kind !== 'translate') throw new Error('another kind');
        const physical = mmuFor(machine).translate(task.linear, READ);
        expect(checkAnswer(exercise, physical.toString(16)).right).toBe(true);
        expect(checkAnswer(exercise, ((physical ^ 4) >>> 0).toString(16)).right).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('to faults are what a machine that makes the access reports', () => {
    fc.assert(
      fc.property(exercisesOf('fault'), (exercise) => {
        const { task, machine } = exercise;
        if (task.kind !== 'fault') throw new Error('another kind');
        const mmu = mmuFor(machine);
        const answer =
          mmu.translate(task.linear, task.access) >= 0 ? 'ok' : `${mmu.faultCode} 0x${mmu.cr2.toString(16)}`;
        expect(checkAnswer(exercise, answer).right).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('to the search are the one page through which the guest can write a table', () => {
    fc.assert(
      fc.property(exercisesOf('alias'), (exercise) => {
        const { machine } = exercise;
        const mmu = mmuFor(machine);
        const directory = machine.words.filter(([at]) => at >>> 12 === machine.cr3 >>> 12);
        const tables = [machine.cr3, ...directory.map(([, pde]) => (pde & ~0xfff) >>> 0)];
        const culprits: number[] = [];
        for (const [at] of directory) {
          for (let index = 0; index < 1024; index++) {
            const linear = (((at & 0xfff) << 20) | (index << 12)) >>> 0;
            const physical = mmu.translate(linear, WRITE);
            if (physical >= 0 && tables.includes((physical & ~0xfff) >>> 0)) culprits.push(linear);
          }
        }
        expect(culprits).toHaveLength(1);
        expect(checkAnswer(exercise, `0x${(culprits[0]! + 0x123).toString(16)}`).right).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('to a broken entry are all values that fulfil the rules, and no others', () => {
    const value = fc.oneof(fc.nat(0xfff), fc.constantFrom(0x27, 0x67, 0x61, 0xe67, 0x23, 0x65));
    fc.assert(
      fc.property(exercisesOf('fix'), value, fc.boolean(), (exercise, flags, near) => {
        const { task, machine } = exercise;
        if (task.kind !== 'fix') throw new Error('another kind');
        const key = Number(answerKey(exercise).answer.replaceAll('_', ''));
        const entry = (((near ? key : key ^ 0x1000) & ~0xfff) | flags) >>> 0;
        const mmu = mmuFor(machine);
        mmu.memory.writeUint32(task.entryAddress, entry);
        const fulfilled = task.rules.every(({ linear, physical, user, writable }) =>
          ACCESS_KINDS.filter((access) => (access & 2) === 0).every((access) => {
            const byUser = (access & 4) !== 0;
            const allowed = (!byUser || user) && ((access & 1) === 0 || writable);
            return mmu.translate(linear, access) === (allowed ? physical : -1);
          }),
        );
        expect(checkAnswer(exercise, `0x${entry.toString(16)}`).right).toBe(fulfilled);
      }),
      { numRuns: 100 },
    );
  });

  it('to a broken entry are needed: as it is given, the rules do not hold', () => {
    fc.assert(
      fc.property(exercisesOf('fix'), ({ task, machine }) => {
        if (task.kind !== 'fix') throw new Error('another kind');
        const mmu = mmuFor(machine);
        const broken = task.rules.some(({ linear, physical, user, writable }) => {
          const reads = mmu.explain(linear, READ);
          return (
            !reads.ok ||
            reads.physical !== physical ||
            mmu.explain(linear, WRITE).ok !== writable ||
            mmu.explain(linear, 4).ok !== user
          );
        });
        expect(broken).toBe(true);
      }),
      { numRuns: 30 },
    );
  });
});

describe('the exercises of many seeds', () => {
  const seeds = Array.from({ length: 300 }, (_, seed) => seed);
  const of = (kind: ExerciseKind): Exercise[] =>
    seeds.map((seed) => makeSheet({ seed, count: 1, kinds: [kind] }).exercises[0]!);

  it('meet every mistake that has a diagnosis', () => {
    const met = new Set(
      EXERCISE_KINDS.flatMap((kind) => of(kind).flatMap(typicalMistakes)).map(({ mistake }) => mistake),
    );
    const general = ['unreadable', 'other', 'other-frame', 'not-mapped'];
    expect(
      Object.keys(DIAGNOSES).filter((name) => !met.has(name as never) && !general.includes(name)),
    ).toEqual([]);
  });

  it('hold accesses that succeed, entries that are absent, and missing rights', () => {
    const codes = of('fault').map((exercise) => answerKey(exercise).answer.split(' ')[0]);
    const counts = (test: (code: string) => boolean): number => codes.filter((code) => test(code!)).length;
    expect(counts((code) => code === 'ok')).toBeGreaterThan(60);
    expect(counts((code) => Number(code) % 2 === 0)).toBeGreaterThan(25);
    expect(counts((code) => Number(code) % 2 === 1)).toBeGreaterThan(100);
  });

  it('hold large pages and small ones', () => {
    const steps = of('translate').map((exercise) => {
      if (exercise.task.kind !== 'translate') throw new Error('another kind');
      return mmuFor(exercise.machine).explain(exercise.task.linear, READ).steps.length;
    });
    expect(steps.filter((count) => count === 1).length).toBeGreaterThan(40);
    expect(steps.filter((count) => count === 2).length).toBeGreaterThan(150);
  });

  it('let no slip of the index go without an answer to it', () => {
    for (const exercise of of('translate')) {
      if (exercise.task.kind !== 'translate') throw new Error('another kind');
      const { linear } = exercise.task;
      expect(directoryIndex(linear)).not.toBe(tableIndex(linear));
      const names = typicalMistakes(exercise).map(({ mistake }) => mistake);
      expect(names).toContain('entry-size-forgotten');
      expect(names).toContain('indices-swapped');
      expect(names).toContain('index-off-by-one');
      expect(names).toContain('offset-dropped');
    }
  });
});
