/**
 * Scripts of edits, invalidations and accesses whose outcome the architecture defines: whatever was edited is
 * invalidated before it is used again, or was not present and so cannot have been cached (SDM 3A §4.10).
 */

import { CR0_PG, CR4_PGE } from '../../src/arch/index.ts';
import type { CpuFeatures } from '../../src/mmu/index.ts';
import { DATA } from './layout.ts';
import { enter, type Registers, randomAccess, randomRegisters, randomStyle, randomUpper } from './parts.ts';
import type { Random } from './random.ts';
import type { Operation } from './stream.ts';
import { type Mode, PathBuilder, type Style } from './walks.ts';

export function tlbCase(random: Random, mode: Mode, cpu: CpuFeatures): Operation[] {
  const registers = randomRegisters(random, mode, cpu);
  const style: Style = {
    ...randomStyle(random, mode, registers, cpu),
    selfMaps: false,
    reserved: 0,
    present: 0.95,
  };
  const paths = new PathBuilder(random, style);
  const root = PathBuilder.root(mode);
  const upper = randomUpper(random, mode);
  const page = random.pick(DATA);
  const { operation: first } = randomAccess(random, mode, upper, page);
  const linear = first.linear & ~0xfffn;
  paths.map(root, linear);
  const operations: Operation[] = [
    ...paths.take(),
    ...enter(registers, cpu, BigInt(root)),
    first,
    { op: 'check' },
  ];
  for (let round = random.below(3); round >= 0; round--) {
    operations.push(...edit(random, mode, paths, root, linear, registers, cpu));
    operations.push(randomAccess(random, mode, upper, page).operation, { op: 'check' });
  }
  return operations;
}

function edit(
  random: Random,
  mode: Mode,
  paths: PathBuilder,
  root: number,
  linear: bigint,
  registers: Registers,
  cpu: CpuFeatures,
): Operation[] {
  const end = paths.end(root, linear);
  const way = random.pick(['mend', 'invlpg', 'invlpg', 'cr3', 'pge', 'cr0'] as const);
  if (way === 'mend') {
    // Not present, an access that must fault, present again: nothing to invalidate the second time.
    const physical = end.address;
    paths.remap(root, linear, end.level);
    const mended = paths.take();
    const access = randomAccess(random, mode, linear, DATA[0]!).operation;
    const gone: Operation = { op: 'poke', physical, value: 0n, bytes: paths.entryBytes };
    const reload = mode === 'PAE' && end.level === 0;
    if (reload) return [...mended, { op: 'set', register: 'cr3', value: BigInt(root) }];
    return [
      gone,
      { op: 'invlpg', linear },
      { ...access, linear: linear | (access.linear & 0xfffn) },
      { op: 'check' },
      ...mended,
    ];
  }
  // PDPTEs are loaded by MOV CR3 and by switching paging on, not by INVLPG.
  const keepsRoot = mode === 'PAE' && way !== 'cr3' && way !== 'cr0';
  const from = Math.min(end.level, (keepsRoot ? 1 : 0) + random.below(end.level + 1));
  if (keepsRoot && end.level === 0) return [];
  paths.remap(root, linear, Math.max(from, keepsRoot ? 1 : 0));
  return [...paths.take(), ...invalidate(random, way, mode, root, linear, registers, cpu)];
}

function invalidate(
  random: Random,
  way: 'invlpg' | 'cr3' | 'pge' | 'cr0',
  mode: Mode,
  root: number,
  linear: bigint,
  { cr0, cr4 }: Registers,
  cpu: CpuFeatures,
): Operation[] {
  const set = (register: 'cr0' | 'cr3' | 'cr4', value: number): Operation => ({
    op: 'set',
    register,
    value: BigInt(value >>> 0),
  });
  const global = (cr4 & CR4_PGE) !== 0;
  const invlpg: Operation = { op: 'invlpg', linear: linear | BigInt(random.below(4096)) };
  switch (way) {
    case 'invlpg':
      return [invlpg];
    case 'cr3':
      // Global translations survive MOV CR3.
      return global ? [set('cr3', root), invlpg] : [set('cr3', root)];
    case 'pge':
      return cpu.pge ? [set('cr4', cr4 ^ CR4_PGE), set('cr4', cr4)] : [invlpg];
    case 'cr0':
      if (mode === '32-bit' || mode === 'PAE') return [set('cr0', cr0 ^ CR0_PG), set('cr0', cr0)];
      return [invlpg];
  }
}
