/** All pages in the words of QEMU's `info mem`. */

import { isLongMode, PAGING_MODES } from '../../arch/paging-modes.ts';
import { pagingMode } from '../../arch/registers.ts';
import { contextOf, leavesOf, type Walkable } from '../../walk/index.ts';
import { hex16 } from './hex.ts';

/** Pages in a row of which all levels together allow the same. */
interface Stretch {
  readonly start: bigint;
  end: bigint;
  readonly rights: string;
}

/**
 * All pages in the words of QEMU's `info mem`: start, end and size of each stretch whose pages are alike in R/W and U/S
 * of all levels together. Nothing else ends a stretch: not NX, nor the size of the pages, nor where they lie.
 *
 * The lines are QEMU's, with what is peculiar to them: addresses are counted without the canonical hole and then sign
 * extended, so a stretch can go on from the lower half into the upper, an end at 2^47 is printed as `ffff800000000000`,
 * and the size is sign extended, too. In 5-level paging QEMU 7.2 prints next to nothing, since it takes present entries
 * for absent ones; here it is what was meant.
 * Source: QEMU, `target/i386/monitor.c`, `mem_print`.
 */
export function* qemuMemLines(source: Walkable): Generator<string> {
  const context = contextOf(source);
  const mode = pagingMode(context);
  if (mode === 'off') {
    yield 'PG disabled';
    return;
  }
  const bits = PAGING_MODES[mode].linearBits;
  const signExtended = (address: bigint): bigint => {
    const sign = isLongMode(mode) && (address >> BigInt(bits - 1)) & 1n;
    return sign ? BigInt.asUintN(64, address | (-1n << BigInt(bits))) : address;
  };
  const lineOf = ({ start, end, rights }: Stretch): string =>
    `${hex16(signExtended(start))}-${hex16(signExtended(end))} ${hex16(signExtended(end - start))} ${rights}`;

  let open: Stretch | undefined;
  for (const { linear, shift, rights } of leavesOf(context)) {
    const start = BigInt.asUintN(bits, BigInt(linear));
    const end = start + (1n << BigInt(shift));
    const letters = `${rights.user ? 'u' : '-'}r${rights.writable ? 'w' : '-'}`;
    if (open?.end === start && open.rights === letters) {
      open.end = end;
      continue;
    }
    if (open !== undefined) yield lineOf(open);
    open = { start, end, rights: letters };
  }
  if (open !== undefined) yield lineOf(open);
}
