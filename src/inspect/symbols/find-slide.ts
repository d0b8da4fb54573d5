/** How far a kernel lies from where it was linked, as its page tables tell. */

import { type PageRun, pageRuns, type Walkable } from '../../walk/index.ts';
import type { SymbolTable, TableSymbol } from './symbol-table.ts';

/** Symbols of each kind that are asked for a place. */
const SAMPLE = 256;
/** Places that are tried. */
const MAX_PLACES = 1024;
/** So much of the sample must fit: what serves while booting alone is no code any more, later. */
const LEAST_FIT = 0.7;

/**
 * Finds how far the kernel was moved, such as by KASLR: from the first symbol of code to the start of some run of the
 * supervisor's executable pages, so that code lies in such pages and data in others.
 *
 * @returns What is to be added to the symbols' addresses, modulo 2^64; undefined where no place fits, or several do as well.
 */
export function findSlide(source: Walkable, symbols: SymbolTable): bigint | undefined {
  const code = sampleOf(symbols.all.filter(({ kind }) => kind === 'code'));
  const data = sampleOf(symbols.all.filter(({ kind }) => kind === 'data'));
  const [first] = code;
  if (first === undefined) return undefined;
  const runs = [...pageRuns(source)].filter(({ rights }) => !rights.user);
  // The kernel's image begins at a page, whatever its first symbol does.
  const base = first.address & ~0xfffn;
  const starts = runs.filter(({ rights }) => rights.executable).map(({ start }) => BigInt(start));
  const slides = new Set([
    0n,
    ...starts.slice(0, MAX_PLACES).map((start) => BigInt.asUintN(64, start - base)),
  ]);
  const fits = [...slides].map((slide) => ({ slide, fit: fitOf(runs, code, data, slide) }));
  const best = Math.max(...fits.map(({ fit }) => fit));
  if (best < LEAST_FIT) return undefined;
  const winners = fits.filter(({ fit }) => fit === best);
  // Where it was linked, if that fits as well as anything.
  return winners.length === 1 || winners[0]!.slide === 0n ? winners[0]!.slide : undefined;
}

function fitOf(
  runs: readonly PageRun[],
  code: readonly TableSymbol[],
  data: readonly TableSymbol[],
  slide: bigint,
): number {
  const runAt = ({ address }: TableSymbol): PageRun | undefined =>
    runHolding(runs, BigInt.asUintN(64, address + slide));
  const inCode = code.filter((symbol) => runAt(symbol)?.rights.executable === true).length;
  // Where nothing can forbid execution, data need only be mapped.
  const protects = runs.some(({ rights }) => !rights.executable);
  const inData = data.filter((symbol) => {
    const run = runAt(symbol);
    return run !== undefined && !(protects && run.rights.executable);
  }).length;
  return (inCode + inData) / (code.length + data.length);
}

function runHolding(runs: readonly PageRun[], address: bigint): PageRun | undefined {
  let low = 0;
  let high = runs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (BigInt(runs[middle]!.end) <= address) low = middle + 1;
    else high = middle;
  }
  const run = runs[low];
  return run !== undefined && BigInt(run.start) <= address ? run : undefined;
}

/** The first of some symbols, and others at equal distances. */
function sampleOf(symbols: readonly TableSymbol[]): TableSymbol[] {
  const step = Math.max(1, Math.floor(symbols.length / SAMPLE));
  return symbols.filter((_, i) => i % step === 0);
}
