/** The linear address cut into the fields that a walk uses, and the error code's bits in words. */

import type { PagingMode, WalkReport } from '../mmu/index.ts';

/** One field of a linear address. */
export interface Field {
  readonly name: string;
  /** Its width. */
  readonly bits: number;
  /** The number of its lowest bit. */
  readonly low: number;
  readonly value: bigint;
}

type Shape = readonly (readonly [name: string, bits: number])[];

const SHAPES: Readonly<Record<PagingMode, Shape>> = {
  off: [['offset', 32]],
  '32-bit': [
    ['directory', 10],
    ['table', 10],
    ['offset', 12],
  ],
  PAE: [
    ['PDPT', 2],
    ['directory', 9],
    ['table', 9],
    ['offset', 12],
  ],
  '4-level': [
    ['PML4', 9],
    ['PDPT', 9],
    ['directory', 9],
    ['table', 9],
    ['offset', 12],
  ],
  '5-level': [
    ['PML5', 9],
    ['PML4', 9],
    ['PDPT', 9],
    ['directory', 9],
    ['table', 9],
    ['offset', 12],
  ],
};

/** The fields from the highest down. A large page's offset swallows the fields below it. */
export function fieldsOf(report: WalkReport): Field[] {
  const shape = shapeOf(report);
  let low = shape.reduce((sum, [, bits]) => sum + bits, 0);
  return shape.map(([name, bits]) => {
    low -= bits;
    return { name, bits, low, value: (BigInt(report.linear) >> BigInt(low)) & ((1n << BigInt(bits)) - 1n) };
  });
}

/** A field with its value: an index as a decimal number, an offset in hexadecimal. */
export function fieldLabel({ name, value }: Field): string {
  return name === 'offset' ? `offset 0x${value.toString(16)}` : `${name} ${value}`;
}

function shapeOf(report: WalkReport): Shape {
  const shape = SHAPES[report.mode];
  if (report.steps.at(-1)?.leadsTo !== 'page') return shape;
  const used = report.steps.length;
  const offset = shape.slice(used).reduce((sum, [, bits]) => sum + bits, 0);
  return [...shape.slice(0, used), ['offset', offset]];
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
