import { PTE_P, PTE_RW } from '../arch/entry.ts';
import { FAULT } from '../mmu/mmu.ts';
import { TYPE_L1, TYPE_LDT, typeOf } from './frame-table.ts';
import { GDT_PAGES, LDT_DESCRIPTOR_HIGH, LDT_GDT_ENTRY, LDT_PAGES, XEN_GDT } from './layout.ts';
import { findPageTable, readLinearEntry } from './linear-map.ts';
import { DEFERRED_FLUSH, DEFERRED_LDT, type DomainState, type XenState } from './state.ts';
import { dropFrameAndType, takeFrameAndType } from './types.ts';

/**
 * The LDT. The CPU reads a domain's LDT not where the domain has it, but at 0xff41_0000, where Xen maps the pages one
 * by one when the CPU first faults on them: the LDT's shadow.
 */

/** Address of an entry of a domain's per-domain table. */
export function perDomainEntry(domain: DomainState, entry: number): number {
  return domain.perDomainFrame * 4096 + 4 * entry;
}

/** Drops every page of the caller's LDT shadow, if there is one. The TLB is flushed at the end of the call. */
export function dropLdtShadow(x: XenState): void {
  const { caller } = x;
  if (caller.ldtShadowPages === 0) return;
  caller.ldtShadowPages = 0;
  for (let page = 0; page < LDT_PAGES; page++) {
    const entry = perDomainEntry(caller, GDT_PAGES + page);
    const frame = x.memory.loadWord(entry) >>> 12;
    if (frame === 0) continue;
    x.memory.storeWord(entry, 0);
    dropFrameAndType(x, frame);
  }
  x.deferred |= DEFERRED_FLUSH | DEFERRED_LDT;
}

/** Maps a page of the caller's LDT into its shadow: what its own entry maps there, with RW. */
export function mapLdtPage(x: XenState, page: number): boolean {
  const { caller } = x;
  const read = readEntry(x, (caller.ldtBase >>> 12) + page);
  const entry = read === FAULT ? 0 : read;
  if ((entry & PTE_P) === 0) {
    x.refusal = { rule: 'entry-not-readable', page: (caller.ldtBase >>> 12) + page };
    return false;
  }
  if (!takeFrameAndType(x, entry >>> 12, caller.pointer, TYPE_LDT)) return false;
  x.memory.storeWord(perDomainEntry(caller, GDT_PAGES + page), entry | PTE_RW);
  caller.ldtShadowPages++;
  return true;
}

/** Reads the level-1 entry of a page, 0 to 2^32 − 1, or FAULT. */
function readEntry(x: XenState, page: number): number {
  if (!x.repairs['stale-linear-map']) return readLinearEntry(x, page);
  const table = findPageTable(x, page, false);
  if (table === FAULT || typeOf(x.frames.type(table)) !== TYPE_L1) return FAULT;
  return x.memory.loadWord(table * 4096 + 4 * (page & 1023)) >>> 0;
}

/**
 * Loads the LDT register: with nothing, or with a descriptor that Xen writes into the GDT in use. The length is that
 * of the LDT, the place always the shadow's.
 */
export function loadLdt(x: XenState, domain: DomainState): void {
  const { ldtEntries } = domain;
  if (ldtEntries !== 0) {
    const ownGdt = x.memory.loadWord(perDomainEntry(domain, 0)) & -4096;
    const descriptor = (domain.gdtEntries === 0 ? XEN_GDT : ownGdt >>> 0) + 8 * LDT_GDT_ENTRY;
    x.memory.storeWord(descriptor, ldtEntries * 8 - 1);
    x.memory.storeWord(descriptor + 4, LDT_DESCRIPTOR_HIGH);
  }
  x.flushes.push(['ldt', ldtEntries]);
}
