/**
 * A second page walk, written from the architecture manual to be obviously right: 64-bit integers throughout,
 * one entry after the other, no TLB, nothing prepared. It shares no code with src/mmu but the names of things.
 * Sources: SDM 3A §4.3 (32-bit), §4.4 (PAE), §4.5 (4-level and 5-level), §4.6 (rights), §4.7 (error code).
 */

import type { CpuFeatures } from '../../src/mmu/index.ts';

/** Everything a walk depends on. Entries are read from `load`, which gives 32 bits at a physical address. */
export interface ReferenceMachine {
  readonly cpu: CpuFeatures;
  readonly cr0: bigint;
  readonly cr3: bigint;
  readonly cr4: bigint;
  readonly efer: bigint;
  readonly alignmentCheck: boolean;
  readonly pkru: bigint;
  readonly pkrs: bigint;
  /** The four PDPTE registers, as they were when CR3 was last loaded. PAE only. */
  readonly pdptes: readonly bigint[];
  load(physical: bigint): bigint;
}

/** What an access is: `implicit` marks a supervisor access that the CPU makes on its own account. */
export interface ReferenceAccess {
  readonly write: boolean;
  readonly fetch: boolean;
  readonly user: boolean;
  readonly implicit: boolean;
  /** To a shadow stack. */
  readonly shadow?: boolean;
}

/** What entries allow. */
export interface ReferenceRights {
  readonly writable: boolean;
  readonly user: boolean;
  readonly executable: boolean;
}

/** An entry that was read, from the root down. */
export interface ReferenceStep {
  /** Physical address of the table that holds it. */
  readonly table: bigint;
  readonly index: bigint;
  readonly value: bigint;
  /** What the entries so far allow. */
  readonly rights: ReferenceRights;
  /** Where it leads: the table or the page; undefined where it is not present. */
  readonly target: bigint | undefined;
  /** The set bits that the CPU reserves. */
  readonly reserved: bigint;
}

export interface ReferencePage {
  readonly ok: true;
  readonly physical: bigint;
  readonly pageBytes: bigint;
  readonly global: boolean;
  /** The memory type by its number in the PAT: 0 UC, 1 WC, 4 WT, 5 WP, 6 WB, 7 UC-. */
  readonly memoryType: bigint;
  /** The protection key, where one of the key registers governs the page. */
  readonly key: number | undefined;
  /** The key's bits in the leaf, whether they count or not. */
  readonly keyBits: number;
  readonly steps: readonly ReferenceStep[];
  /** The accessed and dirty bits to set: by the entry's physical address. */
  readonly sets: ReadonlyMap<bigint, bigint>;
}

/** Why a walk fails. */
export type ReferenceCause =
  | 'canonical'
  | 'present'
  | 'reserved'
  | 'key'
  | 'user'
  | 'write'
  | 'fetch'
  | 'smep'
  | 'smap'
  | 'shadow'
  | 'shadow-user';

export interface ReferenceFault {
  readonly ok: false;
  readonly vector: 13 | 14;
  readonly code: bigint;
  /** Every cause; the CPU tells only some of them apart. */
  readonly causes: readonly ReferenceCause[];
  readonly steps: readonly ReferenceStep[];
}

export type ReferenceResult = ReferencePage | ReferenceFault;

/** Bit n. */
const bit = (n: number): bigint => 1n << BigInt(n);
const isSet = (value: bigint, n: number): boolean => ((value >> BigInt(n)) & 1n) === 1n;
/** Bits high to low of a value, in their place. */
const field = (value: bigint, high: number, low: number): bigint => value & (bit(high + 1) - bit(low));

export type ReferenceMode = 'off' | '32-bit' | 'PAE' | '4-level' | '5-level';

export function referenceMode({ cr0, cr4, efer }: ReferenceMachine): ReferenceMode {
  if (!isSet(cr0, 31)) return 'off';
  if (!isSet(cr4, 5)) return '32-bit';
  if (!isSet(efer, 8)) return 'PAE';
  return isSet(cr4, 12) ? '5-level' : '4-level';
}

/** One level of a mode: where its index lies in the linear address, and from which bit its large pages map. */
interface Level {
  readonly shift: number;
  readonly indexBits: number;
}

const LEVELS: Readonly<Record<Exclude<ReferenceMode, 'off'>, readonly Level[]>> = {
  '32-bit': [
    { shift: 22, indexBits: 10 },
    { shift: 12, indexBits: 10 },
  ],
  PAE: [
    { shift: 30, indexBits: 2 },
    { shift: 21, indexBits: 9 },
    { shift: 12, indexBits: 9 },
  ],
  '4-level': [39, 30, 21, 12].map((shift) => ({ shift, indexBits: 9 })),
  '5-level': [48, 39, 30, 21, 12].map((shift) => ({ shift, indexBits: 9 })),
};

