import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSymbols, SymbolError } from '../../src/inspect/index.ts';
import { elfWithSymbols } from './elf-with-symbols.ts';

const bytes = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text));

const SYSTEM_MAP = `0000000000000000 D __per_cpu_start
0000000000012000 A max_size
ffffffff81000000 T _text
ffffffff81000000 T startup_64
ffffffff81001000 t helper
ffffffff81a00000 R __start_rodata
ffffffff82000000 D _sdata
ffffffff82000040 d jiffies_lock
                 U missing
`;

describe('readSymbols', () => {
  it('reads System.map, leaving out per-CPU offsets, constants and what is undefined', () => {
    const table = readSymbols(bytes(SYSTEM_MAP));
    expect(table.count).toBe(6);
    expect(table.find('helper')).toEqual({
      name: 'helper',
      address: 0xffff_ffff_8100_1000n,
      size: 0,
      kind: 'code',
    });
    expect(table.find('_sdata')?.kind).toBe('data');
    expect(['max_size', 'missing', '__per_cpu_start'].map((name) => table.find(name))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([...table.data()].map(({ name }) => name)).toEqual(['__start_rodata', '_sdata', 'jiffies_lock']);
  });

  it.each([
    ['nm', '80100000 T start\n80100010 b buffer\n'],
    ['nm -S', '80100000 00000010 T start\n80100010 00001000 b buffer\n'],
    ['nm -f posix', 'start T 80100000 10\nbuffer b 80100010 1000\n'],
    ['kallsyms', '80100000 T start\n80100010 b buffer\t[module]\n'],
    ['an address and a name', '80100000 start\n80100010 buffer\n'],
  ])('reads what %s prints', (_, text) => {
    const table = readSymbols(bytes(text));
    expect(table.nameAt(0x8010_0004)).toBe('start+0x4');
    expect(table.nameAt(0x8010_0010)).toBe('buffer');
  });

  it.each([32, 64] as const)('reads the symbol table of an ELF file of %i bits', (bits) => {
    const base = bits === 64 ? 0xffff_ffff_8000_0000n : 0xc000_0000n;
    const symbols = [
      { name: 'start', address: base, size: 16, type: 2 },
      { name: 'label', address: base + 0x20n },
      { name: 'variable', address: base + 0x1000n, size: 8, type: 1, section: 2 },
      { name: 'untyped', address: base + 0x1100n, section: 2 },
      { name: 'file.c', address: 0n, type: 4, section: 0xfff1 },
      { name: '.data', address: base + 0x1000n, type: 3, section: 2 },
      { name: 'elsewhere', address: 0n, section: 0 },
    ];
    const file = elfWithSymbols(symbols, bits);
    const table = readSymbols(file);
    expect(table.count).toBe(4);
    expect(['start', 'label', 'variable', 'untyped'].map((name) => table.find(name)?.kind)).toEqual([
      'code',
      'code',
      'data',
      'data',
    ]);
    expect(table.nameAt(base + 8n)).toBe('start+0x8');
    // Beyond its size it names nothing.
    expect(table.nameAt(base + 16n)).toBeUndefined();
    expect(readSymbols(elfWithSymbols(symbols, bits, 11)).count).toBe(4);
    expect(() => readSymbols(elfWithSymbols(symbols, bits, 1))).toThrow(/stripped/);
    // Only what is needed is read.
    let asked = 0;
    readSymbols({
      size: 2 ** 40,
      read(at, length) {
        asked += length;
        return file.subarray(at, at + length);
      },
    });
    expect(asked).toBeLessThan(2 * file.length);
  });

  it('moves all addresses by a slide', () => {
    const table = readSymbols(bytes(SYSTEM_MAP), 0x1d00_0000n);
    expect(table.nameAt(0xffff_ffff_9e00_1010n)).toBe('helper+0x10');
    expect(table.find('_text')?.address).toBe(0xffff_ffff_9e00_0000n);
  });

  it('names ranges by their first and last symbol, and no address far from all', () => {
    const table = readSymbols(bytes(SYSTEM_MAP));
    const at = 0xffff_ffff_8100_0000n;
    expect(table.nameAt(at)).toBe('_text');
    expect(table.nameAt(at - 1n)).toBeUndefined();
    expect(table.nameAt(at + 0x80_0000n)).toBeUndefined();
    expect(table.namesIn({ start: at, end: at + 0x20_0000n })).toBe('_text … helper');
    expect(table.namesIn({ start: at + 0x1000n, end: at + 0x2000n })).toBe('helper');
    expect(table.namesIn({ start: at + 0x1004n, end: at + 0x2000n })).toBe('helper+0x4');
    expect(table.namesIn({ start: 0, end: 0x1000 })).toBeUndefined();
    expect(table.like('HELP')).toEqual(['helper']);
  });

  it('refuses what holds no symbols, with the reason', () => {
    const good = elfWithSymbols([{ name: 'a', address: 1n }], 64);
    const big = good.slice();
    big[5] = 2;
    for (const [file, message] of [
      [bytes('hello\nworld\n'), /no line of an address and a name/],
      [bytes('0000000000000000 T a\n0000000000000000 T b\n'), /the kernel hides them/],
      [good.subarray(0, 60), /cut short: its header ends at byte 64, and the file at 60/],
      [good.subarray(0, 100), /cut short: its section headers end/],
      [good.subarray(0, good.length - 1), /cut short: its symbols' names end/],
      [big, /big-endian/],
    ] as const) {
      expect(() => readSymbols(file)).toThrow(message);
      expect(() => readSymbols(file)).toThrow(SymbolError);
    }
  });

  it('only ever throws a SymbolError, whatever the bytes', () => {
    const good = elfWithSymbols([{ name: 'a', address: 1n, size: 1, type: 2 }], 64);
    const flips = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 6 });
    fc.assert(
      fc.property(flips, fc.nat(good.length), (changes, cut) => {
        const file = good.slice(0, good.length - cut);
        for (const [at, value] of changes) if (at < file.length) file[at] = value;
        try {
          readSymbols(file);
        } catch (error) {
          if (!(error instanceof SymbolError)) throw error;
        }
      }),
      { numRuns: 300 },
    );
  });
});
