/** Scripts with two address spaces under process-context identifiers, which MOV CR3 need not flush. */

import { CR0_PG, CR4_PCIDE, CR4_PGE } from '../../src/arch/index.ts';
import type { CpuFeatures } from '../../src/mmu/index.ts';
import { DATA } from './layout.ts';
import { enter, randomAccess, randomRegisters, randomStyle, randomUpper } from './parts.ts';
import type { Random } from './random.ts';
import type { Operation } from './stream.ts';
import { PathBuilder, type Style } from './walks.ts';

const NO_FLUSH = 1n << 63n;

export function pcidCase(random: Random, cpu: CpuFeatures): Operation[] {
  const mode = '4-level';
  const drawn = randomRegisters(random, mode, cpu);
  // Global translations would be shared by both spaces.
  const registers = { ...drawn, cr4: drawn.cr4 & ~CR4_PGE };
  const style: Style = {
    ...randomStyle(random, mode, registers, cpu),
    selfMaps: false,
    reserved: 0,
    present: 0.98,
  };
  const paths = new PathBuilder(random, style);
  const roots = [PathBuilder.root(mode, 0), PathBuilder.root(mode, 1)] as const;
  const first = random.below(0x1000);
  const pcids = [first, (first + 1 + random.below(0xfff)) & 0xfff] as const;
  const upper = randomUpper(random, mode);
  const page = random.pick(DATA);
  const { operation } = randomAccess(random, mode, upper, page);
  const linear = operation.linear & ~0xfffn;
  for (const root of roots) paths.map(root, linear);

  const operations: Operation[] = [...paths.take(), ...enter(registers, cpu, BigInt(roots[0]))];
  const cr4: Operation = { op: 'set', register: 'cr4', value: BigInt(registers.cr4 | CR4_PCIDE) };
  if (random.chance(0.1)) {
    // Refused while CR3 has low bits set.
    operations.push({ op: 'set', register: 'cr3', value: BigInt(roots[0]) | 0x8n }, cr4);
    operations.push({ op: 'set', register: 'cr3', value: BigInt(roots[0]) });
  }
  operations.push(cr4);
  let space = 0;
  /** Whether a space has been edited since its translations were last invalidated. */
  const stale = [false, false];
  const enterSpace = (which: number, flush: boolean): void => {
    space = which;
    const value = BigInt(roots[which as 0 | 1]! | pcids[which as 0 | 1]!) | (flush ? 0n : NO_FLUSH);
    operations.push({ op: 'set', register: 'cr3', value });
    if (flush) stale[which] = false;
  };
  enterSpace(0, true);
  for (let step = 0; step < 7; step++) {
    const choice = random.below(10);
    if (choice < 4) {
      if (stale[space]) enterSpace(space, true);
      const again = randomAccess(random, mode, upper, page).operation;
      operations.push({ ...again, linear: linear | (again.linear & 0xfffn) }, { op: 'check' });
    } else if (choice < 6) {
      const other = 1 - space;
      enterSpace(other, stale[other]! || random.chance(0.4));
    } else if (choice < 9) {
      const which = random.below(2);
      const root = roots[which as 0 | 1];
      paths.remapEnd(root, linear);
      operations.push(...paths.take());
      stale[which] = true;
      const way = random.below(6);
      const pcid = BigInt(pcids[which as 0 | 1]);
      if (way < 4 && cpu.invpcid) {
        operations.push({
          op: 'invpcid',
          type: way,
          pcid: way < 2 ? pcid : 0n,
          linear: way === 0 ? linear : 0n,
        });
        stale[which] = false;
        if (way > 1) stale.fill(false);
        else if (pcids[0] === pcids[1]) stale.fill(false);
      } else if (which === space) {
        operations.push({ op: 'invlpg', linear: linear | BigInt(random.below(4096)) });
        stale[which] = false;
      }
    } else if (random.chance(0.5) && cpu.invpcid) {
      operations.push(
        random.pick<Operation>([
          { op: 'invpcid', type: 4 + random.below(20), pcid: 0n, linear: 0n },
          { op: 'invpcid', type: random.below(2), pcid: BigInt(0x1000 + random.below(0x1000)), linear },
          { op: 'invpcid', type: 0, pcid: BigInt(pcids[0]), linear: linear ^ (1n << 60n) },
        ]),
      );
    } else {
      // Refused: paging cannot end while PCIDs are in use.
      operations.push({ op: 'set', register: 'cr0', value: BigInt((registers.cr0 ^ CR0_PG) >>> 0) });
    }
  }
  operations.push({ op: 'check' });
  return operations;
}
