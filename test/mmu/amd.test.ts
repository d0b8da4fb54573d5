import { describe, expect, it } from 'vitest';
import { CPU_MODELS, type CpuModelName, PF_P, PF_RSVD } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, READ } from '../../src/mmu/index.ts';
import { Mapper, tableRegisters } from '../../src/tables/index.ts';

const LINEAR = 0x1234_5000;
const BIT_8 = 0x100;

type Backing = 'plain' | 'wasm';

/** An MMU whose tables map one page; at each level of them, from the root down, where the entry lies that leads to it. */
function machine(cpu: CpuModelName, mode: '4-level' | '5-level', backing: Backing) {
  const memory = new PhysicalMemory(1 << 20, { backing });
  let next = 1;
  const mapper = new Mapper(memory, { mode, cpu, allocateFrame: () => next++ });
  mapper.map(LINEAR, 0x8000, 0x1000, { writable: true });
  const registers = tableRegisters(mode, CPU_MODELS[cpu], mapper.root);
  const mmu = new Mmu(memory, { ...registers, cpu });
  const report = mmu.explain(LINEAR, READ);
  const entries = report.steps.map(({ entryAddress }) => entryAddress);
  return { memory, mmu, entries };
}

/** What a walk says with bit 8 set in one entry: `translate`, a list, and `explain`. */
function withBit8(
  cpu: CpuModelName,
  mode: '4-level' | '5-level',
  depth: number,
  backing: Backing,
): (number | string)[] {
  const { memory, mmu, entries } = machine(cpu, mode, backing);
  // Accessed entries: else a list leaves them to `translate`.
  for (const at of entries) memory.writeUint32(at, memory.readUint32(at) | 0x20);
  const at = entries[depth]!;
  memory.writeUint32(at, memory.readUint32(at) | BIT_8);
  const physical = new Float64Array(1);
  const codes = new Uint8Array(1);
  mmu.translateEach(BigUint64Array.of(BigInt(LINEAR)), physical, codes, READ);
  const report = mmu.explain(LINEAR, READ);
  const found = mmu.translate(LINEAR, READ);
  return [
    found === FAULT ? mmu.faultCode : found,
    physical[0] === FAULT ? codes[0]! : physical[0]!,
    report.ok ? report.physical : `${report.fault.reason} ${report.steps.at(-1)!.reservedBits}`,
  ];
}

const PAGE = [0x8000, 0x8000, 0x8000];
const RESERVED = [PF_P | PF_RSVD, PF_P | PF_RSVD, 'reserved-bit 8'];

// Each has walks of its own for lists.
describe.each(['plain', 'wasm'] as const)('bit 8 of an entry that leads to a table, RAM %s', (backing) => {
  it('is reserved by AMD in PML4E and PML5E, and ignored below', () => {
    const four = [0, 1, 2].map((depth) => withBit8('zen', '4-level', depth, backing));
    expect(four).toEqual([RESERVED, PAGE, PAGE]);
    const five = [0, 1, 2, 3].map((depth) => withBit8('zen4-server', '5-level', depth, backing));
    expect(five).toEqual([RESERVED, RESERVED, PAGE, PAGE]);
  });

  it('is ignored by Intel everywhere', () => {
    const five = [0, 1, 2, 3].map((depth) => withBit8('ice-lake-server', '5-level', depth, backing));
    expect(five).toEqual([PAGE, PAGE, PAGE, PAGE]);
  });
});
