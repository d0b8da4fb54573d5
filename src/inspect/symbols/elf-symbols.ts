/** The symbol table of an ELF file of x86, 32 or 64 bits. Source: System V ABI, "Object Files", and its AMD64 supplement. */

import { asciiText } from '../../bytes/ascii.ts';
import type { ByteSource } from '../../bytes/byte-source.ts';
import type { TableSymbol } from './symbol-table.ts';

const SHT_SYMTAB = 2;
const SHT_DYNSYM = 11;
const SHF_EXECINSTR = 4;
const STT_OBJECT = 1;
const STT_FUNC = 2;
const STT_SECTION = 3;
const STT_FILE = 4;
const STT_TLS = 6;
const SHN_UNDEF = 0;
/** From here on, section numbers mean something else: absolute, common. */
const SHN_LORESERVE = 0xff00;
/** More names are in no kernel. */
const MAX_SYMBOLS = 2 ** 22;
const MAX_NAME_BYTES = 2 ** 29;

/** Whether a file begins as an ELF file does. */
export function isElf(source: ByteSource): boolean {
  return source.size >= 4 && asciiText(source.read(0, 4)) === '\x7fELF';
}

type Fail = (message: string) => never;

interface Section {
  readonly type: number;
  readonly executable: boolean;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
}

/**
 * Reads the headers, the symbol table and its names, and nothing else.
 * @param fail - Throws, with what is wrong.
 */
export function elfSymbols(source: ByteSource, fail: Fail): TableSymbol[] {
  const head = part(source, 'its header', 0, 52, fail);
  if (head.getUint8(5) !== 1) fail('the ELF file is big-endian, and so of no x86');
  const wide = head.getUint8(4) === 2;
  const sections = sectionsOf(source, wide, fail);
  const table =
    sections.find(({ type }) => type === SHT_SYMTAB) ?? sections.find(({ type }) => type === SHT_DYNSYM);
  if (table === undefined) return [];
  const link = sections[table.link];
  if (link === undefined) fail(`the symbol table's names are in section ${table.link}, which is not there`);
  const entryBytes = wide ? 24 : 16;
  const count = Math.floor(table.size / entryBytes);
  if (count > MAX_SYMBOLS) fail(`the symbol table has ${count} entries, more than ${MAX_SYMBOLS}`);
  if (link.size > MAX_NAME_BYTES)
    fail(`the symbols' names have ${link.size} bytes, more than ${MAX_NAME_BYTES}`);
  const view = part(source, 'its symbol table', table.offset, count * entryBytes, fail);
  const text = part(source, "its symbols' names", link.offset, link.size, fail);
  const names = new Uint8Array(text.buffer, text.byteOffset, text.byteLength);
  const found: TableSymbol[] = [];
  for (let i = 1; i < count; i++) {
    const at = i * entryBytes;
    const info = view.getUint8(at + (wide ? 4 : 12));
    const section = view.getUint16(at + (wide ? 6 : 14), true);
    const type = info & 15;
    if (type === STT_SECTION || type === STT_FILE || type === STT_TLS) continue;
    if (section === SHN_UNDEF || section >= SHN_LORESERVE) continue;
    const name = textAt(names, view.getUint32(at, true));
    if (name === '') continue;
    const isCode = type === STT_FUNC || (type !== STT_OBJECT && sections[section]?.executable === true);
    found.push({
      name,
      address: wide ? view.getBigUint64(at + 8, true) : BigInt(view.getUint32(at + 4, true)),
      size: wide ? Number(view.getBigUint64(at + 16, true)) : view.getUint32(at + 8, true),
      kind: isCode ? 'code' : 'data',
    });
  }
  return found;
}

function sectionsOf(source: ByteSource, wide: boolean, fail: Fail): Section[] {
  const head = part(source, 'its header', 0, wide ? 64 : 52, fail);
  const word = (view: DataView, at: number): number =>
    wide ? Number(view.getBigUint64(at, true)) : view.getUint32(at, true);
  const offset = word(head, wide ? 40 : 32);
  const entryBytes = head.getUint16(wide ? 58 : 46, true);
  const count = head.getUint16(wide ? 60 : 48, true);
  const least = wide ? 64 : 40;
  if (count === 0) return [];
  if (entryBytes < least) fail(`the ELF file's section headers have ${entryBytes} bytes, and need ${least}`);
  const headers = part(source, 'its section headers', offset, count * entryBytes, fail);
  return Array.from({ length: count }, (_, i): Section => {
    const at = i * entryBytes;
    return {
      type: headers.getUint32(at + 4, true),
      executable: (headers.getUint32(at + 8, true) & SHF_EXECINSTR) !== 0,
      offset: word(headers, at + (wide ? 24 : 16)),
      size: word(headers, at + (wide ? 32 : 20)),
      link: headers.getUint32(at + (wide ? 40 : 24), true),
    };
  });
}

function part(source: ByteSource, what: string, offset: number, length: number, fail: Fail): DataView {
  if (offset + length > source.size)
    fail(
      `the ELF file is cut short: ${what} ends at byte ${offset + length}, and the file at ${source.size}`,
    );
  const bytes = source.read(offset, length);
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Text up to a zero byte. */
function textAt(bytes: Uint8Array, start: number): string {
  const stop = bytes.indexOf(0, start);
  return asciiText(bytes.subarray(start, stop < 0 ? bytes.length : stop));
}
