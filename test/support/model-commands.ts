/** The steps of the model-based property: what an operating system does to an MMU, each checked against the model. */

import fc from 'fast-check';
import { expect } from 'vitest';
import type { PhysicalMemory } from '../../src/memory/index.ts';
import {
  ACCESS_KINDS,
  type Access,
  FAULT,
  GeneralProtectionError,
  IMPLICIT_READ,
  IMPLICIT_WRITE,
  type Mmu,
} from '../../src/mmu/index.ts';
import { applySets } from './arbitraries.ts';
import type { LegalAnswers } from './model.ts';
import { write64 } from './small-guest.ts';

export interface Real {
  readonly memory: PhysicalMemory;
  readonly mmu: Mmu;
  readonly seen: Seen;
  /** The TLB never evicts: what a flush spares must still be there; in the second case, for one PCID at a time. */
  readonly keeps: false | 'all' | 'one PCID';
}

/** How often the interesting things happened, over all runs. */
export interface Seen {
  walked: number;
  faulted: number;
  /** Answers that RAM no longer bears out. */
  stale: number;
  refused: number;
  /** Flushes after which the TLB was looked through. */
  lookedThrough: number;
}

type Command = fc.Command<LegalAnswers, Real>;

interface GroundEntry {
  readonly physical: number;
  readonly value: fc.Arbitrary<bigint>;
  /** What it may be before paging begins, where that is less. */
  readonly start?: fc.Arbitrary<bigint>;
}

/** Where a mode has its entries, and what may be written there. */
export interface Ground {
  /** Values for CR3. */
  readonly roots: readonly bigint[];
  /** Linear addresses of pages. */
  readonly pages: readonly bigint[];
  /** Entries that may be edited: physical address, and the values for it. */
  readonly entries: readonly GroundEntry[];
  readonly entryBytes: 4 | 8;
  readonly cr0: readonly number[];
  readonly cr4: readonly number[];
  /** INVPCID, and bit 63 of CR3. */
  readonly pcids: readonly number[];
  /** Values for PKRU and PKRS; with them EFLAGS.AC is changed, too. */
  readonly keys?: readonly number[];
}

const ACCESSES: readonly Access[] = [...ACCESS_KINDS, IMPLICIT_READ, IMPLICIT_WRITE];

export function commandsOf(ground: Ground): fc.Arbitrary<Iterable<Command>> {
  const page = fc.constantFrom(...ground.pages);
  const access = fc
    .tuple(page, fc.nat(0xfff), fc.constantFrom(...ACCESSES), fc.constantFrom(...FORM_NAMES))
    .map(([linear, offset, kind, form]) => accessCommand(linear + BigInt(offset), kind, form));
  const edit = fc
    .constantFrom(...ground.entries)
    .chain(({ physical, value }) => value.map((entry) => editCommand(physical, entry, ground.entryBytes)));
  const invlpg = page.map(invlpgCommand);
  const cr3 = fc
    .tuple(fc.constantFrom(...ground.roots), fc.boolean())
    .map(([root, keep]) => cr3Command(root, keep && ground.pcids.length > 0));
  const cr0 = fc.constantFrom(...ground.cr0).map((value) => registerCommand('cr0', value));
  const cr4 = fc.constantFrom(...ground.cr4).map((value) => registerCommand('cr4', value));
  const rest: fc.Arbitrary<Command>[] = [];
  if (ground.pcids.length > 0) {
    rest.push(
      fc
        .tuple(fc.nat(3), fc.constantFrom(...ground.pcids), page)
        .map(([type, pcid, linear]) => invpcidCommand(type, pcid, linear)),
    );
  }
  if (ground.keys !== undefined) {
    const key = fc.constantFrom(...ground.keys);
    const pkru = key.map((value) => rightsCommand('pkru', value));
    const pkrs = key.map((value) => rightsCommand('pkrs', value));
    const ac = fc.boolean().map((value) => rightsCommand('alignmentCheck', value));
    rest.push(pkru, pkru, pkru, pkrs, pkrs, ac, ac);
  }
  // Accesses and edits in plenty; what flushes everything, seldom.
  const plenty = [access, access, access, edit, edit];
  const flushes = [invlpg, invlpg, cr3, cr3, cr0, cr4, ...rest];
  return fc.commands([...plenty, ...plenty, ...plenty, ...plenty, ...flushes], {
    maxCommands: 150,
    size: 'max',
  });
}

/** The ways to ask for one address; they must be one and the same. */
const FORMS = {
  number: (mmu: Mmu, linear: bigint, access: Access) => {
    const exact = linear <= BigInt(Number.MAX_SAFE_INTEGER);
    return mmu.translate(exact ? Number(linear) : linear, access);
  },
  bigint: (mmu: Mmu, linear: bigint, access: Access) => mmu.translate(linear, access),
  halves: (mmu: Mmu, linear: bigint, access: Access) =>
    mmu.translateHalves(Number(BigInt.asIntN(32, linear)), Number(BigInt.asIntN(32, linear >> 32n)), access),
  'list of one': (mmu: Mmu, linear: bigint, access: Access) => {
    const physical = new Float64Array(1);
    return mmu.translateMany(BigUint64Array.of(linear), physical, access) === 1 ? physical[0]! : FAULT;
  },
  // What a list's loops do with hits and misses among each other.
  'end of a list': (mmu: Mmu, linear: bigint, access: Access) => {
    const physical = new Float64Array(3);
    const done = mmu.translateMany(BigUint64Array.of(linear, linear, linear), physical, access);
    expect([0, 3]).toContain(done);
    expect(physical[2]).toBe(physical[0]);
    return done === 0 ? FAULT : physical[2]!;
  },
} as const;

