/** Mistakes in the readable walk and in what it knows of entries. */

import { type Mutant, of } from './mutant.ts';

export const READABLE_MUTANTS: readonly Mutant[] = [
  ...of('walk/explain.ts', [
    [
      '32-bit',
      'if (access & ACCESS_USER_BIT) code |= PF_US;',
      'if (access & ACCESS_USER_BIT) code |= PF_WR;',
    ],
    ['32-bit', '(noExecute || has(cr4, CR4_SMEP))', '(noExecute && has(cr4, CR4_SMEP))'],
    [
      '32-bit',
      "if (user && !rights.user) return 'user-access-to-supervisor-page';\n  if (access",
      "if (!user && !rights.user) return 'user-access-to-supervisor-page';\n  if (access",
    ],
    ['32-bit', "if (!isShadowStack) return 'not-a-shadow-stack';", ''],
    ['PAE', "if (!rights.executable) return 'fetch-from-no-execute-page';", ''],
    ['32-bit', '(implicit || !alignmentCheck)', '(implicit || alignmentCheck)'],
    ['32-bit', '!rights.writable && (user || has(cr0, CR0_WP))', '!rights.writable && has(cr0, CR0_WP)'],
    ['32-bit', 'writable: a.writable && b.writable,', 'writable: a.writable || b.writable,'],
    ['32-bit', 'user: a.user && b.user,', 'user: b.user,'],
    [
      '32-bit',
      "leadsTo === 'page' && access & ACCESS_WRITE_BIT ? PTE_A | PTE_D : PTE_A",
      'access & ACCESS_WRITE_BIT ? PTE_A | PTE_D : PTE_A',
    ],
    ['32-bit', 'const bits = wanted & ~lowHalf(entry);', 'const bits = PTE_A & ~lowHalf(entry);'],
    [
      '32-bit',
      'physical: target + ((low & (pageSize - 1)) >>> 0),',
      'physical: target + ((low & (pageSize - 2)) >>> 0),',
    ],
    [
      '4-level',
      'const keyed = rights.user ? rules.userKeys : rules.supervisorKeys;',
      'const keyed = rules.userKeys || rules.supervisorKeys;',
    ],
    [
      '4-level',
      'const keyRegister = rights.user ? context.pkru : context.pkrs;',
      'const keyRegister = rights.user ? context.pkrs : context.pkru;',
    ],
    ['4-level', 'PF_P | PF_PK | describe', 'PF_PK | describe'],
    ['32-bit', 'PF_P | PF_RSVD | describe, kind', 'PF_RSVD | describe, kind'],
  ]),
  ...of('walk/decode.ts', [
    [
      '32-bit',
      "leadsTo: reservedBits.length > 0 ? 'reserved-bit' : page ? 'page' : 'table',",
      "leadsTo: page ? 'page' : 'table',",
    ],
    ['32-bit', 'low & (page ? level.reservedPage : level.reservedTable)', 'low & level.reservedTable'],
    ['PAE', 'executable: !(rules.noExecute && high < 0),', 'executable: !(rules.noExecute && high > 0),'],
    ['32-bit', 'counts: (_, page, rules) => page && rules.globalBit !== 0', 'counts: (_, page) => page'],
    ['32-bit', 'user: (low & PTE_US) !== 0,', 'user: (low & PTE_RW) !== 0,'],
  ]),
  ...of('walk/entry-rules.ts', [
    ['32-bit', 'const largeBit = wide || has(cr4, CR4_PSE) ? PDE_PS : 0;', 'const largeBit = PDE_PS;'],
    ['PAE', 'const noExecute = wide && has(efer, EFER_NXE);', 'const noExecute = wide;'],
    [
      '32-bit',
      'const upper = level.pse36 ? (low >>> 13) & 0xff : high;',
      'const upper = level.pse36 ? (low >>> 13) & 0x7f : high;',
    ],
    ['4-level', 'userKeys: long && has(cr4, CR4_PKE),', 'userKeys: long && has(cr4, CR4_PKS),'],
  ]),
];
