/**
 * The CPU of a guest as a dump tells it: its registers completed and checked, and a CPU model that has whatever they
 * use. What had to be concluded is said in notes, so that nobody takes it for what the dump said.
 */

import { formatAddress } from '../arch/address.ts';
import {
  CR0_PE,
  CR0_PG,
  CR0_WP,
  CR3_LAM_U48,
  CR3_LAM_U57,
  CR3_NO_FLUSH,
  CR4_LA57,
  CR4_PAE,
  CR4_PCIDE,
  EFER_LMA,
  EFER_LME,
  EFER_NXE,
} from '../arch/control.ts';
import { CPU_MODELS, type CpuFeatures } from '../arch/cpu.ts';
import { PTE_A, PTE_P } from '../arch/entry.ts';
import { asNumber, fromHalves } from '../arch/linear.ts';
import { cr3Address, cr4Bits, eferBits, has, pagingMode } from '../arch/registers.ts';
import { reserved64 } from '../arch/reserved.ts';
import { type CpuState, DumpError } from '../dump/index.ts';
import type { RamReader } from '../memory/index.ts';
import { inEnglish, type Said, type SaidValue, said } from '../said/said.ts';
import { looksLikeLongMode, usesNoExecute } from './guest-tables.ts';
import type { MachineRegisters, Pdptes } from './machine.ts';
import { bitNames, CR4_NAMES, EFER_NAMES } from './register-names.ts';

/** The newest model's features, at their widest. */
const NEWEST = {
  ...CPU_MODELS['sapphire-rapids'],
  lam: true,
  name: 'as the guest has it',
  physicalAddressBits: 52,
  otherCr4Bits: 0,
};

/**
 * A CPU that has every feature of paging, so that what a guest's registers use exists: whether a feature is in use
 * is what CR4 and EFER say. Physical addresses are 52 bits wide. Bits of CR4 and EFER without meaning for paging,
 * known and unknown, are kept.
 */
export const GUEST_CPU: CpuFeatures = {
  ...NEWEST,
  otherCr4Bits: ~cr4Bits(NEWEST) >>> 0,
  otherEferBits: ~eferBits(NEWEST) >>> 0,
};

/** What {@link guestState} concludes. */
export interface GuestState {
  /** The registers that it set. */
  readonly registers: MachineRegisters;
  /** What was concluded, and what is worth knowing, in sentences. */
  readonly notes: readonly string[];
}

/**
 * Completes the registers that a dump tells of a CPU.
 *
 * CR0 is taken to have paging on where only CR3 is known. EFER, which QEMU's dumps lack, is concluded from what they
 * have; where that leaves the paging mode open, from the tables at CR3.
 *
 * @param strict - Take PDPTEs as they are: a CPU refuses those in which QEMU has set the accessed bit.
 * @param onNote - Told each note, with its values apart.
 * @throws DumpError `bad-request` if the paging mode cannot be known, since CR3 or CR4 is missing, or a value
 * does not fit its register.
 */
export function guestState(
  memory: RamReader,
  state: CpuState,
  strict = false,
  onNote?: (note: Said) => void,
): GuestState {
  const notes: string[] = [];
  const note: TakesNote = (one) => {
    notes.push(inEnglish(one));
    onNote?.(one);
  };
  if (state.cr3 === undefined && state.cr0 === undefined && state.cr4 === undefined) {
    note(
      said`No registers are known: paging is taken to be off. Give them, or look for the root of the page tables.`,
    );
    return { registers: { cr0: 0, cr3: 0, cr4: 0, efer: 0 }, notes };
  }
  const cr0 = state.cr0 ?? (CR0_PG | CR0_WP | CR0_PE) >>> 0;
  if (state.cr0 === undefined) note(said`CR0 is not known: paging is taken to be on, with WP.`);
  const paging = has(cr0, CR0_PG);
  const cr4 = knownCr4(state.cr4, paging, note);
  const { pkru, pkrs, alignmentCheck } = state;
  const cr3Wide = state.cr3 ?? 0;
  if (paging && state.cr3 === undefined)
    throw new DumpError('bad-request', said`CR3 is not known: it says where the page tables are`);
  const efer =
    state.efer === undefined
      ? concludedEfer(memory, { ...state, cr3: cr3Wide }, cr4, paging, note)
      : knownEfer(state.efer, note);
  const lma = paging && has(efer, EFER_LME | EFER_LMA) ? EFER_LMA | EFER_LME : 0;
  const control = { cr0, cr4, efer: ((efer & ~EFER_LMA) | lma) >>> 0 };
  const cr3 = knownCr3(cr3Wide, lma !== 0, note);
  const registers: MachineRegisters = {
    ...control,
    cr3,
    ...(state.cr2 !== undefined && { cr2: state.cr2 }),
    ...(pkru !== undefined && { pkru }),
    ...(pkrs !== undefined && { pkrs }),
    ...(alignmentCheck !== undefined && { alignmentCheck }),
  };
  const pdptes = pagingMode(control) === 'PAE' && !strict ? clearedPdptes(memory, cr3, note) : undefined;
  return { registers: pdptes === undefined ? registers : { ...registers, pdptes }, notes };
}

/** Takes a note of what had to be concluded. */
type TakesNote = (note: Said) => void;

