import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import {
  INVENTORY_FORMS,
  type InventoryQuestion,
  inventoryGift,
  inventoryName,
  inventoryQti,
  inventoryText,
  makeInventory,
} from '../../exercise/index.ts';
import { download, textFile } from '../download.ts';
import { handedInName } from '../handed-in.ts';
import {
  believedIn,
  type InventoryAnswers,
  type InventoryMark,
  inventoryAnswersText,
  inventoryMarks,
  LESSON_FOR,
  scoreOf,
} from '../inventory-answers.ts';
import { lessonById } from '../lessons/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { Choice } from './choice.tsx';
import { startLesson } from './lesson-panel.tsx';
import { PageLink } from './page-link.tsx';
import { usePrinted } from './printed.ts';
import { SeedField, StudentField } from './sheet-fields.tsx';

type Answered = InventoryAnswers['answers'];

/** Answers by form and number, for as long as the page is open: a lesson in between loses none. */
const kept = new Map<string, Answered>();

/** The concept inventory: answered here, or printed and exported for a class. */
export function InventoryScreen({ page }: { readonly page: Page }): JSX.Element {
  const { form, seed } = page.view.inventory;
  const key = `${form}.${seed}`;
  const questions = useMemo(() => makeInventory(form, seed, TEXT.code), [key, TEXT.code]);
  const [answers, setAnswers] = useState<Answered>(kept.get(key) ?? {});
  const [finished, finish] = useState(false);
  useEffect(() => {
    setAnswers(kept.get(key) ?? {});
    finish(false);
  }, [key]);
  const marks = inventoryMarks(questions, answers);
  const result = useRef<HTMLElement>(null);
  useEffect(() => {
    if (finished) result.current?.focus();
  }, [finished]);
  const words = TEXT.inventory;
  return (
    <main id="inventory" class="exercises-main" data-region tabIndex={-1} aria-labelledby="inventory-title">
      <header class="panel-head">
        <PageLink page={page} change={{ screen: 'exercises' }}>
          ‹ {TEXT.nav.exercises}
        </PageLink>
        <h2 id="inventory-title">{words.title}</h2>
        <p>{words.lead(questions.length)}</p>
      </header>
      <SheetHead page={page} questions={questions} />
      {finished && (
        <section
          class="result"
          ref={result}
          tabIndex={-1}
          aria-labelledby="result-title"
          data-inventory-result
        >
          <Result page={page} marks={marks} answers={answers} />
        </section>
      )}
      <ol class="inventory">
        {questions.map((question, i) => (
          <li key={question.id}>
            <Question
              question={question}
              number={i + 1}
              chosen={answers[question.id]}
              mark={finished ? marks[i] : undefined}
              onChoose={(option) => {
                const next = { ...answers, [question.id]: option };
                kept.set(key, next);
                setAnswers(next);
              }}
            />
          </li>
        ))}
      </ol>
      {!finished && (
        <div class="finish-bar">
          <progress
            value={Object.keys(answers).length}
            max={questions.length}
            aria-label={words.answered(Object.keys(answers).length, questions.length)}
          />
          <span>{words.answered(Object.keys(answers).length, questions.length)}</span>
          <button
            type="button"
            class="primary"
            data-inventory="finish"
            disabled={Object.keys(answers).length === 0}
            onClick={() => finish(true)}
          >
            {words.finish}
          </button>
        </div>
      )}
    </main>
  );
}

/** Which form, and how a class gets it. */
function SheetHead({
  page,
  questions,
}: {
  readonly page: Page;
  readonly questions: readonly InventoryQuestion[];
}): JSX.Element {
  const { form, seed } = page.view.inventory;
  const [printed, setPrinted] = usePrinted<'sheet' | 'key'>();
  const name = inventoryName(form, seed, TEXT.code);
  const file = `inventory-${form}-${seed}`;
  const words = TEXT.exercises;
  return (
    <>
      <div class="sheet-head">
        <Choice
          label={TEXT.inventory.form}
          name="form"
          options={INVENTORY_FORMS.map((one) => [one, TEXT.sheet.inventory.forms[one]] as const)}
          value={form}
          onChoose={(one) => page.look({ inventory: { form: one, seed } })}
        />
        <SeedField
          label={words.seed}
          value={seed}
          onValue={(value) => page.look({ inventory: { form, seed: value } })}
        />
        <details class="for-class">
          <summary>{TEXT.inventory.forClass}</summary>
          <p class="pager">
            {(['sheet', 'key'] as const).map((what) => (
              <button key={what} type="button" data-print={what} onClick={() => setPrinted(what)}>
                {words.print[what]}
              </button>
            ))}
            <button
              type="button"
              data-export="gift"
              onClick={() => download(textFile(inventoryGift(questions, name)), `${file}.gift`)}
            >
              {words.exports.gift}
            </button>
            <button
              type="button"
              data-export="qti"
              onClick={() => {
                const bytes = inventoryQti(questions, name).slice();
                download(new Blob([bytes], { type: 'application/zip' }), `${file}-qti.zip`);
              }}
            >
              {words.exports.qti}
            </button>
          </p>
        </details>
      </div>
      {printed !== undefined && (
        <pre class="printed mono">{inventoryText(questions, printed === 'key', name)}</pre>
      )}
    </>
  );
}

