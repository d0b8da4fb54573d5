/** Makes the cases: random tables, registers and accesses from a seed. Case n of a seed is always the same. */

import {
  CR0_CD,
  CR0_WP,
  CR4_PGE,
  CR4_PKE,
  CR4_PKS,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
} from '../../src/arch/index.ts';
import type { CpuFeatures } from '../../src/mmu/index.ts';
import { controlCase } from './control-cases.ts';
import type { EmulatorName } from './emulators.ts';
import type { World } from './image.ts';
import { DATA, FRESH_DESCRIPTOR_OFFSET, TABLES } from './layout.ts';
import type { Machine } from './machines.ts';
import {
  enter,
  type Registers,
  randomAccess,
  randomRegisters,
  randomStyle,
  randomTarget,
  randomUpper,
  refreshCrossingFetch,
} from './parts.ts';
import { pcidCase } from './pcid-cases.ts';
import { Random } from './random.ts';
import type { Case, Operation } from './stream.ts';
import { tlbCase } from './tlb-cases.ts';
import { Collision, type Mode, PathBuilder, type Style } from './walks.ts';

/** What a case is about: a line of the report. */
export type Group =
  | '32-bit'
  | 'PAE'
  | 'PDPTE loads'
  | 'control registers'
  | '4-level'
  | '5-level'
  | 'not canonical'
  | 'protection keys (PKU)'
  | 'protection keys (PKS)'
  | 'PCID'
  | 'TLB 32-bit'
  | 'TLB PAE'
  | 'TLB 4-level'
  | 'TLB 5-level';

export interface GroupedCase extends Case {
  readonly group: Group;
}

/** The groups of each boot, by weight. */
const GROUPS: Readonly<Record<World, readonly (readonly [Group, number])[]>> = {
  '32-bit': [
    ['32-bit', 8],
    ['PAE', 8],
    ['PDPTE loads', 2],
    ['control registers', 2],
    ['TLB 32-bit', 3],
    ['TLB PAE', 3],
  ],
  '4-level': [
    ['4-level', 10],
    ['not canonical', 2],
    ['control registers', 1],
    ['protection keys (PKU)', 3],
    ['protection keys (PKS)', 3],
    ['PCID', 3],
    ['TLB 4-level', 3],
  ],
  '5-level': [
    ['5-level', 10],
    ['not canonical', 2],
    ['TLB 5-level', 3],
  ],
};

/** The CPU feature without which a group cannot run. */
const NEEDS: Partial<Readonly<Record<Group, keyof CpuFeatures>>> = {
  PAE: 'pae',
  'PDPTE loads': 'pae',
  'TLB PAE': 'pae',
  'protection keys (PKU)': 'pku',
  'protection keys (PKS)': 'pks',
  PCID: 'pcid',
};

/** Whether a CPU can run the cases of a group. */
export function canRun(group: Group, cpu: CpuFeatures): boolean {
  const feature = NEEDS[group];
  return feature === undefined || cpu[feature] === true;
}

/** Groups that would end the emulation: QEMU 7.2 and v86 take CR0.PG without CR0.PE, and the ROM is lost. */
const SKIPPED: Partial<Readonly<Record<EmulatorName, readonly Group[]>>> = {
  qemu: ['control registers'],
  v86: ['control registers'],
};

/**
 * Cases that take v86's mapping from the ROM, after which it faults without end: probes of docs/fidelity.md show the
 * first two. In the third, the accessed bit of a descriptor in a page that cannot be written, v86 itself panics.
 */
function endsV86({ group, operations }: GroupedCase): boolean {
  const pae = group === 'PAE' || group === 'PDPTE loads' || group === 'TLB PAE';
  return operations.some((one) => {
    if (one.op === 'access') {
      return one.instruction === 'descriptor' && (one.linear & 0xfffn) === BigInt(FRESH_DESCRIPTOR_OFFSET);
    }
    if (one.op !== 'set') return false;
    if (one.register === 'cr3') return (one.value & 0x18n) !== 0n;
    return one.register === 'cr4' && pae && (one.value & BigInt(CR4_PSE)) === 0n;
  });
}

/** The cases of one boot; what they use is bounded by the machine's CPU. Case n is the same however many are made. */
export function makeCases(
  seed: number,
  { emulator, world, features: cpu }: Machine,
  from: number,
  count: number,
): GroupedCase[] {
  const groups = GROUPS[world].flatMap(([group, weight]) => Array<Group>(weight).fill(group));
  const cases: GroupedCase[] = [];
  for (let index = from; index < from + count; index++) {
    const group = groups[index % groups.length]!;
    if (!canRun(group, cpu) || SKIPPED[emulator]?.includes(group)) continue;
    const one: GroupedCase = { index, group, operations: makeCase(seed, world, index, group, cpu) };
    if (!(emulator === 'v86' && endsV86(one))) cases.push(one);
  }
  return cases;
}

