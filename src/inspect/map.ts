/** The map of a linear address space: what is mapped, folded into runs of equal rights, as kernels dump their tables. */

import { READ } from '../arch/access.ts';
import type { EntryKind, Mmu, PageSize, Rights, WalkStep } from '../mmu/index.ts';

/** A run of consecutive pages that are mapped alike. */
export interface MapRun {
  /** First linear address. A bigint only where it does not fit a number. */
  readonly start: number | bigint;
  /** First linear address after it. */
  readonly end: number | bigint;
  /** Its size. */
  readonly bytes: number;
  /** The rights of all its pages. */
  readonly rights: Rights;
  /** The size of all its pages. */
  readonly pageSize: PageSize;
  /** Its pages are global. */
  readonly global: boolean;
  /** Physical address of the first byte. */
  readonly physical: number;
  /** The pages lie one after the other in physical memory, too. */
  readonly contiguous: boolean;
  /** What the caller named it, such as the region of a domain. */
  readonly name: string | undefined;
}

/** What {@link mapOf} may be told. */
export interface MapOptions {
  /** Names addresses; runs of different names are not folded together. */
  readonly nameOf?: (linear: number | bigint) => string | undefined;
}

/**
 * Maps the whole linear address space, in ascending order, in any paging mode. Reads RAM alone: what the TLB holds
 * plays no part. An absent entry is skipped with all the addresses under it.
 */
export function* mapOf(mmu: Mmu, options: MapOptions = {}): Generator<MapRun> {
  let run: Open | undefined;
  for (const page of pagesOf(mmu)) {
    const name = options.nameOf?.(asAddress(page.linear));
    if (run !== undefined && continues(run, page, name)) {
      run.contiguous &&= page.physical === run.physical + Number(run.end - run.start);
      run.end = page.linear + BigInt(page.pageSize);
      continue;
    }
    if (run !== undefined) yield close(run);
    const end = page.linear + BigInt(page.pageSize);
    run = { ...page, start: page.linear, end, contiguous: true, name };
  }
  if (run !== undefined) yield close(run);
}

interface Page {
  readonly linear: bigint;
  readonly physical: number;
  readonly pageSize: PageSize;
  readonly rights: Rights;
  readonly global: boolean;
}

interface Open extends Page {
  readonly start: bigint;
  end: bigint;
  contiguous: boolean;
  readonly name: string | undefined;
}

/** log2 of the linear bytes that an entry stands for, by its kind; a PDE of 4-byte entries stands for 4 MiB. */
const SHIFTS: Readonly<Record<EntryKind, number>> = { PML5E: 48, PML4E: 39, PDPTE: 30, PDE: 21, PTE: 12 };

function shiftOf(step: WalkStep): number {
  return step.kind === 'PDE' && step.entryBytes === 4 ? 22 : SHIFTS[step.kind];
}

/** Every mapped page, in ascending order. */
function* pagesOf(mmu: Mmu): Generator<Page> {
  const bits = { off: 0, '32-bit': 32, PAE: 32, '4-level': 48, '5-level': 57 }[mmu.mode];
  const half = bits > 32 ? 1n << BigInt(bits - 1) : 0n;
  for (let at = 0n; at < 1n << BigInt(bits); ) {
    // In long mode the upper half of the space lies at the top of the 64 bits.
    const linear = half !== 0n && at >= half ? BigInt.asUintN(64, BigInt.asIntN(bits, at)) : at;
    const last = mmu.explain(linear, READ).steps.at(-1);
    if (last === undefined) return;
    const bytes = 2 ** shiftOf(last);
    if (last.leadsTo === 'page' && last.target !== undefined) {
      const global = last.flags.includes('G');
      yield { linear, physical: last.target, pageSize: bytes as PageSize, rights: last.rights, global };
    }
    at += BigInt(bytes);
  }
}

function continues(run: Open, page: Page, name: string | undefined): boolean {
  return (
    page.linear === run.end &&
    name === run.name &&
    page.pageSize === run.pageSize &&
    page.global === run.global &&
    page.rights.writable === run.rights.writable &&
    page.rights.user === run.rights.user &&
    page.rights.executable === run.rights.executable
  );
}

function close({ start, end, rights, pageSize, global, physical, contiguous, name }: Open): MapRun {
  const bytes = Number(end - start);
  return {
    start: asAddress(start),
    end: asAddress(end),
    bytes,
    rights,
    pageSize,
    global,
    physical,
    contiguous,
    name,
  };
}

function asAddress(address: bigint): number | bigint {
  return address <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(address) : address;
}