interface QuestionProps {
  readonly question: InventoryQuestion;
  readonly number: number;
  readonly chosen: number | undefined;
  /** What became of it, once the form is finished. */
  readonly mark: InventoryMark | undefined;
  onChoose(option: number): void;
}

function Question({ question, number, chosen, mark, onChoose }: QuestionProps): JSX.Element {
  const { id, prompt, tables, options } = question;
  const [registers = '', ...asked] = prompt.split('\n');
  const isWrong = mark !== undefined && mark !== 'right' && mark !== 'none';
  return (
    <fieldset class="inventory-question" data-question={id} data-mark={mark}>
      <legend>
        {number}. {asked.join(' ')}
      </legend>
      <div class="inventory-given mono">
        <pre>{registers.replace(/\.$/, '').split(', ').join('\n')}</pre>
        <pre>{tables.join('\n')}</pre>
      </div>
      <div class="question" data-choice={id}>
        {options.map(({ text, misconception }, i) => (
          <label
            key={text}
            class={
              mark === undefined
                ? ''
                : misconception === undefined
                  ? 'is-right'
                  : i === chosen
                    ? 'is-wrong'
                    : ''
            }
          >
            <input
              type="radio"
              name={id}
              checked={i === chosen}
              disabled={mark !== undefined}
              onChange={() => onChoose(i)}
            />{' '}
            <span>{text}</span>
          </label>
        ))}
        {isWrong && (
          <p class="wrong">
            <b aria-hidden="true">✗</b> {TEXT.inventory.believed(TEXT.sheet.inventory.misconceptions[mark])}
          </p>
        )}
        {mark === 'right' && <p class="verdict is-yes">✓ {TEXT.exercises.right}</p>}
        {mark === 'none' && <p class="hint">{TEXT.inventory.unanswered}</p>}
      </div>
    </fieldset>
  );
}

interface ResultProps {
  readonly page: Page;
  readonly marks: readonly InventoryMark[];
  readonly answers: Answered;
}

/** How many are right, what the wrong ones would mean, and where it can be seen otherwise. */
function Result({ page, marks, answers }: ResultProps): JSX.Element {
  const { form, seed } = page.view.inventory;
  const [student, setStudent] = useState('');
  const words = TEXT.inventory;
  const believed = believedIn(marks);
  const file = handedInName(`inventory-${form}-${seed}`, student);
  return (
    <>
      <h3 id="result-title">{words.score(scoreOf(marks), marks.length)}</h3>
      {believed.length > 0 && <p>{words.means}</p>}
      <ul class="believed">
        {believed.map(([misconception, count]) => {
          const lesson = lessonById(LESSON_FOR[misconception])!;
          return (
            <li key={misconception} data-misconception={misconception}>
              <b>{count} ×</b> <span>{TEXT.sheet.inventory.misconceptions[misconception]}</span>{' '}
              <button type="button" class="link" onClick={() => startLesson(page, lesson)}>
                {words.lesson(TEXT.lesson[lesson.id]!.title)}
              </button>
            </li>
          );
        })}
      </ul>
      <p class="hand-in">
        <StudentField label={words.student} value={student} onValue={setStudent} />
        <button
          type="button"
          class="primary"
          data-export="inventory-answers"
          onClick={() =>
            download(textFile(inventoryAnswersText({ form, seed, student, answers })), `${file}.json`)
          }
        >
          {words.save}
        </button>
      </p>
    </>
  );
}
