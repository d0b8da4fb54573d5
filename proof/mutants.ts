/** Planted mistakes, one operator, mask, constant or order each: the prover must refute every one. */

import type { Change } from './sources.ts';
import type { Mode } from './subjects/state.ts';

export interface Mutant extends Change {
  /** The mode in whose theorems it must show. */
  readonly mode: Mode | 'any';
}

type Row = readonly [mode: Mode | 'any', find: string, replace: string];

function of(file: string, rows: readonly Row[]): Mutant[] {
  return rows.map(([mode, find, replace]) => ({ file, mode, find, replace }));
}

export const MUTANTS: readonly Mutant[] = [
  ...of('mmu/walker.ts', [
    // word32
    ['32-bit', 'this.root | ((linear >>> 20) & 0xffc)', 'this.root | ((linear >>> 20) & 0xff8)'],
    ['32-bit', 'this.root | ((linear >>> 20) & 0xffc)', 'this.root | ((linear >>> 21) & 0xffc)'],
    ['32-bit', 'this.root | ((linear >>> 20) & 0xffc)', 'this.root + ((linear >> 20) & 0x7fc)'],
    ['32-bit', '| ((linear >>> 10) & 0xffc)', '| ((linear >>> 10) & 0x7fc)'],
    ['32-bit', 'rights32(pde & pte, used)', 'rights32(pde | pte, used)'],
    ['32-bit', 'rights32(pde & pte, used)', 'rights32(pte, used)'],
    ['32-bit', 'rights32(pde & pte, used)', 'rights32(pde & pte, pte)'],
    ['32-bit', 'const used = pte | usedBits(access);', 'const used = pte | PTE_A;'],
    [
      '32-bit',
      'if ((pde & PTE_A) === 0) this.#store32(pdeAddress, pde | PTE_A);',
      'if ((pde & PTE_A) === 0) this.#store32(pdeAddress, pde | PTE_D);',
    ],
    ['32-bit', 'if ((pde & PTE_A) === 0) this.#store32(pdeAddress, pde | PTE_A);', ''],
    [
      '32-bit',
      'if (used !== pte) this.#store32(pteAddress, used);',
      'if (used !== pte) this.#store32(pdeAddress, used);',
    ],
    [
      '32-bit',
      'this.global = (pte & this.globalBit) !== 0;',
      'this.global = (pde & pte & this.globalBit) !== 0;',
    ],
    [
      '32-bit',
      'return ((linear ^ (pte & this.#frameMask)) & WORD_ADDRESS)',
      'return ((linear | (pte & this.#frameMask)) & WORD_ADDRESS)',
    ],
    [
      '32-bit',
      'if (address >>> 12 >= this.#frames32) return this.#memory.loadWord(address >>> 0);',
      'if (address >>> 12 > this.#frames32) return this.#memory.loadWord(address >>> 0);',
    ],
    // large pages
    [
      '32-bit',
      'if ((pde & this.#reserved4M) !== 0) {',
      'if ((pde & this.#reserved4M) === this.#reserved4M) {',
    ],
    [
      '32-bit',
      'PF_P | PF_RSVD | this.accessCodes[access]!;\n      return 0;',
      'PF_RSVD | this.accessCodes[access]!;\n      return 0;',
    ],
    ['32-bit', 'const rights = rights32(pde, used);', 'const rights = rights32(used, pde);'],
    ['32-bit', 'const used = pde | usedBits(access);', 'const used = pde | PTE_A | PTE_D;'],
    ['32-bit', 'const above4G = (pde >>> 13) & 0xff;', 'const above4G = (pde >>> 13) & 0x7f;'],
    ['32-bit', 'const above4G = (pde >>> 13) & 0xff;', 'const above4G = (pde >>> 12) & 0xff;'],
    ['32-bit', '((pde & 0xffc0_0000) >>> 0)', '((pde & 0xff80_0000) >>> 0)'],
    ['32-bit', 'this.global = (pde & this.globalBit) !== 0;', 'this.global = (pde & this.globalBit) === 0;'],
    ['32-bit', '(this.pageBase | (linear & 0x3f_ffff))', '(this.pageBase | (linear & 0x1f_ffff))'],
    ['32-bit', 'this.#largeBit = has(cr4, CR4_PSE) ? PDE_PS : 0;', 'this.#largeBit = PDE_PS;'],
    ['32-bit', 'this.globalBit = has(cr4, CR4_PGE) ? PTE_G : 0;', 'this.globalBit = PTE_G;'],
    ['32-bit', '|| this.#smep ? PF_ID : 0', '&& this.#smep ? PF_ID : 0'],
    ['PAE', '(has(cr4, CR4_PAE) && has(efer, EFER_NXE)) || this.#smep', 'this.#smep'],
    // 64-bit entries
    ['PAE', 'const register = (linear >>> 30) * 2;', 'const register = (linear >>> 30) & 2;'],
    ['PAE', 'SHIFT_2M, RIGHT_RW | RIGHT_US)', 'SHIFT_2M, RIGHT_RW)'],
    [
      'PAE',
      'const table = physicalOf(this.pdptes[register + 1]!, low & PTE_FRAME_MASK);',
      'const table = physicalOf(0, low & PTE_FRAME_MASK);',
    ],
    ['PAE', 'index64(linearLow, linearHigh, shift) * 8', 'index64(linearLow, linearHigh, shift) * 4'],
    ['PAE', 'const large = (low & PDE_PS) !== 0 && shift !== SHIFT_4K;', 'const large = shift !== SHIFT_4K;'],
    [
      'PAE',
      '(low & reservedLow) !== 0 || (high & reserved.high) !== 0',
      '(low & reservedLow) !== 0 && (high & reserved.high) !== 0',
    ],
    ['PAE', '(high < 0 ? RIGHT_NX : 0);', '0;'],
    ['PAE', '(((low >>> 1) & 3) | RIGHT_NX)', '((low >>> 1) & 3)'],
    ['PAE', 'this.#entryLow[depth] = low;', 'this.#entryLow[0] = low;'],
    [
      'PAE',
      'if (!this.check(rights, this.key, access)) return false;\n        const used = this.#markUsed(depth, (access & ACCESS_WRITE_BIT) !== 0);',
      'const used = this.#markUsed(depth, (access & ACCESS_WRITE_BIT) !== 0);\n        if (!this.check(rights, this.key, access)) return false;',
    ],
    [
      'PAE',
      'for (let depth = 0; depth < leaf; depth++) this.#mark(depth, PTE_A);',
      'for (let depth = 1; depth < leaf; depth++) this.#mark(depth, PTE_A);',
    ],
    [
      'PAE',
      'if ((before & bits) !== bits) this.#memory.storeWord',
      'if ((before & bits) === 0) this.#memory.storeWord',
    ],
    [
      'PAE',
      'this.#memory.storeWord(address, this.#memory.loadWord(address) | bits);',
      'this.#memory.storeWord(address, this.#memory.loadWord(address) & bits);',
    ],
    ['PAE', 'this.global = (low & this.globalBit) !== 0;', 'this.global = (low & PTE_G) !== 0;'],
    ['4-level', "this.mode === '5-level' ? 48 : 39", "this.mode === '5-level' ? 48 : 38"],
    ['5-level', "this.mode === '5-level' ? 48 : 39", "this.mode === '5-level' ? 47 : 39"],
    [
      '4-level',
      'return ((high << 2) | (low >>> 30)) & 0x1ff;',
      'return ((high << 2) | (low >> 30)) & 0x1ff;',
    ],
    ['4-level', '(high >>> (shift - 32)) & 0x1ff', '(high >>> (shift - 32)) & 0xff'],
    ['4-level', 'this.key = (high >>> 27) & 0xf;', 'this.key = (high >>> 28) & 0xf;'],
    [
      '4-level',
      'this.#userKeys = longMode && has(cr4, CR4_PKE);',
      'this.#userKeys = longMode && has(cr4, CR4_PKS);',
    ],
    [
      '4-level',
      'keyDenies(userPage ? this.pkru : this.pkrs, key, access, this.#wp)',
      'keyDenies(userPage ? this.pkrs : this.pkru, key, access, this.#wp)',
    ],
    [
      '4-level',
      'return (high & 0xf_ffff) * 0x1_0000_0000 + (low >>> 0);',
      'return (high & 0xf_ffff) * 0x1_0000_0000 + low;',
    ],
    [
      '4-level',
      'return (high & 0xf_ffff) * 0x1_0000_0000 + (low >>> 0);',
      'return (high & 0x7_ffff) * 0x1_0000_0000 + (low >>> 0);',
    ],
    ['4-level', 'return -1 << shift;', 'return -1 << (shift - 1);'],
    [
      '4-level',
      'this.faultCode = PF_P | keyed | this.accessCodes[access]!;',
      'this.faultCode = PF_P | this.accessCodes[access]!;',
    ],
  ]),
  ...of('walk/explain.ts', [
    [
      '32-bit',
      'if (access & ACCESS_USER_BIT) code |= PF_US;',
      'if (access & ACCESS_USER_BIT) code |= PF_WR;',
    ],
    ['32-bit', '(noExecute || has(cr4, CR4_SMEP))', '(noExecute && has(cr4, CR4_SMEP))'],
    ['32-bit', 'if (user && !rights.user) return', 'if (!user && !rights.user) return'],
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
    ['4-level', '39: PDE_PS,', '39: 0,'],
  ]),
  ...of('tlb/tlb-word.ts', [
    [
      'any',
      'return (word & ~WORD_GRANTS) | bits[rightsOfWord(word)]!;',
      'return word | bits[rightsOfWord(word)]!;',
    ],
    [
      'any',
      '((word & GRANTS_FETCH) === 0 ? RIGHT_NX : 0)',
      '((word & GRANTS_FETCH) !== GRANTS_FETCH ? RIGHT_NX : 0)',
    ],
  ]),
  ...of('tables/entry-format.ts', [
    ['32-bit', 'low | (high << 13)', 'low | (high << 12)'],
    ['4-level', '(level.shift > PAGE_SHIFT ? PDE_PS : 0)', '(level.shift >= PAGE_SHIFT ? PDE_PS : 0)'],
    ['PAE', ': PTE_RW | PTE_US;', ': PTE_RW;'],
    [
      '4-level',
      'return { low: lowHalf(table) | PTE_P | rights, high: highHalf(table) };',
      'return { low: lowHalf(table) | PTE_P | rights, high: 0 };',
    ],
  ]),
];
