import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CPU_MODELS } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { ABOVE_4_GIB, type Access, FAULT, Mmu, NO_FAULT, READ } from '../../src/mmu/index.ts';
import { Mapper } from '../../src/tables/index.ts';
import { FRAMES, mmuOf, randomAccess, randomMachine, randomMemory } from '../support/arbitraries.ts';

const NO_ADDRESS = 0xffff_ffff;

/** Lists as programs make them: runs of neighbouring pages, long enough for the loops that take eight at a time. */
const run = fc
  .record({
    first: fc.nat(0xffff_ffff),
    step: fc.constantFrom(0, 4, 0x1000, 0x1000, 0x40_0000),
    length: fc.integer({ min: 1, max: 24 }),
  })
  .map(({ first, step, length }) => Array.from({ length }, (_, i) => (first + i * step) >>> 0));
const list = fc.array(run, { minLength: 1, maxLength: 6 }).map((runs) => runs.flat());

const scenario = fc.record({
  machine: randomMachine.filter(({ mode }) => mode === '32-bit' || mode === 'PAE'),
  lists: fc.array(fc.tuple(list, randomAccess), { minLength: 1, maxLength: 3 }),
  signed: fc.boolean(),
  /** Words that are cleared in between, by number, with nothing said to the TLB. */
  cleared: fc.array(fc.nat(FRAMES * 1024 - 1), { maxLength: 40 }),
});

interface Expected {
  readonly physical: number[];
  readonly faultCodes: number[];
}

/** What `translate` says, one address after the other. */
function oneByOne(mmu: Mmu, linear: readonly number[], access: Access): Expected {
  const physical: number[] = [];
  const faultCodes: number[] = [];
  for (const address of linear) {
    const result = mmu.translate(address, access);
    physical.push(result === FAULT ? NO_ADDRESS : result);
    faultCodes.push(result === FAULT ? mmu.faultCode : NO_FAULT);
  }
  return { physical, faultCodes };
}

function ram(memory: PhysicalMemory): string {
  return Buffer.from(memory.read(0, FRAMES * 0x1000)).toString('latin1');
}