function knownCr4(told: number | bigint | undefined, paging: boolean, note: TakesNote): number {
  if (told === undefined) {
    if (!paging) return 0;
    throw new DumpError(
      'bad-request',
      said`CR4 is not known: it says which paging mode the guest is in; give it (0 for 32-bit paging without 4 MiB pages)`,
    );
  }
  const cr4 = Number(BigInt.asUintN(32, BigInt(told)));
  const above = BigInt(told) >> 32n;
  if (above !== 0n)
    note(
      said`CR4 has bits above 31 (${bitNames(CR4_NAMES, BigInt(told) & ~0xffff_ffffn)}), which have no meaning for paging.`,
    );
  const other = (cr4 & GUEST_CPU.otherCr4Bits!) >>> 0;
  const unnamed = bitNames(CR4_NAMES, BigInt(other), 'unnamed');
  if (unnamed !== '') note(said`CR4 has bits that are not known here: ${unnamed}.`);
  return cr4;
}

function knownEfer(told: number | bigint, note: TakesNote): number {
  if (BigInt(told) >> 32n !== 0n)
    throw new DumpError('bad-request', said`EFER 0x${told.toString(16)} has more than 32 bits`);
  const efer = Number(told);
  const unnamed = bitNames(EFER_NAMES, BigInt((efer & GUEST_CPU.otherEferBits!) >>> 0), 'unnamed');
  if (unnamed !== '') note(said`EFER has bits that are not known here: ${unnamed}.`);
  return efer;
}

/** EFER.LME and NXE as the rest tells them. */
function concludedEfer(
  memory: RamReader,
  { cr3 = 0, longMode }: CpuState,
  cr4: number,
  paging: boolean,
  note: TakesNote,
): number {
  if (!paging || !has(cr4, CR4_PAE)) return 0;
  let efer = 0;
  let because: SaidValue;
  if (longMode !== undefined) {
    if (longMode.active) efer = EFER_LME | EFER_LMA;
    because = longMode.because;
  } else if (has(cr4, CR4_LA57 | CR4_PCIDE)) {
    efer = EFER_LME | EFER_LMA;
    because = said`CR4 has bits that only long mode uses`;
  } else {
    const found = looksLikeLongMode(memory, cr3Address(cr3));
    if (found.active) efer = EFER_LME | EFER_LMA;
    because = found.because;
  }
  const mode = pagingMode({ cr0: CR0_PG, cr4, efer });
  const root = cr3Address(knownCr3(cr3, efer !== 0, () => {}));
  const noExecute = usesNoExecute(memory, mode, root);
  if (noExecute) efer |= EFER_NXE;
  const active = has(efer, EFER_LMA) ? said`active` : said`not active`;
  note(
    noExecute
      ? said`EFER is not known: long mode is ${active}, since ${because}; NXE is taken as set, since an entry has bit 63 set.`
      : said`EFER is not known: long mode is ${active}, since ${because}; NXE is taken as clear, since no entry has bit 63 set.`,
  );
  return efer;
}

/** CR3 as a machine keeps it: without bit 63, which is no part of it. */
function knownCr3(told: number | bigint, longMode: boolean, note: TakesNote): number | bigint {
  const wide = BigInt(told);
  const address = BigInt.asUintN(longMode ? 52 : 32, wide);
  if (address === wide) return Number(address);
  const rest = wide ^ address;
  if (!longMode)
    throw new DumpError(
      'bad-request',
      said`CR3 0x${wide.toString(16)} has more than 32 bits, and long mode is not active`,
    );
  const masking = rest & (CR3_LAM_U48 | CR3_LAM_U57);
  if ((rest & ~(masking | CR3_NO_FLUSH)) !== 0n)
    throw new DumpError('bad-request', said`CR3 0x${wide.toString(16)} has more than 52 bits of address`);
  if ((rest & CR3_NO_FLUSH) !== 0n) note(said`CR3 has bit 63, which no CPU keeps; it is left out.`);
  return asNumber(address | masking);
}

/**
 * The PDPTE registers, where RAM has the accessed bit in them: QEMU sets it in RAM as in any entry, and a CPU would
 * refuse it at the next load of CR3. Undefined where RAM has no such bit.
 */
function clearedPdptes(memory: RamReader, cr3: number | bigint, note: TakesNote): Pdptes | undefined {
  const { pdpteLow, pdpteHigh } = reserved64(GUEST_CPU, false, false);
  const root = cr3Address(cr3);
  const table = root - (root % 32);
  const found: (readonly [low: number, high: number])[] = [];
  let accessed = 0;
  for (let i = 0; i < 4; i++) {
    const low = memory.loadWord(table + 8 * i);
    const high = memory.loadWord(table + 8 * i + 4);
    found.push([low, high]);
    if ((low & PTE_P) === 0) continue;
    // Any other reserved bit is the guest's mistake, which the MMU refuses.
    if ((low & pdpteLow & ~PTE_A) !== 0 || (high & pdpteHigh) !== 0) return undefined;
    if ((low & PTE_A) !== 0) accessed++;
  }
  if (accessed === 0) return undefined;
  note(
    said`${accessed} of the PDPTEs at ${formatAddress(table)} have the accessed bit set, as QEMU leaves them; it is reserved there, and taken as clear. A CPU would refuse them.`,
  );
  const value = ([low, high]: readonly [number, number]): number | bigint =>
    (low & PTE_P) === 0 ? fromHalves(low, high) : fromHalves(low & ~PTE_A, high);
  const [a, b, c, d] = found;
  return [value(a!), value(b!), value(c!), value(d!)];
}
