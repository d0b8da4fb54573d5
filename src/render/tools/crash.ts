/** All pages in the words of crash's `vtop`. */

import { PAGE_SHIFT } from '../../arch/address.ts';
import {
  PDE_PS,
  PTE_A,
  PTE_D,
  PTE_G,
  PTE_NX_HIGH,
  PTE_P,
  PTE_PCD,
  PTE_PWT,
  PTE_RW,
  PTE_US,
} from '../../arch/entry.ts';
import { bigintFromHalves } from '../../arch/linear.ts';
import { leavesOf, type Walkable } from '../../walk/index.ts';

/** crash's names of flags in its order, by the bit of the low half that sets them. */
const FLAGS: readonly (readonly [bit: number, name: string])[] = [
  [PTE_P, 'PRESENT'],
  [PTE_RW, 'RW'],
  [PTE_US, 'USER'],
  [PTE_PWT, 'PWT'],
  [PTE_PCD, 'PCD'],
  [PTE_A, 'ACCESSED'],
  [PTE_D, 'DIRTY'],
  [PDE_PS, 'PSE'],
  [PTE_G, 'GLOBAL'],
];

/**
 * All pages in the words of crash's `vtop`, which tells of one: linear and physical address, then the entry that maps the
 * page with its flags. What `vtop` knows of kernel structures is left out.
 * Source: crash, help pages of `vtop` and `pte`.
 */
export function* crashLines(source: Walkable): Generator<string> {
  for (const { linear, physical, low, high, shift } of leavesOf(source)) {
    const [virtual, target] = [linear.toString(16), physical.toString(16)];
    const entry = bigintFromHalves(low, high).toString(16);
    yield* table(['VIRTUAL', 'PHYSICAL'], [virtual, target]);
    yield '';
    const flags = FLAGS.flatMap(([bit, name]) =>
      (low & bit) === 0 || (bit === PDE_PS && shift === PAGE_SHIFT) ? [] : name,
    );
    if ((high & PTE_NX_HIGH) !== 0) flags.push('NX');
    yield* table(['PTE', 'PHYSICAL', 'FLAGS'], [entry, target, `(${flags.join('|')})`]);
    yield '';
  }
}

/** A heading centred over each value, two blanks between columns. */
function table(names: readonly string[], values: readonly string[]): [string, string] {
  const last = names.length - 1;
  const cells = names.map((name, i) => {
    const width = Math.max(name.length, values[i]!.length);
    return i === last && names.length > 2
      ? ([name, values[i]!] as const)
      : ([centred(name, width), centred(values[i]!, width)] as const);
  });
  return [
    cells
      .map(([name]) => name)
      .join('  ')
      .trimEnd(),
    cells
      .map(([, value]) => value)
      .join('  ')
      .trimEnd(),
  ];
}

function centred(text: string, width: number): string {
  const left = Math.floor((width - text.length) / 2);
  return ' '.repeat(left) + text + ' '.repeat(width - text.length - left);
}