/** What linear-address masking makes of a pointer (Instruction Set Extensions Programming Reference, "LAM"). */
export function referenceAddress(
  machine: ReferenceMachine,
  pointer: bigint,
  access: ReferenceAccess,
): bigint {
  const mode = referenceMode(machine);
  if (mode !== '4-level' && mode !== '5-level') return BigInt.asUintN(32, pointer);
  const unchanged = BigInt.asUintN(64, pointer);
  if (!machine.cpu.lam || access.fetch || access.implicit) return unchanged;
  let highest: number | undefined;
  if (isSet(pointer, 63)) {
    if (isSet(machine.cr4, 28)) highest = mode === '5-level' ? 56 : 47;
  } else if (isSet(machine.cr3, 61)) {
    highest = 56;
  } else if (isSet(machine.cr3, 62)) {
    highest = 47;
  }
  if (highest === undefined) return unchanged;
  let masked = unchanged;
  for (let n = highest + 1; n < 63; n++) {
    masked = isSet(pointer, highest) ? masked | bit(n) : masked & ~bit(n);
  }
  return masked;
}

/** Walks for one access. Changes nothing: what to set is in the result. */
export function referenceWalk(
  machine: ReferenceMachine,
  pointer: bigint,
  access: ReferenceAccess,
): ReferenceResult {
  const { cpu } = machine;
  const mode = referenceMode(machine);
  const long = mode === '4-level' || mode === '5-level';
  const linear = referenceAddress(machine, pointer, access);
  const lines = cpu.addressLines ?? cpu.physicalAddressBits;
  const onBus = (physical: bigint) => BigInt.asUintN(lines, physical);
  if (mode === 'off') {
    return {
      ok: true,
      physical: onBus(linear),
      pageBytes: 4096n,
      global: false,
      memoryType: 6n,
      key: undefined,
      keyBits: 0,
      steps: [],
      sets: new Map(),
    };
  }
  if (long) {
    const width = mode === '5-level' ? 57 : 48;
    if (BigInt.asUintN(64, BigInt.asIntN(width, linear)) !== linear)
      return { ok: false, vector: 13, code: 0n, causes: ['canonical'], steps: [] };
  }

  const nxe = isSet(machine.efer, 11);
  const smep = isSet(machine.cr4, 20);
  const describe =
    (access.write ? 2n : 0n) |
    (access.user ? 4n : 0n) |
    (access.fetch && ((isSet(machine.cr4, 5) && nxe) || smep) ? 16n : 0n) |
    (access.shadow ? 64n : 0n);
  const steps: ReferenceStep[] = [];
  const pageFault = (cause: bigint, ...causes: ReferenceCause[]): ReferenceFault => ({
    ok: false,
    vector: 14,
    code: cause | describe,
    causes,
    steps,
  });

  let table = long ? field(machine.cr3, cpu.physicalAddressBits - 1, 12) : field(machine.cr3, 31, 12);
  if (mode === 'PAE') table = field(machine.cr3, 31, 5);
  let writable = true;
  let user = true;
  let executable = true;
  const used: bigint[] = [];

  for (const { shift, indexBits } of LEVELS[mode]) {
    const index = (linear >> BigInt(shift)) & (bit(indexBits) - 1n);
    const isPdpteRegister = mode === 'PAE' && shift === 30;
    const size = mode === '32-bit' ? 4n : 8n;
    const entryAddress = onBus(table + index * size);
    let entry: bigint;
    if (isPdpteRegister) entry = machine.pdptes[Number(index)]!;
    else if (mode === '32-bit') entry = machine.load(entryAddress);
    else entry = machine.load(entryAddress) | (machine.load(entryAddress + 4n) << 32n);

    const present = isSet(entry, 0);
    const leaf = shift === 12 || (!isPdpteRegister && isLarge(machine, mode, shift, entry));
    const reserved = present && !isPdpteRegister ? entry & reservedBits(machine, mode, shift, entry) : 0n;
    const shadowStack = writable && !isSet(entry, 1) && isSet(entry, 6);
    if (present && !isPdpteRegister) {
      if (!isSet(entry, 1)) writable = false;
      if (!isSet(entry, 2)) user = false;
      if (mode !== '32-bit' && nxe && isSet(entry, 63)) executable = false;
    }
    // A reader is told where even a malformed entry points, with all the address bits that entries have.
    const highest = mode === '32-bit' ? 31 : 51;
    const base =
      leaf && mode === '32-bit' && shift === 22
        ? field(entry, 31, 22) | (field(entry, 20, 13) << 19n)
        : field(entry, highest, leaf ? shift : 12);
    steps.push({
      table: onBus(table),
      index,
      value: entry,
      rights: { writable, user, executable },
      target: present ? (cpu.addressLines === undefined ? base : onBus(base)) : undefined,
      reserved,
    });

    if (!present) return pageFault(0n, 'present');
    if (reserved !== 0n) return pageFault(1n | 8n, 'reserved');
    if (!isPdpteRegister) used.push(entryAddress);
    if (!leaf) {
      table = base;
      continue;
    }

    const key = Number((entry >> 59n) & 15n);
    const causes = referenceRefusals(machine, { writable, user, executable }, key, access, shadowStack);
    if (causes.length > 0) return pageFault(1n | (causes.includes('key') ? 32n : 0n), ...causes);
    const sets = new Map<bigint, bigint>(used.map((entryUsed) => [entryUsed, 0x20n]));
    if (access.write) sets.set(entryAddress, 0x60n);
    return {
      ok: true,
      physical: onBus(base | field(linear, shift - 1, 0)),
      pageBytes: bit(shift),
      global: isSet(entry, 8) && isSet(machine.cr4, 7),
      memoryType: memoryTypeOf(cpu, entry, shift),
      key: long && isSet(machine.cr4, user ? 22 : 24) ? key : undefined,
      keyBits: long ? key : 0,
      steps,
      sets,
    };
  }
  throw new Error('the last level always maps a page');
}

