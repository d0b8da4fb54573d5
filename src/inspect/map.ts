/** The map of a linear address space: what is mapped, folded into runs of equal rights, as kernels dump their tables. */

import {
  type AddressRange,
  contextOf,
  type NamedRange,
  type NamedStretch,
  namedStretches,
  type PageRun,
  pageRuns,
  type Walkable,
} from '../walk/index.ts';

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
   * Named ranges; pages of different names are not folded together. A page has the name of its first address, and where
   * ranges overlap, that of the first in the list. However long a run is, this costs no more than there are ranges in it.
   */
  readonly names?: readonly NamedRange[] | undefined;
  /**
   * Names addresses, in place of `names`, by a function that is asked for the first address of every page: a run of more
   * than 2^24 pages would keep it busy for minutes, and is refused.
   */
  readonly nameOf?: ((linear: number | bigint) => string | undefined) | undefined;
  /** Also ends a run where physical addresses are neither consecutive nor all the same. Default false. */
  readonly contiguous?: boolean | undefined;
  /** Also ends a run where A or D changes from leaf to leaf. Default false: they are counted. */
  readonly accessedDirty?: boolean | undefined;
}

/** A longer run is not named by a function. */
const MAX_NAMED_PAGES = 2 ** 24;

/**
 * Maps the linear address space, in ascending order, in any paging mode. Reads RAM alone: what a TLB holds plays no
 * part. An absent or malformed entry is skipped with all the addresses under it.
 *
 * @param source - An `Mmu`, a `Machine`, or a walk's context: no MMU is needed.
 * @throws RangeError if the range is not one of addresses in ascending order, or a run is too long for `nameOf`.
 * @example
 * for (const { start, end, rights } of mapOf(mmu, { range: { start: 0xc000_0000, end: 2 ** 32 } })) …
 */
export function* mapOf(source: Walkable, options: MapOptions = {}): Generator<MapRun> {
  const context = contextOf(source);
  const { names, nameOf, ...rest } = options;
  if (nameOf === undefined && (names === undefined || names.length === 0)) {
    for (const run of pageRuns(context, rest)) yield withName(run, undefined);
    return;
  }
  const piecesOf = nameOf === undefined ? byRanges(names ?? []) : byFunction(nameOf);
  for (const run of pageRuns(context, rest)) {
    const pieces = piecesOf(run);
    if (pieces.length === 1) {
      yield withName(run, pieces[0]!.name);
      continue;
    }
    for (const { name, ...range } of pieces) {
      for (const part of pageRuns(context, { ...rest, range })) yield withName(part, name);
    }
  }
}

/** Names a run that nobody else has seen yet: a copy of it would cost more than all that led to it. */
function withName(run: PageRun, name: string | undefined): MapRun {
  return Object.assign(run, { name });
}

interface Piece extends AddressRange {
  readonly name: string | undefined;
}

/** Cuts runs where names change, borders within a page counting from the next page on. */
function byRanges(names: readonly NamedRange[]): (run: PageRun) => Piece[] {
  const stretches = namedStretches(names);
  // Runs come in ascending order.
  let at = 0;
  return (run) => {
    while (stretches[at]!.end <= run.start) at++;
    return stretchesIn(run, stretches, at);
  };
}

function stretchesIn(run: PageRun, stretches: readonly NamedStretch[], first: number): Piece[] {
  const pieces: Piece[] = [];
  let start = run.start;
  for (let i = first; start < run.end; i++) {
    const { end: border, name } = stretches[i]!;
    const pages = border >= run.end ? run.pages : pagesUpTo(run, border);
    const end = pages === run.pages ? run.end : add(run.start, pages * run.pageSize);
    if (end <= start) continue;
    const last = pieces.at(-1);
    if (last !== undefined && last.name === name) pieces[pieces.length - 1] = { ...last, end };
    else pieces.push({ start, end, name });
    start = end;
  }
  return pieces;
}

/** How many pages of a run begin before an address in it. */
function pagesUpTo({ start, pageSize }: PageRun, address: bigint): number {
  return Number((address - BigInt(start) + BigInt(pageSize - 1)) / BigInt(pageSize));
}

/** Cuts runs where the function gives another name. */
function byFunction(nameOf: NonNullable<MapOptions['nameOf']>): (run: PageRun) => Piece[] {
  return (run) => {
    if (run.pages > MAX_NAMED_PAGES) {
      throw new RangeError(
        `a run of ${run.pages} pages is too long to be named page by page; give ranges as \`names\` in place of \`nameOf\``,
      );
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
  };
}

function add(address: number | bigint, bytes: number): number | bigint {
  return typeof address === 'number' ? address + bytes : address + BigInt(bytes);
}