function makeCase(seed: number, world: World, index: number, group: Group, cpu: CpuFeatures): Operation[] {
  for (let attempt = 0; ; attempt++) {
    const random = new Random(seed, world.charCodeAt(0), index, attempt);
    try {
      return fill(random, world, group, cpu);
    } catch (error) {
      if (!(error instanceof Collision)) throw error;
    }
  }
}

function fill(random: Random, world: World, group: Group, cpu: CpuFeatures): Operation[] {
  switch (group) {
    case '32-bit':
    case 'PAE':
    case '4-level':
    case '5-level':
      return plainCase(random, group, cpu, {});
    case 'PDPTE loads':
      return pdpteCase(random, cpu);
    case 'control registers':
      return controlCase(random, world === '32-bit' ? random.pick(['32-bit', 'PAE']) : '4-level', cpu);
    case 'not canonical':
      return notCanonicalCase(random, world as Mode, cpu);
    case 'protection keys (PKU)':
      return plainCase(random, '4-level', cpu, { cr4: CR4_PKE });
    case 'protection keys (PKS)':
      return plainCase(random, '4-level', cpu, { cr4: CR4_PKS | (random.chance(0.5) ? CR4_PKE : 0) });
    case 'PCID':
      return pcidCase(random, cpu);
    case 'TLB 32-bit':
      return tlbCase(random, '32-bit', cpu);
    case 'TLB PAE':
      return tlbCase(random, 'PAE', cpu);
    case 'TLB 4-level':
      return tlbCase(random, '4-level', cpu);
    case 'TLB 5-level':
      return tlbCase(random, '5-level', cpu);
  }
}

/** One or two accesses to a random path, the second with other rights: it may hit the TLB. */
function plainCase(random: Random, mode: Mode, cpu: CpuFeatures, options: { cr4?: number }): Operation[] {
  const registers = randomRegisters(random, mode, cpu, options.cr4);
  const crossing = random.chance(0.25);
  // A page table as the second page would have its first entries, the ROM's own, written to.
  const style = { ...randomStyle(random, mode, registers, cpu), ...(crossing ? { selfMaps: false } : {}) };
  const paths = new PathBuilder(random, style);
  const root = PathBuilder.root(mode);
  const upper = randomUpper(random, mode);
  // Beyond a crossing's first page there must be another page of the arena.
  const page = crossing ? random.pick(DATA.slice(0, -1)) : randomTarget(random);
  const smap = (registers.cr4 & CR4_SMAP) !== 0;
  const accesses = [randomAccess(random, mode, upper, page, { crossing, smap })];
  // A write to a table could leave stale translations behind, and those are legal.
  if (!style.selfMaps && DATA.includes(page) && random.chance(0.6)) {
    accesses.push(randomAccess(random, mode, upper, page, { crossing, smap, second: true }));
  }
  for (const { operation, second } of accesses) {
    paths.map(root, operation.linear);
    if (second !== undefined && random.chance(0.9)) paths.map(root, second);
  }
  const operations: Operation[] = [
    ...paths.pokes,
    ...keyRegisters(random, registers),
    ...enter(registers, cpu, BigInt(root) | (random.chance(0.2) ? 0x18n : 0n)),
  ];
  // WRPKRU needs CR4.PKE.
  const late = operations.filter((o) => o.op === 'set' && o.register === 'pkru');
  const result: Operation[] = [
    ...refreshCrossingFetch(),
    ...operations.filter((o) => !late.includes(o)),
    ...late,
  ];
  for (const [i, { operation }] of accesses.entries()) {
    if (i > 0 && random.chance(0.3)) result.push(...changedRight(random, registers));
    result.push(operation, { op: 'check' });
  }
  return result;
}

/**
 * PKRU and PKRS where CR4 makes them count. Key 0 stays free: the ROM's own pages have it, and Bochs 2.7 applies
 * PKRU to supervisor pages too.
 */
function keyRegisters(random: Random, { cr4 }: Registers): Operation[] {
  const word = (): bigint => BigInt((random.word() & random.word()) >>> 0);
  const operations: Operation[] = [];
  if ((cr4 & CR4_PKE) !== 0) operations.push({ op: 'set', register: 'pkru', value: word() & ~3n });
  if ((cr4 & CR4_PKS) !== 0) operations.push({ op: 'set', register: 'pkrs', value: word() & ~3n });
  return operations;
}

