import { describe, expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, FETCH, Mmu, READ, Segment, WRITE } from '../../src/mmu/index.ts';

/** Xen's descriptors for guests: base 0, limit 0xfc3f_ffff. */
const RING1_CODE = 0x00cf_ba00_0000_c3ffn;
const RING1_DATA = 0x00cf_b200_0000_c3ffn;

/** Everything from 0xfc00_0000 mapped by supervisor 4 MiB pages, as Xen maps itself. */
function xen(): Mmu {
  const memory = new PhysicalMemory(0x10_0000);
  for (let slot = 1008; slot < 1024; slot++) memory.writeUint32(0x1000 + slot * 4, 0x1e3);
  return new Mmu(memory, { cr3: 0x1000, cr4: 0x90 });
}

describe('Segment.decode', () => {
  it('reads base, limit, type and ring of the descriptors that Xen gives a guest', () => {
    expect(Segment.decode(RING1_CODE)).toMatchObject({
      base: 0,
      limit: 0xfc3f_ffff,
      code: true,
      writable: false,
      dpl: 1,
    });
    expect(Segment.decode(RING1_DATA)).toMatchObject({
      base: 0,
      limit: 0xfc3f_ffff,
      code: false,
      writable: true,
      dpl: 1,
    });
  });

  it('puts base and limit together from their scattered bits', () => {
    expect(Segment.decode(0x1243_9234_5678_abcdn)).toMatchObject({ base: 0x1234_5678, limit: 0x3_abcd });
  });

  it('refuses what is not present or not code or data', () => {
    expect(() => Segment.decode(0n)).toThrow('is not present (bit 47)');
    expect(() => Segment.decode(0x0000_8200_0000_ffffn)).toThrow('is a system descriptor');
  });
});

describe('Mmu.translateLogical', () => {
  it('raises #GP(0) before paging is asked, so CR2 keeps its value', () => {
    const mmu = xen();
    mmu.cr2 = 0x1234;
    expect(mmu.translateLogical(Segment.decode(RING1_DATA), 0xfc40_0000, READ)).toBe(FAULT);
    expect([mmu.faultVector, mmu.faultCode, mmu.cr2]).toEqual([13, 0, 0x1234]);
  });

  it('lets ring 1 read the last byte below the limit, which paging alone could not tell from Xen', () => {
    const mmu = xen();
    const data = Segment.decode(RING1_DATA);
    expect(mmu.translateLogical(data, 0xfc3f_ffff, READ)).toBe(0x3f_ffff);
    expect(mmu.translateLogical(data, 0xfc3f_fffd, READ, 4)).toBe(FAULT);
    expect(mmu.translate(0xfc40_0000, WRITE)).not.toBe(FAULT);
  });

  it('raises #SS(0) for a stack segment', () => {
    const mmu = xen();
    expect(mmu.translateLogical(Segment.decode(RING1_DATA).asStack(), 0xffff_fffc, WRITE, 4)).toBe(FAULT);
    expect(mmu.faultVector).toBe(12);
  });

  it('refuses writes to code and fetches from data', () => {
    const mmu = xen();
    const report = mmu.explainLogical(Segment.decode(RING1_CODE), 0xfc00_0000, WRITE);
    expect(report.ok ? undefined : report.fault.reason).toBe('segment-type');
    expect(mmu.translateLogical(Segment.decode(RING1_DATA), 0xfc00_0000, FETCH)).toBe(FAULT);
  });

  it('adds the base, modulo 2^32', () => {
    const mmu = xen();
    const segment = new Segment({ ...Segment.decode(RING1_DATA), base: 0xfc00_0000, limit: 0xffff_ffff });
    expect(mmu.translateLogical(segment, 0x123, READ)).toBe(0x123);
    expect(segment.linear(0x400_0000)).toBe(0);
  });

  it('allows an expand-down segment only above its limit', () => {
    const mmu = xen();
    const segment = new Segment({ ...Segment.decode(RING1_DATA), expandDown: true, limit: 0xfbff_ffff });
    expect(mmu.translateLogical(segment, 0xfc00_0000, WRITE)).toBe(0);
    expect(mmu.translateLogical(segment, 0xfbff_ffff, WRITE)).toBe(FAULT);
    // Not even in part below it, and not over the end of the offsets.
    expect(mmu.translateLogical(segment, 0xfbff_ffff, WRITE, 4)).toBe(FAULT);
    expect(mmu.translateLogical(segment, 0xffff_fffc, WRITE, 4)).toBe(0x3f_fffc);
    expect(mmu.translateLogical(segment, 0xffff_fffd, WRITE, 4)).toBe(FAULT);
  });

  it('ends an expand-down segment of 16 bits at offset 0xffff', () => {
    const mmu = xen();
    // A stack of 16 bits: base 0xfc00_0000, limit 0x0fff, writable, expand-down, D/B and G clear.
    const segment = Segment.decode(0xfc00_9600_0000_0fffn);
    expect(mmu.translateLogical(segment, 0x0fff, WRITE)).toBe(FAULT);
    expect(mmu.translateLogical(segment, 0x1000, WRITE)).toBe(0x1000);
    expect(mmu.translateLogical(segment, 0xfffe, WRITE, 2)).toBe(0xfffe);
    expect(mmu.translateLogical(segment, 0xffff, WRITE, 2)).toBe(FAULT);
    expect(mmu.translateLogical(segment, 0x1_0000, WRITE)).toBe(FAULT);
  });

  it('is explained without side effects', () => {
    const mmu = xen();
    const report = mmu.explainLogical(Segment.decode(RING1_DATA), 0xfc40_0000, READ);
    expect(report).toMatchObject({
      ok: false,
      fault: { vector: 13, reason: 'segment-limit', code: 0 },
      steps: [],
    });
    expect(mmu.faultVector).toBe(0);
  });
});
