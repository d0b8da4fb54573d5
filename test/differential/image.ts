/** The memory a boot starts with: the ROM's own page tables and the first content of the arena. */

import { modeBits } from '../../src/arch/index.ts';
import {
  ARENA,
  ARENA_PAGES,
  DATA,
  DESCRIPTOR_OFFSET,
  FETCH_OFFSET,
  FRESH_DESCRIPTOR_OFFSET,
  MAPPED_END,
  OPERATIONS,
  PRISTINE,
  ROM_TABLES,
  ROOTS,
  STREAM,
  USER_CODE,
} from './layout.ts';
import type { BootSettings } from './stream.ts';

/** What a boot runs: the ROM of 32 or 64 bits, the latter with 4 or 5 levels. */
export type World = '32-bit' | '4-level' | '5-level';

// The ROM's own entries are accessed and dirty from the start, so that no access changes them.
const SUPERVISOR = 0x63;
const USER = 0x67;
const LARGE = 0x80;
const TWO_MIB = 0x20_0000;

/** The last dword of a data page: which page it is, and the first half of the crossing NOP. */
export function lastDword(page: number): number {
  return (0x1f0f_0000 | (page << 8)) >>> 0;
}

/** @returns the settings of the ROM, and the memory from {@link STREAM} to {@link OPERATIONS}. */
export function bootImage(world: World, hasNx: boolean): { settings: BootSettings; image: Uint8Array } {
  const image = new Uint8Array(OPERATIONS - STREAM);
  const view = new DataView(image.buffer);
  const put32 = (physical: number, value: number): void => view.setUint32(physical - STREAM, value, true);
  const put64 = (physical: number, value: number): void =>
    view.setBigUint64(physical - STREAM, BigInt(value), true);
  const inPristine = (physical: number): number => PRISTINE + (physical - ARENA);

  for (let page = 0; page < ARENA_PAGES; page++) {
    const first = PRISTINE + page * 4096;
    if (DATA.includes(ARENA + page * 4096)) {
      for (let offset = 0; offset < 4096; offset += 4) put32(first + offset, ARENA + page * 4096 + offset);
      // NOP [eax+0] over the page's end: 0F 1F | 40 00, then INT 80h.
      put32(first, 0x80cd_0040);
      put32(first + 0xffc, lastDword(page));
    }
    put32(first + FETCH_OFFSET, 0x9090_80cd);
    for (const [offset, type] of [
      [DESCRIPTOR_OFFSET, 0xf3],
      [FRESH_DESCRIPTOR_OFFSET, 0xf2],
    ] as const) {
      put32(first + offset, 0x0000_ffff);
      put32(first + offset + 4, 0x00cf_0000 | (type << 8));
    }
  }

  let next = ROM_TABLES;
  const table = (): number => {
    next += 4096;
    return next - 4096;
  };
  const right = (physical: number): number => (physical === USER_CODE ? USER : SUPERVISOR);

  if (world === '32-bit') {
    for (let base = 0; base < MAPPED_END; base += 1024 * 4096) {
      const pt = table();
      for (let i = 0; i < 1024; i++) put32(pt + i * 4, (base + i * 4096) | right(base + i * 4096));
      for (const root of [ROOTS[0]!, ROOTS[2]!]) put32(inPristine(root) + (base >>> 20), pt | USER);
    }
  }
  // 64-bit entries, for PAE and long mode alike.
  const pt = table();
  for (let i = 0; i < 512; i++) put64(pt + i * 8, (i * 4096) | right(i * 4096));
  const pd = table();
  put64(pd, pt | USER);
  for (let base = TWO_MIB; base < MAPPED_END; base += TWO_MIB) {
    put64(pd + (base / TWO_MIB) * 8, base | SUPERVISOR | LARGE);
  }
  if (world === '32-bit') {
    for (const root of [ROOTS[1]!, ROOTS[3]!]) put64(inPristine(root), pd | 1);
    return { settings: { cr3: 0, cr4: 0, hasNx }, image };
  }
  let top = table();
  put64(top, pd | USER);
  if (world === '5-level') {
    const pml4 = table();
    put64(pml4, top | USER);
    top = pml4;
  }
  const own = table();
  for (const root of [own, ...ROOTS.map(inPristine)]) put64(root, top | USER);
  return { settings: { cr3: own, cr4: modeBits(world).cr4, hasNx }, image };
}
