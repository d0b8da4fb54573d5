/**
 * The page walk, written to be read. It does what `walker.ts` does on a TLB miss, for every paging mode,
 * but changes nothing and tells everything. Start here to learn how x86 translates an address.
 *
 * ```text
 * 32-bit paging    | 31 directory 22 | 21 table 12 | 11 offset 0 |
 * PAE              | 31 PDPT 30 | 29 directory 21 | 20 table 12 | 11 offset 0 |
 * 4-level          | 47 PML4 39 | 38 PDPT 30 | 29 directory 21 | 20 table 12 | 11 offset 0 |
 * 5-level          | 56 PML5 48 | then as 4-level
 * ```
 *
 * Source: SDM 3A chapter 4, "Paging".
 */

import {
  ACCESS_FETCH_BIT,
  ACCESS_IMPLICIT_BIT,
  ACCESS_USER_BIT,
  ACCESS_WRITE_BIT,
  type Access,
} from '../arch/access.ts';
import {
  CR0_WP,
  CR4_PAE,
  CR4_PGE,
  CR4_PKE,
  CR4_PKS,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
  EFER_NXE,
} from '../arch/control.ts';
import type { CpuFeatures } from '../arch/cpu.ts';
import { PDE_PS, PTE_A, PTE_D, PTE_G, PTE_P, PTE_RW, PTE_US } from '../arch/entry.ts';
import { PF_ID, PF_P, PF_PK, PF_RSVD, PF_US, PF_WR, VECTOR_GP, VECTOR_PF } from '../arch/fault.ts';
import { memoryTypeOf } from '../arch/memory-type.ts';
import { keyDenies } from '../arch/permissions.ts';
import { has, pagingMode } from '../arch/registers.ts';
import { reserved4M, reserved64 } from '../arch/reserved.ts';
import type { RamReader } from '../memory/ram.ts';
import type { WalkContext } from './context.ts';
import type {
  EntryKind,
  FaultReason,
  MemoryType,
  PageSize,
  PagingMode,
  Rights,
  WalkFault,
  WalkReport,
  WalkStep,
} from './report.ts';

/** One level of a paging mode: the name of its entries, and where their index lies in a linear address. */
interface Level {
  readonly kind: EntryKind;
  readonly shift: number;
  readonly indexBits: number;
}

/** The levels of each mode, from the root down. This table is the difference between the modes. */
const LEVELS: Readonly<Record<PagingMode, readonly Level[]>> = {
  off: [],
  '32-bit': [
    { kind: 'PDE', shift: 22, indexBits: 10 },
    { kind: 'PTE', shift: 12, indexBits: 10 },
  ],
  PAE: [
    { kind: 'PDPTE', shift: 30, indexBits: 2 },
    { kind: 'PDE', shift: 21, indexBits: 9 },
    { kind: 'PTE', shift: 12, indexBits: 9 },
  ],
  '4-level': [
    { kind: 'PML4E', shift: 39, indexBits: 9 },
    { kind: 'PDPTE', shift: 30, indexBits: 9 },
    { kind: 'PDE', shift: 21, indexBits: 9 },
    { kind: 'PTE', shift: 12, indexBits: 9 },
  ],
  '5-level': [
    { kind: 'PML5E', shift: 48, indexBits: 9 },
    { kind: 'PML4E', shift: 39, indexBits: 9 },
    { kind: 'PDPTE', shift: 30, indexBits: 9 },
    { kind: 'PDE', shift: 21, indexBits: 9 },
    { kind: 'PTE', shift: 12, indexBits: 9 },
  ],
};

/** An entry in two 32-bit halves; `high` is 0 in 32-bit paging. */
interface Entry {
  readonly low: number;
  readonly high: number;
}

