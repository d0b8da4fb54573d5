import { asciiText } from '../../bytes/ascii.ts';
import { type ByteSource, byteSource } from '../../bytes/byte-source.ts';
import { elfSymbols, isElf } from './elf-symbols.ts';
import { SymbolTable, type TableSymbol } from './symbol-table.ts';

/** A file of symbols cannot be used; the message says why. */
export class SymbolError extends Error {
  /** Name of the class. */
  override readonly name = 'SymbolError';
}

/**
 * Reads symbols from an ELF file's symbol table, of which no more is read than that, or from text: `System.map`, what `nm` prints (also `nm -S` and `nm -f
 * posix`), `/proc/kallsyms`, or lines of an address and a name.
 *
 * @param slide - Added to every address: how far the kernel lies from where it was linked.
 * @throws SymbolError if there are none in it.
 */
export function readSymbols(source: Uint8Array | ByteSource, slide = 0n): SymbolTable {
  const bytes = byteSource(source);
  const elf = isElf(bytes);
  if (!elf && bytes.size > MAX_TEXT_BYTES)
    throw new SymbolError(
      `this is no ELF file, and its ${bytes.size} bytes are more than any list of symbols has`,
    );
  const symbols = elf ? elfSymbols(bytes, fail) : textSymbols(asciiText(bytes.read(0, bytes.size)));
  if (symbols.length === 0) {
    throw new SymbolError(
      elf
        ? 'this ELF file has no symbols: it was stripped; give the one with symbols, or System.map'
        : 'there is no line of an address and a name, as System.map and nm have them',
    );
  }
  if (symbols.every(({ address }) => address === 0n)) {
    throw new SymbolError(
      'every address is 0: the kernel hides them from whoever may not see them; read the file as root',
    );
  }
  return new SymbolTable(symbols, slide);
}

function fail(message: string): never {
  throw new SymbolError(message);
}

/** More than all symbols of a kernel with all its modules. */
const MAX_TEXT_BYTES = 2 ** 28;

/** `ffffffff81000000 T _text`, with a size after the address by `nm -S`, and a module after the name in kallsyms. */
const BSD = /^([0-9a-f]{4,16}) (?:([0-9a-f]{4,16}) )?(?:([A-Za-z?]) )?(\S+)(?:\s+\[\w+\])?\s*$/;
/** `_text T ffffffff81000000 0`, by `nm -f posix`. */
const POSIX = /^(\S+) ([A-Za-z?]) ([0-9a-f]{1,16})(?: ([0-9a-f]{1,16}))?\s*$/;
const CODE = 'tTwWi';
const DATA = 'dDbBrRgGsSvV';

function textSymbols(text: string): TableSymbol[] {
  const found: TableSymbol[] = [];
  for (const line of text.split('\n')) {
    const [, address, size, type, name] = BSD.exec(line) ?? inPosixOrder(POSIX.exec(line));
    // Absolute symbols are constants, as a rule.
    if (address === undefined || name === undefined || type === 'A' || type === 'a' || type === 'U') continue;
    found.push({
      name,
      address: BigInt(`0x${address}`),
      size: size === undefined ? 0 : Number(BigInt(`0x${size}`)),
      kind:
        type === undefined
          ? undefined
          : CODE.includes(type)
            ? 'code'
            : DATA.includes(type)
              ? 'data'
              : undefined,
    });
  }
  return found;
}

function inPosixOrder(match: RegExpExecArray | null): (string | undefined)[] {
  if (match === null) return [];
  const [all, name, type, address, size] = match;
  return [all, address, size, type, name];
}
