/**
 * Linux.
 * Sources: Linux, Documentation/arch/x86/x86_64/mm.rst; arch/x86/include/asm/pgtable-2level.h, pgtable-3level.h,
 * pgtable_64.h (swap entries), pgtable_32_areas.h; Documentation/arch/x86/pti.rst.
 */

import type { Lens, LensRegion } from '../lens.ts';

/** From here on, 4-level and 5-level paging are alike. */
const TOP: readonly LensRegion[] = [
  { name: 'CPU entry areas', start: '0xfffffe0000000000', end: '0xfffffe8000000000' },
  { name: 'espfix stacks', start: '0xffffff0000000000', end: '0xffffff8000000000' },
  { name: 'EFI', start: '0xffffffef00000000', end: '0xffffffff00000000' },
  { name: 'kernel image', start: '0xffffffff80000000', end: '0xffffffffa0000000' },
  // Where the kernel may be moved (KASLR), its place is twice as large, and modules begin above it.
  { name: 'kernel image or modules', start: '0xffffffffa0000000', end: '0xffffffffc0000000' },
  { name: 'modules', start: '0xffffffffc0000000', end: '0xffffffffff000000' },
  { name: 'fixmap', start: '0xffffffffff000000', end: '0xffffffffff600000' },
  { name: 'vsyscall', start: '0xffffffffff600000', end: '0xffffffffff601000' },
];

const OF_KERNEL_32 = { start: '0xc0000000', end: '0xff800000' } as const;

export const LINUX: Lens = {
  name: 'linux',
  title: 'Linux from 4.19 on',
  layouts: [
    {
      modes: ['4-level'],
      when: [{ linear: '0xffff888001000000', physical: '0x1000000' }],
      regions: [
        { name: 'user', start: '0x0', end: '0x800000000000' },
        { name: 'hypervisor', start: '0xffff800000000000', end: '0xffff880000000000' },
        { name: 'LDT of the process', start: '0xffff880000000000', end: '0xffff888000000000' },
        { name: 'direct map', start: '0xffff888000000000', end: '0xffffc88000000000' },
        { name: 'vmalloc', start: '0xffffc90000000000', end: '0xffffe90000000000' },
        { name: 'vmemmap', start: '0xffffea0000000000', end: '0xffffeb0000000000' },
        { name: 'KASAN shadow', start: '0xffffec0000000000', end: '0xfffffc0000000000' },
        ...TOP,
      ],
    },
    {
      modes: ['4-level'],
      title: 'with KASLR',
      regions: [
        { name: 'user', start: '0x0', end: '0x800000000000' },
        { name: 'hypervisor', start: '0xffff800000000000', end: '0xffff880000000000' },
        { name: 'LDT of the process', start: '0xffff880000000000', end: '0xffff888000000000' },
        {
          name: 'direct map',
          start: '0xffff888000000000',
          end: '0xfffffe0000000000',
          directMultiple: '0x40000000',
        },
        { name: 'vmalloc or vmemmap', start: '0xffff888000000000', end: '0xfffffe0000000000' },
        ...TOP,
      ],
    },
    {
      modes: ['5-level'],
      when: [{ linear: '0xff11000001000000', physical: '0x1000000' }],
      regions: [
        { name: 'user', start: '0x0', end: '0x100000000000000' },
        { name: 'hypervisor', start: '0xff00000000000000', end: '0xff10000000000000' },
        { name: 'LDT of the process', start: '0xff10000000000000', end: '0xff11000000000000' },
        { name: 'direct map', start: '0xff11000000000000', end: '0xff91000000000000' },
        { name: 'vmalloc', start: '0xffa0000000000000', end: '0xffd2000000000000' },
        { name: 'vmemmap', start: '0xffd4000000000000', end: '0xffd6000000000000' },
        { name: 'KASAN shadow', start: '0xffdf000000000000', end: '0xfffffc0000000000' },
        ...TOP,
      ],
    },
    {
      modes: ['5-level'],
      title: 'with KASLR',
      regions: [
        { name: 'user', start: '0x0', end: '0x100000000000000' },
        { name: 'hypervisor', start: '0xff00000000000000', end: '0xff10000000000000' },
        { name: 'LDT of the process', start: '0xff10000000000000', end: '0xff11000000000000' },
        {
          name: 'direct map',
          start: '0xff11000000000000',
          end: '0xfffffe0000000000',
          directMultiple: '0x40000000',
        },
        { name: 'vmalloc or vmemmap', start: '0xff11000000000000', end: '0xfffffe0000000000' },
        ...TOP,
      ],
    },
    {
      modes: ['32-bit', 'PAE'],
      when: [{ linear: '0xc0100000', physical: '0x100000' }],
      regions: [
        { name: 'user', start: '0x0', end: '0xc0000000' },
        { name: 'direct map', ...OF_KERNEL_32, direct: '0xc0000000' },
        // Their borders depend on the size of RAM and on how the kernel was made.
        { name: 'vmalloc, modules, kmap or CPU entry areas', ...OF_KERNEL_32 },
        { name: 'fixmap', start: '0xff800000', end: '0x100000000' },
      ],
    },
  ],
  absent: [
    {
      levels: ['PTE', 'PDE'],
      modes: ['PAE', '4-level', '5-level'],
      mask: '0x101',
      value: '0x100',
      reason: 'PROT_NONE: kept from everybody, on purpose',
      // Inverted against L1TF, so that the processor finds no memory there.
      fields: [{ name: 'physical', low: 12, bits: 39, inverted: true, unit: 4096 }],
    },
    {
      levels: ['PTE', 'PDE'],
      modes: ['32-bit'],
      mask: '0x101',
      value: '0x100',
      reason: 'PROT_NONE: kept from everybody, on purpose',
      fields: [{ name: 'physical', low: 12, bits: 20, unit: 4096 }],
    },
    {
      levels: ['PDE'],
      mask: '0x81',
      value: '0x80',
      reason: 'a huge page that is being split: present but for a moment',
    },
    // Types from 23 on stand for no swap file: pages on their way, of a device, poisoned, or markers.
    ...(['0xb800000000000000', '0xc000000000000000'] as const).map(
      (value, i) =>
        ({
          levels: ['PTE', 'PDE'],
          modes: ['PAE', '4-level', '5-level'],
          mask: i === 0 ? '0xf800000000000101' : '0xc000000000000101',
          value,
          reason: 'no swap file: migrating, of a device, poisoned, or a marker',
          fields: [
            { name: 'type', low: 59, bits: 5 },
            { name: 'offset', low: 9, bits: 50, inverted: true },
          ],
        }) as const,
    ),
    {
      levels: ['PTE', 'PDE'],
      modes: ['PAE', '4-level', '5-level'],
      mask: '0x101',
      value: '0x0',
      reason: 'swapped out',
      fields: [
        { name: 'swap file', low: 59, bits: 5 },
        { name: 'offset', low: 9, bits: 50, inverted: true },
      ],
    },
    {
      levels: ['PTE'],
      modes: ['32-bit'],
      mask: '0x101',
      value: '0x0',
      reason: 'swapped out',
      fields: [
        { name: 'swap file', low: 1, bits: 5 },
        { name: 'offset', low: 9, bits: 23 },
      ],
    },
  ],
  pair: {
    bit: 12,
    clear: 'the kernel',
    set: 'user mode',
    below: { PAE: '0xc0000000', '4-level': '0x800000000000', '5-level': '0x100000000000000' },
  },
};
