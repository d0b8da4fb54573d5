/**
 * The page walk, written to be read. It does what `walker.ts` does on a TLB miss, for every paging mode, but changes
 * nothing and tells everything. Start here to learn how x86 translates an address; the levels of each mode stand in
 * `arch/paging-modes.ts`, the meaning of an entry's bits in `entry-rules.ts`.
 *
 * Source: SDM 3A chapter 4, "Paging".
 */

import {
  ACCESS_FETCH_BIT,
  ACCESS_IMPLICIT_BIT,
  ACCESS_SHADOW_STACK_BIT,
  ACCESS_USER_BIT,
  ACCESS_WRITE_BIT,
  type Access,
} from '../arch/access.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { CR0_WP, CR4_SMAP, CR4_SMEP } from '../arch/control.ts';
import { PTE_A, PTE_D, PTE_KEY_HIGH, PTE_KEY_SHIFT_HIGH } from '../arch/entry.ts';
import { PF_ID, PF_P, PF_PK, PF_RSVD, PF_SS, PF_US, PF_WR, VECTOR_GP, VECTOR_PF } from '../arch/fault.ts';
import { fromHalves, highHalf, isCanonicalHigh, lowHalf } from '../arch/linear.ts';
import { isMasked, linearMasking, maskedHigh } from '../arch/linear-masking.ts';
import { memoryTypeOf } from '../arch/memory-type.ts';
import {
  type EntryKind,
  indexAt,
  isLongMode,
  levelsAbovePages,
  PAGING_MODES,
  type PagingMode,
} from '../arch/paging-modes.ts';
import { keyDenies } from '../arch/permissions.ts';
import { has } from '../arch/registers.ts';
import type { RamReader } from '../memory/ram.ts';
import { contextOf, type Walkable, type WalkContext } from './context.ts';
import { decode } from './decode.ts';
import { type EntryRules, entryRules, onBus, rootTable } from './entry-rules.ts';
import type { FaultReason, Rights, SetBits, WalkFault, WalkReport, WalkStep } from './report.ts';

/**
 * Explains a translation: every entry with its bits, the rights as they narrow, the result or the fault. Pure: it reads
 * memory and changes nothing. What a TLB holds plays no part.
 *
 * @param source - An MMU, a machine, or a context that was made before.
 * @param linear - Byte address, modulo 2^32, in long mode modulo 2^64.
 */
export function explainWalk(source: Walkable, linear: number | bigint, access: Access): WalkReport {
  const context = contextOf(source);
  const rules = entryRules(context);
  const { mode, entryBytes } = rules;
  const low = lowHalf(linear);
  const pointerHigh = isLongMode(mode) ? highHalf(linear) : 0;
  const high = addressedHigh(context, mode, pointerHigh, access);
  const common = {
    linear: fromHalves(low, high),
    ...(high !== pointerHigh && { pointer: fromHalves(low, pointerHigh) }),
    access,
    mode,
    cr3: context.cr3,
  };
  const steps: WalkStep[] = [];
  const fail = (reason: FaultReason, code: number, kind?: EntryKind): WalkReport => {
    const fault: WalkFault = { vector: VECTOR_PF, reason, code, cr2: common.linear, kind };
    return { ok: false, ...common, fault, steps };
  };

  if (mode === 'off') return { ok: true, ...common, ...withoutPaging(rules, low), steps };
  if (isLongMode(mode) && !isCanonicalHigh(high, PAGING_MODES[mode].linearBits)) {
    const { cr2 } = context;
    const fault: WalkFault = { vector: VECTOR_GP, reason: 'not-canonical', code: 0, cr2, kind: undefined };
    return { ok: false, ...common, fault, steps };
  }

  const describe = accessCode(context, rules, access);
  let rights: Rights = { writable: true, user: true, executable: true };
  let tableAddress = rootTable(rules, context.cr3);

  for (const level of rules.levels) {
    // Find the entry: the table's address, and some bits of the linear address as the index.
    const { kind, shift, indexBits } = level.level;
    const index = indexAt(level.level, low, high);
    const entryAddress = onBus(rules, tableAddress + index * entryBytes);
    const source = level.inRegisters ? 'register' : isRam(context.memory, entryAddress) ? 'ram' : 'open-bus';
    const [entryLow, entryHigh] = level.inRegisters
      ? [context.pdptes[2 * index]!, context.pdptes[2 * index + 1]!]
      : readEntry(context.memory, entryAddress, entryBytes);

    // Read it: what its bits say, and what it leaves of the rights.
    const { allows, pageSize, ...entry } = decode(rules, level, entryLow, entryHigh);
    const isShadowStack = rights.writable && !allows.writable && entry.flags.includes('D');
    rights = both(rights, allows);
    steps.push({
      kind,
      level: levelsAbovePages(kind),
      shift,
      indexBits,
      bytes: level.bytes,
      index,
      tableAddress,
      entryAddress,
      source,
      entryBytes,
      ...entry,
      rights,
    });

    // An absent or malformed entry ends the walk; one that points to a table takes it a level down.
    const { target } = entry;
    if (target === undefined) return fail('not-present', describe, kind);
    if (entry.leadsTo === 'reserved-bit') return fail('reserved-bit', PF_P | PF_RSVD | describe, kind);
    if (pageSize === undefined) {
      tableAddress = target;
      continue;
    }

    // A page: the rights of all levels decide, and the protection key, if one governs it.
    const keyed = rights.user ? rules.userKeys : rules.supervisorKeys;
    const key = (entryHigh & PTE_KEY_HIGH) >>> PTE_KEY_SHIFT_HIGH;
    const keyRegister = rights.user ? context.pkru : context.pkrs;
    if (keyed && keyDenies(keyRegister, key, access, has(context.cr0, CR0_WP))) {
      return fail('protection-key', PF_P | PF_PK | describe);
    }
    const refusal =
      access & ACCESS_SHADOW_STACK_BIT
        ? shadowStackRefusal(isShadowStack, rights, access)
        : refusalOf(context, rights, access);
    if (refusal !== undefined) return fail(refusal, PF_P | describe);
    return {
      ok: true,
      ...common,
      physical: target + ((low & (pageSize - 1)) >>> 0),
      pageSize,
      rights,
      global: entry.flags.includes('G'),
      memoryType: memoryTypeOf(context.cpu, entryLow, !level.isLast),
      protectionKey: keyed ? key : undefined,
      sets: accessedAndDirty(steps, access),
      steps,
    };
  }
  throw new Error('unreachable: the last level always ends the walk');
}

