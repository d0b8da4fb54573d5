/** What was wanted, as one table: an aim may stand for several works, of which the worst counts. */
import type { Figure } from './measure.ts';
import { wasmName, wasmOwnName } from './work.ts';

interface Aim {
  readonly what: string;
  /** Over plain RAM; over others of {@link RAMS} they have the same names behind something. */
  readonly works: readonly string[];
}

/** Where RAM and lists lie: how works are named then, and the head of their column. */
export const RAMS: readonly { readonly head: string; readonly nameOf: (name: string) => string }[] = [
  { head: 'to C', nameOf: (name) => name },
  { head: 'in WebAssembly memory, to C', nameOf: wasmName },
  { head: 'lists there too, to C', nameOf: wasmOwnName },
];

/** Every work with a target stands in one of them. */
export const AIMS: readonly Aim[] = [
  { what: '32-bit: hits in a list', works: ['many-hits-sequential', 'many-hits-random'] },
  { what: '32-bit: misses in a list, 512 MiB', works: ['many-misses-random'] },
  { what: '32-bit: hits, one call each', works: ['translate-hits-sequential', 'translate-hits-random'] },
  { what: '`readUint32`', works: ['read-hits'] },
  { what: '`readUint32` across two pages', works: ['read-crossing'] },
  { what: 'a fault', works: ['faults'] },
  { what: '32-bit: INVLPG, and the page used again', works: ['invlpg'] },
  { what: '32-bit: CR3 loaded, and 1,024 pages used again', works: ['cr3-load'] },
  { what: '32-bit: all 2^20 pages × 6 kinds of access', works: ['all-pages'] },
  { what: '4-level: hits in a list', works: ['long-hits'] },
  { what: '4-level: one call, halves', works: ['long-halves'] },
  { what: '4-level: one call, number', works: ['long-number'] },
  { what: '4-level: one call, bigint', works: ['long-bigint'] },
  { what: '4-level: misses in a list, 512 MiB', works: ['long-misses'] },
  { what: '4-level: CR3 loaded, and 1,024 pages used again', works: ['long-cr3'] },
  { what: '4-level: the same with two PCIDs', works: ['long-pcids'] },
  { what: '4-level: INVLPG, and the page used again', works: ['long-invlpg'] },
  { what: '32-bit: 2^20 pages of 4 KiB into runs', works: scans('32-bit') },
  { what: '4-level: 2^20 pages of 4 KiB into runs', works: scans('4-level') },
  { what: 'page tables, 512 MiB', works: ['tables-512-ascending', 'tables-512-scattered'] },
  { what: 'directory of 4 MiB pages, 512 and 960 MiB', works: ['large-tables-512', 'large-tables-960'] },
  { what: '`buildDomain`, 512 and 960 MiB', works: domains('') },
  { what: '`buildDomain` without an update list', works: domains('-unlisted') },
  { what: "`buildDomain` in the last domain's arrays", works: domains('-reused') },
  { what: 'without an update list, in those arrays', works: domains('-unlisted-reused') },
];

function scans(mode: string): string[] {
  return ['in-order', 'anywhere', 'each-by-itself'].map((kind) => `scan-${mode}-${kind}`);
}

function domains(manner: string): string[] {
  return [512, 960].map((mebibytes) => `build-domain-${mebibytes}${manner}`);
}

/** @returns The work of an aim that is furthest from its target, or undefined if none with one was measured. */
export function worst(
  figures: readonly Figure[],
  { works }: Aim,
  nameOf: (name: string) => string,
): Figure | undefined {
  const distance = ({ ratio, target }: Figure): number => (ratio.C?.median ?? 0) / target!;
  return works
    .flatMap(
      (work) => figures.find(({ name, target }) => name === nameOf(work) && target !== undefined) ?? [],
    )
    .sort((a, b) => distance(b) - distance(a))[0];
}

/** @returns What stands in the table, in its order: over plain RAM, and after it over the others. */
export function aimedAt(figures: readonly Figure[]): Figure[] {
  return RAMS.flatMap(({ nameOf }) => AIMS.flatMap((aim) => worst(figures, aim, nameOf) ?? []));
}

/** @returns Lines of Markdown: each aim over each RAM of which there are figures, and whether it is reached. */
export function aimsTable(figures: readonly Figure[]): string[] {
  const rams = RAMS.filter(({ nameOf }) => AIMS.some((aim) => worst(figures, aim, nameOf)));
  const rows = AIMS.flatMap((aim) => {
    const found = rams.map(({ nameOf }) => worst(figures, aim, nameOf));
    return found.some((figure) => figure) ? [[aim.what, ...found.flatMap(cellsOf)]] : [];
  });
  return [
    `| what | ${rams.map(({ head }) => `${head} | at most | reached`).join(' | ')} |`,
    `|---|${rams.map(() => '--:|--:|---|').join('')}`,
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ];
}

function cellsOf(figure: Figure | undefined): string[] {
  if (figure?.ratio.C === undefined || figure.target === undefined) return ['', '', ''];
  const { median } = figure.ratio.C;
  return [median.toFixed(2), String(figure.target), median <= figure.target ? 'yes' : 'no'];
}
