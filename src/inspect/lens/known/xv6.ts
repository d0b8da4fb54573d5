/**
 * xv6 for x86, the teaching kernel.
 * Source: xv6-public, memlayout.h and vm.c (`kmap`, `allocuvm`).
 */

import type { Lens } from '../lens.ts';

export const XV6: Lens = {
  name: 'xv6',
  title: 'xv6 (x86)',
  layouts: [
    {
      modes: ['32-bit'],
      regions: [
        { name: 'user', start: '0x0', end: '0x80000000' },
        { name: 'I/O space', start: '0x80000000', end: '0x80100000' },
        { name: 'kernel and free memory', start: '0x80100000', end: '0xfe000000', direct: '0x80000000' },
        { name: 'devices', start: '0xfe000000', end: '0x100000000' },
      ],
    },
  ],
  // xv6 clears an entry when it takes a page away: no other is without P.
  absent: [],
};