/** Whether bit 7 of an entry above the last level makes it map a page. */
function isLarge(machine: ReferenceMachine, mode: ReferenceMode, shift: number, entry: bigint): boolean {
  if (!isSet(entry, 7)) return false;
  if (mode === '32-bit') return isSet(machine.cr4, 4);
  if (shift === 21) return true;
  return shift === 30 && machine.cpu.page1g === true;
}

/** The bits that must be 0 in a present entry. */
function reservedBits(machine: ReferenceMachine, mode: ReferenceMode, shift: number, entry: bigint): bigint {
  const width = machine.cpu.physicalAddressBits;
  let reserved = 0n;
  const reserve = (high: number, low: number) => {
    for (let n = low; n <= high; n++) reserved |= bit(n);
  };
  const large = shift !== 12 && isLarge(machine, mode, shift, entry);
  if (mode === '32-bit') {
    if (large) {
      if (!machine.cpu.pse36) reserve(21, 13);
      else reserve(21, Math.min(width, 40) - 19);
    }
    return reserved;
  }
  reserve(mode === 'PAE' ? 62 : 51, width);
  if (!isSet(machine.efer, 11)) reserve(63, 63);
  if (large) reserve(shift - 1, 13);
  else if (shift >= 30) reserve(7, 7);
  if (shift >= 39 && machine.cpu.vendor === 'AMD') reserve(8, 8);
  return reserved;
}

/** The PAT as reset leaves it, entry 0 in the lowest byte (SDM 3A §12.12.4). */
const PAT_AFTER_RESET = 0x0007_0406_0007_0406n;

/** SDM 3A §12.12.3; without a PAT, PCD chooses UC whatever PWT says (§12.5.2). */
function memoryTypeOf(cpu: CpuFeatures, leaf: bigint, shift: number): bigint {
  const [pwt, pcd] = [isSet(leaf, 3), isSet(leaf, 4)];
  if (!cpu.pat) return pcd ? 0n : pwt ? 4n : 6n;
  const pat = isSet(leaf, shift === 12 ? 7 : 12);
  const entry = (pat ? 4n : 0n) + (pcd ? 2n : 0n) + (pwt ? 1n : 0n);
  return (PAT_AFTER_RESET >> (8n * entry)) & 0xffn;
}

/** Every reason for which the registers of now forbid an access to a page of these rights and this key (SDM 3A §4.6). */
export function referenceRefusals(
  machine: ReferenceMachine,
  { writable, user, executable }: ReferenceRights,
  key: number,
  access: ReferenceAccess,
  shadowStack = false,
): ReferenceCause[] {
  const smep = isSet(machine.cr4, 20);
  const smap = isSet(machine.cr4, 21);
  const wp = isSet(machine.cr0, 16);
  const mode = referenceMode(machine);
  const long = mode === '4-level' || mode === '5-level';
  const causes: ReferenceCause[] = [];
  if (access.user && !user) causes.push('user');
  if (access.shadow) {
    if (!shadowStack) causes.push('shadow');
    if (user && !access.user) causes.push('shadow-user');
    if (long && keyDenies(machine, key, user, access, wp)) causes.push('key');
    return causes;
  }
  if (access.write && !writable && (access.user || wp)) causes.push('write');
  if (access.fetch && !executable) causes.push('fetch');
  if (access.fetch && !access.user && user && smep) causes.push('smep');
  if (!access.fetch && !access.user && user && smap && (access.implicit || !machine.alignmentCheck))
    causes.push('smap');
  if (long && keyDenies(machine, key, user, access, wp)) causes.push('key');
  return causes;
}

function keyDenies(
  machine: ReferenceMachine,
  key: number,
  userPage: boolean,
  access: ReferenceAccess,
  wp: boolean,
): boolean {
  if (access.fetch) return false;
  if (!isSet(machine.cr4, userPage ? 22 : 24)) return false;
  const register = userPage ? machine.pkru : machine.pkrs;
  if (isSet(register, 2 * key)) return true;
  return isSet(register, 2 * key + 1) && access.write && (access.user || wp);
}
