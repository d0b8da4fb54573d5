import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Answers, marksOf, mistakesOf, readAnswers } from '../answers.ts';
import {
  believedIn,
  gainOf,
  type InventoryAnswers,
  readInventoryAnswers,
  resultsOf,
  scoreOf,
} from '../inventory-answers.ts';
import { TEXT } from '../words/index.ts';

/** What a class has handed in, read here and nowhere else: who has what, and which mistakes were made how often. */
export function TeacherPanel(): JSX.Element {
  const [sheets, setSheets] = useState<readonly Answers[]>([]);
  const [inventories, setInventories] = useState<readonly InventoryAnswers[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const words = TEXT.teacher;
  const open = async (files: readonly File[]): Promise<void> => {
    const texts = await Promise.all(files.map((file) => file.text()));
    const sheets = texts.map(readAnswers);
    const inventories = texts.map(readInventoryAnswers);
    setSheets(sheets.filter((one) => one !== undefined));
    setInventories(inventories.filter((one) => one !== undefined));
    const isRead = (i: number): boolean => (sheets[i] ?? inventories[i]) !== undefined;
    setRefused(files.filter((_, i) => !isRead(i)).map(({ name }) => name));
  };
  const count = sheets.length + inventories.length;
  return (
    <details class="exercise teacher">
      <summary>
        <b>{words.title}</b>
      </summary>
      <p>{words.what}</p>
      <label class="select">
        <span>{words.open}</span>
        <input
          type="file"
          accept=".json"
          multiple
          data-handed-in
          onChange={(event) => void open([...(event.currentTarget.files ?? [])])}
        />
      </label>
      <p role="status">
        {count > 0 && words.read(count)} {refused.length > 0 && words.refused(refused.join(', '))}
      </p>
      {sheets.length > 0 && <Sheets handedIn={sheets} />}
      {inventories.length > 0 && <Inventories handedIn={inventories} />}
    </details>
  );
}

function Sheets({ handedIn }: { readonly handedIn: readonly Answers[] }): JSX.Element {
  const words = TEXT.teacher;
  const marks = handedIn.map(marksOf);
  const columns = Math.max(0, ...marks.map((row) => row.length));
  return (
    <>
      <div class="scroll">
        <table class="marks">
          <caption>{words.marks}</caption>
          <thead>
            <tr>
              <th scope="col">{words.student}</th>
              {Array.from({ length: columns }, (_, i) => (
                <th key={i} scope="col">
                  {i + 1}
                </th>
              ))}
              <th scope="col">{words.sum}</th>
            </tr>
          </thead>
          <tbody>
            {marks.map((row, i) => (
              <tr key={i}>
                <th scope="row">{handedIn[i]!.student || words.nameless}</th>
                {Array.from({ length: columns }, (_, at) => {
                  const mark = row[at];
                  const sign = mark === undefined || mark === 'none' ? '–' : mark === 'right' ? '✓' : '✗';
                  return <td key={at}>{sign}</td>;
                })}
                <td>{row.filter((mark) => mark === 'right').length}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ol class="mistakes">
        {mistakesOf(marks).map(([mistake, count]) => (
          <li key={mistake} data-mistake={mistake}>
            <b>{count} ×</b> {TEXT.sheet.diagnoses[mistake]}
          </li>
        ))}
      </ol>
    </>
  );
}

/** Before and after by student, what the class has gained, and what it believes. */
function Inventories({ handedIn }: { readonly handedIn: readonly InventoryAnswers[] }): JSX.Element {
  const words = TEXT.inventoryTeacher;
  const { forms, misconceptions } = TEXT.sheet.inventory;
  const results = resultsOf(handedIn);
  const gain = gainOf(results);
  const all = (form: 'pre' | 'post'): Map<string, number> =>
    new Map(believedIn(results.flatMap(({ marks }) => marks[form] ?? [])));
  const [before, after] = [all('pre'), all('post')];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const weight = (name: string): number => (before.get(name) ?? 0) + (after.get(name) ?? 0);
  return (
    <>
      <table class="marks" data-inventories>
        <caption>{words.caption}</caption>
        <thead>
          <tr>
            <th scope="col">{TEXT.teacher.student}</th>
            <th scope="col">{forms.pre}</th>
            <th scope="col">{forms.post}</th>
          </tr>
        </thead>
        <tbody>
          {results.map(({ student, marks: { pre, post } }, i) => (
            <tr key={i}>
              <th scope="row">{student || TEXT.teacher.nameless}</th>
              <td>{pre === undefined ? '–' : scoreOf(pre)}</td>
              <td>{post === undefined ? '–' : scoreOf(post)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {gain !== undefined && <p data-gain>{words.gain(Math.round(gain * 100))}</p>}
      <h3>{words.believed}</h3>
      <ol class="mistakes">
        {names
          .sort((a, b) => weight(b) - weight(a))
          .map((name) => (
            <li key={name} data-misconception={name}>
              <b>
                {before.get(name as never) ?? 0} → {after.get(name as never) ?? 0}
              </b>{' '}
              {misconceptions[name as keyof typeof misconceptions]}
            </li>
          ))}
      </ol>
    </>
  );
}
