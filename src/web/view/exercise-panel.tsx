import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { keyText, makeSheet, type Sheet, sheetGift, sheetQti, sheetText } from '../../exercise/index.ts';
import { answersText } from '../answers.ts';
import { download, textFile } from '../download.ts';
import { handedInName } from '../handed-in.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { Choice } from './choice.tsx';
import { ExerciseCard } from './exercise-card.tsx';
import { PageLink } from './page-link.tsx';
import { usePrinted } from './printed.ts';
import { SeedField, StudentField } from './sheet-fields.tsx';
import { TeacherPanel } from './teacher-panel.tsx';

/** A seeded sheet: answered here, or printed for a class. */
export function ExercisePanel({ page }: { readonly page: Page }): JSX.Element {
  const [seed, setSeed] = useState(1);
  const [student, setStudent] = useState('');
  const [count, setCount] = useState<number>(SIZES[1]);
  const sheet = useMemo(
    () => makeSheet({ seed, ...(student !== '' && { student }), count, language: TEXT.code }),
    [seed, student, count, TEXT.code],
  );
  const name = handedInName(`exercises-${seed}-${count}`, student);
  const words = TEXT.exercises;
  // Answers belong to one sheet: with another number or name they begin anew.
  const [answers, setAnswers] = useState<Readonly<Record<string, string>>>({});
  useEffect(() => setAnswers({}), [seed, student]);
  const [printed, setPrinted] = usePrinted<'sheet' | 'key'>();
  return (
    <main id="exercises" class="exercises-main" data-region tabIndex={-1} aria-labelledby="exercises-title">
      <header class="panel-head">
        <h2 id="exercises-title">{words.title}</h2>
        <p>{words.subtitle}</p>
        <p>
          <PageLink page={page} change={{ screen: 'inventory' }}>
            {TEXT.inventory.link}
          </PageLink>
        </p>
      </header>
      <div class="sheet-head">
        <SeedField label={words.seed} value={seed} onValue={setSeed} />
        <StudentField label={words.student} value={student} onValue={setStudent} />
        <Choice
          label={words.size}
          name="size"
          options={SIZES.map((size, i) => [size, words.sizes[i]!, `${size}`] as const)}
          value={count}
          onChoose={(size: number) => setCount(size)}
        />
        <p class="pager">
          {EXPORTS.map(([key, ending, make]) => (
            <button
              key={key}
              type="button"
              data-export={key}
              onClick={() => download(make(sheet), `${name}${ending}`)}
            >
              {words.exports[key]}
            </button>
          ))}
          {(['sheet', 'key'] as const).map((what) => (
            <button key={what} type="button" data-print={what} onClick={() => setPrinted(what)}>
              {words.print[what]}
            </button>
          ))}
        </p>
      </div>
      {printed !== undefined && (
        <pre class="printed mono">{printed === 'sheet' ? sheetText(sheet) : keyText(sheet)}</pre>
      )}
      <p class="pager">
        <button
          type="button"
          data-export="answers"
          disabled={Object.keys(answers).length === 0}
          onClick={() =>
            download(textFile(answersText({ seed, student, count, answers })), `${name}-answers.json`)
          }
        >
          {words.handIn(Object.keys(answers).length)}
        </button>
      </p>
      <ol class="exercises">
        {sheet.exercises.map((exercise) => (
          <li key={`${seed}/${student}/${exercise.id}`}>
            <ExerciseCard
              page={page}
              exercise={exercise}
              onAnswer={(text) => setAnswers((old) => ({ ...old, [exercise.id]: text }))}
            />
          </li>
        ))}
      </ol>
      <TeacherPanel />
    </main>
  );
}

/** Numbers of exercises: a start of a lesson, a lesson, an exam. A longer sheet begins with the shorter one. */
const SIZES = [4, 8, 16] as const;

const EXPORTS: readonly (readonly ['sheet' | 'key' | 'gift' | 'qti', string, (sheet: Sheet) => Blob])[] = [
  ['sheet', '.txt', (sheet) => textFile(`${sheetText(sheet)}\n`)],
  ['key', '-key.txt', (sheet) => textFile(`${keyText(sheet)}\n`)],
  ['gift', '.gift', (sheet) => textFile(sheetGift(sheet))],
  ['qti', '-qti.zip', (sheet) => new Blob([sheetQti(sheet).slice()], { type: 'application/zip' })],
];
