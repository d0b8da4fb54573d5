/**
 * The names of the bits of CR4 and EFER, those without meaning for paging too, to tell a person what a guest uses.
 * Sources: SDM 3A §2.5 "Control Registers", SDM 4 "IA32_EFER"; AMD APM 2 §3.1.7 "Extended Feature Enable Register".
 */

type BitNames = Readonly<Record<number, string>>;

/** CR4, by bit. */
export const CR4_NAMES: BitNames = {
  0: 'VME',
  1: 'PVI',
  2: 'TSD',
  3: 'DE',
  4: 'PSE',
  5: 'PAE',
  6: 'MCE',
  7: 'PGE',
  8: 'PCE',
  9: 'OSFXSR',
  10: 'OSXMMEXCPT',
  11: 'UMIP',
  12: 'LA57',
  13: 'VMXE',
  14: 'SMXE',
  16: 'FSGSBASE',
  17: 'PCIDE',
  18: 'OSXSAVE',
  19: 'KL',
  20: 'SMEP',
  21: 'SMAP',
  22: 'PKE',
  23: 'CET',
  24: 'PKS',
  25: 'UINTR',
  27: 'LASS',
  28: 'LAM_SUP',
  32: 'FRED',
};

/** EFER, by bit. */
export const EFER_NAMES: BitNames = {
  0: 'SCE',
  8: 'LME',
  10: 'LMA',
  11: 'NXE',
  12: 'SVME',
  13: 'LMSLE',
  14: 'FFXSR',
  15: 'TCE',
  17: 'MCOMMIT',
  18: 'INTWB',
  20: 'UAIE',
  21: 'AIBRSE',
};

/**
 * The names of the bits that are set, lowest first, such as `PAE, PGE, bit 30`.
 * @param which - `unnamed`: only those that have none.
 */
export function bitNames(names: BitNames, value: bigint, which: 'all' | 'unnamed' = 'all'): string {
  const found: string[] = [];
  for (let bit = 0; bit < 64; bit++) {
    if (((value >> BigInt(bit)) & 1n) === 0n) continue;
    const name = names[bit];
    if (name === undefined || which === 'all') found.push(name ?? `bit ${bit}`);
  }
  return found.join(', ');
}
