/** Random machines for property tests: CPU models in every paging mode, over RAM full of plausible tables. */

import fc from 'fast-check';
import { PhysicalMemory, type Ram } from '../../src/memory/index.ts';
import {
  ACCESS_KINDS,
  type Access,
  CPU_MODELS,
  type CpuFeatures,
  IMPLICIT_READ,
  IMPLICIT_WRITE,
  Mmu,
} from '../../src/mmu/index.ts';
import type { ReferenceAccess, ReferenceMachine, ReferenceMode } from './reference-walker.ts';

/** Frames of the random RAM: few, so that tables meet pages and point at each other and at themselves. */
export const FRAMES = 24;

export interface RandomMachine {
  readonly cpu: CpuFeatures;
  readonly mode: ReferenceMode;
  readonly cr0: number;
  readonly cr3: number;
  readonly cr4: number;
  readonly efer: number;
  readonly alignmentCheck: boolean;
  readonly pkru: number;
  readonly pkrs: number;
  /** Seeds the contents of RAM. */
  readonly seed: number;
}

/** Models beside the named ones: a board of 24 address lines, and PSE-36 at each width that moves its reserved bits. */
const OTHER_MODELS: readonly CpuFeatures[] = [
  { ...CPU_MODELS.i386, name: 'i386sx', addressLines: 24 },
  { ...CPU_MODELS['pentium-iii'], name: 'pse36 of 32 bits', physicalAddressBits: 32 },
  { ...CPU_MODELS['pentium-iii'], name: 'pse36 of 40 bits', physicalAddressBits: 40 },
  { ...CPU_MODELS['sapphire-rapids'], name: 'a board of 39 lines', addressLines: 39 },
];

const model: fc.Arbitrary<CpuFeatures> = fc.constantFrom(...Object.values(CPU_MODELS), ...OTHER_MODELS);

function modesOf(cpu: CpuFeatures): ReferenceMode[] {
  const modes: ReferenceMode[] = ['32-bit'];
  if (cpu.pae) modes.push('PAE');
  if (cpu.longMode) modes.push('4-level');
  if (cpu.la57) modes.push('5-level');
  return modes;
}

const flag = fc.boolean();
/** A frame without RAM. */
const NOWHERE = 0xf_ffff;

/** A machine whose registers its CPU accepts. */
export const randomMachine: fc.Arbitrary<RandomMachine> = model.chain((cpu) =>
  fc
    .record({
      cpu: fc.constant(cpu),
      mode: fc.constantFrom(...modesOf(cpu)),
      seed: fc.integer({ min: 1, max: 0x7fff_ffff }),
      rootFrame: fc.oneof(
        { weight: 20, arbitrary: fc.nat(FRAMES - 1) },
        { weight: 1, arbitrary: fc.constant(NOWHERE) },
      ),
      rootFlags: fc.constantFrom(0, 0x08, 0x10, 0x18),
      wp: flag,
      pse: flag,
      pge: flag,
      nxe: flag,
      smep: flag,
      smap: flag,
      keys: flag,
      alignmentCheck: flag,
      pkru: fc.nat(0xffff_ffff),
      pkrs: fc.nat(0xffff_ffff),
    })
    .map(({ mode, rootFrame, rootFlags, wp, pse, pge, nxe, smep, smap, keys, ...rest }) => {
      const long = mode === '4-level' || mode === '5-level';
      const cr4 = [
        [cpu.pse && pse, 4],
        [mode !== '32-bit', 5],
        [cpu.pge && pge, 7],
        [mode === '5-level', 12],
        [cpu.smep && smep, 20],
        [cpu.smap && smap, 21],
        [cpu.pku && keys, 22],
        [cpu.pks && keys, 24],
      ] as const;
      return {
        ...rest,
        mode,
        cr0: 0x8000_0001 + (cpu.wp && wp ? 0x1_0000 : 0),
        // In PAE the CPU would not start with PDPTEs of all ones.
        cr3: (mode === 'PAE' ? rootFrame % FRAMES : rootFrame) * 0x1000 + rootFlags,
        cr4: cr4.reduce((bits, [on, n]) => (on ? bits + 2 ** n : bits), 0),
        efer: (long ? 0x100 : 0) + (cpu.nx && nxe ? 0x800 : 0),
      };
    }),
);

const ALL_ACCESSES: readonly Access[] = [...ACCESS_KINDS, IMPLICIT_READ, IMPLICIT_WRITE];
export const randomAccess: fc.Arbitrary<Access> = fc.constantFrom(...ALL_ACCESSES);

/** Linear addresses: anywhere, canonical, and at the edges. */
export function randomLinear(mode: ReferenceMode): fc.Arbitrary<bigint> {
  if (mode !== '4-level' && mode !== '5-level') return fc.bigInt(0n, 0xffff_ffffn);
  const width = mode === '5-level' ? 57 : 48;
  const canonical = fc.bigInt(0n, 2n ** 57n - 1n).map((n) => BigInt.asUintN(64, BigInt.asIntN(width, n)));
  return fc.oneof(
    { weight: 12, arbitrary: canonical },
    { weight: 1, arbitrary: fc.bigInt(0n, 2n ** 64n - 1n) },
  );
}

