/** Lists that share memory, and lists on buffers that grow and shrink: a clear error or the right result. */

import { describe, expect, it } from 'vitest';
import { type Mmu, READ } from '../../src/mmu/index.ts';
import { BASE, guest32 } from '../support/small-guest.ts';

const PAGES = 64;
/** Where page `i` leads. */
const physicalOf = (i: number): number => 0x10_0000 + i * 0x1000 + i;

function machine(): Mmu {
  return guest32(
    0x2007,
    Array.from({ length: PAGES }, (_, i) => (physicalOf(i) & ~0xfff) | 7),
  ).mmu;
}

const addresses = (count: number): number[] => Array.from({ length: count }, (_, i) => BASE + i * 0x1001);
const results = (count: number): number[] => Array.from({ length: count }, (_, i) => physicalOf(i));

/** `Node 20` has resizable buffers; the language that we compile for does not know them yet. */
function resizable(bytes: number, maxByteLength: number): ArrayBuffer & { resize(bytes: number): void } {
  return new (ArrayBuffer as unknown as new (...args: unknown[]) => never)(bytes, { maxByteLength });
}

describe('lists that share memory', () => {
  it.each([1, 7, 9, -1, -8])('are refused where they are %i apart, by name', (shift) => {
    const buffer = new ArrayBuffer(4096);
    const linear = new Uint32Array(buffer, 512, 32);
    const physical = new Uint32Array(buffer, 512 + 4 * shift, 32);
    linear.set(addresses(32));
    const mmu = machine();
    expect(() => mmu.translateMany(linear, physical, READ)).toThrow('physical and linear overlap in memory');
    const codes = new Uint8Array(buffer, 512 + 3, 32);
    expect(() => mmu.translateEach(linear, new Uint32Array(32), codes, READ)).toThrow(
      'faultCodes and linear overlap in memory',
    );
    expect(() => mmu.translateEach(linear.slice(), linear, codes, READ)).toThrow(
      'physical and faultCodes overlap in memory',
    );
    expect([...linear]).toEqual(addresses(32));
  });

  it('may be one list, which then holds its results', () => {
    for (const list of [Uint32Array.from(addresses(PAGES)), Int32Array.from(addresses(PAGES))]) {
      const physical = new Uint32Array(list.buffer);
      expect(machine().translateMany(list, physical, READ)).toBe(PAGES);
      expect([...physical]).toEqual(results(PAGES));
    }
  });

  it('may lie side by side', () => {
    const buffer = new ArrayBuffer(4 * 2 * PAGES);
    const [linear, physical] = [new Uint32Array(buffer, 0, PAGES), new Uint32Array(buffer, 4 * PAGES)];
    linear.set(addresses(PAGES));
    expect(machine().translateMany(linear, physical, READ)).toBe(PAGES);
    expect([...physical]).toEqual(results(PAGES));
  });
});

describe('signed lists on a resizable buffer', () => {
  it('are translated as long as they are now', () => {
    const mmu = machine();
    const buffer = resizable(4 * 8, 4 * PAGES);
    const linear = new Int32Array(buffer);
    const physical = new Uint32Array(PAGES);
    for (const count of [8, PAGES, 16, 40]) {
      buffer.resize(4 * count);
      linear.set(addresses(count));
      physical.fill(0);
      expect(mmu.translateMany(linear, physical, READ)).toBe(count);
      expect([...physical]).toEqual([...results(count), ...new Array(PAGES - count).fill(0)]);
    }
  });
});
