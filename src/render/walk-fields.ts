/** The linear address cut into the fields that a walk uses, and the error code's bits in words. */

import { PTE_A, PTE_D } from '../arch/entry.ts';
import { addressFields } from '../arch/paging-modes.ts';
import type { WalkReport } from '../mmu/index.ts';

/** One field of a linear address. */
export interface Field {
  readonly name: string;
  /** Its width. */
  readonly bits: number;
  /** The number of its lowest bit. */
  readonly low: number;
  readonly value: bigint;
}

/**
 * The fields from the highest down, as far as the walk used them: a large page's offset swallows the fields below it. A
 * walk that ends before a page shows all fields of its mode.
 */
export function fieldsOf({ mode, linear, steps }: WalkReport): Field[] {
  const used = steps.at(-1)?.leadsTo === 'page' ? steps.length : undefined;
  const address = BigInt(linear);
  return addressFields(mode, used).map(({ name, bits, low }) => ({
    name,
    bits,
    low,
    value: (address >> BigInt(low)) & ((1n << BigInt(bits)) - 1n),
  }));
}

/** A field with its value: an index as a decimal number, an offset in hexadecimal. */
export function fieldLabel({ name, value }: Field): string {
  return name === 'offset' ? `offset 0x${value.toString(16)}` : `${name} ${value}`;
}

/** The names of the bits that the CPU sets in an entry: A, D, both or none. */
export function setNames(bits: number): string[] {
  return [...((bits & PTE_A) !== 0 ? ['A'] : []), ...((bits & PTE_D) !== 0 ? ['D'] : [])];
}

/** Error-code bits from bit 0: name, meaning when set, meaning when clear. */
export const ERROR_BITS: readonly (readonly [name: string, set: string, clear: string])[] = [
  ['P', 'the page was present: a right was missing', 'an entry was not present'],
  ['W/R', 'the access was a write', 'the access was a read'],
  ['U/S', 'the access came from ring 3', 'the access came from ring 0, 1 or 2'],
  ['RSVD', 'a reserved bit was set', ''],
  ['I/D', 'the access was an instruction fetch', ''],
  ['PK', 'a protection key forbade it', ''],
];

/** Exceptions by vector. */
export const FAULT_NAMES: Readonly<Record<number, string>> = { 12: '#SS', 13: '#GP', 14: '#PF' };
