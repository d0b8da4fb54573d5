/** The map of a linear address space: what is mapped, folded into runs of equal rights, as kernels dump their tables. */

import { type AddressRange, contextOf, type PageRun, pageRuns, type Walkable } from '../walk/index.ts';

/** A run of consecutive pages that are mapped alike. */
export interface MapRun extends PageRun {
  /** What the caller named it, such as the region of a domain. */
  readonly name: string | undefined;
}

/** What {@link mapOf} may be told. */
export interface MapOptions {
  /** Only pages that overlap this range; a large page at its border is listed whole. Default: everything. */
  readonly range?: AddressRange | undefined;
  /**
   * Names addresses; runs of different names are not folded together. It is asked for the first address of every page,
   * so a run of more than 2^24 pages cannot be named.
   */
  readonly nameOf?: ((linear: number | bigint) => string | undefined) | undefined;
  /** Also ends a run where physical addresses are neither consecutive nor all the same. Default false. */
  readonly contiguous?: boolean | undefined;
  /** Also ends a run where A or D changes from leaf to leaf. Default false: they are counted. */
  readonly accessedDirty?: boolean | undefined;
}

/** A longer run would keep `nameOf` busy for minutes. */
const MAX_NAMED_PAGES = 2 ** 24;

/**
 * Maps the linear address space, in ascending order, in any paging mode. Reads RAM alone: what a TLB holds plays no
 * part. An absent or malformed entry is skipped with all the addresses under it.
 *
 * @param source - An `Mmu`, a `Machine`, or a walk's context: no MMU is needed.
 * @throws RangeError if the range is not one of addresses in ascending order, or a run is too long to be named.
 * @example
 * for (const { start, end, rights } of mapOf(mmu, { range: { start: 0xc000_0000, end: 2 ** 32 } })) …
 */
export function* mapOf(source: Walkable, options: MapOptions = {}): Generator<MapRun> {
  const context = contextOf(source);
  const { nameOf, ...rest } = options;
  for (const run of pageRuns(context, rest)) {
    if (nameOf === undefined) {
      yield { ...run, name: undefined };
      continue;
    }
    const pieces = piecesOf(run, nameOf);
    if (pieces.length === 1) {
      yield { ...run, name: pieces[0]!.name };
      continue;
    }
    for (const { name, ...range } of pieces) {
      for (const part of pageRuns(context, { ...rest, range })) yield { ...part, name };
    }
  }
}

interface Piece extends AddressRange {
  readonly name: string | undefined;
}

/** A run cut where names change. */
function piecesOf(run: PageRun, nameOf: NonNullable<MapOptions['nameOf']>): Piece[] {
  if (run.pages > MAX_NAMED_PAGES) {
    throw new RangeError(`a run of ${run.pages} pages is too long to be named page by page; give a range`);
  }
  const pieces: Piece[] = [];
  let [start, name] = [run.start, nameOf(run.start)];
  for (let i = 1; i < run.pages; i++) {
    const linear = add(run.start, i * run.pageSize);
    const next = nameOf(linear);
    if (next === name) continue;
    pieces.push({ start, end: linear, name });
    [start, name] = [linear, next];
  }
  pieces.push({ start, end: run.end, name });
  return pieces;
}

function add(address: number | bigint, bytes: number): number | bigint {
  return typeof address === 'number' ? address + bytes : address + BigInt(bytes);
}
