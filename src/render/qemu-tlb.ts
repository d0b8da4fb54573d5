import { PDE_PS, PTE_A, PTE_D, PTE_G, PTE_PCD, PTE_PWT, PTE_RW, PTE_US } from '../arch/entry.ts';
import { leavesOf, type Walkable } from '../walk/index.ts';

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
  for (const { linear, physical, low, high } of leavesOf(source)) {
    let flags = high < 0 ? 'X' : '-';
    for (const [bit, letter] of LETTERS) flags += (low & bit) === 0 ? '-' : letter;
    yield `${hex16(linear)}: ${hex16(physical)} ${flags}`;
  }
}

function hex16(value: number | bigint): string {
  return value.toString(16).padStart(16, '0');
}
