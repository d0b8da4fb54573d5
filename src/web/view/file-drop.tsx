import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { RegisterSource } from '../../machine/index.ts';
import { formatBytes } from '../../render/index.ts';
import { blobSource } from '../blob-source.ts';
import { type OpenedFile, openedFile, type PendingFile } from '../open-file.ts';
import type { Page } from '../page.ts';
import { ramBytes } from '../ram.ts';
import { toldOfError, toldTogether } from '../told.ts';
import { TEXT } from '../words/index.ts';

/** Opens a machine out of a file, asks what the file does not tell, or says why it cannot be opened. */
export function openFile(page: Page, file: File | undefined): void {
  if (file !== undefined) openAs(page, file.name, () => openedFile(file.name, blobSource(file)));
}

/** Opens a file that did not tell its registers, with those that are told now. */
export function openPending(page: Page, { name, source }: PendingFile, registers: RegisterSource): void {
  openAs(page, name, () => openedFile(name, source, registers));
}

function openAs(page: Page, name: string, open: () => OpenedFile): void {
  try {
    const opened = open();
    if (opened.kind === 'unknown') {
      page.ask(opened.pending);
      return;
    }
    const { machine, linear, notes } = opened;
    page.open(machine, { linear });
    const text = TEXT.files.opened(name, formatBytes(ramBytes(machine.memory)));
    page.say([text, ...notes.map(TEXT.claim.say)].join(' '));
  } catch (error) {
    page.say(toldTogether([toldOfError(error)], (why) => TEXT.files.failed(name, why)));
  }
}

/** Takes a file that is dropped anywhere on the page. */
export function FileDrop({ page }: { readonly page: Page }): JSX.Element | null {
  const [dragged, setDragged] = useState(false);
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
      openFile(page, event.dataTransfer?.files[0]);
    };
    addEventListener('dragover', over);
    addEventListener('dragleave', leave);
    addEventListener('drop', drop);
    return () => {
      removeEventListener('dragover', over);
      removeEventListener('dragleave', leave);
      removeEventListener('drop', drop);
    };
  }, [page.open]);
  return dragged ? <p class="drop-now">{TEXT.files.dropNow}</p> : null;
}
