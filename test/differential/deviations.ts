/**
 * Where an emulator is known to differ from the architecture, and our Mmu follows the manual. Each deviation
 * explains only the differences it predicts; it is also expected: one that is no longer seen gets reported.
 */

import {
  ACCESS_USER_BIT,
  CR0_CD,
  CR0_NW,
  CR0_PG,
  CR0_WP,
  CR4_PAE,
  CR4_PGE,
  CR4_PSE,
  CR4_SMEP,
  PF_P,
  PF_PK,
  PF_RSVD,
  PF_WR,
  VECTOR_GP,
  VECTOR_PF,
  VECTOR_SS,
} from '../../src/arch/index.ts';
import type { WalkReport } from '../../src/mmu/index.ts';
import type { GroupedCase } from './cases.ts';
import type { Difference } from './compare.ts';
import type { EmulatorName } from './emulators.ts';
import { FRESH_DESCRIPTOR_OFFSET, ROOTS } from './layout.ts';
import type { OurOutcome } from './ours.ts';
import { NO_FAULT, type Operation } from './stream.ts';

/** A difference with the case around it. */
export interface Context {
  readonly difference: Difference;
  readonly one: GroupedCase;
  readonly ours: readonly OurOutcome[];
}

export interface Deviation {
  readonly name: string;
  readonly emulator: EmulatorName;
  /** Version prefix of the emulator in which it was observed. With others it may appear but need not. */
  readonly version: string;
  /** What the emulator does, and what the manual says. */
  readonly reason: string;
  /** The two sides are in the same state afterwards, so the rest of the case can be compared too. */
  readonly harmless: boolean;
  readonly explains: (context: Context) => boolean;
  /** Random cases meet it too seldom to be expected; the probe of this name in fidelity/ shows it each time. */
  readonly probe?: string;
}

