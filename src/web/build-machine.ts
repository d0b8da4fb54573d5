/** Builds the machine of a scenario. */

import { type BuildOptions, buildDomain, sampleKernel } from '../builder/index.ts';
import { FrameAllocator, PhysicalMemory } from '../memory/index.ts';
import { type PageMachine, XEN_FRAMES } from './page-machine.ts';
import { buildPlainMachine } from './plain-machine.ts';
import { memoryBytes, registersFor, type Scenario } from './scenario.ts';
import { writeWideTables } from './wide-tables.ts';

const SHARED_INFO_FRAME = 0x120;
const INITRD_BYTES = 0x8_0000;

/** @throws RangeError or BuildError for choices that make no domain. */
export function buildMachine(scenario: Scenario): PageMachine {
  const { megabytes, format, cpu, setting } = scenario;
  if (setting !== 'xen') return buildPlainMachine(format, cpu, setting === 'fork');
  const memory = new PhysicalMemory(memoryBytes(scenario));
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: XEN_FRAMES }] });
  const frames = allocator.allocate(
    megabytes * 256,
    scenario.seed === 0 ? { order: 'ascending' } : { order: 'scattered', seed: scenario.seed },
  );
  const options: BuildOptions = {
    profile: scenario.profile,
    frames,
    sharedInfoFrame: SHARED_INFO_FRAME,
    kernel: sampleKernel(),
    initrd: sampleInitrd(),
    commandLine: 'root=/dev/ram0',
    domainId: 1,
  };
  // Xen of 2004 knew the 32-bit format only, so it is left out of the others.
  const domain = buildDomain(memory, format === '32-bit' ? { ...options, xen: { kind: 'slots' } } : options);
  if (format === '32-bit') {
    return { memory, domain, cpu, registers: registersFor(cpu, format, domain.pageDirectory) };
  }
  const wide = writeWideTables(memory, domain, allocator, format);
  return { memory, domain, cpu, registers: registersFor(cpu, format, wide.root) };
}

/** Bytes that tell where in the initrd one is: each dword holds its own offset. */
function sampleInitrd(): Uint8Array {
  const words = new Uint32Array(INITRD_BYTES / 4);
  for (let i = 0; i < words.length; i++) words[i] = i * 4;
  return new Uint8Array(words.buffer);
}
