/** Answers about address spaces, as text and JSON: who maps a frame, what changed, where roots are. */

import { formatAddress } from '../arch/address.ts';
import type { FoundRoot, MapDifference, MappedAs, Mapping, WhoReport } from '../inspect/index.ts';
import { hex, type Json } from './json.ts';
import { PLAIN, type Style } from './style.ts';
import { alignColumns } from './table.ts';
import { formatBytes } from './units.ts';
import { rightsText } from './walk-text.ts';

/** Names addresses; undefined where there is no name. */
export type NameOf = (linear: number | bigint) => string | undefined;

const NAMELESS: NameOf = () => undefined;

/** Lines that a person is shown, unless all are asked for. */
const SHOWN = 400;
/** Roots that are named in a line. */
const ROOTS_SHOWN = 3;

/** What {@link whoText} and {@link differencesText} may be told. */
export interface InspectTextOptions {
  /** Names linear addresses. */
  readonly nameOf?: NameOf | undefined;
  /** Every line, however many. */
  readonly all?: boolean | undefined;
}

/** What leads to a physical address, as a table. */
export function whoText(
  { physical, mappings, pointers, complete }: WhoReport,
  style: Style = PLAIN,
  { nameOf = NAMELESS, all = false }: InspectTextOptions = {},
): string {
  const lines = [style.title(`physical ${formatAddress(physical)}`)];
  const shown = all ? mappings : mappings.slice(0, SHOWN);
  const rows = shown.map((mapping) => [
    `  ${formatAddress(mapping.linear)}`,
    rightsText(mapping.rights),
    mapping.global ? 'G' : '-',
    mapping.memoryType,
    `${formatBytes(mapping.pageSize)} page by the entry at ${formatAddress(mapping.entryAddress)}${moreText(mapping)}`,
    [nameOf(mapping.linear), rootsIn(mapping.roots)].filter(Boolean).join(' '),
  ]);
  lines.push(...alignColumns(rows, (cell) => cell));
  if (mappings.length > shown.length)
    lines.push(style.dim(`  … and ${(mappings.length - shown.length).toLocaleString('en')} more (--all)`));
  for (const { entryAddress, kind, start, roots } of pointers) {
    const where = rootsIn(roots);
    lines.push(
      kind === undefined
        ? '  is the root of the page tables (CR3)'
        : `  is the table of the ${kind} at ${formatAddress(entryAddress)}, for ${formatAddress(start)} on${where && ` ${where}`}`,
    );
  }
  if (mappings.length === 0 && pointers.length === 0) lines.push('  nothing leads here');
  if (!complete) lines.push('  … and more');
  return lines.join('\n');
}

function moreText({ count, pageSize }: Mapping): string {
  return count === 1
    ? ''
    : `, and ${(count - 1).toLocaleString('en')} more, each ${formatBytes(pageSize)} on`;
}

