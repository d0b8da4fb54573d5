import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { formatBytes } from '../../render/index.ts';
import { MAX_FILE_BYTES, machineOfFile } from '../open-file.ts';
import type { Page } from '../page.ts';
import { TEXT } from '../words/index.ts';

/** Opens a machine out of a file, or says why it cannot be opened. */
export async function openFile(page: Page, file: File | undefined): Promise<void> {
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
      void openFile(page, event.dataTransfer?.files[0]);
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