/** A change of rights that counts for cached translations too. */
function changedRight(random: Random, registers: Registers): Operation[] {
  if (random.chance(0.5)) {
    return [{ op: 'set', register: 'cr0', value: BigInt((registers.cr0 ^ CR0_WP) >>> 0) }];
  }
  const keys = keyRegisters(random, registers);
  if (keys.length > 0) return keys;
  const bits = registers.cr4 & (CR4_SMEP | CR4_SMAP);
  return [{ op: 'set', register: 'cr4', value: BigInt(registers.cr4 & ~bits) }];
}

/** PDPTEs are loaded with CR3 and checked then; later changes in RAM do not count. */
function pdpteCase(random: Random, cpu: CpuFeatures): Operation[] {
  const drawn = randomRegisters(random, 'PAE', cpu);
  // Global translations would survive MOV CR3.
  const registers = { ...drawn, cr4: drawn.cr4 & ~CR4_PGE };
  const style: Style = {
    ...randomStyle(random, 'PAE', registers, cpu),
    selfMaps: false,
    present: 1,
    reserved: 0,
  };
  const paths = new PathBuilder(random, style);
  const root = PathBuilder.root('PAE');
  const upper = randomUpper(random, 'PAE');
  const page = random.pick(DATA);
  const { operation } = randomAccess(random, 'PAE', upper, page);
  paths.map(root, operation.linear);
  const address = paths.entryAddress(root, operation.linear, 0);
  const other = root + (1 + random.below(3)) * 8;
  const table = BigInt(random.pick(TABLES));
  const bad = random.chance(0.6) ? 1n << BigInt(random.pick([1, 2, 5, 6, 7, 8, 40 + random.below(24)])) : 0n;
  const present = random.chance(0.8) ? 1n : 0n;
  const edited = random.chance(0.5) ? address : other;
  const { operation: again } = randomAccess(random, 'PAE', upper, page);
  return [
    ...paths.pokes,
    ...enter(registers, cpu, BigInt(root)),
    ...(random.chance(0.5) ? [operation, { op: 'check' } as const] : []),
    { op: 'poke', physical: edited, value: table | bad | present, bytes: 8 },
    ...reload(random, registers, root, operation.linear),
    { ...again, linear: (operation.linear & ~0xfffn) | (again.linear & 0xfffn) },
    { op: 'check' },
  ];
}

/** What loads the PDPTE registers: MOV CR3, and changes of some bits of CR0 and CR4. Else the edit must not be seen. */
function reload(random: Random, { cr0, cr4 }: Registers, root: number, linear: bigint): Operation[] {
  const set = (register: 'cr0' | 'cr3' | 'cr4', value: number): Operation[] => [
    { op: 'set', register, value: BigInt(value >>> 0) },
    // Only MOV CR3 is sure to drop translations as well.
    ...(register === 'cr3' ? [] : [{ op: 'invlpg', linear } as const]),
  ];
  switch (random.below(8)) {
    case 0:
      return set('cr4', cr4 ^ CR4_PGE);
    case 1:
      return set('cr4', cr4 ^ CR4_PSE);
    case 2:
      return set('cr0', cr0 ^ CR0_CD);
    case 3:
      // CR0.WP reloads nothing.
      return set('cr0', cr0 ^ CR0_WP);
    case 4:
      return [];
    default:
      return set('cr3', root);
  }
}

/** Addresses that are not canonical, or end there; or would be with one level less. */
function notCanonicalCase(random: Random, mode: Mode, cpu: CpuFeatures): Operation[] {
  const registers = randomRegisters(random, mode, cpu);
  const style: Style = { ...randomStyle(random, mode, registers, cpu), selfMaps: false };
  const paths = new PathBuilder(random, style);
  const root = PathBuilder.root(mode);
  const bits = mode === '5-level' ? 57n : 48n;
  const operations: Operation[] = [];
  if (random.chance(0.4)) {
    // The last bytes before the hole.
    const { operation } = randomAccess(random, mode, randomUpper(random, mode), DATA[0]!, { crossing: true });
    const last = (1n << (bits - 1n)) - 0x1000n;
    const linear = last | (operation.linear & 0xfffn);
    paths.map(root, linear);
    operations.push(
      operation.instruction === 'descriptor'
        ? { ...operation, linear: last | 0x900n }
        : { ...operation, linear },
    );
  } else {
    const { operation } = randomAccess(random, mode, randomUpper(random, mode), random.pick(DATA));
    paths.map(root, operation.linear);
    const wrong = operation.linear ^ (1n << (bits - 1n + BigInt(random.below(65 - Number(bits)))));
    // LLDT refuses a base that is not canonical, so the descriptor access cannot be made there.
    operations.push({
      ...operation,
      instruction: operation.instruction === 'descriptor' ? 'read' : operation.instruction,
      linear: wrong,
    });
  }
  return [
    ...refreshCrossingFetch(),
    ...paths.pokes,
    ...enter(registers, cpu, BigInt(root)),
    ...operations,
    { op: 'check' },
  ];
}
