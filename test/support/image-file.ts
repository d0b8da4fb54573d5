/** Saved machines taken apart and put together again, by the description of the format alone. */

import { crc32 } from '../../src/bytes/crc32.ts';

export interface ImageSection {
  readonly kind: string;
  readonly content: Uint8Array;
}

/** The sections of a file of version 2, but for the last. */
export function sectionsOf(file: Uint8Array): ImageSection[] {
  const bytes = Buffer.from(file);
  const sections: ImageSection[] = [];
  for (let at = 12; bytes.toString('latin1', at, at + 4) !== 'end '; ) {
    const length = bytes.readUInt32LE(at + 4);
    const content = file.slice(at + 12, at + 12 + length);
    sections.push({ kind: bytes.toString('latin1', at, at + 4), content });
    at += 12 + Math.ceil(length / 4) * 4;
  }
  return sections;
}

/** A file of version 2 with right checksums, whatever its sections hold. */
export function fileOf(sections: readonly ImageSection[]): Uint8Array {
  const start = Buffer.alloc(12);
  start.write('X86PAGE\n');
  start.writeUInt32LE(2, 8);
  const written = sections.map(sectionBytes);
  const end = Buffer.alloc(8);
  end.writeUInt32LE(sections.length);
  end.writeUInt32LE(crc32(Buffer.concat(written.map((bytes) => bytes.subarray(8, 12)))), 4);
  return new Uint8Array(Buffer.concat([start, ...written, sectionBytes({ kind: 'end ', content: end })]));
}

/** The same file with its header changed. */
export function withHeader(
  file: Uint8Array,
  change: (header: Record<string, unknown>) => unknown,
): Uint8Array {
  return fileOf(
    sectionsOf(file).map(({ kind, content }) =>
      kind === 'head'
        ? { kind, content: Buffer.from(JSON.stringify(change(JSON.parse(Buffer.from(content).toString())))) }
        : { kind, content },
    ),
  );
}

/** A file of version 1 with its header changed. */
export function withHeader1(
  file: Uint8Array,
  change: (header: Record<string, unknown>) => unknown,
): Uint8Array {
  const bytes = Buffer.from(file);
  const end = 16 + bytes.readUInt32LE(12);
  const text = Buffer.from(JSON.stringify(change(JSON.parse(bytes.toString('latin1', 16, end)))), 'latin1');
  const start = Buffer.alloc(Math.ceil((16 + text.length) / 8) * 8);
  bytes.copy(start, 0, 0, 12);
  start.writeUInt32LE(text.length, 12);
  text.copy(start, 16);
  return new Uint8Array(Buffer.concat([start, bytes.subarray(Math.ceil(end / 8) * 8)]));
}

function sectionBytes({ kind, content }: ImageSection): Buffer {
  const bytes = Buffer.alloc(12 + Math.ceil(content.length / 4) * 4);
  bytes.write(kind, 'latin1');
  bytes.writeUInt32LE(content.length, 4);
  bytes.set(content, 12);
  const covered = Buffer.concat([bytes.subarray(0, 8), content]);
  bytes.writeUInt32LE(crc32(covered), 8);
  return bytes;
}