/** Walks and reports. See `Mmu.explain`. */
export function explainWalk(context: WalkContext, linear: number | bigint, access: Access): WalkReport {
  const mode = pagingMode(context);
  const longMode = mode === '4-level' || mode === '5-level';
  // Linear addresses reach 64 bits, so this face of the MMU computes with bigint.
  const address = BigInt.asUintN(longMode ? 64 : 32, BigInt(linear));
  const common = { linear: asNumber(address), access, mode, cr3: context.cr3 };
  const steps: WalkStep[] = [];

  const fail = (reason: FaultReason, code: number, kind?: EntryKind): WalkReport => {
    const fault: WalkFault = { vector: VECTOR_PF, reason, code, cr2: common.linear, kind };
    return { ok: false, ...common, fault, steps };
  };

  if (mode === 'off') {
    const rights = { writable: true, user: true, executable: true };
    return {
      ok: true,
      ...common,
      physical: onBus(context.cpu, Number(address)),
      pageSize: 0x1000,
      rights,
      global: false,
      memoryType: 'WB',
      protectionKey: undefined,
      sets: [],
      steps,
    };
  }
  if (longMode && !isCanonical(address, mode === '5-level' ? 57 : 48)) {
    const fault: WalkFault = {
      vector: VECTOR_GP,
      reason: 'not-canonical',
      code: 0,
      cr2: context.cr2,
      kind: undefined,
    };
    return { ok: false, ...common, fault, steps };
  }

  const describe = accessCode(context, access);
  const entryBytes = mode === '32-bit' ? 4 : 8;
  let rights: Rights = { writable: true, user: true, executable: true };
  let tableAddress = mode === 'PAE' ? context.cr3 - (context.cr3 % 32) : context.cr3 - (context.cr3 % 4096);
  tableAddress = onBus(context.cpu, tableAddress);

  for (const level of LEVELS[mode]) {
    const index = Number((address >> BigInt(level.shift)) & ((1n << BigInt(level.indexBits)) - 1n));
    const entryAddress = onBus(context.cpu, tableAddress + index * entryBytes);
    // PAE keeps its four PDPTEs in registers, loaded with CR3: RAM may differ by now.
    const register = mode === 'PAE' && level.kind === 'PDPTE';
    const entry = register
      ? pdpteRegister(context, index)
      : readEntry(context.memory, entryAddress, entryBytes);
    const present = (entry.low & PTE_P) !== 0;
    const isLeaf = level.kind === 'PTE' || (!register && isLargePage(context, mode, entry));
    const reservedBits = present && !register ? reservedBitsSet(context, mode, level, entry, isLeaf) : [];
    // A PDPTE of PAE has no R/W, U/S or NX: it leaves the rights alone.
    if (present && !register) rights = narrow(rights, entry, context, mode);

    const target = !present
      ? undefined
      : onBus(context.cpu, isLeaf ? pageBase(mode, level, entry) : addressIn(entry, 12));
    steps.push({
      kind: level.kind,
      index,
      tableAddress,
      entryAddress,
      source: register ? 'register' : isRam(context.memory, entryAddress) ? 'ram' : 'open-bus',
      entry: rawEntry(entry),
      entryBytes,
      flags: present ? flagNames(context, mode, entry, isLeaf, level, register) : [],
      reservedBits,
      leadsTo: !present
        ? 'not-present'
        : reservedBits.length > 0
          ? 'reserved-bit'
          : isLeaf
            ? 'page'
            : 'table',
      target,
      rights,
    });

    if (target === undefined) return fail('not-present', describe, level.kind);
    if (reservedBits.length > 0) return fail('reserved-bit', PF_P | PF_RSVD | describe, level.kind);
    if (!isLeaf) {
      tableAddress = target;
      continue;
    }

    const key = longMode ? (entry.high >>> 27) & 0xf : 0;
    const keyRegister = longMode ? keyRegisterFor(context, rights) : undefined;
    const keyed = keyRegister !== undefined && keyDenies(keyRegister, key, access, has(context.cr0, CR0_WP));
    const refusal = keyed ? 'protection-key' : refusalOf(context, rights, access);
    if (refusal !== undefined) return fail(refusal, PF_P | (keyed ? PF_PK : 0) | describe);

    const pageSize = (2 ** level.shift) as PageSize;
    return {
      ok: true,
      ...common,
      physical: onBus(context.cpu, pageBase(mode, level, entry)) + Number(address & BigInt(pageSize - 1)),
      pageSize,
      rights,
      global: has(context.cr4, CR4_PGE) && (entry.low & PTE_G) !== 0,
      memoryType: memoryType(context, entry, level),
      protectionKey: keyRegister === undefined ? undefined : key,
      sets: accessedAndDirty(steps, access),
      steps,
    };
  }
  throw new Error('unreachable: the last level always ends the walk');
}

