import { beforeEach, describe, expect, it } from 'vitest';
import { CPU_MODELS } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import {
  type Access,
  FAULT,
  Mmu,
  type MmuOptions,
  READ,
  SHADOW_STACK_ACCESSES,
  SHADOW_STACK_READ,
  SHADOW_STACK_WRITE,
  TLB_GEOMETRIES,
  USER_READ,
  USER_SHADOW_STACK_READ,
  USER_SHADOW_STACK_WRITE,
  USER_WRITE,
  WRITE,
} from '../../src/mmu/index.ts';
import { write64 } from '../support/small-guest.ts';

const [CR4_PAE, CR4_CET, CR4_PKE, CR4_PKS] = [0x20, 0x80_0000, 0x40_0000, 0x100_0000];

/** PTEs: A and D set, so that nothing else changes. */
const USER_STACK = 0x9065n;
const SUPERVISOR_STACK = 0xa061n;
const USER_DATA = 0xb067n;
const CLEAN_READ_ONLY = 0xc025n;

const [USER_STACK_AT, SUPERVISOR_STACK_AT, USER_DATA_AT, CLEAN_AT] = [0x0000, 0x1000, 0x2000, 0x3000];

describe('a shadow-stack access', () => {
  let memory: PhysicalMemory;

  beforeEach(() => {
    memory = new PhysicalMemory(0x10_0000);
    write64(memory, 0x1000, 0x2027n);
    write64(memory, 0x2000, 0x3027n);
    write64(memory, 0x3000, 0x4027n);
    for (const [i, pte] of [USER_STACK, SUPERVISOR_STACK, USER_DATA, CLEAN_READ_ONLY].entries()) {
      write64(memory, 0x4000 + 8 * i, pte);
    }
  });

  function machine(cr4 = 0, options: MmuOptions = {}): Mmu {
    const control = { cr3: 0x1000, cr4: CR4_PAE | CR4_CET | cr4, efer: 0x100 };
    return new Mmu(memory, { cpu: 'sapphire-rapids', ...control, ...options });
  }

  function codeOf(mmu: Mmu, linear: number, access: Access): number | string {
    const physical = mmu.translate(linear, access);
    return physical === FAULT ? mmu.faultCode : `0x${physical.toString(16)}`;
  }

  const [R, W, UR, UW] = [0b100_0001, 0b100_0011, 0b100_0101, 0b100_0111];
  it.each([
    ['its own user shadow stack', USER_STACK_AT, [R, W, '0x9000', '0x9000']],
    ['its own supervisor shadow stack', SUPERVISOR_STACK_AT, ['0xa000', '0xa000', UR, UW]],
    ['no ordinary page, though it is writable', USER_DATA_AT, [R, W, UR, UW]],
    ['no read-only page that is not dirty', CLEAN_AT, [R, W, UR, UW]],
    ['no absent page, and says so without P', 0x4000, [R & ~1, W & ~1, UR & ~1, UW & ~1]],
  ] as const)('reaches %s', (_, linear, expected) => {
    for (const tlb of [undefined, TLB_GEOMETRIES['sapphire-rapids']]) {
      const mmu = machine(0, tlb && { tlb });
      expect(SHADOW_STACK_ACCESSES.map((access) => codeOf(mmu, linear, access))).toEqual(expected);
      for (const [i, access] of SHADOW_STACK_ACCESSES.entries()) {
        const report = mmu.explain(linear, access);
        const told = report.ok ? `0x${report.physical.toString(16)}` : report.fault.code;
        expect(told).toBe(expected[i]);
      }
    }
  });

  it('needs R/W in every entry above the leaf', () => {
    for (const at of [0x1000, 0x2000, 0x3000]) {
      const entry = memory.readUint32(at);
      memory.writeUint32(at, entry & ~2);
      const mmu = machine();
      expect(codeOf(mmu, USER_STACK_AT, USER_SHADOW_STACK_READ)).toBe(UR);
      expect(mmu.explain(USER_STACK_AT, USER_SHADOW_STACK_READ)).toMatchObject({
        fault: { reason: 'not-a-shadow-stack' },
      });
      memory.writeUint32(at, entry);
    }
  });

  it('finds a shadow stack in a page of 2 MiB, and in 32-bit and PAE paging', () => {
    write64(memory, 0x3000, 0x0000_00e5n);
    expect(codeOf(machine(), 0x1234, USER_SHADOW_STACK_WRITE)).toBe('0x1234');
    const cpu = 'sapphire-rapids';
    memory.writeUint32(0x5000, 0x6027);
    memory.writeUint32(0x6000, 0x9065);
    memory.writeUint32(0x5004, 0xe5);
    const narrow = new Mmu(memory, { cpu, cr3: 0x5000, cr4: CR4_CET | 0x10 });
    expect(codeOf(narrow, 0x123, USER_SHADOW_STACK_WRITE)).toBe('0x9123');
    expect(codeOf(narrow, 0x40_0123, USER_SHADOW_STACK_WRITE)).toBe('0x123');
    expect(codeOf(narrow, 0x40_0123, SHADOW_STACK_WRITE)).toBe(W);
    write64(memory, 0x7000, 0x3001n);
    write64(memory, 0x3000, 0x4027n);
    const pae = new Mmu(memory, { cpu, cr3: 0x7000, cr4: CR4_CET | CR4_PAE });
    expect(codeOf(pae, SUPERVISOR_STACK_AT, SHADOW_STACK_WRITE)).toBe('0xa000');
  });

  it('is not excused by EFLAGS.AC, nor asked for by SMAP, where the shadow stack is the user’s', () => {
    const mmu = machine(0x20_0000);
    mmu.alignmentCheck = true;
    expect(codeOf(mmu, USER_STACK_AT, READ)).toBe('0x9000');
    expect(codeOf(mmu, USER_STACK_AT, SHADOW_STACK_READ)).toBe(R);
    expect(mmu.explain(USER_STACK_AT, SHADOW_STACK_READ)).toMatchObject({
      fault: { reason: 'shadow-stack-of-the-user' },
    });
  });

  it('obeys protection keys as data accesses do', () => {
    const mmu = machine(CR4_PKE | CR4_PKS);
    [mmu.pkru, mmu.pkrs] = [0b10, 0b10];
    expect(codeOf(mmu, USER_STACK_AT, USER_SHADOW_STACK_READ)).toBe('0x9000');
    expect(codeOf(mmu, USER_STACK_AT, USER_SHADOW_STACK_WRITE)).toBe(UW | 0x20);
    expect(codeOf(mmu, SUPERVISOR_STACK_AT, SHADOW_STACK_WRITE)).toBe(W | 0x20);
    mmu.pkru = 0b01;
    expect(codeOf(mmu, USER_STACK_AT, USER_SHADOW_STACK_READ)).toBe(UR | 0x20);
    expect(codeOf(mmu, SUPERVISOR_STACK_AT, SHADOW_STACK_READ)).toBe('0xa000');
  });

  it('sets A and caches what it found, for ordinary accesses', () => {
    for (const at of [0x1000, 0x2000, 0x3000]) memory.writeUint32(at, memory.readUint32(at) & ~0x20);
    write64(memory, 0x4000, USER_STACK & ~0x20n);
    const mmu = machine();
    expect(codeOf(mmu, 0x10, USER_SHADOW_STACK_WRITE)).toBe('0x9010');
    expect([0x1000, 0x2000, 0x3000, 0x4000].map((at) => memory.readUint32(at))).toEqual([
      0x2027, 0x3027, 0x4027, 0x9065,
    ]);
    expect(mmu.tlb.entries()).toMatchObject([{ linear: 0, filledBy: USER_SHADOW_STACK_WRITE, pcid: 0 }]);
    write64(memory, 0x4000, 0n);
    expect(codeOf(mmu, 0x10, USER_READ)).toBe('0x9010');
    expect(codeOf(mmu, 0x10, USER_SHADOW_STACK_READ)).toBe(UR & ~1);
  });

  it('leaves shadow stacks read-only to ordinary writes', () => {
    const mmu = machine();
    expect([USER_WRITE, WRITE].map((access) => codeOf(mmu, USER_STACK_AT, access))).toEqual([7, 3]);
    expect([USER_READ, READ].map((access) => codeOf(mmu, USER_STACK_AT, access))).toEqual([
      '0x9000',
      '0x9000',
    ]);
  });

  it('comes in lists and with data too', () => {
    const mmu = machine();
    const physical = new Float64Array(2);
    const linear = BigUint64Array.of(8n, 16n);
    expect(mmu.translateMany(linear, physical, USER_SHADOW_STACK_READ)).toBe(2);
    expect([...physical]).toEqual([0x9008, 0x9010]);
    expect(mmu.writeBigUint64(USER_STACK_AT, 0x1234n, USER_SHADOW_STACK_WRITE)).toBe(0);
    expect(mmu.readBigUint64(USER_STACK_AT, USER_SHADOW_STACK_READ)).toBe(0x1234n);
    const codes = new Uint8Array(2);
    mmu.translateEach(Uint32Array.of(0, 0x2000), new Uint32Array(2), codes, USER_SHADOW_STACK_READ);
    expect([...codes]).toEqual([0xff, UR]);
  });

  it('takes no address bits of a cached word for a grant', () => {
    // Frame and page differ in all of bits 31 to 12, and word 0 has a place of its own.
    const narrow = new PhysicalMemory(0x10_0000);
    narrow.writeUint32(0x1000, 0x2067);
    narrow.writeUint32(0x2000, 0xf_f067);
    narrow.writeUint32(0x1ffc, 0x2067);
    const mmu = new Mmu(narrow, { cpu: 'sapphire-rapids', cr3: 0x1000, cr4: CR4_CET });
    for (const linear of [0, 0xffc0_0000]) {
      expect(codeOf(mmu, linear, READ)).toBe('0xff000');
      expect(SHADOW_STACK_ACCESSES.map((access) => codeOf(mmu, linear, access))).toEqual([R, W, UR, UW]);
      const codes = new Uint8Array(16);
      mmu.translateEach(new Uint32Array(16).fill(linear), new Uint32Array(16), codes, SHADOW_STACK_READ);
      expect([...codes]).toEqual(new Array(16).fill(R));
    }
  });

  it('is refused to the caller while CR4.CET is clear, or the CPU has no shadow stacks', () => {
    const mmu = machine();
    mmu.cr4 = CR4_PAE;
    expect(() => mmu.translate(0, SHADOW_STACK_READ)).toThrow('set CR4.CET, on a CPU with shadowStacks');
    expect(() => mmu.explain(0, SHADOW_STACK_READ)).toThrow(RangeError);
    expect(() => mmu.translateMany(Uint32Array.of(0), new Uint32Array(1), SHADOW_STACK_READ)).toThrow(
      RangeError,
    );
    const { shadowStacks: _, ...others } = CPU_MODELS['sapphire-rapids'];
    const cpu = { ...others, otherCr4Bits: others.otherCr4Bits! | CR4_CET };
    const branchTracking = new Mmu(memory, { cpu, cr3: 0x1000, cr4: CR4_PAE | CR4_CET, efer: 0x100 });
    expect(() => branchTracking.translate(0, SHADOW_STACK_READ)).toThrow(RangeError);
  });
});
