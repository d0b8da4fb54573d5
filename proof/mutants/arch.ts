/** Mistakes in the manual's rules as data, which every walk shares. */

import { type Mutant, of } from './mutant.ts';

export const ARCH_MUTANTS: readonly Mutant[] = [
  ...of('arch/permissions.ts', [
    ['32-bit', 'if (user && !userPage) return false;', 'if (user && userPage) return false;'],
    ['PAE', 'if ((rights & RIGHT_NX) !== 0) return false;', ''],
    ['32-bit', 'return user || !userPage || !state.smep;', 'return user || userPage || !state.smep;'],
    [
      '32-bit',
      'if (implicit || !state.alignmentCheck) return false;',
      'if (implicit && !state.alignmentCheck) return false;',
    ],
    [
      '32-bit',
      'return !write || writable || (!user && !state.wp);',
      'return !write || writable || !state.wp;',
    ],
    ['any', 'if ((access & ACCESS_WRITE_BIT) !== 0 && clean) continue;', ''],
    ['4-level', 'const bits = (register >>> (2 * key)) & 3;', 'const bits = (register >>> key) & 3;'],
    ['4-level', 'const writeDisabled = (bits & 2) !== 0;', 'const writeDisabled = (bits & 1) !== 0;'],
    ['4-level', '(wp || (access & ACCESS_USER_BIT) !== 0)', '(wp && (access & ACCESS_USER_BIT) !== 0)'],
  ]),
  ...of('arch/permissions.ts', [
    ['32-bit', '(leaf & (PTE_RW | PTE_D)) === PTE_D', '(leaf & PTE_D) !== 0'],
    ['32-bit', 'userPage === ((access', 'userPage !== ((access'],
    ['PAE', '(above & PTE_RW) !== 0 && (leaf', '(leaf'],
  ]),
  ...of('memory/a20-gate.ts', [
    ['32-bit', '(physical & LINE_20) === 0', '(physical & LINE_20) !== 0'],
    ['PAE', 'physical : physical - LINE_20', 'physical : physical & ~LINE_20'],
  ]),
  ...of('arch/reserved.ts', [
    [
      '32-bit',
      'Math.min(cpu.physicalAddressBits, 40) - 19 : 13',
      'Math.min(cpu.physicalAddressBits, 40) - 20 : 13',
    ],
    ['32-bit', 'return bits(21, lowest);', 'return bits(20, lowest);'],
    ['PAE', 'bits(longMode ? 19 : 30, addressBits - 32)', 'bits(longMode ? 19 : 29, addressBits - 32)'],
    ['4-level', 'bits(longMode ? 19 : 30, addressBits - 32)', 'bits(longMode ? 19 : 30, addressBits - 31)'],
    ['PAE', '(nxe ? 0 : 1 << 31)', '0'],
    ['PAE', '21: bits(20, 13),', '21: bits(20, 12),'],
    ['4-level', '30: cpu.page1g ? bits(29, 13) : PDE_PS,', '30: cpu.page1g ? bits(28, 13) : PDE_PS,'],
    ['4-level', '39: PDE_PS | root,', '39: root,'],
    ['4-level', '39: root, 48: root', '39: 0, 48: root'],
    ['4-level', "cpu.vendor === 'AMD'", "cpu.vendor !== 'AMD'"],
  ]),
];
