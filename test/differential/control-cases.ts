/** Writes to control registers that the CPU may refuse, and an access to see that nothing changed then. */

import {
  CR0_CD,
  CR0_NW,
  CR0_PE,
  CR0_TS,
  CR4_LA57,
  CR4_PAE,
  CR4_PCIDE,
  CR4_PGE,
  CR4_PKE,
  CR4_PKS,
  CR4_PSE,
  CR4_SMAP,
  CR4_SMEP,
} from '../../src/arch/index.ts';
import type { CpuFeatures } from '../../src/mmu/index.ts';
import { DATA } from './layout.ts';
import { enter, randomAccess, randomRegisters, randomStyle, randomUpper } from './parts.ts';
import type { Random } from './random.ts';
import type { Operation } from './stream.ts';
import { type Mode, PathBuilder } from './walks.ts';

/** Bits of CR4 that no CPU here has. */
const NO_CR4_BIT: readonly number[] = [0x0000_8000, 0x0400_0000, 0x0800_0000, 0x1000_0000, 0x4000_0000];

export function controlCase(random: Random, mode: Mode, cpu: CpuFeatures): Operation[] {
  const registers = randomRegisters(random, mode, cpu);
  const style = {
    ...randomStyle(random, mode, registers, cpu),
    selfMaps: false,
    present: 0.98,
    reserved: 0.01,
  };
  const paths = new PathBuilder(random, style);
  const root = PathBuilder.root(mode);
  const { operation } = randomAccess(random, mode, randomUpper(random, mode), random.pick(DATA));
  paths.map(root, operation.linear);
  const operations: Operation[] = [...paths.take(), ...enter(registers, cpu, BigInt(root))];
  const { cr0, cr4 } = registers;
  const long = mode === '4-level';
  // Where they exist they would count, with what an earlier case has left in PKRU.
  const keys = [...(cpu.pku ? [] : [CR4_PKE]), ...(cpu.pks ? [] : [CR4_PKS])];
  for (let count = 1 + random.below(4); count > 0; count--) {
    const set = (register: 'cr0' | 'cr3' | 'cr4', value: number | bigint): void => {
      operations.push({ op: 'set', register, value: BigInt(value) });
    };
    switch (random.below(8)) {
      case 0:
        // Paging without protection.
        set('cr0', (cr0 & ~CR0_PE) >>> 0);
        break;
      case 1:
        // Not write-through needs caches disabled.
        set('cr0', (cr0 ^ (random.chance(0.5) ? CR0_NW : CR0_NW | CR0_CD)) >>> 0);
        break;
      case 2:
        set('cr0', (cr0 ^ random.pick([CR0_CD, CR0_TS, 0x40, 0x8000, 0x1000_0000])) >>> 0);
        break;
      case 3:
        set('cr4', (cr4 | random.pick(NO_CR4_BIT)) >>> 0);
        break;
      case 4:
        // What this CPU may lack, or what the mode forbids.
        set('cr4', (cr4 ^ random.pick([CR4_SMEP, CR4_SMAP, CR4_LA57, ...keys])) >>> 0);
        break;
      case 5:
        // In 32-bit paging PSE would give the entries another meaning, and pages where there is no RAM.
        set('cr4', (cr4 ^ (mode === '32-bit' ? CR4_PGE : random.pick([CR4_PSE, CR4_PSE | CR4_PGE]))) >>> 0);
        break;
      case 6:
        // 64-bit entries cannot go in long mode; PCIDs cannot come outside it, or while CR3 has low bits.
        if (!long) set('cr4', (cr4 | CR4_PCIDE) >>> 0);
        else if (random.chance(0.5)) set('cr4', (cr4 & ~CR4_PAE) >>> 0);
        else {
          set('cr3', root | 8);
          set('cr4', (cr4 | CR4_PCIDE) >>> 0);
        }
        break;
      default:
        // MAXPHYADDR is 40 in both emulators. Bit 63 is an order only with PCIDs.
        if (long) set('cr3', BigInt(root) | (1n << BigInt(40 + random.below(24))));
        else set('cr3', root | random.pick([0, 8, 0x10, 0x18]));
    }
  }
  return [...operations, operation, { op: 'check' }];
}