/** The error-code bits that describe the access: W/R, U/S and, where NX or SMEP is enabled, I/D. */
function accessCode({ cr4, efer }: WalkContext, access: Access): number {
  let code = 0;
  if (access & ACCESS_WRITE_BIT) code |= PF_WR;
  if (access & ACCESS_USER_BIT) code |= PF_US;
  const fetchesTold = (has(cr4, CR4_PAE) && has(efer, EFER_NXE)) || has(cr4, CR4_SMEP);
  if (access & ACCESS_FETCH_BIT && fetchesTold) code |= PF_ID;
  return code;
}

/** Why the rights of a page refuse an access, or undefined if they do not (SDM 3A §4.6). */
function refusalOf(
  { cr0, cr4, alignmentCheck }: WalkContext,
  rights: Rights,
  access: Access,
): FaultReason | undefined {
  const user = (access & ACCESS_USER_BIT) !== 0;
  const implicit = (access & ACCESS_IMPLICIT_BIT) !== 0;
  if (user && !rights.user) return 'user-access-to-supervisor-page';
  if (access & ACCESS_FETCH_BIT) {
    if (!rights.executable) return 'fetch-from-no-execute-page';
    if (!user && rights.user && has(cr4, CR4_SMEP)) return 'supervisor-fetch-from-user-page';
    return undefined;
  }
  if (!user && rights.user && has(cr4, CR4_SMAP) && (implicit || !alignmentCheck)) {
    return 'supervisor-access-to-user-page';
  }
  if (access & ACCESS_WRITE_BIT && !rights.writable && (user || has(cr0, CR0_WP))) {
    return 'write-to-read-only-page';
  }
  return undefined;
}

/** PKRU or PKRS, whichever governs the page; undefined if neither does. */
function keyRegisterFor({ cr4, pkru, pkrs }: WalkContext, rights: Rights): number | undefined {
  if (rights.user) return has(cr4, CR4_PKE) ? pkru : undefined;
  return has(cr4, CR4_PKS) ? pkrs : undefined;
}

function narrow(rights: Rights, entry: Entry, { efer }: WalkContext, mode: PagingMode): Rights {
  const noExecute = mode !== '32-bit' && has(efer, EFER_NXE) && entry.high < 0;
  return {
    writable: rights.writable && (entry.low & PTE_RW) !== 0,
    user: rights.user && (entry.low & PTE_US) !== 0,
    executable: rights.executable && !noExecute,
  };
}

/** Bit 7 above the last level means a large page: in 32-bit paging only with CR4.PSE, else always. */
function isLargePage({ cr4 }: WalkContext, mode: PagingMode, entry: Entry): boolean {
  return (entry.low & PDE_PS) !== 0 && (mode !== '32-bit' || has(cr4, CR4_PSE));
}

/** The physical base of the page that a leaf maps. */
function pageBase(mode: PagingMode, level: Level, entry: Entry): number {
  if (mode === '32-bit' && level.kind === 'PDE') {
    // PSE-36: bits 20–13 of the entry are bits 39–32 of the address.
    return ((entry.low >>> 13) & 0xff) * 2 ** 32 + ((entry.low & 0xffc0_0000) >>> 0);
  }
  return addressIn(entry, level.shift);
}

/** The physical address in an entry, from bit `shift` up to bit 51. */
function addressIn(entry: Entry, shift: number): number {
  const low = shift === 12 ? entry.low & -4096 : entry.low & (-1 << shift);
  return (entry.high & 0xf_ffff) * 2 ** 32 + (low >>> 0);
}

