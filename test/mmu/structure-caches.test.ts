import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { CPU_MODELS } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, NO_FAULT, READ, USER_READ, WRITE } from '../../src/mmu/index.ts';
import { Mapper, tableRegisters } from '../../src/tables/index.ts';
import { crowdedMemory, linearAddress, pagingState } from '../../src/testing/index.ts';

const CR4_PGE = 0x80;
const CR4_PCIDE = 0x2_0000;

describe('lists of addresses', () => {
  it.each(['32-bit', 'PAE', '4-level'] as const)(
    'use cached entries as single translations do: %s',
    (mode) => {
      const memory = new PhysicalMemory(1 << 20);
      let frame = 1;
      const mapper = new Mapper(memory, { mode, allocateFrame: () => frame++ });
      mapper.map(0x40_0000, 0x8000, 0x2000);
      const { steps } = new Mmu(memory, mapper.registers).explain(0x40_0000, READ);
      const above = Number(steps.at(-2)!.entryAddress);
      const mmu = new Mmu(memory, { ...mapper.registers, structureCaches: true });
      expect(mmu.translate(0x40_0000, READ)).toBe(0x8000);
      // The entry that leads to the table is gone; what was cached of it still leads there.
      memory.writeUint32(above, 0);
      const [physical, faultCodes] = [new Float64Array(1), new Uint8Array(1)];
      const narrow = new Uint32Array(1);
      mmu.translateEach(Uint32Array.of(0x40_1000), narrow, faultCodes, READ);
      expect([narrow[0], faultCodes[0]]).toEqual([0x9000, NO_FAULT]);
      mmu.translateEach(BigUint64Array.of(0x40_1000n), physical, faultCodes, READ);
      expect([physical[0], faultCodes[0]]).toEqual([0x9000, NO_FAULT]);
    },
  );
});

/** 32-bit paging: a directory at 0x1000; its entry 1 leads to a table at 0x2000, later to one at 0x3000. */
describe('an entry that leads to another table than before', () => {
  let memory: PhysicalMemory;
  const [FIRST, SECOND] = [0x40_0000, 0x40_1000];
  const mmuWith = (structureCaches: boolean): Mmu =>
    new Mmu(memory, { cpu: 'pentium-iii', cr3: 0x1000, structureCaches });

  beforeEach(() => {
    memory = new PhysicalMemory(1 << 20);
    memory.writeUint32(0x1004, 0x2007);
    for (const [table, page] of [
      [0x2000, 0x8000],
      [0x3000, 0xa000],
    ] as const) {
      memory.writeUint32(table, page | 7);
      memory.writeUint32(table + 4, (page + 0x1000) | 7);
    }
  });

  /** Uses the entry for one page, edits it, and translates the other page. */
  function edited(mmu: Mmu, entry: number): number {
    expect(mmu.translate(FIRST, READ)).toBe(0x8000);
    memory.writeUint32(0x1004, entry);
    return mmu.translate(SECOND, READ);
  }

  it('is used as it was, also for pages that were never translated; without the caches it is read again', () => {
    expect(edited(mmuWith(true), 0x3007)).toBe(0x9000);
    memory.writeUint32(0x1004, 0x2007);
    expect(edited(mmuWith(false), 0x3007)).toBe(0xb000);
  });

  it('is used as it was although it is absent now, or gives fewer rights', () => {
    const mmu = mmuWith(true);
    expect(edited(mmu, 0)).toBe(0x9000);
    // The user may still read through U/S of the cached entry.
    expect(mmu.translate(SECOND + 0x10, USER_READ)).toBe(0x9010);
    expect(memory.readUint32(0x1004)).toBe(0);
  });

  it.each<[string, (mmu: Mmu) => void]>([
    ['INVLPG of any address', (mmu) => mmu.invlpg(0xc000_0000)],
    ['MOV CR3', (mmu) => (mmu.cr3 = 0x1000)],
    ['a change of CR4.PGE', (mmu) => (mmu.cr4 ^= CR4_PGE)],
  ])('is read again after %s', (_, drop) => {
    const mmu = mmuWith(true);
    mmu.translate(FIRST, READ);
    memory.writeUint32(0x1004, 0x3007);
    drop(mmu);
    expect(mmu.translate(SECOND, READ)).toBe(0xb000);
  });

  it('faults once where the old table has no page, and not again: a page fault drops it', () => {
    memory.writeUint32(0x2004, 0);
    const mmu = mmuWith(true);
    expect(edited(mmu, 0x3007)).toBe(FAULT);
    expect(mmu.explain(SECOND, READ).ok).toBe(true);
    expect(mmu.translate(SECOND, READ)).toBe(0xb000);
  });

  it('is not cached where it maps a large page, nor by a walk that faults', () => {
    const mmu = new Mmu(memory, { cpu: 'pentium-iii', cr3: 0x1000, cr4: 0x10, structureCaches: true });
    memory.writeUint32(0x1008, 0x83);
    expect(mmu.translate(0x80_0000, WRITE)).toBe(0);
    expect(mmu.translate(0x40_2000, READ)).toBe(FAULT);
    expect(mmu.tlb.structures).toEqual([]);
  });

  it('is used by lists, and shown', () => {
    const mmu = mmuWith(true);
    mmu.translate(FIRST, READ);
    memory.writeUint32(0x1004, 0x3007);
    const physical = new Uint32Array(1);
    mmu.translateMany(Uint32Array.of(SECOND), physical, READ);
    expect(physical[0]).toBe(0x9000);
    const shown = { kind: 'PDE', shift: 22, linear: 0x40_0000n, pcid: 0, words: [0x2027] };
    expect(mmu.tlb.structures).toEqual([shown]);
    expect(mmuWith(false).tlb.structures).toBeUndefined();
  });
});

