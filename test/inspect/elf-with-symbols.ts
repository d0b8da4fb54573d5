/** A writer of ELF files that have symbols and nothing else. */

export interface WrittenSymbol {
  readonly name: string;
  readonly address: bigint;
  readonly size?: number;
  /** STT_NOTYPE 0, OBJECT 1, FUNC 2, SECTION 3, FILE 4. */
  readonly type?: number;
  /** Section: 1 `.text`, 2 `.data`, 0 undefined, 0xfff1 absolute. */
  readonly section?: number;
}

/** @param bits - 32 or 64. */
export function elfWithSymbols(symbols: readonly WrittenSymbol[], bits: 32 | 64, tableType = 2): Uint8Array {
  const wide = bits === 64;
  const [headBytes, sectionBytes, entryBytes] = wide ? [64, 64, 24] : [52, 40, 16];
  const names = `${['', ...symbols.map(({ name }) => name)].join('\0')}\0`;
  const tableAt = headBytes + 5 * sectionBytes;
  const tableSize = (symbols.length + 1) * entryBytes;
  const bytes = new Uint8Array(tableAt + tableSize + names.length);
  const view = new DataView(bytes.buffer);
  const word = (at: number, value: number | bigint): void => {
    if (wide) view.setBigUint64(at, BigInt(value), true);
    else view.setUint32(at, Number(value), true);
  };
  bytes.set([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, 1, 1]);
  word(wide ? 40 : 32, headBytes);
  view.setUint16(wide ? 58 : 46, sectionBytes, true);
  view.setUint16(wide ? 60 : 48, 5, true);
  const section = (
    i: number,
    type: number,
    flags: number,
    offset: number,
    size: number,
    link: number,
  ): void => {
    const at = headBytes + i * sectionBytes;
    view.setUint32(at + 4, type, true);
    word(at + 8, flags);
    word(at + (wide ? 24 : 16), offset);
    word(at + (wide ? 32 : 20), size);
    view.setUint32(at + (wide ? 40 : 24), link, true);
  };
  section(1, 1, 6, 0, 0, 0);
  section(2, 1, 3, 0, 0, 0);
  section(3, tableType, 0, tableAt, tableSize, 4);
  section(4, 3, 0, tableAt + tableSize, names.length, 0);
  bytes.set(Buffer.from(names), tableAt + tableSize);
  let nameAt = 1;
  for (const [i, { name, address, size = 0, type = 0, section: index = 1 }] of symbols.entries()) {
    const at = tableAt + (i + 1) * entryBytes;
    view.setUint32(at, nameAt, true);
    nameAt += name.length + 1;
    word(at + (wide ? 8 : 4), address);
    word(at + (wide ? 16 : 8), size);
    view.setUint8(at + (wide ? 4 : 12), type | 0x10);
    view.setUint16(at + (wide ? 6 : 14), index, true);
  }
  return bytes;
}