/** The high half of the address that an access goes to: linear-address masking replaces what a pointer has there. */
function addressedHigh(
  { cpu, cr3, cr4 }: WalkContext,
  mode: PagingMode,
  high: number,
  access: Access,
): number {
  if (!cpu.lam || !isMasked(access)) return high;
  const { user, supervisor } = linearMasking(mode, highHalf(cr3), cr4);
  return maskedHigh(high, high < 0 ? supervisor : user);
}

/** Without paging, physical equals linear, and nothing is forbidden. */
function withoutPaging(rules: EntryRules, low: number) {
  return {
    physical: onBus(rules, low >>> 0),
    pageSize: PAGE_SIZE,
    rights: { writable: true, user: true, executable: true },
    global: false,
    memoryType: 'WB',
    protectionKey: undefined,
    sets: [],
  } as const;
}

/** The error-code bits that describe the access: W/R, U/S, SS and, where NX or SMEP is enabled, I/D. */
function accessCode({ cr4 }: WalkContext, { noExecute }: EntryRules, access: Access): number {
  let code = 0;
  if (access & ACCESS_WRITE_BIT) code |= PF_WR;
  if (access & ACCESS_USER_BIT) code |= PF_US;
  if (access & ACCESS_FETCH_BIT && (noExecute || has(cr4, CR4_SMEP))) code |= PF_ID;
  if (access & ACCESS_SHADOW_STACK_BIT) code |= PF_SS;
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

/**
 * Why a shadow-stack access is refused. Such an access needs a page that is a shadow stack: R/W clear and D set in the
 * entry that maps it, R/W set in those above. And it needs one of its own kind, whatever SMAP says (SDM 3A §4.6.1).
 */
function shadowStackRefusal(isShadowStack: boolean, rights: Rights, access: Access): FaultReason | undefined {
  const user = (access & ACCESS_USER_BIT) !== 0;
  if (user && !rights.user) return 'user-access-to-supervisor-page';
  if (!isShadowStack) return 'not-a-shadow-stack';
  return !user && rights.user ? 'shadow-stack-of-the-user' : undefined;
}

function both(a: Rights, b: Rights): Rights {
  return {
    writable: a.writable && b.writable,
    user: a.user && b.user,
    executable: a.executable && b.executable,
  };
}

/** The accessed bits of every entry, and the dirty bit of the leaf on a write, that are not set yet. */
function accessedAndDirty(steps: readonly WalkStep[], access: Access): SetBits[] {
  const changes: SetBits[] = [];
  for (const { source, leadsTo, entry, entryAddress } of steps) {
    const wanted = leadsTo === 'page' && access & ACCESS_WRITE_BIT ? PTE_A | PTE_D : PTE_A;
    const bits = wanted & ~lowHalf(entry);
    if (bits !== 0 && source === 'ram') changes.push({ entryAddress, bits });
  }
  return changes;
}

function isRam(memory: RamReader, address: number): boolean {
  return memory.isRam?.(address) ?? address < memory.sizeBytes;
}

function readEntry(memory: RamReader, address: number, bytes: 4 | 8): [low: number, high: number] {
  return [memory.loadWord(address), bytes === 8 ? memory.loadWord(address + 4) : 0];
}
