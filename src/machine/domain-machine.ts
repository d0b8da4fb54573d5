import { XEN_CR0 } from '../abi/xen.ts';
import { CR4_PGE, CR4_PSE } from '../arch/control.ts';
import { type CpuModel, cpuFeatures } from '../arch/cpu.ts';
import type { Domain } from '../builder/index.ts';
import type { Memory } from '../memory/index.ts';
import type { Machine } from './machine.ts';

/**
 * A machine with a domain of 2004 in it, as Xen has set it up at start of day: CR0 with WP, CR4 with PSE and PGE as
 * far as the CPU has them, CR3 at the domain's directory.
 *
 * @throws RangeError for an unknown CPU model.
 */
export function domainMachine(memory: Memory, domain: Domain, cpu: CpuModel = 'pentium-iii'): Machine {
  const { pse, pge } = cpuFeatures(cpu);
  const cr4 = (pse ? CR4_PSE : 0) | (pge ? CR4_PGE : 0);
  return { memory, cpu, registers: { cr0: XEN_CR0, cr3: domain.pageDirectory, cr4, efer: 0 }, domain };
}
