/** Rules about pages, each by itself. */

import { USER_READ } from '../../arch/access.ts';
import { formatAddress } from '../../arch/address.ts';
import { EFER_NXE } from '../../arch/control.ts';
import { PTE_RW, PTE_US } from '../../arch/entry.ts';
import { isLongMode, PAGING_MODES } from '../../arch/paging-modes.ts';
import { has, pagingMode } from '../../arch/registers.ts';
import type { RamRange } from '../../memory/ram.ts';
import { ramRanges } from '../../memory/ram-ranges.ts';
import {
  type AddressRange,
  addressOf,
  explainWalk,
  memoryTypeOfRun,
  type NamedRange,
  pageOf,
  RUN_CONTIGUOUS,
  RUN_NX,
  type WalkContext,
} from '../../walk/index.ts';
import type { Findings } from './findings.ts';
import { firstFrom, type PageRows } from './page-rows.ts';

/** Stretches of neighbouring pages that are alike. */
class Stretches {
  #page = 0;
  #pages = 0;
  #kind = '';
  #physical = 0;
  readonly #emit: (stretch: Stretch) => void;

  constructor(emit: (stretch: Stretch) => void) {
    this.#emit = emit;
  }

  add({ page, pages, kind, physical }: Stretch): void {
    if (this.#pages > 0 && this.#kind === kind && this.#page + this.#pages === page) {
      this.#pages += pages;
      return;
    }
    this.end();
    [this.#page, this.#pages, this.#kind, this.#physical] = [page, pages, kind, physical];
  }

  end(): void {
    if (this.#pages > 0)
      this.#emit({ page: this.#page, pages: this.#pages, kind: this.#kind, physical: this.#physical });
    this.#pages = 0;
  }
}

interface Stretch {
  readonly page: number;
  readonly pages: number;
  readonly kind: string;
  readonly physical: number;
}

/** Whether entries can forbid instruction fetches. */
function hasNoExecute(context: WalkContext): boolean {
  return PAGING_MODES[pagingMode(context)].entryBytes === 8 && has(context.efer, EFER_NXE);
}

/** Pages that are writable and executable. Where nothing can forbid fetches, it is told once. */
export function judgeWritableCode(context: WalkContext, rows: PageRows, findings: Findings): void {
  const protectable = hasNoExecute(context);
  let [first, total] = [-1, 0];
  const stretches = new Stretches(({ page, pages, kind, physical }) =>
    findings.add({
      rule: 'writable-executable',
      level: kind === 'user' ? 'warning' : 'error',
      page,
      pages,
      physical,
      text: () => `${counted(pages)} of the ${kind} ${pages === 1 ? 'is' : 'are'} writable and executable`,
    }),
  );
  for (let i = 0; i < rows.count; i++) {
    const attributes = rows.attributes[i]!;
    if ((attributes & PTE_RW) === 0 || (attributes & RUN_NX) !== 0) continue;
    const [page, pages, physical] = [rows.page[i]!, rows.pages[i]!, rows.physical[i]!];
    total += pages;
    if (first < 0) first = i;
    if (protectable) stretches.add({ page, pages, physical, kind: ring(attributes) });
  }
  stretches.end();
  if (protectable || total === 0) return;
  const mode = pagingMode(context);
  const why = PAGING_MODES[mode].entryBytes === 8 ? 'EFER.NXE is clear' : `${mode} paging has no NX`;
  findings.add({
    rule: 'writable-executable',
    level: 'note',
    page: rows.page[first]!,
    pages: rows.pages[first]!,
    physical: rows.physical[first]!,
    text: () =>
      `${why}: all ${total.toLocaleString('en')} writable 4 KiB pages are executable, here the first`,
  });
}

/** Pages among the kernel's addresses that are open to user mode. */
export function judgeKernelPages(
  context: WalkContext,
  rows: PageRows,
  kernel: AddressRange | undefined,
  findings: Findings,
): void {
  const [from, to] = kernelPages(context, kernel);
  const stretches = new Stretches(({ page, pages, kind, physical }) => {
    const { ok } = explainWalk(context, addressOf(page), USER_READ);
    findings.add({
      rule: 'user-kernel-page',
      level: kind === 'write' ? 'error' : 'warning',
      page,
      pages,
      physical,
      access: ok ? USER_READ : undefined,
      text: () =>
        `${counted(pages)} among the kernel's addresses can be ${kind === 'write' ? 'read and written' : 'read'} by user mode${ok ? '' : ', but for the protection key'}`,
    });
  });
  for (let i = 0; i < rows.count; i++) {
    const attributes = rows.attributes[i]!;
    if ((attributes & PTE_US) === 0) continue;
    const page = Math.max(from, rows.page[i]!);
    const end = Math.min(to, rows.page[i]! + rows.pages[i]!);
    if (page >= end) continue;
    const kind = (attributes & PTE_RW) === 0 ? 'read' : 'write';
    stretches.add({ page, pages: end - page, kind, physical: physicalAt(rows, i, page) });
  }
  stretches.end();
}

/** Pages that hold data by name and are executable. */
export function judgeNamedData(
  context: WalkContext,
  rows: PageRows,
  data: Iterable<NamedRange>,
  findings: Findings,
): void {
  // Where nothing can forbid fetches, each would be one.
  if (!hasNoExecute(context)) return;
  const sorted = [...data].sort((a, b) => Number(a.start > b.start) - Number(a.start < b.start));
  let open: { row: number; page: number; end: number; name: string; more: number } | undefined;
  const emit = (): void => {
    if (open === undefined) return;
    const { row, page, end, name, more } = open;
    findings.add({
      rule: 'executable-data',
      page,
      pages: end - page,
      physical: physicalAt(rows, row, page),
      text: () =>
        `${name}${more > 0 ? ` and ${more} more` : ''} ${more > 0 ? 'are' : 'is'} data by name, and executable`,
    });
  };
  for (const { start, end, name } of sorted) {
    if (end <= start) continue;
    const [first, last] = [pageOf(start), pageOf(typeof end === 'bigint' ? end - 1n : end - 1)];
    // The run before may reach into it.
    for (let i = Math.max(0, firstFrom(rows.page, first + 1) - 1); i < rows.count; i++) {
      if (rows.page[i]! > last) break;
      const page = Math.max(first, rows.page[i]!);
      const pagesEnd = Math.min(last + 1, rows.page[i]! + rows.pages[i]!);
      if (page >= pagesEnd || (rows.attributes[i]! & RUN_NX) !== 0) continue;
      if (open?.row === i) {
        open.end = Math.max(open.end, pagesEnd);
        open.more++;
      } else {
        emit();
        open = { row: i, page, end: pagesEnd, name, more: 0 };
      }
    }
  }
  emit();
}

/** Pages where no RAM is. */
export function judgePagesOutside(context: WalkContext, rows: PageRows, findings: Findings): void {
  const ram = ramRanges(context.memory);
  const ends = ram.map(({ end }) => end);
  const stretches = new Stretches(({ page, pages, kind, physical }) => {
    const device = kind.startsWith('U') || kind === 'WC';
    findings.add({
      rule: 'outside-ram',
      level: device ? 'note' : 'warning',
      page,
      pages,
      physical,
      text: () =>
        `${counted(pages)} ${pages === 1 ? 'leads' : 'lead'} to physical ${formatAddress(physical)} on, where no RAM is, or the dump lacks it; ` +
        `${device ? `of type ${kind}, as a device's` : `cached (${kind}), as no device should be`}`,
    });
  });
  for (let i = 0; i < rows.count; i++) {
    const attributes = rows.attributes[i]!;
    const contiguous = (attributes & RUN_CONTIGUOUS) !== 0;
    for (const { start, end } of gaps(ram, ends, rows.physical[i]!, rows.bytes[i]!)) {
      const skipped = (start - rows.physical[i]!) / 4096;
      // One page over and over: all of it is told, if a part of it is outside.
      const pages = contiguous ? Math.ceil((end - start) / 4096) : rows.pages[i]!;
      const page = rows.page[i]! + (contiguous ? skipped : 0);
      stretches.add({ page, pages, physical: start, kind: memoryTypeOfRun(context.cpu, attributes) });
      if (!contiguous) break;
    }
  }
  stretches.end();
}

/** The parts of some physical addresses where no RAM is. */
function* gaps(
  ram: readonly RamRange[],
  ends: readonly number[],
  physical: number,
  bytes: number,
): Generator<RamRange> {
  const stop = physical + bytes;
  let at = physical;
  for (let k = firstFrom(ends, physical + 1); at < stop; k++) {
    const start = Math.min(stop, Math.ceil((ram[k]?.start ?? stop) / 4096) * 4096);
    if (start > at) yield { start: at, end: start };
    if (k >= ram.length) return;
    at = Math.max(at, Math.floor(ram[k]!.end / 4096) * 4096);
  }
}

function kernelPages(context: WalkContext, kernel: AddressRange | undefined): [from: number, to: number] {
  if (kernel !== undefined)
    return [
      pageOf(kernel.start),
      pageOf(typeof kernel.end === 'bigint' ? kernel.end + 4095n : kernel.end + 4095),
    ];
  return isLongMode(pagingMode(context)) ? [2 ** 51, 2 ** 52] : [0xc_0000, 0x10_0000];
}

/** Physical address of a page of a run. */
function physicalAt(rows: PageRows, i: number, page: number): number {
  const contiguous = (rows.attributes[i]! & RUN_CONTIGUOUS) !== 0;
  const distance = (page - rows.page[i]!) * 4096;
  return rows.physical[i]! + (contiguous ? distance : distance % rows.bytes[i]!);
}

function ring(attributes: number): string {
  return (attributes & PTE_US) === 0 ? 'supervisor' : 'user';
}

function counted(pages: number): string {
  return pages === 1 ? 'one 4 KiB page' : `${pages.toLocaleString('en')} pages of 4 KiB`;
}