describe('in long mode', () => {
  it('each level is cached by itself, under its PCID; CR3 with bit 63 keeps it', () => {
    const memory = new PhysicalMemory(1 << 20);
    const cpu = CPU_MODELS['broadwell'];
    let next = 1;
    const mapper = new Mapper(memory, { mode: '4-level', cpu, allocateFrame: () => next++ });
    mapper.map(0x1000, 0x8_0000, 0x1000);
    mapper.map(0x20_0000, 0x9_0000, 0x1000);
    const registers = tableRegisters('4-level', cpu, mapper.root);
    const mmu = new Mmu(memory, { ...registers, cpu, cr4: registers.cr4 | CR4_PCIDE, structureCaches: true });
    mmu.translate(0x1000, READ);
    expect(mmu.tlb.structures!.map(({ kind, shift, linear }) => `${kind} ${shift} ${linear}`)).toEqual([
      'PML4E 39 0',
      'PDPTE 30 0',
      'PDE 21 0',
    ]);
    // The other address has the PDPTE in common; its own PDE is read from the directory that was cached.
    const pdpte = mmu.explain(0x1000, READ).steps[1]!.entryAddress;
    memory.writeUint32(pdpte, 0);
    const physical = new Float64Array(1);
    mmu.translateMany(BigUint64Array.of(0x20_0000n), physical, READ);
    expect(physical[0]).toBe(0x9_0000);
    mmu.cr3 = BigInt(mapper.root) | 1n | (1n << 63n); // PCID 1 has nothing cached
    expect(mmu.translate(0x20_0000, READ)).toBe(FAULT);
    mmu.cr3 = BigInt(mapper.root) | (1n << 63n);
    mmu.invpcid(0, 1, 0);
    expect(mmu.translate(0x20_0008, READ)).toBe(0x9_0008);
    mmu.invpcid(1, 0);
    expect(mmu.translate(0x20_0010, READ)).toBe(FAULT);
  });
});

describe('with nothing stale', () => {
  const FRAMES = 16;

  it('a walk that begins in the caches comes to what one from the root comes to, in every mode', () => {
    let [translated, fromCache] = [0, 0];
    fc.assert(
      fc.property(
        pagingState({ frames: FRAMES }).chain((state) =>
          fc.record({
            state: fc.constant(state),
            seed: fc.integer({ min: 1, max: 2 ** 31 - 1 }),
            linears: fc.array(linearAddress({ mode: state.mode }), { minLength: 20, maxLength: 40 }),
          }),
        ),
        ({ state, seed, linears }) => {
          const contents = { cpu: state.cpu, mode: state.mode, seed, frames: FRAMES };
          const [memory, other] = [crowdedMemory(contents), crowdedMemory(contents)];
          const mmu = new Mmu(memory, { ...state, structureCaches: true });
          const plain = new Mmu(other, state);
          for (const each of [mmu, plain]) Object.assign(each, { pkru: state.pkru, pkrs: state.pkrs });
          for (const linear of linears) {
            fromCache += mmu.tlb.structures!.length > 0 ? 1 : 0;
            for (const access of [READ, WRITE, USER_READ] as const) {
              const found = plain.translate(linear, access);
              const same = mmu.translate(linear, access) === found && mmu.faultCode === plain.faultCode;
              expect(same, `${linear}, access ${access}`).toBe(true);
              if (found !== FAULT) translated++;
            }
          }
          const contentsOf = (ram: PhysicalMemory): string =>
            Buffer.from(ram.read(0, ram.sizeBytes)).toString('latin1');
          expect(contentsOf(memory) === contentsOf(other)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
    expect(translated).toBeGreaterThan(100);
    expect(fromCache).toBeGreaterThan(100);
  });
});