export const DEVIATIONS: readonly Deviation[] = [
  {
    name: 'smap-implicit-ac',
    emulator: 'bochs',
    version: '2.7',
    reason:
      'EFLAGS.AC lets a descriptor load read a user page under SMAP. By SDM 3A §4.6.1 an implicit supervisor access faults whatever AC is.',
    harmless: false,
    explains: smapImplicit,
  },
  {
    name: 'pdpte-reload-any-cr0',
    emulator: 'bochs',
    version: '2.7',
    reason:
      'Every MOV CR0 loads the PDPTE registers. By SDM 3A §4.4.1 it does so only if it changes PG, CD or NW.',
    harmless: false,
    explains: ({ difference, one, ours }) => {
      const { operation, step } = difference;
      if (!isPae(one) || !pdptEdited(one, ours, step)) return false;
      const isCr0 = (o: Operation | undefined): boolean => o?.op === 'set' && o.register === 'cr0';
      // The first MOV CR0 switched paging on.
      return isCr0(operation) || ours.slice(0, step).filter((our) => isCr0(our.operation)).length > 1;
    },
  },
  {
    name: 'pkru-by-access',
    emulator: 'bochs',
    version: '2.7',
    reason:
      'PKRU is applied by the mode of the access: supervisor reads of user pages ignore AD, and supervisor pages obey it. By SDM 3A §4.6.2 PKRU governs all data accesses to user pages, and none to supervisor pages.',
    harmless: false,
    explains: ({ difference, ours }) => {
      if (difference.field === 'memory') return false;
      const pkru = lastSet(ours, difference.step, 'pkru');
      return walksOf(difference).some((walk) => {
        const leaf = walk.steps.at(-1);
        if (leaf?.leadsTo !== 'page') return false;
        const rights = (pkru >> (2 * keyOf(leaf.entry))) & 3;
        const userAccess = (walk.access & ACCESS_USER_BIT) !== 0;
        return rights !== 0 && !(leaf.rights.user && userAccess);
      });
    },
  },
  {
    name: 'rsvd-without-p',
    emulator: 'qemu',
    version: '7.2',
    reason: 'A reserved bit gives an error code without P. By SDM 3A §4.7 RSVD is set only together with P.',
    harmless: true,
    explains: ({ difference }) => {
      const codes = codesOf(difference);
      return codes !== undefined && (codes.ours & PF_RSVD) !== 0 && codes.theirs === (codes.ours & ~PF_P);
    },
  },
  {
    name: 'rmw-reads-first',
    emulator: 'qemu',
    version: '7.2',
    reason:
      'A read-modify-write faults as a read where the page cannot be read either, and reads both pages before it writes the first. The CPU checks it as a write from the start.',
    harmless: true,
    explains: ({ difference }) => {
      const { operation } = difference;
      if (
        operation?.op !== 'access' ||
        (operation.instruction !== 'add' && operation.instruction !== 'xchg')
      ) {
        return false;
      }
      const codes = codesOf(difference);
      if (codes === undefined) return false;
      // Where the key forbids writes alone, the read meets whatever else is wrong.
      if ((codes.theirs & ~PF_PK) === (codes.ours & ~(PF_WR | PF_PK)) && (codes.theirs & ~codes.ours) === 0)
        return true;
      // Both at once: a reserved bit, met by the read.
      if ((codes.ours & PF_RSVD) !== 0 && codes.theirs === (codes.ours & ~(PF_P | PF_WR))) return true;
      // The read passes the first page and faults at the second, where the write would have faulted at the first.
      const [first, second] = walksOf(difference);
      return first?.ok === false && second?.ok === false && differsBySecondPage(difference, second);
    },
  },
  {
    name: 'fresh-descriptor-cr2',
    emulator: 'qemu',
    version: '7.2',
    reason:
      "A fault while the accessed bit of a descriptor is set reports the descriptor's second dword in CR2; Bochs reports the byte that holds the bit. The manual does not say.",
    harmless: true,
    explains: ({ difference }) => {
      const { operation, field, ourStep, theirOutcome } = difference;
      if (field !== 'CR2' || operation?.op !== 'access' || operation.instruction !== 'descriptor')
        return false;
      if ((operation.linear & 0xfffn) !== BigInt(FRESH_DESCRIPTOR_OFFSET)) return false;
      if (ourStep?.outcome.kind !== 'result' || theirOutcome?.kind !== 'result') return false;
      return theirOutcome.cr2 === ourStep.outcome.cr2 - 1n;
    },
  },
  {
    name: 'smap-implicit-ac',
    emulator: 'qemu',
    version: '7.2',
    reason: 'As in Bochs: EFLAGS.AC excuses the implicit read of a descriptor at CPL 0 to 2.',
    harmless: false,
    explains: smapImplicit,
  },
  {
    name: 'pk-after-us',
    emulator: 'qemu',
    version: '7.2',
    reason:
      'A user access to a supervisor page whose key PKRS forbids gets no PK bit. By SDM 3A §4.7 PK says that the key disallows the access, whatever else does too.',
    harmless: true,
    explains: ({ difference }) => {
      const codes = codesOf(difference);
      if (codes === undefined || (codes.ours & PF_PK) === 0) return false;
      if ((codes.theirs | PF_PK | PF_WR) !== (codes.ours | PF_WR) || (codes.theirs & PF_PK) !== 0)
        return false;
      return walksOf(difference).some(
        (walk) =>
          !walk.ok && (walk.access & ACCESS_USER_BIT) !== 0 && walk.steps.at(-1)?.rights.user === false,
      );
    },
  },
  {
    name: 'stack-gp',
    emulator: 'qemu',
    version: '7.2',
    reason: 'An address that is not canonical raises #GP through SS too. By SDM 2A it raises #SS there.',
    harmless: true,
    explains: ({ difference }) => {
      const { operation, field, ourStep, theirOutcome } = difference;
      if (field !== 'vector' || operation?.op !== 'access' || !operation.instruction.startsWith('stack-'))
        return false;
      return (
        vectorOf(ourStep) === VECTOR_SS &&
        theirOutcome?.kind === 'result' &&
        theirOutcome.vector === VECTOR_GP
      );
    },
  },
  {
    name: 'canonical-by-page',
    emulator: 'qemu',
    version: '7.2',
    reason:
      'An access that starts before the canonical hole and ends in it raises the page fault of its first page. Bochs and our Mmu check the whole access before paging; the manual does not say which comes first.',
    harmless: false,
    explains: ({ difference }) => {
      const { field, ourStep, theirOutcome } = difference;
      const vector = vectorOf(ourStep);
      if (field !== 'vector' || (vector !== VECTOR_GP && vector !== VECTOR_SS)) return false;
      const [first, second] = walksOf(difference);
      const secondOutside = second?.ok === false && second.fault.reason === 'not-canonical';
      return (
        secondOutside &&
        first?.ok === false &&
        theirOutcome?.kind === 'result' &&
        theirOutcome.vector === VECTOR_PF
      );
    },
  },
  {
    name: 'pdpte-accessed',
    emulator: 'qemu',
    version: '7.2',
    reason:
      'The walk sets bit 5 in the PDPTE in RAM. PAE PDPTEs have no accessed bit; the CPU never writes them.',
    harmless: true,
    explains: ({ difference, one }) =>
      isPae(one) && difference.field === 'memory' && inPdpt(difference.physical) && difference.bits === 0x20,
  },
  {
    name: 'pdpte-reserved-accepted',
    emulator: 'qemu',
    version: '7.2',
    reason: 'MOV CR3 takes PDPTEs with reserved bits. By SDM 3A §4.4.1 it raises #GP and keeps the old ones.',
    harmless: false,
    explains: ({ difference, one }) =>
      isPae(one) &&
      difference.field === 'vector' &&
      difference.operation?.op === 'set' &&
      vectorOf(difference.ourStep) === VECTOR_GP &&
      difference.theirOutcome?.kind === 'result' &&
      difference.theirOutcome.vector === NO_FAULT,
  },
  {
    name: 'pdpte-reread',
    emulator: 'qemu',
    version: '7.2',
    reason: 'Each walk reads the PDPTE in RAM. By SDM 3A §4.4.1 the CPU uses those that it loaded with CR3.',
    harmless: false,
    explains: ({ difference, one, ours }) => isPae(one) && pdptEdited(one, ours, difference.step),
  },
  {
    name: 'nothing-reserved',
    emulator: 'v86',
    version: '0.5.462',
    reason: 'No bit of an entry is reserved: the walk goes on. By SDM 3A §4.7 it faults, with RSVD.',
    harmless: false,
    explains: ({ difference }) =>
      difference.field !== 'memory' &&
      walksOf(difference).some((walk) => !walk.ok && walk.fault.reason === 'reserved-bit'),
  },
  {
    name: 'pdpte-reserved-accepted',
    emulator: 'v86',
    version: '0.5.462',
    reason: 'As in QEMU: MOV CR3, and what else loads them, takes PDPTEs with reserved bits.',
    harmless: false,
    explains: ({ difference, one }) =>
      isPae(one) &&
      difference.field === 'vector' &&
      difference.operation?.op === 'set' &&
      vectorOf(difference.ourStep) === VECTOR_GP &&
      difference.theirOutcome?.kind === 'result' &&
      difference.theirOutcome.vector === NO_FAULT,
  },
  {
    name: 'wp-clear-opens-page',
    probe: 'wp-clear-then-user',
    emulator: 'v86',
    version: '0.5.462',
    reason:
      'Once the supervisor has written to a read-only page with CR0.WP clear, the user may write to it too. By SDM 3A §4.6.1 a user write needs R/W.',
    harmless: false,
    explains: ({ difference, ours }) => {
      const { operation, step } = difference;
      if (operation?.op !== 'access' || operation.cpl !== 3) return false;
      if ((lastSet(ours, step, 'cr0') & CR0_WP) !== 0) return false;
      const before = ours.slice(0, step).map((one) => one.operation);
      return (
        before.some((one) => one.op === 'access' && one.cpl !== 3 && one.instruction !== 'read') &&
        walksOf(difference).some((walk) => !walk.ok && walk.fault.reason === 'write-to-read-only-page')
      );
    },
  },
];

