import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifyDomain } from '../../src/verify/index.ts';
import { type Built, handMadeDomain } from '../support/hand-made-domain.ts';

/** Each run walks 2^20 pages six times, so there are few. */
const RUNS = 12;

const XEN = fc.constantFrom('none', 'image', 'slots' as const);
const BIT = fc.integer({ min: 0, max: 31 });
/** Half of the entries drawn are ones that the domain uses, else nearly all would be empty. */
const SLOT = fc.oneof(
  fc.constantFrom(767, 768, 769),
  fc.integer({ min: 1008, max: 1023 }),
  fc.integer({ min: 0, max: 1023 }),
);
const INDEX = fc.oneof(
  fc.integer({ min: 0, max: 255 }),
  fc.constantFrom(251, 252, 253, 254, 255),
  fc.integer({ min: 0, max: 1023 }),
);

const bits = (...list: number[]): Set<number> => new Set(list);
/** A and D, and the bits that are free for the operating system. */
const MEANINGLESS = bits(5, 6, 9, 10, 11);

/** Whether flipping a bit of an entry changes what the entry says. All bits but P of an absent entry are free. */
function changesMeaning(entry: number, bit: number): boolean {
  return bit === 0 || ((entry & 1) !== 0 && !MEANINGLESS.has(bit));
}

function flip({ memory }: Built, address: number, bit: number): void {
  memory.writeUint32(address, memory.readUint32(address) ^ (1 << bit));
}

function isFound(built: Built): boolean {
  return !verifyDomain(built.memory, built.domain).ok;
}

describe('a single flipped bit is found exactly where it means something', () => {
  it('in the page directory', () => {
    fc.assert(
      fc.property(XEN, SLOT, BIT, (xen, slot, bit) => {
        const built = handMadeDomain({ xen });
        const address = built.domain.pageDirectory + slot * 4;
        const meant = changesMeaning(built.memory.readUint32(address), bit);
        flip(built, address, bit);
        expect(isFound(built)).toBe(meant);
      }),
      { numRuns: RUNS },
    );
  });

  it('in a page table', () => {
    fc.assert(
      fc.property(XEN, INDEX, BIT, (xen, index, bit) => {
        const built = handMadeDomain({ xen });
        const address = built.domain.pageTables[0]! * 4096 + index * 4;
        const meant = changesMeaning(built.memory.readUint32(address), bit);
        flip(built, address, bit);
        expect(isFound(built)).toBe(meant);
      }),
      { numRuns: RUNS },
    );
  });

  it('in start_info, which ends with byte 283', () => {
    fc.assert(
      fc.property(fc.nat({ max: 90 }), BIT, (word, bit) => {
        const built = handMadeDomain();
        const startInfo = built.domain.frames[252]! * 4096;
        flip(built, startInfo + word * 4, bit);
        expect(isFound(built)).toBe(word < 71);
      }),
      { numRuns: RUNS },
    );
  });
});
