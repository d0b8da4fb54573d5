/** A writer of small ELF32 kernels for tests. */

export interface ElfSegment {
  readonly address: number;
  readonly bytes: Uint8Array;
  /** Size in memory; what the file does not fill is bss. */
  readonly memoryBytes?: number;
}

export interface ElfOptions {
  readonly entry?: number;
  readonly segments: readonly ElfSegment[];
  /** Xen notes: type and 32-bit value. */
  readonly notes?: readonly (readonly [type: number, value: number])[];
  /** Where the notes are found: by a program header (default), or by a section alone. */
  readonly notesIn?: 'program header' | 'section';
  /** Notes in a section, beside those of a program header. */
  readonly sectionNotes?: readonly (readonly [type: number, value: number])[];
  /** Contents of the section `__xen_guest`. */
  readonly guestSection?: string;
  readonly machine?: number;
}

export function elf32({
  entry = 0,
  segments,
  notes = [],
  notesIn = 'program header',
  sectionNotes = notesIn === 'section' ? notes : [],
  guestSection,
  machine = 3,
}: ElfOptions): Uint8Array {
  const hasNoteHeader = notes.length > 0 && notesIn === 'program header';
  const headers = segments.length + (hasNoteHeader ? 1 : 0);
  const sections = guestSection === undefined && sectionNotes.length === 0 ? 0 : 4;
  const parts: Uint8Array[] = [];
  let at = 52 + headers * 32 + sections * 40;
  const place = (bytes: Uint8Array): number => {
    const offset = at;
    parts.push(bytes);
    at += bytes.length;
    return offset;
  };
  const head = new Uint8Array(at);
  const view = new DataView(head.buffer);
  const words = (offset: number, ...values: number[]): void => {
    for (const [i, value] of values.entries()) view.setUint32(offset + i * 4, value, true);
  };
  head.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  view.setUint16(16, 2, true);
  view.setUint16(18, machine, true);
  words(20, 1, entry, 52, sections > 0 ? 52 + headers * 32 : 0);
  view.setUint16(40, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, headers, true);
  view.setUint16(46, 40, true);
  view.setUint16(48, sections, true);
  view.setUint16(50, 2, true);
  let header = 52;
  for (const { address, bytes, memoryBytes = bytes.length } of segments) {
    words(header, 1, place(bytes), address, address, bytes.length, memoryBytes, 7, 4096);
    header += 32;
  }
  // Three words of note header, the name "Xen" with its NUL, the value.
  const bytesOf = (list: typeof notes): Uint8Array =>
    new Uint8Array(new Uint32Array(list.flatMap(([type, value]) => [4, 4, type, 0x006e_6558, value])).buffer);
  if (hasNoteHeader) {
    const bytes = bytesOf(notes);
    words(header, 4, place(bytes), 0, 0, bytes.length, 0, 4, 4);
    header += 32;
  }
  if (sections > 0) {
    const names = new TextEncoder().encode('\0__xen_guest\0.shstrtab\0.note.Xen\0');
    const text = new TextEncoder().encode(`${guestSection ?? ''}\0`);
    if (guestSection !== undefined) words(header + 40, 1, 1, 0, 0, place(text), text.length);
    words(header + 80, 13, 3, 0, 0, place(names), names.length);
    if (sectionNotes.length > 0) {
      const bytes = bytesOf(sectionNotes);
      words(header + 120, 23, 7, 0, 0, place(bytes), bytes.length);
    }
  }
  const file = new Uint8Array(at);
  file.set(head);
  let offset = head.length;
  for (const part of parts) {
    file.set(part, offset);
    offset += part.length;
  }
  return file;
}