function smapImplicit({ difference }: Context): boolean {
  const { operation, field } = difference;
  if (field !== 'vector' && field !== 'error code' && field !== 'CR2') return false;
  if (operation?.op !== 'access' || operation.instruction !== 'descriptor' || !operation.ac) return false;
  return walksOf(difference).some(
    (walk) => !walk.ok && walk.fault.reason === 'supervisor-access-to-user-page',
  );
}

function walksOf(difference: Difference): readonly WalkReport[] {
  return difference.ourStep?.walks ?? [];
}

function vectorOf(step: OurOutcome | undefined): number | undefined {
  return step?.outcome.kind === 'result' ? step.outcome.vector : undefined;
}

/** Both error codes, where both sides have a page fault. */
function codesOf({ ourStep, theirOutcome }: Difference): { ours: number; theirs: number } | undefined {
  if (ourStep?.outcome.kind !== 'result' || theirOutcome?.kind !== 'result') return undefined;
  if (ourStep.outcome.vector !== VECTOR_PF || theirOutcome.vector !== VECTOR_PF) return undefined;
  return { ours: ourStep.outcome.errorCode, theirs: theirOutcome.errorCode };
}

function differsBySecondPage({ theirOutcome }: Difference, second: WalkReport): boolean {
  return (
    theirOutcome?.kind === 'result' &&
    theirOutcome.vector === VECTOR_PF &&
    theirOutcome.cr2 === BigInt(second.linear)
  );
}

