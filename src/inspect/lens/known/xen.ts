/**
 * Xen with paravirtual guests, whose tables hold machine addresses.
 * Sources: docs/xen-1.2.md for 32-bit paging, as of February 2004; Xen, xen/include/asm-x86/config.h, "Memory layout"
 * (4.2 on), and xen/include/public/arch-x86/xen-x86_32.h and xen-x86_64.h, `MACH2PHYS_VIRT_START`.
 */

import type { Lens } from '../lens.ts';

export const XEN: Lens = {
  name: 'xen',
  title: 'Xen with paravirtual guests',
  layouts: [
    {
      modes: ['32-bit'],
      title: 'of February 2004',
      regions: [
        { name: 'user', start: '0x0', end: '0xc0000000' },
        { name: "guest's kernel", start: '0xc0000000', end: '0xfc000000' },
        { name: 'machine-to-physical table, read-only', start: '0xfc000000', end: '0xfc400000' },
        { name: "Xen's image and heap", start: '0xfc400000', end: '0xfd400000' },
        { name: 'machine-to-physical table', start: '0xfd400000', end: '0xfd800000' },
        { name: 'frame table', start: '0xfd800000', end: '0xff000000' },
        { name: 'linear page table', start: '0xff000000', end: '0xff400000' },
        { name: 'GDT and LDT of the domain', start: '0xff400000', end: '0xff800000' },
        { name: 'map cache', start: '0xff800000', end: '0xffc00000' },
        { name: 'ioremap and fixmaps', start: '0xffc00000', end: '0x100000000' },
      ],
    },
    {
      modes: ['PAE'],
      title: 'from 3.0 on',
      regions: [
        { name: "guest's", start: '0x0', end: '0xf5800000' },
        { name: 'machine-to-physical table, read-only', start: '0xf5800000', end: '0xf6800000' },
        { name: 'Xen', start: '0xf6800000', end: '0x100000000' },
      ],
    },
    {
      modes: ['4-level'],
      title: 'from 4.2 on',
      regions: [
        { name: "guest's user", start: '0x0', end: '0x800000000000' },
        {
          name: 'machine-to-physical table, read-only',
          start: '0xffff800000000000',
          end: '0xffff804000000000',
        },
        { name: 'PCI configuration', start: '0xffff808000000000', end: '0xffff810000000000' },
        { name: 'linear page table', start: '0xffff810000000000', end: '0xffff818000000000' },
        { name: 'shadow linear page table', start: '0xffff818000000000', end: '0xffff820000000000' },
        { name: 'GDT and LDT of the domain', start: '0xffff820000000000', end: '0xffff828000000000' },
        { name: 'machine-to-physical table', start: '0xffff828000000000', end: '0xffff82c000000000' },
        { name: 'vmap, ioremap and fixmaps', start: '0xffff82c000000000', end: '0xffff82d000000000' },
        { name: 'Xen', start: '0xffff82d000000000', end: '0xffff82e000000000' },
        { name: 'frame table', start: '0xffff82e000000000', end: '0xffff830000000000' },
        { name: 'direct map of Xen', start: '0xffff830000000000', end: '0xffff880000000000' },
        { name: "guest's kernel", start: '0xffff880000000000', end: '0x10000000000000000' },
      ],
    },
  ],
  // Of Linux 2.4, the guest of February 2004: include/asm-i386/pgtable.h.
  absent: [
    {
      modes: ['32-bit'],
      levels: ['PTE'],
      mask: '0x81',
      value: '0x80',
      reason: 'PROT_NONE: kept from everybody, on purpose',
      fields: [{ name: 'machine', low: 12, bits: 20, unit: 4096 }],
    },
    {
      modes: ['32-bit'],
      levels: ['PTE'],
      mask: '0x81',
      value: '0x0',
      reason: 'swapped out',
      fields: [
        { name: 'swap file', low: 1, bits: 6 },
        { name: 'offset', low: 8, bits: 24 },
      ],
    },
  ],
  frames: {
    name: 'pseudo-physical frame',
    tables: [
      { modes: ['32-bit'], linear: '0xfc000000', entryBytes: 4 },
      { modes: ['PAE'], linear: '0xf5800000', entryBytes: 4 },
      { modes: ['4-level'], linear: '0xffff800000000000', entryBytes: 8 },
    ],
    invalidBit: 31,
  },
};
