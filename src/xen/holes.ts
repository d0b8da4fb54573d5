/**
 * The holes of the original, each accepted by default and each with a switch that closes it.
 * Source: docs/xen-1.2.md §13 for the first seven; the others were found with this program. The advisories are those of the
 * Xen project, which name the same shape in later versions.
 */

/** Which hole. */
export type HoleName =
  | 'l2-writable-flag'
  | 'l2-large-flag'
  | 'l1-global-flag'
  | 'linear-chain'
  | 'stale-linear-map'
  | 'pin-count'
  | 'descriptor-reference'
  | 'pointer-beyond-memory'
  | 'reserved-descriptors';

/** What is known of a hole. */
export interface Hole {
  /** What the original overlooks, in a sentence. */
  readonly what: string;
  /** What a guest gains. */
  readonly gain: string;
  /** The repair, in a sentence. */
  readonly repair: string;
  /** The advisory about the same shape in a later version. */
  readonly advisory: string | undefined;
}

/** Every hole that can be closed. */
export const HOLES: Readonly<Record<HoleName, Hole>> = {
  'l2-writable-flag': {
    what: 'A change of bits 1–11 of a directory entry skips every check, RW of a linear map included.',
    gain: 'The guest writes its own page directory, Xen’s slots included.',
    repair: 'A change that adds RW goes through the checks of a new entry.',
    advisory: 'XSA-182',
  },
  'l2-large-flag': {
    what: 'A change of bits 1–11 of a directory entry skips every check, PSE and GLOBAL included.',
    gain: 'With PSE the entry maps the 4 MiB around its table, writable, whoever owns them.',
    repair: 'Forbidden bits are looked for before the entry is compared with the old one.',
    advisory: 'XSA-148',
  },
  'l1-global-flag': {
    what: 'A change of bits 2–11 of a table entry skips every check, GLOBAL and PAT included.',
    gain: 'A writable translation outlives the frame’s change into a page table: Xen’s flushes load CR3 only.',
    repair: 'Forbidden bits are looked for before the entry is compared with the old one.',
    advisory: undefined,
  },
  'linear-chain': {
    what: 'Directories may map one another in a chain of any length.',
    gain: 'One unpin drops them all, each inside the call for the one before: Xen’s stack overflows.',
    repair: 'A directory may map itself as a page table, but no other.',
    advisory: 'XSA-240',
  },
  'stale-linear-map': {
    what: 'Xen reads and writes entries through the linear page table, whose translations it does not flush.',
    gain: 'Xen stores an entry into a frame that is no page table any more, by the rules of one.',
    repair: 'The table is looked up anew, and must be a page table for as long as its entry is changed.',
    advisory: 'XSA-286',
  },
  'pin-count': {
    what: 'UNPIN takes a reference that it never gives back.',
    gain: 'A frame that was ever unpinned is never free again.',
    repair: 'The reference is given back.',
    advisory: undefined,
  },
  'descriptor-reference': {
    what: 'update_descriptor gives back a reference also where it was refused one.',
    gain: 'A frame of another domain is freed under its owner.',
    repair: 'Nothing is given back that was not taken.',
    advisory: undefined,
  },
  'pointer-beyond-memory': {
    what: 'The pointer of a checked update has no range: beyond memory, the words behind the frame table decide.',
    gain: 'A guest whose memory lies there forges the entry of a frame that is no RAM, such as a device’s.',
    repair: 'The frame must be one of the machine’s.',
    advisory: undefined,
  },
  'reserved-descriptors': {
    what: 'A GDT’s first page, in which Xen has put its own descriptors, may be a further page of the same GDT too.',
    gain: 'Xen’s ring-0 code segment has a selector to which a call gate may lead.',
    repair: 'A further page is not the first one, and is checked whenever a GDT is set.',
    advisory: undefined,
  },
};

/** Their names, in the order of docs/xen-1.2.md §13. */
export const HOLE_NAMES: readonly HoleName[] = Object.keys(HOLES) as HoleName[];

/** Which holes are closed. */
export type Repairs = Readonly<Record<HoleName, boolean>>;

/**
 * The closed holes as a table.
 * @throws RangeError for a name that is none.
 */
export function repairsOf(repaired: 'all' | readonly HoleName[] = []): Repairs {
  const names: readonly string[] = repaired === 'all' ? HOLE_NAMES : repaired;
  for (const name of names) {
    if (!Object.hasOwn(HOLES, name)) {
      throw new RangeError(`there is no hole '${name}'; the holes are ${HOLE_NAMES.join(', ')}`);
    }
  }
  return Object.fromEntries(HOLE_NAMES.map((name) => [name, names.includes(name)])) as Record<
    HoleName,
    boolean
  >;
}