function reservedBitsSet(
  { cpu, efer }: WalkContext,
  mode: PagingMode,
  level: Level,
  entry: Entry,
  isLeaf: boolean,
): number[] {
  if (mode === '32-bit') {
    return level.kind === 'PDE' && isLeaf ? setBits(entry.low & reserved4M(cpu), 0) : [];
  }
  const reserved = reserved64(cpu, mode !== 'PAE', has(efer, EFER_NXE));
  const low = isLeaf ? reserved.large[level.shift]! : reserved.table[level.shift]!;
  return [...setBits(entry.low & low, 0), ...setBits(entry.high & reserved.high, 32)];
}

function setBits(word: number, first: number): number[] {
  const found: number[] = [];
  for (let bit = 0; bit < 32; bit++) if (word & (1 << bit)) found.push(first + bit);
  return found;
}

function memoryType({ cpu }: WalkContext, entry: Entry, level: Level): MemoryType {
  return memoryTypeOf(cpu, entry.low, level.kind !== 'PTE');
}

/** The names of an entry's set bits, those that mean something in this mode at this level. */
function flagNames(
  { cr4, efer, cpu }: WalkContext,
  mode: PagingMode,
  { low, high }: Entry,
  isLeaf: boolean,
  level: Level,
  register: boolean,
): string[] {
  const names = ['P'];
  if (!register) {
    if (low & PTE_RW) names.push('RW');
    if (low & PTE_US) names.push('US');
  }
  if (low & 0x08) names.push('PWT');
  if (low & 0x10) names.push('PCD');
  if (!register && low & PTE_A) names.push('A');
  if (isLeaf) {
    if (low & PTE_D) names.push('D');
    if (level.kind !== 'PTE') names.push('PS');
    if (cpu.pat && low & (level.kind === 'PTE' ? 0x80 : 0x1000)) names.push('PAT');
    if (low & PTE_G && has(cr4, CR4_PGE)) names.push('G');
  }
  if (mode !== '32-bit' && !register && has(efer, EFER_NXE) && high < 0) names.push('NX');
  return names;
}

/** The accessed bits of every entry, and the dirty bit of the leaf on a write, that are not set yet. */
function accessedAndDirty(
  steps: readonly WalkStep[],
  access: Access,
): { entryAddress: number; bits: number }[] {
  const changes: { entryAddress: number; bits: number }[] = [];
  for (const step of steps) {
    if (step.source === 'register') continue;
    const wanted = step.leadsTo === 'page' && access & ACCESS_WRITE_BIT ? PTE_A | PTE_D : PTE_A;
    const bits = wanted & ~Number(BigInt(step.entry) & 0xfffn);
    if (bits !== 0 && step.source === 'ram') changes.push({ entryAddress: step.entryAddress, bits });
  }
  return changes;
}

function readEntry(memory: RamReader, address: number, bytes: 4 | 8): Entry {
  return { low: memory.loadWord(address), high: bytes === 8 ? memory.loadWord(address + 4) : 0 };
}

function isRam(memory: RamReader, address: number): boolean {
  return memory.isRam?.(address) ?? address < memory.sizeBytes;
}

function pdpteRegister({ pdptes }: WalkContext, index: number): Entry {
  return { low: pdptes[2 * index]!, high: pdptes[2 * index + 1]! };
}

function rawEntry({ low, high }: Entry): number | bigint {
  return asNumber((BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
}

/** Bits from `width - 1` up are all equal. */
function isCanonical(address: bigint, width: number): boolean {
  return BigInt.asUintN(64, BigInt.asIntN(width, address)) === address;
}

/** Cuts the address lines that the board lacks. */
function onBus(cpu: CpuFeatures, physical: number): number {
  return cpu.addressLines === undefined ? physical : physical % 2 ** cpu.addressLines;
}

/** A number where the value fits one, else the bigint. */
function asNumber(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
