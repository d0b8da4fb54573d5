import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REQUEST_MODES, randomRequest, requestClaims, smallerRequests } from '../../src/campaign/index.ts';
import { checkLayout } from '../../src/claims/index.ts';
import { layout, layoutMachine } from '../../src/testing/index.ts';

describe('requests to builders', () => {
  it('are met by our own Mapper, in every mode, with the frames that they give', () => {
    fc.assert(
      fc.property(layout(), (request) => {
        const { claims } = checkLayout(layoutMachine(request), requestClaims(request), { confirm: 'mapped' });
        expect(claims.filter(({ ok }) => !ok)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('have pages of every size, and mappings that go on in a second table', () => {
    for (const mode of REQUEST_MODES) {
      const seen = new Set<string>();
      for (let seed = 0; seed < 300; seed++) {
        for (const { pageSize, bytes } of randomRequest(seed, mode).mappings) {
          seen.add(`${pageSize}${bytes > 2 ** 21 && pageSize === 4096 ? ' many' : ''}`);
        }
      }
      const large = mode === '32-bit' ? '4194304' : '2097152';
      expect([...seen].sort()).toEqual([large, '4096', '4096 many'].sort());
    }
  });

  it('name claims that fail for any mapping that is left out, moved, or given other rights', () => {
    fc.assert(
      fc.property(
        layout(),
        fc.nat(),
        fc.constantFrom('writable', 'user', 'global', 'physical', 'gone'),
        (request, which, change) => {
          fc.pre(request.mappings.length > 0);
          const i = which % request.mappings.length;
          const mapping = request.mappings[i]!;
          const other =
            change === 'physical'
              ? { ...mapping, physical: mapping.physical + mapping.pageSize * 1024 }
              : change === 'gone'
                ? mapping
                : { ...mapping, [change]: !mapping[change as 'user'] };
          const built = layoutMachine({
            ...request,
            mappings: change === 'gone' ? request.mappings.toSpliced(i, 1) : request.mappings.with(i, other),
          });
          expect(checkLayout(built, requestClaims(request), { confirm: false }).ok).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });

  it('follow from the seed alone, and differ from seed to seed', () => {
    for (const mode of REQUEST_MODES) {
      expect(randomRequest(7, mode)).toEqual(randomRequest(7, mode));
      expect(randomRequest(7, mode)).not.toEqual(randomRequest(8, mode));
    }
    expect(() => randomRequest(1, 'PAE', { memoryFrames: 8 })).toThrow('memoryFrames 8');
    expect(() => randomRequest(1, 'PAE', { mappings: 0 })).toThrow('mappings 0');
  });

  it('shrink to nothing in a finite number of steps, each of which can be built', () => {
    fc.assert(
      fc.property(layout(), fc.infiniteStream(fc.nat(1000)), (start, choices) => {
        let request = start;
        for (let steps = 0; ; steps++) {
          const smaller = [...smallerRequests(request)];
          if (smaller.length === 0) break;
          request = smaller[choices.next().value % smaller.length]!;
          layoutMachine(request);
          expect(steps).toBeLessThan(2000);
        }
        expect(request).toEqual({ ...start, seed: 0, memoryBytes: 64 * 4096, frames: [1], mappings: [] });
      }),
      { numRuns: 20 },
    );
  });
});