describe('translateEach', () => {
  it('is translate for each address: results, error codes, RAM and TLB', () => {
    const seen = { hits: 0, faults: 0, above: 0, codes: new Set<number>() };
    fc.assert(
      fc.property(scenario, ({ machine, lists, signed, cleared }) => {
        const [memory, mirror] = [randomMemory(machine), randomMemory(machine)];
        const [each, one] = [mmuOf(memory, machine), mmuOf(mirror, machine)];
        // Twice each, so that the second time meets what the first has cached.
        for (const [n, [addresses, access]] of [...lists, ...lists].entries()) {
          if (n === lists.length) {
            for (const word of cleared) for (const ram of [memory, mirror]) ram.storeWord(4 * word, 0);
          }
          const expected = oneByOne(one, addresses, access);
          const linear = signed ? Int32Array.from(addresses) : Uint32Array.from(addresses);
          const physical = new Uint32Array(addresses.length);
          const faultCodes = new Uint8Array(addresses.length);
          each.translateEach(linear, physical, faultCodes, access);
          const above = expected.physical.map((address) => address > NO_ADDRESS);
          expect([...physical]).toEqual(expected.physical.map((address) => Math.min(address, NO_ADDRESS)));
          expect([...faultCodes]).toEqual(
            expected.faultCodes.map((code, i) => (above[i] ? ABOVE_4_GIB : code)),
          );
          for (const code of faultCodes) {
            if (code === NO_FAULT) seen.hits++;
            else if (code === ABOVE_4_GIB) seen.above++;
            else seen.faults++;
            seen.codes.add(code);
          }
        }
        expect(ram(memory) === ram(mirror), 'RAM is the same').toBe(true);
        expect(each.tlb.entries()).toEqual(one.tlb.entries());
      }),
      { numRuns: 500 },
    );
    expect(seen.hits).toBeGreaterThan(10_000);
    expect(seen.faults).toBeGreaterThan(10_000);
    expect(seen.above).toBeGreaterThan(100);
    expect(seen.codes.size).toBeGreaterThan(8);
  });

  it('has what is stale of a page above 4 GiB as translate has it', () => {
    // Found at random: the loops walked past the TLB of such pages, and saw that the tables no longer have them.
    const memory = new PhysicalMemory(2 ** 20);
    const mapper = new Mapper(memory, { mode: '32-bit', cpu: 'pentium-iii', allocateFrame: () => 1 });
    mapper.map(0x40_0000, 2 ** 32, 0x40_0000, { pageSize: 0x40_0000 });
    for (const pde of [0, 0x83]) {
      const mmu = new Mmu(memory, mapper.registers);
      memory.writeUint32(0x1004, 0x0000_2083);
      expect(mmu.translate(0x40_0000, READ)).toBe(2 ** 32);
      memory.writeUint32(0x1004, pde);
      expect(mmu.translate(0x40_0000, READ)).toBe(2 ** 32);
      const [physical, faultCodes] = [new Uint32Array(1), new Uint8Array(1)];
      mmu.translateEach(Uint32Array.of(0x40_0000), physical, faultCodes, READ);
      expect([...faultCodes]).toEqual([ABOVE_4_GIB]);
    }
    // A table of ordinary pages takes its place.
    memory.writeUint32(0x1004, 0x0000_2083);
    const mmu = new Mmu(memory, mapper.registers);
    mmu.translate(0x40_0000, READ);
    memory.writeUint32(0x1004, 0x0000_2003);
    memory.writeUint32(0x2000, 0x0000_5003);
    const faultCodes = new Uint8Array(1);
    mmu.translateEach(Uint32Array.of(0x40_0000), new Uint32Array(1), faultCodes, READ);
    expect([...faultCodes]).toEqual([ABOVE_4_GIB]);
  });

  it.each(['32-bit', 'PAE'] as const)('tells in %s where what an absent entry stands for ends', (mode) => {
    const memory = new PhysicalMemory(2 ** 20);
    let frame = 1;
    const mapper = new Mapper(memory, { mode, allocateFrame: () => frame++ });
    // Behind an absent PTE, an absent PDE, and in PAE an absent PDPTE.
    const pages = [0x1000, 0x60_1000, 0xc000_0000];
    for (const page of pages) mapper.map(page, 0x5000, 0x1000);
    const mmu = new Mmu(memory, mapper.registers);
    const linear = Uint32Array.from(pages.flatMap((page) => [-2, -1, 0, 1, 2].map((n) => page + n * 0x1000)));
    const physical = new Uint32Array(linear.length);
    const faultCodes = new Uint8Array(linear.length);
    mmu.translateEach(linear, physical, faultCodes, READ);
    const translated = [...linear].filter((_, i) => faultCodes[i] === NO_FAULT);
    expect(translated).toEqual(pages);
    expect([...faultCodes].filter((code) => code !== NO_FAULT)).toEqual(Array(12).fill(0));
    // Without its table, and without a word to the TLB: what is cached counts, and only that.
    memory.storeWord(mmu.explain(0x60_1000, READ).steps.at(-2)!.entryAddress, 0);
    mmu.translateEach(linear, physical, faultCodes, READ);
    expect([...linear].filter((_, i) => faultCodes[i] === NO_FAULT)).toEqual(pages);
  });

  it.each([undefined, 24])('is translate while paging is off, on a board of %s lines', (addressLines) => {
    const cpu = { ...CPU_MODELS.i386, ...(addressLines !== undefined && { addressLines }) };
    const mmu = new Mmu(new PhysicalMemory(0x4000), { cpu, cr0: 1 });
    const addresses = [0, 0x1234, 0x00ff_fffc, 0x0123_4567, 0x8000_0000, 0xffff_ffff];
    for (const linear of [Uint32Array.from(addresses), Int32Array.from(addresses)]) {
      const physical = new Uint32Array(7);
      const faultCodes = new Uint8Array(7);
      mmu.translateEach(linear, physical, faultCodes, READ);
      expect([...physical]).toEqual([...addresses.map((address) => mmu.translate(address, READ)), 0]);
      expect([...faultCodes]).toEqual([...addresses.map(() => NO_FAULT), 0]);
      expect(mmu.translateMany(linear, new Uint32Array(6), READ)).toBe(6);
    }
  });

  it('keeps the latched fault, and writes nothing behind the last address', () => {
    const mmu = new Mmu(new PhysicalMemory(0x4000), { cr3: 0 });
    mmu.translate(0x1234_5678, READ);
    const physical = new Uint32Array(4);
    const faultCodes = new Uint8Array(4);
    mmu.translateEach(Uint32Array.of(1, 2, 3), physical, faultCodes, 5);
    expect([mmu.cr2, mmu.faultCode, mmu.faultVector]).toEqual([0x1234_5678, 0, 14]);
    expect([...physical]).toEqual([NO_ADDRESS, NO_ADDRESS, NO_ADDRESS, 0]);
    expect([...faultCodes]).toEqual([6, 6, 6, 0]);
  });

  it('refuses lists that are too short, by name', () => {
    const mmu = new Mmu(new PhysicalMemory(0x4000));
    const linear = new Uint32Array(3);
    expect(() => mmu.translateEach(linear, new Uint32Array(2), new Uint8Array(3), READ)).toThrow(
      'physical has room for 2 results, too few for 3 addresses',
    );
    expect(() => mmu.translateEach(linear, new Uint32Array(3), new Uint8Array(1), READ)).toThrow(
      'faultCodes has room for 1 results',
    );
  });
});

describe('translateMany', () => {
  it('is translate up to the first fault or page above 4 GiB, over lists with runs', () => {
    let above = 0;
    fc.assert(
      fc.property(scenario, fc.boolean(), ({ machine, lists, signed }, onlyMapped) => {
        const [memory, mirror] = [randomMemory(machine), randomMemory(machine)];
        const [many, one] = [mmuOf(memory, machine), mmuOf(mirror, machine)];
        for (const [all, access] of [...lists, ...lists]) {
          // Most lists of random addresses end with a fault, long before a page above 4 GiB.
          const addresses = onlyMapped ? all.filter((address) => one.explain(address, access).ok) : all;
          const linear = signed ? Int32Array.from(addresses) : Uint32Array.from(addresses);
          const expected: number[] = [];
          for (const address of addresses) {
            const result = one.translate(address, access);
            if (result === FAULT || result > NO_ADDRESS) break;
            expected.push(result);
          }
          const physical = new Uint32Array(addresses.length);
          const done = many.translateMany(linear, physical, access);
          expect([...physical.subarray(0, done)]).toEqual(expected);
          expect([many.cr2, many.faultCode]).toEqual([one.cr2, one.faultCode]);
          if (done === addresses.length) continue;
          if (many.faultVector === 0) {
            above++;
            expect(many.translate(addresses[done]!, access)).toBeGreaterThan(NO_ADDRESS);
            expect(one.translate(addresses[done]!, access)).toBeGreaterThan(NO_ADDRESS);
          } else {
            expect(many.cr2).toBe(addresses[done]);
          }
        }
        expect(ram(memory) === ram(mirror), 'RAM is the same').toBe(true);
        expect(many.tlb.entries()).toEqual(one.tlb.entries());
      }),
      { numRuns: 300 },
    );
    expect(above).toBeGreaterThan(20);
  });
});
