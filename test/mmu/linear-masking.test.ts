import { beforeEach, describe, expect, it } from 'vitest';
import { CPU_MODELS } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import {
  FAULT,
  FETCH,
  GeneralProtectionError,
  IMPLICIT_READ,
  Mmu,
  READ,
  USER_READ,
  USER_WRITE,
  WRITE,
} from '../../src/mmu/index.ts';
import { write64 } from '../support/small-guest.ts';

const [U57, U48] = [1n << 61n, 1n << 62n];
const CR4_PAE = 0x20;
const CR4_LA57 = 0x1000;
const CR4_PCIDE = 0x2_0000;
const CR4_LAM_SUP = 0x1000_0000;
const FIVE_LEVELS = { ...CPU_MODELS['sapphire-rapids'], name: 'LAM in five levels', lam: true };

/** Metadata in all the bits that LAM can leave to software, under bit 63. */
const TAG_57 = 0x7e00_0000_0000_0000n;
const TAG_48 = 0x7fff_0000_0000_0000n;

describe('linear-address masking', () => {
  let memory: PhysicalMemory;

  // A PML5 table at 0x1000, a PML4 table at 0x2000; both halves of the space lead to one page at 0x6000, for users.
  beforeEach(() => {
    memory = new PhysicalMemory(0x10_0000);
    for (const [at, entry] of [
      [0x1000, 0x2007n],
      [0x1ff8, 0x2007n],
      [0x2000, 0x3007n],
      [0x2ff8, 0x3007n],
      [0x3000, 0x4007n],
      [0x3ff8, 0x4007n],
      [0x4000, 0x5007n],
      [0x4ff8, 0x5007n],
      [0x5000, 0x6007n],
      [0x5ff8, 0x6007n],
    ] as const) {
      write64(memory, at, entry);
    }
  });

  function fourLevel(flags: bigint, cr4 = 0): Mmu {
    return new Mmu(memory, { cpu: 'arrow-lake', cr3: 0x2000n | flags, cr4: CR4_PAE | cr4, efer: 0x100 });
  }

  function fiveLevel(flags: bigint, cr4 = 0): Mmu {
    const control = { cr3: 0x1000n | flags, cr4: CR4_PAE | CR4_LA57 | cr4, efer: 0x100 };
    return new Mmu(memory, { cpu: FIVE_LEVELS, ...control });
  }

  it('takes bits 62–48 of user pointers under LAM_U48, and 62–57 under LAM_U57, which comes first', () => {
    expect(fourLevel(U48).translate(TAG_48 | 0x123n, USER_READ)).toBe(0x6123);
    expect(fourLevel(U57).translate(TAG_57 | 0x123n, USER_READ)).toBe(0x6123);
    expect(fourLevel(U57 | U48).translate(TAG_48 | 0x123n, USER_READ)).toBe(FAULT);
    expect(fiveLevel(U48).translate(TAG_48 | 0x123n, USER_READ)).toBe(0x6123);
    expect(fiveLevel(U57).translate(TAG_57 | 0x123n, USER_READ)).toBe(0x6123);
    expect(fourLevel(0n).translate(TAG_57 | 0x123n, USER_READ)).toBe(FAULT);
  });

  it('takes what the paging mode leaves of supervisor pointers under CR4.LAM_SUP', () => {
    const [four, five] = [fourLevel(0n, CR4_LAM_SUP), fiveLevel(0n, CR4_LAM_SUP)];
    expect(four.translate(0x8000_ffff_ffff_f123n, READ)).toBe(0x6123);
    expect(five.translate(0x81ff_ffff_ffff_f123n, READ)).toBe(0x6123);
    expect(five.translate(0x8000_ffff_ffff_f123n, READ)).toBe(FAULT);
    expect(four.translate(TAG_48, READ)).toBe(FAULT);
  });

  it('tells a pointer by its bit 63, whoever makes the access', () => {
    const mmu = fourLevel(U48);
    expect(mmu.translate(TAG_48 | 0x123n, READ)).toBe(0x6123);
    expect(mmu.translate(0x8000_ffff_ffff_f123n, USER_READ)).toBe(FAULT);
    expect(mmu.faultVector).toBe(13);
  });

  it('raises #GP where the highest translated bit is not as bit 63', () => {
    for (const mmu of [fourLevel(U48), fiveLevel(U48)]) {
      expect(mmu.translate(0x0000_8000_0000_0000n, USER_READ)).toBe(FAULT);
      expect([mmu.faultVector, mmu.faultCode, mmu.cr2]).toEqual([13, 0, 0]);
    }
    // The bits between 47 and 57 are still to be equal in 4-level paging.
    expect(fourLevel(U57).translate(TAG_57 | 0x0001_0000_0000_0000n, USER_READ)).toBe(FAULT);
  });

  it('leaves fetches, and what the CPU reads on its own account, as they are', () => {
    const mmu = fourLevel(U48 | U57, CR4_LAM_SUP);
    for (const access of [FETCH, IMPLICIT_READ]) {
      expect(mmu.translate(TAG_57 | 0x123n, access)).toBe(FAULT);
      expect(mmu.faultVector).toBe(13);
      expect(mmu.explain(TAG_57 | 0x123n, access)).toMatchObject({ fault: { reason: 'not-canonical' } });
    }
  });

  it('leaves the masked address in CR2 after a page fault', () => {
    const mmu = fourLevel(U48);
    expect(mmu.translate(TAG_48 | 0x1234n, USER_WRITE)).toBe(FAULT);
    expect([mmu.faultVector, mmu.cr2]).toEqual([14, 0x1234]);
    expect(mmu.explain(TAG_48 | 0x1234n, USER_WRITE)).toMatchObject({
      linear: 0x1234,
      pointer: TAG_48 | 0x1234n,
      fault: { cr2: 0x1234 },
    });
  });

  it('caches the masked address; INVLPG and INVPCID take theirs as it is', () => {
    const mmu = fourLevel(U48);
    mmu.translate(TAG_48 | 0x123n, USER_READ);
    expect(mmu.tlb.entries().map(({ linear }) => linear)).toEqual([0]);
    mmu.invlpg(TAG_48);
    expect(mmu.tlb.entries()).toHaveLength(1);
    expect(() => mmu.invpcid(0, 0, TAG_48)).toThrow(GeneralProtectionError);
    mmu.invlpg(0);
    expect(mmu.tlb.entries()).toEqual([]);
  });

  it('keeps data from an address that fetches reach: LAM_U48 in five levels makes another of it', () => {
    write64(memory, 0x1008, 0x7007n);
    write64(memory, 0x7000, 0x8007n);
    write64(memory, 0x8000, 0x9007n);
    write64(memory, 0x9000, 0xa007n);
    write64(memory, 0xa000, 0xb007n);
    const canonical = 2 ** 48 + 0x123;
    const mmu = fiveLevel(0n, CR4_PCIDE);
    expect(mmu.translate(canonical, READ)).toBe(0xb123);
    mmu.cr3 = 0x1000n | U48 | (1n << 63n);
    expect(mmu.translate(canonical, READ)).toBe(0x6123);
    expect(mmu.translate(canonical, FETCH)).toBe(0xb123);
    expect(mmu.translate(canonical, READ)).toBe(0x6123);
    expect(mmu.readUint8(BigInt(canonical), READ)).toBe(0);
    mmu.cr3 = 0x1000n | (1n << 63n);
    expect(mmu.translate(canonical, READ)).toBe(0xb123);
  });

  it('refuses an access that runs out of what is canonical, though it would begin in it', () => {
    const mmu = fiveLevel(U48);
    expect(mmu.readUint16(TAG_48 | 0x7fff_ffff_ffffn, READ)).toBe(FAULT);
    expect(mmu.faultVector).toBe(13);
    // Its first page is not even asked: no bit of its tables changes. Found at random, with seed 950552757.
    const before = memory.read(0, memory.sizeBytes);
    const supervisor = fourLevel(0n, CR4_LAM_SUP);
    expect(supervisor.writeUint32(0x8007_ffff_ffff_fffdn, 1, WRITE)).toBe(FAULT);
    expect(supervisor.faultVector).toBe(13);
    expect(memory.read(0, memory.sizeBytes)).toEqual(before);
  });

  it('reads CR3 back whole, and refuses its bits where the CPU lacks them', () => {
    const mmu = fourLevel(U48 | 0x18n);
    expect(mmu.cr3).toBe(0x2018n | U48);
    mmu.cr3 = 0x2000;
    expect(mmu.cr3).toBe(0x2000);
    const old = new Mmu(memory, { cpu: 'sapphire-rapids', cr3: 0x2000, cr4: CR4_PAE, efer: 0x100 });
    for (const flag of [U48, U57]) {
      expect(() => (old.cr3 = 0x2000n | flag)).toThrow(GeneralProtectionError);
    }
    expect(() => (old.cr4 = CR4_PAE | CR4_LAM_SUP)).toThrow('reserves CR4 bits 0x10000000');
    expect(old.cr3).toBe(0x2000);
  });
});
