import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { saveImage } from '../../formats/index.ts';
import type { PhysicalMemory } from '../../memory/index.ts';
import { drawingSvg } from '../../render/index.ts';
import { download, textFile } from '../download.ts';
import { mapSvg, walkDrawingSvg } from '../map/export.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';
import { parseAddress } from './address-field.tsx';
import { Cr3Field } from './cr3-field.tsx';
import { openFile } from './file-drop.tsx';

/** Opens machines, keeps drawings. */
export function FilesPanel({ page }: { readonly page: Page }): JSX.Element {
  const { machine, mmu } = page.session;
  const { domain, memory } = machine;
  const svg = (text: string, name: string): void => download(textFile(text, 'image/svg+xml'), name);
  return (
    <div class="files">
      <div class="pager">
        <label class="file">
          <span>{TEXT.files.open}</span>
          <input
            type="file"
            onChange={(event) => {
              const input = event.currentTarget;
              openFile(page, input.files?.[0]);
              input.value = '';
            }}
          />
        </label>
        <span class="hint">{TEXT.files.drop}</span>
      </div>
      <div class="pager">
        {domain !== undefined && (
          <button
            type="button"
            data-export="space"
            onClick={() => svg(drawingSvg(domain, { say: TEXT.problems.picture }), 'address-space.svg')}
          >
            {TEXT.files.exportSpace}
          </button>
        )}
        <button
          type="button"
          data-export="map"
          onClick={() => {
            // It is drawn only while it is shown.
            page.look({ panel: 'map' });
            setTimeout(() => {
              svg(mapSvg(), 'map.svg');
              page.look({ panel: 'files' });
            }, DRAWING_TIME);
          }}
        >
          {TEXT.files.exportMap}
        </button>
        <button type="button" data-export="walk" onClick={() => svg(walkDrawingSvg(), 'walk.svg')}>
          {TEXT.files.exportWalk}
        </button>
        {domain !== undefined && (
          <button
            type="button"
            data-export="machine"
            onClick={() =>
              download(new Blob([saveImage(memory as PhysicalMemory, domain).slice()]), 'machine.x86page')
            }
          >
            {TEXT.files.save}
          </button>
        )}
      </div>
      <Cr3Form page={page} cr3={mmu.cr3} />
    </div>
  );
}

/** Time for a panel to be drawn, in milliseconds. */
const DRAWING_TIME = 100;

/** Another CR3 by hand: memory holds the tables of many processes. */
function Cr3Form({ page, cr3 }: { readonly page: Page; readonly cr3: number | bigint }): JSX.Element {
  const [text, setText] = useState('');
  const value = parseAddress(text, 8);
  return (
    <details class="scenario">
      <summary>{TEXT.files.raw}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (value !== undefined) page.act({ kind: 'register', name: 'cr3', value: Number(value) });
        }}
      >
        <Cr3Field
          text={text}
          isBad={value === undefined}
          placeholder={`0x${cr3.toString(16)}`}
          onText={setText}
        />
        <button type="submit" disabled={value === undefined}>
          {TEXT.files.load}
        </button>
      </form>
    </details>
  );
}