function rootsIn(roots: readonly number[] | undefined): string {
  if (roots === undefined) return '';
  const some = roots.slice(0, ROOTS_SHOWN).map((cr3) => formatAddress(cr3));
  const more = roots.length - some.length;
  return `under CR3 ${some.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** What leads to a physical address, under the schema name `x86-paging/who/1`. */
export function whoJson(
  { physical, mappings, pointers, complete }: WhoReport,
  nameOf: NameOf = NAMELESS,
): Json {
  return {
    schema: 'x86-paging/who/1',
    physical: hex(physical),
    complete,
    mappings: mappings.map((mapping) => ({
      linear: hex(mapping.linear),
      ...nameJson(nameOf(mapping.linear)),
      count: mapping.count,
      pageSize: mapping.pageSize,
      rights: { ...mapping.rights },
      global: mapping.global,
      memoryType: mapping.memoryType,
      protectionKey: mapping.protectionKey ?? null,
      entryAddress: hex(mapping.entryAddress),
      ...(mapping.roots !== undefined && { roots: mapping.roots.map(hex) }),
    })),
    pointers: pointers.map(({ entryAddress, kind, start, rights, roots }) => ({
      entryAddress: hex(entryAddress),
      kind: kind ?? 'CR3',
      start: hex(start),
      rights: { ...rights },
      ...(roots !== undefined && { roots: roots.map(hex) }),
    })),
  };
}

function nameJson(name: string | undefined): { readonly name?: string } {
  return name === undefined ? {} : { name };
}

/** What changed, one line a stretch. */
export function differencesText(
  differences: Iterable<MapDifference>,
  style: Style = PLAIN,
  { nameOf = NAMELESS, all = false }: InspectTextOptions = {},
): string {
  const every = [...differences];
  const shown = all ? every : every.slice(0, SHOWN);
  const rows = shown.map(({ start, end, bytes, changes, before, after }) => [
    `${formatAddress(start)}-${formatAddress(end)}`,
    formatBytes(bytes),
    changes.join(', '),
    asText(before),
    asText(after),
    nameOf(start) ?? '',
  ]);
  const header = [
    'linear',
    'size',
    'what',
    'before',
    'after',
    rows.some((row) => row.at(-1) !== '') ? 'name' : '',
  ];
  const lines = alignColumns([header, ...rows], (cell, row) => (row === 0 ? style.dim(cell) : cell));
  if (every.length > shown.length)
    lines.push(style.dim(`… and ${(every.length - shown.length).toLocaleString('en')} more lines (--all)`));
  return lines.join('\n');
}

function asText(mapped: MappedAs | undefined): string {
  if (mapped === undefined) return '-';
  const used = `${mapped.accessed ? 'A' : '-'}${mapped.dirty ? 'D' : '-'}`;
  const global = mapped.global ? 'G' : '-';
  return `${rightsText(mapped.rights)} ${global} ${used} ${mapped.memoryType} ${formatAddress(mapped.physical)}${mapped.oneFrame ? ' one frame' : ''}`;
}

/** A stretch that changed, under the schema name `x86-paging/difference/1`. */
export function differenceJson(
  { start, end, bytes, changes, before, after }: MapDifference,
  name?: string,
): Json {
  return {
    schema: 'x86-paging/difference/1',
    start: hex(start),
    end: hex(end),
    ...nameJson(name),
    bytes,
    changes: [...changes],
    before: asJson(before),
    after: asJson(after),
  };
}

function asJson(mapped: MappedAs | undefined): Json {
  if (mapped === undefined) return null;
  const { physical, rights, protectionKey, ...rest } = mapped;
  return { ...rest, physical: hex(physical), rights: { ...rights }, protectionKey: protectionKey ?? null };
}

/** Candidates for CR3, best first, with what speaks for them. */
export function rootsText(roots: readonly FoundRoot[], style: Style = PLAIN): string {
  const lines: string[] = [];
  for (const { cr3, mode, score, evidence, registers } of roots) {
    lines.push(style.title(`CR3 ${formatAddress(cr3)}  ${mode} paging  score ${score}`));
    lines.push(
      `  --cr0 ${hex(registers.cr0)} --cr3 ${hex(registers.cr3)} --cr4 ${hex(registers.cr4)} --efer ${hex(registers.efer)}`,
    );
    for (const { points, text } of evidence) lines.push(`  ${String(points).padStart(3)}  ${text}`);
  }
  return lines.join('\n');
}

/** A candidate for CR3, under the schema name `x86-paging/root/1`. */
export function rootJson({ cr3, mode, score, evidence, tables, pages, registers }: FoundRoot): Json {
  const { cr0, cr4, efer } = registers;
  return {
    schema: 'x86-paging/root/1',
    cr3: hex(cr3),
    mode,
    score,
    evidence: evidence.map(({ kind, points, text }) => ({ kind, points, text })),
    tables,
    pages,
    registers: { cr0: hex(cr0), cr3: hex(cr3), cr4: hex(cr4), efer: hex(efer) },
  };
}
