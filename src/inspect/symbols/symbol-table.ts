import type { AddressRange, NamedRange } from '../../walk/index.ts';

/** A name for an address. */
export interface TableSymbol {
  /** The name. */
  readonly name: string;
  /** Its address, unsigned. */
  readonly address: bigint;
  /** How many bytes it has; 0: not known. */
  readonly size: number;
  /** What is there; undefined: not known. */
  readonly kind: 'code' | 'data' | undefined;
}

/** Without a known size, a symbol names no address farther from it than this: what lies there is something else. */
const MAX_REACH = 0x10_0000n;
const UPPER_HALF = 1n << 63n;

/**
 * The symbols of a kernel or program, which name addresses and are found by name.
 *
 * Where some lie in the upper half of the address space, those of the lower half are left out: they are offsets in
 * per-CPU data and constants, not addresses.
 */
export class SymbolTable {
  /** How many there are. */
  readonly count: number;
  /** All of them, in ascending order. */
  readonly all: readonly TableSymbol[];
  readonly #byName: ReadonlyMap<string, TableSymbol>;

  /**
   * @param symbols - In any order. Of several at one address, the first names it.
   * @param slide - Added to every address, modulo 2^64: how far the kernel lies from where it was linked.
   */
  constructor(symbols: Iterable<TableSymbol>, slide = 0n) {
    let all = [...symbols];
    if (all.some(({ address }) => address >= UPPER_HALF))
      all = all.filter(({ address }) => address >= UPPER_HALF);
    if (slide !== 0n)
      all = all.map((symbol) => ({ ...symbol, address: BigInt.asUintN(64, symbol.address + slide) }));
    all.sort((a, b) => Number(a.address > b.address) - Number(a.address < b.address));
    this.all = all;
    this.count = all.length;
    const byName = new Map<string, TableSymbol>();
    for (const symbol of all) if (!byName.has(symbol.name)) byName.set(symbol.name, symbol);
    this.#byName = byName;
  }

  /** The same symbols, so much farther on. */
  slidBy(slide: bigint): SymbolTable {
    return new SymbolTable(this.all, slide);
  }

  /** The symbol of that name; of several the one with the lowest address. */
  find(name: string): TableSymbol | undefined {
    return this.#byName.get(name);
  }

  /** The name of an address, such as `start_kernel` or `start_kernel+0x10`; undefined where none reaches to. */
  nameAt(address: number | bigint): string | undefined {
    const wanted = BigInt(address);
    let i = this.#firstFrom(wanted + 1n) - 1;
    if (i < 0) return undefined;
    // Of those at one address the first.
    while (i > 0 && this.all[i - 1]!.address === this.all[i]!.address) i--;
    const { name, address: start, size } = this.all[i]!;
    const distance = wanted - start;
    if (distance === 0n) return name;
    return distance < (size > 0 ? BigInt(size) : MAX_REACH)
      ? `${name}+0x${distance.toString(16)}`
      : undefined;
  }

  /** The names in a range: that of its start, or of the first and last symbol in it; undefined where there is none. */
  namesIn({ start, end }: AddressRange): string | undefined {
    const first = this.#firstFrom(BigInt(start));
    const last = this.#firstFrom(BigInt(end)) - 1;
    if (last < first) return this.nameAt(start);
    const [a, b] = [this.all[first]!, this.all[last]!];
    return a === b || a.name === b.name ? a.name : `${a.name} … ${b.name}`;
  }

  /** What holds data, in ascending order: each with its size, or one byte where that is not known. */
  *data(): Generator<NamedRange> {
    for (const { name, address, size, kind } of this.all) {
      if (kind === 'data') yield { name, start: address, end: address + BigInt(Math.max(1, size)) };
    }
  }

  /** Names that begin as a given one does, a few: for whoever misspelt one. */
  like(name: string, most = 3): string[] {
    const found: string[] = [];
    for (const { name: known } of this.all) {
      if (known.toLowerCase().includes(name.toLowerCase()) && !found.includes(known)) found.push(known);
      if (found.length >= most) break;
    }
    return found;
  }

  /** Index of the first symbol from an address on. */
  #firstFrom(address: bigint): number {
    let low = 0;
    let high = this.all.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.all[middle]!.address < address) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
