import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatAddress } from '../../arch/index.ts';
import { modeName, outcomeLine, stepSentence } from '../narrate.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';

/** The most of what was done that one sheet has room for. */
const LINES = 10;

/** What is printed of the workbench: one sheet with the drawing, its sentences, and what was done. */
export function PrintSheet({ page }: { readonly page: Page }): JSX.Element {
  const sheet = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const fill = (): void => {
      const drawing = document.querySelector('svg.drawing');
      const place = sheet.current?.querySelector('.print-drawing');
      if (drawing !== null && place !== null) place?.replaceChildren(drawing.cloneNode(true));
    };
    addEventListener('beforeprint', fill);
    return () => removeEventListener('beforeprint', fill);
  }, []);
  const { report, session, view } = page;
  const sentences = Array.from({ length: report.steps.length + 2 }, (_, i) => stepSentence(report, i));
  return (
    <div class="print-sheet" ref={sheet} aria-hidden="true">
      <h2>{TEXT.print.title(formatAddress(view.linear), view.access)}</h2>
      <p>
        {TEXT.print.machine(session.cpu ?? '', modeName(session.mmu.mode), formatAddress(session.mmu.cr0))}
      </p>
      <div class="print-drawing" />
      <ol>
        {sentences.map((sentence, i) => (
          <li key={i}>{sentence}</li>
        ))}
      </ol>
      {session.outcomes.length > 0 && (
        <>
          <h3>{TEXT.history.title}</h3>
          <ul>
            {session.outcomes.slice(-LINES).map((outcome, i) => (
              <li key={i}>
                {TEXT.history.who[outcome.who]}: {outcomeLine(outcome)}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  );
}
