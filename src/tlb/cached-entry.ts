import type { Access } from '../arch/access.ts';

/** One entry of a TLB, decoded. Addresses in halves, since long mode's do not fit a number. */
export interface CachedEntry {
  readonly linearLow: number;
  readonly linearHigh: number;
  readonly physical: number;
  /** log2 of the bytes that the entry maps. */
  readonly shift: number;
  /** log2 of the page size: larger than `shift` where the entry is a piece of a large page. */
  readonly pageShift: number;
  readonly rights: number;
  readonly key: number;
  readonly global: boolean;
  readonly pcid: number;
  readonly filledBy: Access;
  readonly fillNumber: number;
}