/** xorshift32: fast, and the same everywhere. */
export function generator(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** RAM in which every frame may be a table of the machine's mode: most entries valid, some malformed in one bit. */
export function randomMemory({
  cpu,
  mode,
  seed,
}: Pick<RandomMachine, 'cpu' | 'mode' | 'seed'>): PhysicalMemory {
  const memory = new PhysicalMemory(FRAMES * 0x1000);
  const next = generator(seed);
  const wide = mode !== '32-bit';
  for (let physical = 0; physical < memory.sizeBytes; physical += wide ? 8 : 4) {
    const dice = next();
    // Frames 0 to 25 of which the last two have no RAM behind them; now and then any address at all.
    let low = ((dice % (FRAMES + 2)) << 12) | randomFlags(next());
    if ((dice & 0x3f00_0000) === 0) low = next();
    // A large page needs its low address bits clear.
    if ((low & 0x80) !== 0 && (dice & 0x4000_0000) !== 0) low &= wide ? 0xffe0_1fff | 0 : 0xffc0_1fff | 0;
    memory.writeUint32(physical, low >>> 0);
    if (wide) memory.writeUint32(physical + 4, randomHigh(next(), next(), cpu));
  }
  if (mode === 'PAE') cleanPdptes(memory, cpu);
  return memory;
}

/**
 * The same with only a few entries in each table, so that all pages can be looked at one by one, though tables map
 * themselves and each other.
 */
export function sparseMemory(machine: Pick<RandomMachine, 'cpu' | 'mode' | 'seed'>): PhysicalMemory {
  const memory = randomMemory(machine);
  const next = generator(machine.seed ^ 0x5a5a_5a5a);
  const bytes = machine.mode === '32-bit' ? 4 : 8;
  const entries = 4096 / bytes;
  for (let frame = 0; frame < FRAMES; frame++) {
    // The first four may be PDPTEs of PAE.
    const kept = new Set([0, 1, 2, 3, ...Array.from({ length: 4 }, () => next() % entries)]);
    for (let index = 0; index < entries; index++) {
      if (!kept.has(index)) memory.write(frame * 0x1000 + index * bytes, new Uint8Array(bytes));
    }
  }
  return memory;
}

/** Bits 11–0: nearly always present, mostly writable and for users, PS in one of eight. */
function randomFlags(dice: number): number {
  let flags = dice & 0xf78;
  if (dice % 32 !== 0) flags |= 1;
  if ((dice >>> 12) % 4 !== 0) flags |= 2;
  if ((dice >>> 16) % 4 !== 0) flags |= 4;
  if ((dice >>> 20) % 8 === 0) flags |= 0x80;
  return flags;
}

/** Bits 63–32: mostly clear; else NX, a protection key, ignored bits, an address bit or a reserved one. */
function randomHigh(dice: number, bits: number, cpu: CpuFeatures): number {
  switch (dice % 16) {
    case 0:
    case 1:
      return 0x8000_0000;
    case 2:
      return ((bits & 0xf) << 27) >>> 0;
    case 3:
      return ((bits & 0x7ff) << 20) >>> 0;
    case 4:
      return (1 << (bits % 31)) >>> 0;
    case 5:
      return (1 << Math.max(0, cpu.physicalAddressBits - 32 - (bits % 2))) >>> 0;
    default:
      return 0;
  }
}

/** Every 32 bytes may be the PDPTEs of PAE, and a malformed one would stop the machine from starting. */
function cleanPdptes(memory: PhysicalMemory, cpu: CpuFeatures): void {
  for (let frame = 0; frame < FRAMES; frame++) {
    for (let physical = frame * 0x1000; physical < frame * 0x1000 + 32; physical += 8) {
      memory.writeUint32(physical, (memory.readUint32(physical) & 0xffff_fe19) >>> 0);
      memory.writeUint32(
        physical + 4,
        memory.readUint32(physical + 4) & (2 ** (cpu.physicalAddressBits - 32) - 1),
      );
    }
  }
}

export function mmuOf<Memory extends Ram>(memory: Memory, machine: RandomMachine): Mmu<Memory> {
  const { cpu, cr0, cr3, cr4, efer } = machine;
  const mmu = new Mmu(memory, { cpu, cr0, cr3, cr4, efer });
  mmu.alignmentCheck = machine.alignmentCheck;
  mmu.pkru = machine.pkru;
  mmu.pkrs = machine.pkrs;
  return mmu;
}

/** The same machine for the reference walker, over a RAM of its own. PDPTEs are loaded now. */
export function referenceOf(memory: PhysicalMemory, machine: RandomMachine): ReferenceMachine {
  const load = (physical: bigint): bigint => loadOrOnes(memory, physical);
  const cr3 = BigInt(machine.cr3);
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
  };
}
