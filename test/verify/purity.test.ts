import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PhysicalMemory } from '../../src/memory/index.ts';
import { verifyDomain } from '../../src/verify/index.ts';
import { directoryEntry, handMadeDomain, level1Entry } from '../support/hand-made-domain.ts';

function hash(memory: PhysicalMemory): string {
  return createHash('sha256').update(memory.read(0, memory.sizeBytes)).digest('hex');
}

describe('verifyDomain leaves memory as it was', () => {
  it('after a walk that would set accessed and dirty bits all over', () => {
    const { memory, domain } = handMadeDomain({ xen: 'slots' });
    const before = hash(memory);
    verifyDomain(memory, domain);
    expect(hash(memory)).toBe(before);
  });

  it('when the caller throws in the middle of the walk', () => {
    const built = handMadeDomain({ loadAddress: 0 });
    const { memory, domain } = built;
    const before = hash(memory);
    let during = '';
    const onProgress = (): never => {
      during = hash(memory);
      throw new Error('enough');
    };
    expect(() => verifyDomain(memory, domain, { onProgress })).toThrow('enough');
    expect(during).not.toBe(before);
    expect(hash(memory)).toBe(before);
  });

  it('whatever the directory holds', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('none', 'slots' as const),
        fc.array(fc.tuple(fc.nat({ max: 1023 }), fc.nat({ max: 0xffff_ffff }), fc.boolean()), {
          maxLength: 8,
        }),
        (xen, entries) => {
          const built = handMadeDomain({ xen });
          const { memory, domain } = built;
          for (const [slot, value, inRam] of entries) {
            memory.writeUint32(directoryEntry(built, slot), inRam ? value % memory.sizeBytes : value);
          }
          const before = hash(memory);
          const allocated = memory.allocatedBytes;
          verifyDomain(memory, domain);
          expect(hash(memory)).toBe(before);
          expect(memory.allocatedBytes).toBe(allocated);
        },
      ),
      { numRuns: 6 },
    );
  });

  it('where a page of data serves as a page table', () => {
    const built = handMadeDomain();
    const { memory, domain } = built;
    const data = domain.frames[20]! * 4096;
    for (let i = 0; i < 1024; i++) memory.writeUint32(data + i * 4, domain.frames[i % 256]! * 4096 + 3);
    memory.writeUint32(directoryEntry(built, 3), data + 0x67);
    const before = hash(memory);
    expect(verifyDomain(memory, domain).ok).toBe(false);
    expect(hash(memory)).toBe(before);
  });

  it('where the directory lies beyond the end of RAM', () => {
    const { memory, domain } = handMadeDomain();
    const before = hash(memory);
    const { claims } = verifyDomain(memory, { ...domain, pageDirectory: 0xffff_f000 });
    expect(claims.find((claim) => claim.name === 'description')?.ok).toBe(false);
    expect(claims.find((claim) => claim.name === 'guest-frames')?.ok).toBe(false);
    expect(hash(memory)).toBe(before);
  });

  it('and finds used entries as good as fresh ones', () => {
    const built = handMadeDomain();
    built.memory.writeUint32(level1Entry(built, 3), built.memory.readUint32(level1Entry(built, 3)) | 0x40);
    expect(verifyDomain(built.memory, built.domain).ok).toBe(true);
  });
});

describe('onProgress', () => {
  it('counts up to all 2^20 pages', () => {
    const { memory, domain } = handMadeDomain();
    const calls: number[] = [];
    verifyDomain(memory, domain, {
      onProgress: (done, total) => {
        expect(total).toBe(2 ** 20);
        calls.push(done);
      },
    });
    expect(calls.at(-1)).toBe(2 ** 20);
    expect(calls.length).toBeGreaterThanOrEqual(100);
    expect(calls).toEqual([...calls].sort((a, b) => a - b));
  });
});
