/** Random machines for property tests: CPU models in every paging mode, over RAM full of plausible tables. */

import fc from 'fast-check';
import type { PhysicalMemory, Ram } from '../../src/memory/index.ts';
import { type Access, Mmu, SHADOW_STACK_ACCESSES } from '../../src/mmu/index.ts';
import {
  access,
  crowdedMemory,
  linearAddress,
  type PagingState,
  pagingState,
  sparseMemory as sparseTables,
  xorshift32,
} from '../../src/testing/index.ts';
import type { ReferenceAccess, ReferenceMachine, ReferenceMode } from './reference-walker.ts';

/** Frames of the random RAM: few, so that tables meet pages and point at each other and at themselves. */
export const FRAMES = 24;

export interface RandomMachine extends PagingState {
  /** Bits 61 and 62 of CR3. */
  readonly cr3Flags: bigint;
  /** Seeds the contents of RAM. */
  readonly seed: number;
}

/** A machine whose registers its CPU accepts. */
export const randomMachine: fc.Arbitrary<RandomMachine> = fc
  .record({
    state: pagingState({ frames: FRAMES }),
    seed: fc.integer({ min: 1, max: 0x7fff_ffff }),
    masking: fc.nat(3),
  })
  .map(({ state, seed, masking }) => {
    const masks = state.cpu.lam === true && (state.mode === '4-level' || state.mode === '5-level');
    return { ...state, seed, cr3Flags: masks ? BigInt(masking) << 61n : 0n };
  });

/** The same without masked user pointers: what the tables map is then what data accesses reach. */
export const randomUnmaskedMachine: fc.Arbitrary<RandomMachine> = randomMachine.map((machine) => ({
  ...machine,
  cr3Flags: 0n,
}));

export const randomAccess: fc.Arbitrary<Access> = access();

/** The accesses that a machine has: those to shadow stacks while CR4.CET is set. */
export function randomAccessOf({ cpu, cr4 }: Pick<RandomMachine, 'cpu' | 'cr4'>): fc.Arbitrary<Access> {
  const stacks = cpu.shadowStacks === true && (cr4 & (1 << 23)) !== 0;
  return stacks ? fc.oneof(randomAccess, fc.constantFrom(...SHADOW_STACK_ACCESSES)) : randomAccess;
}

/** Linear addresses as the reference walker takes them: seldom one that is not canonical. */
export function randomLinear(mode: ReferenceMode): fc.Arbitrary<bigint> {
  const plain = linearAddress({ mode, notCanonical: true }).map(BigInt);
  if (mode !== '4-level' && mode !== '5-level') return plain;
  // Metadata in the bits that masking may take.
  const tagged = fc.tuple(plain, fc.nat(0x7fff)).map(([linear, tag]) => linear ^ (BigInt(tag) << 48n));
  return fc.oneof({ weight: 12, arbitrary: plain }, { weight: 4, arbitrary: tagged });
}

/** Seeded numbers. */
export const generator: typeof xorshift32 = xorshift32;

type Seeded = Pick<RandomMachine, 'cpu' | 'mode' | 'seed'>;

/** RAM in which every frame may be a table of the machine's mode. */
export function randomMemory({ cpu, mode, seed }: Seeded): PhysicalMemory {
  return crowdedMemory({ cpu, mode, seed, frames: FRAMES });
}

/** The same with only a few entries in each table. */
export function sparseMemory({ cpu, mode, seed }: Seeded): PhysicalMemory {
  return sparseTables({ cpu, mode, seed, frames: FRAMES });
}

/** CR3 with its flags, which make a bigint of it. */
export function wholeCr3({ cr3, cr3Flags }: Pick<RandomMachine, 'cr3' | 'cr3Flags'>): number | bigint {
  return cr3Flags === 0n ? cr3 : BigInt(cr3) | cr3Flags;
}

export function mmuOf<Memory extends Ram>(memory: Memory, machine: RandomMachine): Mmu<Memory> {
  const { cpu, cr0, cr4, efer } = machine;
  const mmu = new Mmu(memory, { cpu, cr0, cr3: wholeCr3(machine), cr4, efer });
  mmu.alignmentCheck = machine.alignmentCheck;
  mmu.pkru = machine.pkru;
  mmu.pkrs = machine.pkrs;
  return mmu;
}

/** The same machine for the reference walker, over a RAM of its own. PDPTEs are loaded now. */
export function referenceOf(memory: PhysicalMemory, machine: RandomMachine): ReferenceMachine {
  const load = (physical: bigint): bigint => loadOrOnes(memory, physical);
  const cr3 = BigInt(wholeCr3(machine));
  const pointers = cr3 & 0xffff_ffe0n;
  const pdptes = [0n, 8n, 16n, 24n].map((i) => load(pointers + i) | (load(pointers + i + 4n) << 32n));
  return {
    cpu: machine.cpu,
    cr0: BigInt(machine.cr0),
    cr3,
    cr4: BigInt(machine.cr4),
    efer: BigInt(machine.efer),
    alignmentCheck: machine.alignmentCheck,
    pkru: BigInt(machine.pkru),
    pkrs: BigInt(machine.pkrs),
    pdptes,
    load,
  };
}

/** 32 bits at a physical address; ones where there is no RAM. */
export function loadOrOnes(memory: PhysicalMemory, physical: bigint): bigint {
  return physical < BigInt(memory.sizeBytes) ? BigInt(memory.readUint32(Number(physical))) : 0xffff_ffffn;
}

/** Sets the bits that a reference walk says. */
export function applySets(memory: PhysicalMemory, sets: ReadonlyMap<bigint, bigint>): void {
  for (const [physical, bits] of sets) {
    if (physical >= BigInt(memory.sizeBytes)) continue;
    memory.writeUint32(Number(physical), Number(loadOrOnes(memory, physical) | bits));
  }
}

export function referenceAccess(access: Access): ReferenceAccess {
  return {
    write: (access & 1) !== 0,
    fetch: (access & 2) !== 0,
    user: (access & 4) !== 0,
    implicit: (access & 8) !== 0,
    shadow: (access & 16) !== 0,
  };
}
