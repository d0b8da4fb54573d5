/** A file of the browser as bytes that are read where they are asked for: gigabytes are never copied as a whole. */

import type { ByteSource } from '../machine/index.ts';
import { SaidError, said } from '../said/said.ts';

/** Bytes read at a time. */
const CHUNK_BYTES = 2 ** 20;
/** Chunks kept at hand. */
const MAX_CHUNKS = 48;

/**
 * The bytes of a file.
 *
 * A walk waits for no promise, and a page has no other way to read a part of a file at once than a request for a `blob:`
 * address that is not answered later. It never leaves the browser.
 */
export function blobSource(file: Blob): ByteSource {
  const chunks = new Map<number, Uint8Array>();
  const chunkOf = (index: number): Uint8Array => {
    const known = chunks.get(index);
    const chunk = known ?? readNow(file.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES));
    // The one that was used last is dropped last.
    chunks.delete(index);
    chunks.set(index, chunk);
    if (chunks.size > MAX_CHUNKS) chunks.delete(chunks.keys().next().value!);
    return chunk;
  };
  return {
    size: file.size,
    read(offset, length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(length, file.size - offset)));
      for (let done = 0; done < bytes.length; ) {
        const at = offset + done;
        const chunk = chunkOf(Math.floor(at / CHUNK_BYTES));
        const piece = chunk.subarray(at % CHUNK_BYTES, (at % CHUNK_BYTES) + bytes.length - done);
        if (piece.length === 0) throw new SaidError(said`the file has become shorter since it was opened`);
        bytes.set(piece, done);
        done += piece.length;
      }
      return bytes;
    },
  };
}

/** All bytes of a part of a file, at once. @throws Error if the browser cannot read it, such as after it was changed. */
function readNow(part: Blob): Uint8Array {
  const address = URL.createObjectURL(part);
  try {
    const request = new XMLHttpRequest();
    request.open('GET', address, false);
    // Every byte as one character, in its low half.
    request.overrideMimeType('text/plain; charset=x-user-defined');
    request.send();
    const text = request.responseText;
    if (text.length !== part.size)
      throw new SaidError(
        said`the browser cannot read the file any more: it was changed or moved since it was opened`,
      );
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return bytes;
  } finally {
    URL.revokeObjectURL(address);
  }
}
