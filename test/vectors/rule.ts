/**
 * 32-bit paging of the CPUs from the i386 to the Pentium III as tables, to be read beside the manual. Nothing here knows
 * of src/mmu. Sources: 80386 Programmer's Reference Manual chapter 5; SDM 3A §4.3 (structures, large pages), §4.6
 * (rights), §4.7 (error code), §4.8 (accessed and dirty), §4.10.2.4 (global), SDM 3A chapter 22 (what each CPU has).
 */

import type { ExpectedOutcome } from '../../src/vectors/index.ts';

const yes = true;
const no = false;

/** What each CPU has; and what bits 13 and 21 mean in a directory entry for a 4 MiB page. */
export const CPUS = {
  i386: { wp: no, cr4: no, pse: no, pge: no, bit13: 'reserved', bit21: 'reserved' },
  i486: { wp: yes, cr4: no, pse: no, pge: no, bit13: 'reserved', bit21: 'reserved' },
  pentium: { wp: yes, cr4: yes, pse: yes, pge: no, bit13: 'reserved', bit21: 'reserved' },
  'pentium-pro': { wp: yes, cr4: yes, pse: yes, pge: yes, bit13: 'reserved', bit21: 'reserved' },
  'pentium-iii': { wp: yes, cr4: yes, pse: yes, pge: yes, bit13: 'address bit 32', bit21: 'reserved' },
} as const;

export type Cpu = keyof typeof CPUS;

/** By U/S and R/W of both entries together: is the access allowed? */
const RIGHTS = [
  //  U/S    R/W      user: read write fetch   supervisor: read write write+WP fetch
  {
    us: 0,
    rw: 0,
    user: { read: no, write: no, fetch: no },
    supervisor: { read: yes, write: yes, writeWp: no, fetch: yes },
  },
  {
    us: 0,
    rw: 1,
    user: { read: no, write: no, fetch: no },
    supervisor: { read: yes, write: yes, writeWp: yes, fetch: yes },
  },
  {
    us: 1,
    rw: 0,
    user: { read: yes, write: no, fetch: yes },
    supervisor: { read: yes, write: yes, writeWp: no, fetch: yes },
  },
  {
    us: 1,
    rw: 1,
    user: { read: yes, write: yes, fetch: yes },
    supervisor: { read: yes, write: yes, writeWp: yes, fetch: yes },
  },
] as const;

/** By how the walk ends: the bits of the error code that say so. */
const CAUSES = {
  'not present': 0b0000,
  'not allowed': 0b0001,
  'reserved bit': 0b1001,
} as const;

/** By access and ring: the bits of the error code that say which. Without NX and SMEP a fetch is not told from a read. */
const DESCRIPTIONS = {
  supervisor: { read: 0b0000, write: 0b0010, fetch: 0b0000 },
  user: { read: 0b0100, write: 0b0110, fetch: 0b0100 },
} as const;

/** By access: what a walk that succeeds sets in the entry that maps the page, and in the one above it. */
const ACCESSED_AND_DIRTY = {
  read: { leaf: 0x20, above: 0x20 },
  write: { leaf: 0x60, above: 0x20 },
  fetch: { leaf: 0x20, above: 0x20 },
} as const;

/** By ring: what paging makes of it. */
export const MODE_OF_RING = ['supervisor', 'supervisor', 'supervisor', 'user'] as const;

export const ACCESSES = ['read', 'write', 'fetch'] as const;

/** The bits of an entry that matter. */
export interface EntryBits {
  readonly p: number;
  readonly rw: number;
  readonly us: number;
  readonly g: number;
}

export interface PdeBits extends EntryBits {
  readonly ps: number;
  readonly bit13: number;
  readonly bit21: number;
}

export interface State {
  readonly cpu: Cpu;
  /** As written to CR0. */
  readonly wp: boolean;
  readonly pse: boolean;
  readonly pge: boolean;
}

/** Base of the 4 MiB pages of the table, bits 31–22. */
export const LARGE_BASE = 0x0040_0000;

/** The tables above, put together. */
export function outcomeOf(
  state: State,
  mode: 'user' | 'supervisor',
  access: (typeof ACCESSES)[number],
  pde: PdeBits,
  pte: EntryBits,
): ExpectedOutcome {
  const cpu = CPUS[state.cpu];
  const fault = (cause: keyof typeof CAUSES, maySetInPde: number): ExpectedOutcome => ({
    result: 'fault',
    errorCode: CAUSES[cause] | DESCRIPTIONS[mode][access],
    setsInPde: 0,
    setsInPte: 0,
    maySetInPde,
    global: false,
  });
  if (pde.p === 0) return fault('not present', 0);

  const large = pde.ps === 1 && state.pse;
  if (large && pde.bit13 === 1 && cpu.bit13 === 'reserved') return fault('reserved bit', 0);
  if (large && pde.bit21 === 1 && cpu.bit21 === 'reserved') return fault('reserved bit', 0);
  // A of the directory entry: open, if the fault comes later.
  if (!large && pte.p === 0) return fault('not present', 0x20);

  const us = large ? pde.us : pde.us & pte.us;
  const rw = large ? pde.rw : pde.rw & pte.rw;
  const allowed = RIGHTS.find((row) => row.us === us && row.rw === rw)!;
  const wpCounts = mode === 'supervisor' && access === 'write' && cpu.wp && state.wp;
  const right = wpCounts ? allowed.supervisor.writeWp : allowed[mode][access];
  if (!right) return fault('not allowed', large ? 0 : 0x20);

  const sets = ACCESSED_AND_DIRTY[access];
  const leaf = large ? pde : pte;
  const success = { maySetInPde: 0, global: leaf.g === 1 && state.pge };
  if (!large) return { result: 'page', setsInPde: sets.above, setsInPte: sets.leaf, ...success };
  const base = LARGE_BASE + (pde.bit13 === 1 ? 2 ** 32 : 0);
  return {
    result: 'large-page',
    base: `0x${base.toString(16)}`,
    setsInPde: sets.leaf,
    setsInPte: 0,
    ...success,
  };
}
