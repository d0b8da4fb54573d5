import { PAGE_SHIFT } from '../../arch/address.ts';
import { PDE_PS, PTE_A, PTE_D, PTE_G, PTE_PAT, PTE_PCD, PTE_PWT, PTE_RW, PTE_US } from '../../arch/entry.ts';
import { leavesOf, type Walkable } from '../../walk/index.ts';
import { hex16 } from './hex.ts';

/** The letters in QEMU's order, by the bit of the low half that sets them. */
const LETTERS: readonly (readonly [bit: number, letter: string])[] = [
  [PTE_G, 'G'],
  [PDE_PS, 'P'],
  [PTE_D, 'D'],
  [PTE_A, 'A'],
  [PTE_PCD, 'C'],
  [PTE_PWT, 'T'],
  [PTE_US, 'U'],
  [PTE_RW, 'W'],
];

/**
 * All pages in the words of QEMU's `info tlb`: linear address, physical address, and the flags of the entry that maps
 * the page, whatever the levels above it say.
 *
 * The lines are QEMU's, but in PAE paging: there QEMU leaves NX in the physical address, as its bit 63.
 * Source: QEMU, `target/i386/monitor.c`, `print_pte`.
 */
export function* qemuTlbLines(source: Walkable): Generator<string> {
  for (const { linear, physical, low, high, shift } of leavesOf(source)) {
    // Bit 7 of a 4 KiB entry is PAT, of which QEMU says nothing.
    const named = shift === PAGE_SHIFT ? low & ~PTE_PAT : low;
    let flags = high < 0 ? 'X' : '-';
    for (const [bit, letter] of LETTERS) flags += (named & bit) === 0 ? '-' : letter;
    yield `${hex16(linear)}: ${hex16(physical)} ${flags}`;
  }
}