function isPae(one: GroupedCase): boolean {
  return one.group === 'PAE' || one.group === 'PDPTE loads' || one.group === 'TLB PAE';
}

function inPdpt(physical: number | undefined): boolean {
  return (
    physical !== undefined && [ROOTS[1]!, ROOTS[3]!].some((root) => physical >= root && physical < root + 32)
  );
}

/** Bits 62-59 of an entry. */
function keyOf(entry: number | bigint): number {
  return Number((BigInt(entry) >> 59n) & 0xfn);
}

/** The value that a register was last set to before a step; 0 if never. */
function lastSet(ours: readonly OurOutcome[], step: number, register: string): number {
  let value = 0;
  for (const { operation } of ours.slice(0, step)) {
    if (operation.op === 'set' && operation.register === register) value = Number(operation.value);
  }
  return value;
}

/**
 * Whether a PDPTE was written after the last load of the PDPTE registers before a step. They are loaded by MOV CR3,
 * and by changes of CR0.PG, CD, NW and CR4.PAE, PGE, PSE, SMEP (SDM 3A §4.4.1).
 */
function pdptEdited(one: GroupedCase, ours: readonly OurOutcome[], step: number): boolean {
  const before = new Map<string, number>();
  let edited = false;
  let at = 0;
  for (const operation of one.operations) {
    if (operation.op === 'poke') {
      if (inPdpt(operation.physical)) edited = true;
      continue;
    }
    if (at > step) break;
    if (operation.op === 'set' && vectorOf(ours[at]) === NO_FAULT) {
      const value = Number(operation.value);
      const changed = value ^ (before.get(operation.register) ?? 0);
      before.set(operation.register, value);
      if (operation.register === 'cr3' || (changed & (RELOADING[operation.register] ?? 0)) !== 0)
        edited = false;
    }
    at++;
  }
  return edited;
}

const RELOADING: Readonly<Record<string, number>> = {
  cr0: CR0_PG | CR0_CD | CR0_NW,
  cr4: CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP,
};
