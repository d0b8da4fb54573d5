import { describe, expect, it } from 'vitest';
import {
  CR0_ET,
  CR0_PE,
  CR0_PG,
  CR0_WP,
  CR4_PAE,
  CR4_PGE,
  CR4_PSE,
  EFER_LME,
  READ,
} from '../../src/arch/index.ts';
import { buildDomain, sampleKernel } from '../../src/builder/index.ts';
import {
  domainMachine,
  type Machine,
  mmuOf,
  regionNames,
  regionsOf,
  registersOf,
} from '../../src/machine/index.ts';
import { FrameAllocator, PhysicalMemory } from '../../src/memory/index.ts';
import { tablesAt } from '../support/tables-at.ts';

const PAGING = (CR0_PG | CR0_PE) >>> 0;

/** PAE paging with one page: linear 0x1000 at physical 0x5000, through the PDPTE register 0. */
function paeMachine(): Machine {
  const memory = new PhysicalMemory(64 * 1024);
  tablesAt(memory, 'PAE').map(0x1000, 0x5000, 0x1000, { writable: true });
  return { memory, cpu: 'core2', registers: { cr0: PAGING, cr3: 0x1000, cr4: CR4_PAE, efer: 0 } };
}

describe('the MMU of a machine', () => {
  it('has all of its registers', () => {
    const registers = {
      ...paeMachine().registers,
      cr0: PAGING + CR0_WP + CR0_ET,
      cr2: 0xdead_beef,
      pkru: 0x5555_5554,
      pkrs: 0xc,
      alignmentCheck: true,
      pdptes: [0x2001, 0, 0x1_0000_2001, 0] as const,
    };
    expect(registersOf(mmuOf({ ...paeMachine(), registers }))).toEqual(registers);
  });

  it('has registers of long mode, whose CR2 may need 64 bits', () => {
    const registers = {
      cr0: PAGING,
      cr2: 0xffff_8000_0000_0000n,
      cr3: 0xf_ffff_f000,
      cr4: CR4_PAE,
      efer: EFER_LME,
    };
    const mmu = mmuOf({ ...paeMachine(), registers });
    expect(mmu.mode).toBe('4-level');
    expect(registersOf(mmu)).toMatchObject({ cr2: 0xffff_8000_0000_0000n, cr3: 0xf_ffff_f000 });
    expect(registersOf(mmu)).not.toHaveProperty('pdptes');
  });

  it('walks from the PDPTE registers, whatever RAM holds at CR3 by now', () => {
    const machine = paeMachine();
    machine.memory.writeUint32(0x1000, 0);
    expect(mmuOf(machine).translate(0x1234, READ)).toBe(-1);
    const pdptes = [0x2001, 0, 0, 0] as const;
    const mmu = mmuOf({ ...machine, registers: { ...machine.registers, pdptes } });
    expect(mmu.translate(0x1234, READ)).toBe(0x5234);
    expect(mmu.explain(0x1234, READ).steps[0]).toMatchObject({ source: 'register', entry: 0x2001 });
  });

  it('refuses PDPTE registers that no CPU could hold', () => {
    const machine = paeMachine();
    const registers = { ...machine.registers, pdptes: [0x2001, 0, 0x2003, 0] as const };
    expect(() => mmuOf({ ...machine, registers })).toThrow('PDPTE 2 has reserved bits set');
  });

  it('works over the same RAM', () => {
    const machine = paeMachine();
    mmuOf(machine).writeUint32(0x1000, 0x1234_5678);
    expect(machine.memory.readUint32(0x5000)).toBe(0x1234_5678);
  });
});

describe('the machine of a domain', () => {
  const memory = new PhysicalMemory(8 * 2 ** 20);
  const frames = new FrameAllocator(memory, { reserved: [{ start: 0, count: 64 }] }).allocate(600);
  const domain = buildDomain(memory, {
    profile: 'document',
    frames,
    sharedInfoFrame: 2,
    kernel: sampleKernel(),
  });

  it.each([
    ['i386', 0],
    ['pentium', CR4_PSE],
    ['pentium-iii', CR4_PSE | CR4_PGE],
  ] as const)('is set up as Xen does it, as far as the %s can', (cpu, cr4) => {
    const machine = domainMachine(memory, domain, cpu);
    expect(machine.registers).toEqual({ cr0: 0x8005_0033, cr3: domain.pageDirectory, cr4, efer: 0 });
    expect(mmuOf(machine).translate(domain.loadAddress, READ)).toBe(frames[0]! * 4096);
  });

  it('names the regions of the domain, then others', () => {
    const machine: Machine = {
      ...domainMachine(memory, domain),
      regions: [
        { name: 'mine', space: 'linear', start: 0x1000, end: 0x3000 },
        { name: 'ROM', space: 'physical', start: 0xf_0000, end: 0x10_0000 },
      ],
    };
    expect(regionsOf(machine).map(({ name }) => name)).toEqual([
      ...domain.layout.map(({ name }) => name),
      'mine',
      'ROM',
    ]);
    const linear = regionNames(machine);
    expect([0xfff, 0x1000, 0x2fff, 0x3000, domain.startInfoAddress].map(linear)).toEqual([
      undefined,
      'mine',
      'mine',
      undefined,
      'start_info',
    ]);
    expect(regionNames(machine, 'physical')(0xf_1234)).toBe('ROM');
  });

  it('takes the first of regions that overlap, in whatever order it is asked', () => {
    const regions = [
      { name: 'inner', space: 'linear', start: 0x2000, end: 0x3000 },
      { name: 'outer', space: 'linear', start: 0n, end: 0xffff_ffff_ffff_0000n },
    ] as const;
    const nameOf = regionNames({ ...paeMachine(), regions });
    expect(
      [0x1fff, 0x2000, 0x2fffn, 0x3000, 0xffff_ffff_fffe_ffffn, 0xffff_ffff_ffff_0000n].map(nameOf),
    ).toEqual(['outer', 'inner', 'inner', 'outer', 'outer', undefined]);
  });
});