const FORM_NAMES = Object.keys(FORMS) as (keyof typeof FORMS)[];

function accessCommand(pointer: bigint, access: Access, form: keyof typeof FORMS): Command {
  return {
    check: () => true,
    toString: () => `access ${access} at 0x${pointer.toString(16)} by ${form}`,
    run(model, { memory, mmu, seen, keeps }) {
      const linear = model.addressOf(pointer, access);
      const before = memory.read(0, memory.sizeBytes);
      const fresh = model.walk(pointer, access);
      const result = FORMS[form](mmu, pointer, access);
      const after = memory.read(0, memory.sizeBytes);

      const untouched = same(before, after);
      const stale = result !== FAULT && untouched && model.mayHit(linear, access, BigInt(result));
      if (!fresh.ok) {
        const faulted =
          result === FAULT &&
          untouched &&
          mmu.faultVector === fresh.vector &&
          mmu.faultCode === Number(fresh.code) &&
          (fresh.vector === 13 || BigInt(mmu.cr2) === linear);
        expect(faulted || stale, `#PF(${fresh.code}), or a cached translation; got ${result}`).toBe(true);
        if (faulted) {
          seen.faulted++;
        } else {
          seen.stale++;
        }
        model.hold(linear, access, faulted ? undefined : BigInt(result), undefined, keeps === 'one PCID');
        return;
      }
      memory.write(0, before);
      applySets(memory, fresh.sets);
      const walked = BigInt(result) === fresh.physical && same(memory.read(0, memory.sizeBytes), after);
      memory.write(0, after);
      expect(walked || stale, `0x${fresh.physical.toString(16)}, or a cached one; got ${result}`).toBe(true);
      if (walked) {
        const cached = model.remember(pointer, access);
        model.hold(linear, access, BigInt(result), stale ? undefined : cached, keeps === 'one PCID');
        seen.walked++;
      } else {
        model.hold(linear, access, BigInt(result), undefined, keeps === 'one PCID');
        seen.stale++;
      }
    },
  };
}

/** A value for every entry, to begin with. */
export function startOf(ground: Ground): fc.Arbitrary<bigint[]> {
  return fc.tuple(...ground.entries.map(({ value, start }) => start ?? value));
}

export function storeEntry(memory: PhysicalMemory, physical: number, entry: bigint, bytes: 4 | 8): void {
  if (bytes === 8) write64(memory, physical, entry);
  else memory.writeUint32(physical, Number(entry));
}

function editCommand(physical: number, entry: bigint, bytes: 4 | 8): Command {
  return {
    check: () => true,
    toString: () => `[0x${physical.toString(16)}] = 0x${entry.toString(16)}`,
    run(_, { memory }) {
      storeEntry(memory, physical, entry, bytes);
    },
  };
}

function invlpgCommand(linear: bigint): Command {
  return {
    check: () => true,
    toString: () => `INVLPG 0x${linear.toString(16)}`,
    run(model, real) {
      real.mmu.invlpg(linear);
      model.invlpg(linear);
      checkKept(model, real);
    },
  };
}

function invpcidCommand(type: number, pcid: number, linear: bigint): Command {
  return {
    check: () => true,
    toString: () => `INVPCID ${type}, ${pcid}, 0x${linear.toString(16)}`,
    run(model, real) {
      // Not masked: an address with metadata is not canonical, for the widest paging that the CPU has.
      const accepted = type !== 0 || BigInt.asUintN(64, BigInt.asIntN(57, linear)) === linear;
      checkWrite(accepted, real.seen, () => real.mmu.invpcid(type, pcid, linear));
      if (accepted) model.invpcid(type, pcid, linear);
      checkKept(model, real);
    },
  };
}

function cr3Command(root: bigint, keep: boolean): Command {
  return {
    check: () => true,
    toString: () => `CR3 = 0x${root.toString(16)}${keep ? ', keeping its PCID' : ''}`,
    run(model, real) {
      const { mmu, seen } = real;
      checkWrite(model.setCr3(root, keep), seen, () => {
        mmu.cr3 = keep ? root | (1n << 63n) : root;
      });
      expect(BigInt(mmu.cr3)).toBe(model.registers.cr3);
      checkKept(model, real);
    },
  };
}

function registerCommand(register: 'cr0' | 'cr4', value: number): Command {
  return {
    check: () => true,
    toString: () => `${register} = 0x${value.toString(16)}`,
    run(model, real) {
      const { mmu, seen } = real;
      const accepted = register === 'cr0' ? model.setCr0(value) : model.setCr4(value);
      checkWrite(accepted, seen, () => {
        mmu[register] = value;
      });
      checkKept(model, real);
    },
  };
}

/** What changes no translation, only what it allows. */
function rightsCommand<Name extends 'alignmentCheck' | 'pkru' | 'pkrs'>(
  name: Name,
  value: Mmu[Name],
): Command {
  return {
    check: () => true,
    toString: () => `${name} = ${value}`,
    run(model, real) {
      real.mmu[name] = value;
      model.registers[name] = value as never;
      checkKept(model, real);
    },
  };
}

function checkWrite(accepted: boolean, seen: Seen, write: () => void): void {
  if (accepted) {
    write();
    return;
  }
  expect(write).toThrow(GeneralProtectionError);
  seen.refused++;
}

function checkKept(model: LegalAnswers, { mmu, seen, keeps }: Real): void {
  if (keeps === false) return;
  expect(model.lost(mmu.tlb.entries()), 'flushed although nothing said so').toEqual([]);
  seen.lookedThrough++;
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
