import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { SVG_STYLE, walkSvg } from '../../render/index.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';

let styled = false;

/** The drawings' own style sheet, once; the policy of the page allows no inline one. */
function styleDrawings(): void {
  if (styled) return;
  styled = true;
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(SVG_STYLE);
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** The walk as manuals draw it; made only while somebody looks. */
export function WalkDrawing({ page }: { readonly page: Page }): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <details
      class="drawing"
      onToggle={(event) => {
        styleDrawings();
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{TEXT.walk.drawing}</summary>
      {open && (
        <figure
          class="scroll"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and the keyboard must reach it
          tabIndex={0}
          dangerouslySetInnerHTML={{
            __html: walkSvg(page.report, { embedStyle: false, idPrefix: 'walk-drawing' }),
          }}
        />
      )}
    </details>
  );
}
