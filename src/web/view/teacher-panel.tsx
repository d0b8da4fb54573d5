import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type Answers, marksOf, mistakesOf, readAnswers } from '../answers.ts';
import { TEXT } from '../words/index.ts';

/** What a class has handed in, read here and nowhere else: who has what, and which mistakes were made how often. */
export function TeacherPanel(): JSX.Element {
  const [handedIn, setHandedIn] = useState<readonly Answers[]>([]);
  const [refused, setRefused] = useState<readonly string[]>([]);
  const words = TEXT.teacher;
  const open = async (files: readonly File[]): Promise<void> => {
    const texts = await Promise.all(files.map((file) => file.text()));
    const read = texts.map(readAnswers);
    setHandedIn(read.filter((one) => one !== undefined));
    setRefused(files.filter((_, i) => read[i] === undefined).map(({ name }) => name));
  };
  const marks = handedIn.map(marksOf);
  const columns = Math.max(0, ...marks.map((row) => row.length));
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
        {handedIn.length > 0 && words.read(handedIn.length)}{' '}
        {refused.length > 0 && words.refused(refused.join(', '))}
      </p>
      {handedIn.length > 0 && (
        <>
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
          <ol class="mistakes">
            {mistakesOf(marks).map(([mistake, count]) => (
              <li key={mistake} data-mistake={mistake}>
                <b>{count} ×</b> {TEXT.sheet.diagnoses[mistake]}
              </li>
            ))}
          </ol>
        </>
      )}
    </details>
  );
}
