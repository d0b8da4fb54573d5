import { asciiAt, viewOf } from './byte-source.ts';

/** A note: who wrote it, of what type, and its content. */
export interface Note {
  readonly owner: string;
  readonly type: number;
  readonly content: Uint8Array;
}

/** The notes in a note segment. A note that reaches beyond the end is the last, and dropped. */
export function* notesIn(bytes: Uint8Array): Generator<Note> {
  const view = viewOf(bytes);
  let at = 0;
  while (at + 12 <= bytes.length) {
    const ownerBytes = view.getUint32(at, true);
    const contentBytes = view.getUint32(at + 4, true);
    const type = view.getUint32(at + 8, true);
    const content = at + 12 + align4(ownerBytes);
    const end = content + contentBytes;
    if (end > bytes.length) return;
    yield { owner: asciiAt(bytes, at + 12, ownerBytes), type, content: bytes.subarray(content, end) };
    at = content + align4(contentBytes);
  }
}

function align4(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}
