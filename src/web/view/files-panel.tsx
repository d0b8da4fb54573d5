import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { saveImage } from '../../formats/index.ts';
import { drawingSvg, formatBytes, walkSvg } from '../../render/index.ts';
import { download, textFile } from '../download.ts';
import { MAX_FILE_BYTES, machineOfFile } from '../open-file.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../text.en.ts';
import { parseAddress } from './address-input.tsx';

/** Opens machines, keeps drawings. */
export function FilesPanel({ page }: { readonly page: Page }): JSX.Element {
  const { machine, mmu } = page.session;
  const { domain, memory } = machine;
  const [dragged, setDragged] = useState(false);
  const open = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    try {
      if (file.size > MAX_FILE_BYTES) {
        throw new Error(TEXT.files.tooLarge(formatBytes(file.size), formatBytes(MAX_FILE_BYTES)));
      }
      const opened = machineOfFile(new Uint8Array(await file.arrayBuffer()));
      page.open(opened);
      page.say(TEXT.files.opened(file.name, formatBytes(opened.memory.sizeBytes)));
    } catch (error) {
      page.say(TEXT.files.failed(file.name, (error as Error).message));
    }
  };
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setDragged(true);
    };
    const leave = (event: DragEvent): void => {
      if (event.relatedTarget === null) setDragged(false);
    };
    const drop = (event: DragEvent): void => {
      event.preventDefault();
      setDragged(false);
      void open(event.dataTransfer?.files[0]);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [page.look]);
  const svg = (text: string, name: string): void => download(textFile(text, 'image/svg+xml'), name);
  return (
    <section id="files" class="panel files" aria-labelledby="files-title">
      <header class="panel-head">
        <h2 id="files-title">{TEXT.files.title}</h2>
        <p>{TEXT.files.subtitle}</p>
      </header>
      <div class="pager">
        <label class="file">
          <span>{TEXT.files.open}</span>
          <input
            type="file"
            onChange={(event) => {
              const input = event.currentTarget;
              void open(input.files?.[0]).then(() => {
                input.value = '';
              });
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
            onClick={() => svg(drawingSvg(domain), 'address-space.svg')}
          >
            {TEXT.files.exportSpace}
          </button>
        )}
        <button type="button" data-export="walk" onClick={() => svg(walkSvg(page.report), 'walk.svg')}>
          {TEXT.files.exportWalk}
        </button>
        <button type="button" data-export="map" onClick={() => svg(mapSvg(), 'map.svg')}>
          {TEXT.files.exportMap}
        </button>
        {domain !== undefined && (
          <button
            type="button"
            data-export="machine"
            onClick={() => download(new Blob([saveImage(memory, domain).slice()]), 'machine.x86page')}
          >
            {TEXT.files.save}
          </button>
        )}
      </div>
      <Cr3Form page={page} cr3={mmu.cr3} />
      {dragged && <p class="drop-now">{TEXT.files.dropNow}</p>}
    </section>
  );
}

/** CR3 by hand: raw RAM does not say where its directory lies. */
function Cr3Form({ page, cr3 }: { readonly page: Page; readonly cr3: number }): JSX.Element {
  const [text, setText] = useState('');
  const value = parseAddress(text, 8);
  return (
    <details class="scenario">
      <summary>{TEXT.files.raw}</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (value !== undefined) page.act({ kind: 'register', name: 'cr3', value });
        }}
      >
        <label class="select">
          <span>{TEXT.files.cr3}</span>
          <input
            class="mono"
            type="text"
            autoComplete="off"
            placeholder={`0x${cr3.toString(16)}`}
            value={text}
            aria-invalid={text !== '' && value === undefined}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <button type="submit" disabled={value === undefined}>
          {TEXT.files.load}
        </button>
      </form>
    </details>
  );
}

/** The map as it stands in the page, with the colours that it has there. */
function mapSvg(): string {
  const map = document.querySelector<SVGSVGElement>('svg.map');
  if (map === null) return '';
  const copy = map.cloneNode(true) as SVGSVGElement;
  const patterns = document.querySelector('#patterns defs')?.cloneNode(true) as Element | undefined;
  if (patterns !== undefined) copy.prepend(patterns);
  const originals = [...map.querySelectorAll('*'), ...document.querySelectorAll('#patterns defs *')];
  const copies = [...copy.querySelectorAll('*')].filter((one) => one.tagName !== 'defs');
  // The patterns come first in the copy and last in the list of originals.
  const count = document.querySelectorAll('#patterns defs *').length;
  const inOrder = [...copies.slice(count), ...copies.slice(0, count)];
  for (const [i, original] of originals.entries()) {
    const style = getComputedStyle(original);
    for (const name of DRAWN) inOrder[i]?.setAttribute(name, style.getPropertyValue(name));
  }
  copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return new XMLSerializer().serializeToString(copy);
}

/** What of a style is seen in a drawing. */
const DRAWN: readonly string[] = [
  'fill',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'paint-order',
];
