/** A use of a stale translation is told exactly where the MMU does something else than a CPU with an empty TLB would. */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PAGING_MODES } from '../../src/arch/index.ts';
import { guard } from '../../src/guard/index.ts';
import { ACCESS_KINDS, FAULT, Mmu, NO_FAULT } from '../../src/mmu/index.ts';
import { DATA, MODES, smallKernel, TEXT, USER } from '../claims/layout.ts';

const PAGES = [TEXT, DATA, USER];
const deed = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom('translate', 'read', 'write', 'list'),
      page: fc.constantFrom(...PAGES),
      offset: fc.constantFrom(0, 0x10, 0xffe),
      access: fc.constantFrom(...ACCESS_KINDS),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('entry' as const),
      page: fc.constantFrom(...PAGES),
      flip: fc.constantFrom(1, 2, 4, 0x40, 0x1000, 0x2000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('invlpg' as const), page: fc.constantFrom(...PAGES) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cr3' as const) }) },
);

describe('guard', () => {
  it('tells a stale use where the MMU and the tables differ, and nowhere else', () => {
    let stale = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...MODES),
        fc.array(deed, { minLength: 20, maxLength: 60, size: 'max' }),
        (mode, deeds) => {
          const { memory, mmu, mapper } = smallKernel(mode);
          const twin = smallKernel(mode);
          const watch = guard(mmu, []);
          for (const deed of deeds) {
            switch (deed.kind) {
              case 'entry': {
                const { entryAddress } = mmu.explain(deed.page, 0).steps.at(-1)!;
                memory.writeUint32(entryAddress, (memory.readUint32(entryAddress) ^ deed.flip) >>> 0);
                twin.memory.writeUint32(
                  entryAddress,
                  (twin.memory.readUint32(entryAddress) ^ deed.flip) >>> 0,
                );
                break;
              }
              case 'invlpg':
                mmu.invlpg(deed.page);
                twin.mmu.invlpg(deed.page);
                break;
              case 'cr3':
                mmu.cr3 = mapper.root;
                twin.mmu.cr3 = mapper.root;
                break;
              default: {
                const { page, offset, access } = deed;
                const linear = page + offset;
                const before = watch.findings.length;
                // The twin has the same TLB, and nobody looks at it.
                const tables = twin.mmu.explain(linear, access);
                const went = twin.mmu.translate(linear, access);
                const leaf = tables.steps.at(-1)!;
                const lost =
                  (access & 1) !== 0 && tables.ok && (twin.memory.readUint32(leaf.entryAddress) & 0x40) === 0;
                const differs = went !== (tables.ok ? tables.physical : FAULT) || lost;
                if (deed.kind === 'translate') expect(mmu.translate(linear, access)).toBe(went);
                else if (deed.kind === 'list') {
                  const codes = new Uint8Array(1);
                  const physical = new Float64Array(1);
                  mmu.translateEach(BigUint64Array.of(BigInt(linear)), physical, codes, access);
                  expect(codes[0] === NO_FAULT ? physical[0] : FAULT).toBe(went);
                } else {
                  // One byte of the page.
                  expect(mmu.readUint8(linear, access) === FAULT).toBe(went === FAULT);
                }
                const told = watch.findings.length > before;
                if (told) {
                  stale++;
                  expect(differs).toBe(true);
                  expect(watch.findings.at(-1)).toMatchObject({ kind: 'stale', linear, access });
                } else if (differs) {
                  // Told before, of this page and this change.
                  const known = watch.findings.some(
                    (f) => f.kind === 'stale' && Number(f.linear) - (Number(f.linear) % 4096) === page,
                  );
                  expect(known).toBe(true);
                }
              }
            }
          }
          const all = memory.read(0, 0x1_0000);
          expect(Buffer.compare(all, twin.memory.read(0, 0x1_0000))).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
    expect(stale).toBeGreaterThan(5);
  });

  it('leaves what the MMU does as it was', () => {
    const { mmu, memory } = smallKernel('4-level');
    const watch = guard(mmu, []);
    expect(mmu).toBeInstanceOf(Mmu);
    expect(mmu.readUint16(USER + 0xfff)).toBe(0);
    expect(mmu.readUint32(USER + 0x1fff)).toBe(FAULT);
    expect(mmu.writeUint32(USER + 0xffe, 0x1234_5678)).toBe(0);
    expect(mmu.readUint32(USER + 0xffe)).toBe(0x1234_5678);
    expect(memory.readUint16(0x30_0ffe)).toBe(0x5678);
    expect(PAGING_MODES[mmu.mode].entryBytes).toBe(8);
    expect(watch.findings).toEqual([]);
  });
});
