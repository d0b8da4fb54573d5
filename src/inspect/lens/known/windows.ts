/**
 * Windows: entries that the memory manager keeps in tables, and what of its layout is fixed.
 * Sources: Russinovich, Solomon, Ionescu, "Windows Internals", part 2, 6th edition, chapter 10, "Invalid PTEs" and
 * "Virtual Address Space Layouts"; Chappell, "MMPTE" (geoffchappell.com).
 */

import type { AbsentRule, Lens, LensRegion } from '../lens.ts';

/** The three formats of an entry: how many bits a frame has, and where an offset in a page file stands. */
const FORMATS = [
  {
    modes: ['4-level', '5-level'],
    frame: 36,
    offset: { low: 32, bits: 32 },
    prototype: { low: 16, bits: 48 },
  },
  { modes: ['PAE'], frame: 26, offset: { low: 32, bits: 32 }, prototype: { low: 32, bits: 32 } },
  { modes: ['32-bit'], frame: 20, offset: { low: 12, bits: 20 }, prototype: undefined },
] as const;

const PROTECTION = { name: 'protection', low: 5, bits: 5 } as const;

function rulesOf({ modes, frame, offset, prototype }: (typeof FORMATS)[number]): AbsentRule[] {
  const offsetMask = ((1n << BigInt(offset.bits)) - 1n) << BigInt(offset.low);
  const only = { modes, levels: ['PTE'] } as const;
  return [
    {
      ...only,
      mask: '0x401',
      value: '0x400',
      reason: 'prototype: a shared page, told by the prototype PTE',
      ...(prototype && { fields: [{ name: 'prototype PTE', ...prototype }] }),
    },
    {
      ...only,
      mask: '0xc01',
      value: '0x800',
      reason: 'transition: on the standby or modified list, its content still in RAM',
      fields: [{ name: 'physical', low: 12, bits: frame, unit: 4096 }, PROTECTION],
    },
    {
      ...only,
      mask: `0x${(offsetMask | 0xc01n).toString(16)}`,
      value: '0x0',
      reason: 'demand zero: committed, and never touched',
      fields: [PROTECTION],
    },
    {
      ...only,
      mask: '0xc01',
      value: '0x0',
      reason: 'in a page file',
      fields: [
        { name: 'page file (from 10.0.17134 on, bits 12-15)', low: 1, bits: 4 },
        { name: 'offset', ...offset },
        PROTECTION,
      ],
    },
  ];
}

const SYSTEM_32: readonly LensRegion[] = [
  { name: 'user', start: '0x0', end: '0x80000000' },
  { name: 'shared user data', start: '0xffdf0000', end: '0xffdf1000' },
  { name: 'HAL', start: '0xffc00000', end: '0x100000000' },
];
const REST_32: LensRegion = { name: 'system', start: '0x80000000', end: '0x100000000' };

export const WINDOWS: Lens = {
  name: 'windows',
  title: 'Windows',
  layouts: [
    {
      modes: ['4-level'],
      title: 'with page tables at their old place, before 10.0.14393',
      // The root is its own entry 0x1ED.
      when: [{ linear: '0xfffff6fb7dbed000', physical: 'root' }],
      regions: [
        { name: 'user', start: '0x0', end: '0x800000000000' },
        { name: 'page tables', start: '0xfffff68000000000', end: '0xfffff70000000000' },
        { name: 'hyperspace', start: '0xfffff70000000000', end: '0xfffff78000000000' },
        { name: 'shared user data', start: '0xfffff78000000000', end: '0xfffff78000001000' },
        { name: 'system PTEs and kernel', start: '0xfffff80000000000', end: '0xfffff90000000000' },
        { name: 'session', start: '0xfffff90000000000', end: '0xfffff98000000000' },
        { name: 'system cache and paged pool', start: '0xfffff98000000000', end: '0xfffffa8000000000' },
        { name: 'PFN database and nonpaged pool', start: '0xfffffa8000000000', end: '0xffffffffffc00000' },
        { name: 'HAL', start: '0xffffffffffc00000', end: '0x10000000000000000' },
      ],
    },
    {
      modes: ['4-level', '5-level'],
      title: 'with a system space that moves at every start',
      regions: [
        { name: 'user', start: '0x0', end: '0x800000000000' },
        { name: 'shared user data', start: '0xfffff78000000000', end: '0xfffff78000001000' },
        { name: 'system', start: '0xff00000000000000', end: '0x10000000000000000' },
      ],
    },
    {
      modes: ['32-bit'],
      regions: [...SYSTEM_32, { name: 'page tables', start: '0xc0000000', end: '0xc0400000' }, REST_32],
    },
    {
      modes: ['PAE'],
      regions: [...SYSTEM_32, { name: 'page tables', start: '0xc0000000', end: '0xc0800000' }, REST_32],
    },
  ],
  absent: FORMATS.flatMap(rulesOf),
};
