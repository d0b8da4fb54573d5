import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { CR4_PGE } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, NO_FAULT, READ, USER_READ, WRITE } from '../../src/mmu/index.ts';
import { WasmLists } from '../../src/mmu/wasm-lists.ts';
import { mmuOf, randomAccess, randomMachine, randomMemory } from '../support/arbitraries.ts';
import { PLACES, placedList } from '../support/placed-lists.ts';
import { BASE, guest32, ROOT } from '../support/small-guest.ts';
import { tablesAt } from '../support/tables-at.ts';

/** Neighbours and the same pages again, among addresses from anywhere. */
const run = fc
  .record({
    first: fc.oneof(fc.nat(0xffff_ffff), fc.constantFrom(0, 0xffff_f000, 0x7fff_f000)),
    step: fc.constantFrom(0, 4, 0x1000, 0x40_0000),
    length: fc.integer({ min: 1, max: 24 }),
  })
  .map(({ first, step, length }) => Array.from({ length }, (_, i) => (first + i * step) >>> 0));

const place = fc.constantFrom(...PLACES);
/** Somebody else's lists: ordinary ones to all other RAM. */
const foreign = new PhysicalMemory(4096, { backing: 'wasm' });

const scenario = fc.record({
  machine: randomMachine.filter(({ mode }) => mode === '32-bit' || mode === 'PAE'),
  lists: fc.array(
    fc.record({
      addresses: fc.array(run, { minLength: 1, maxLength: 6 }).map((runs) => runs.flat()),
      access: randomAccess,
      before: fc.constantFrom('nothing', 'CR3', 'PGE'),
      linearIn: place,
      physicalIn: fc.oneof(place, fc.constant('in place' as const)),
    }),
    { minLength: 1, maxLength: 4 },
  ),
});

/** @returns What the CPU says: PDPTEs that walks have written to may not be loaded any more. */
function reload(mmu: Mmu, what: string): string {
  const { cr3 } = mmu;
  try {
    if (what === 'CR3') mmu.cr3 = cr3;
    else if (what === 'PGE' && mmu.cpu.pge && mmu.cpu.cr4) mmu.cr4 ^= CR4_PGE;
    return 'done';
  } catch (error) {
    return (error as Error).message;
  }
}

it('lists inside WebAssembly memory are translated as addresses one by one: results, RAM, TLB, fault', () => {
  let [ordinary, ended] = [0, 0];
  const called = vi.spyOn(WasmLists.prototype, 'many32');
  fc.assert(
    fc.property(scenario, ({ machine, lists }) => {
      const plain = randomMemory(machine);
      const inside = new PhysicalMemory(plain.sizeBytes, { backing: 'wasm' });
      expect(inside.backing).toBe('wasm');
      inside.write(0, plain.read(0, plain.sizeBytes));
      const [many, one] = [mmuOf(inside, machine), mmuOf(plain, machine)];
      // Twice, so that the second time meets what the first has cached.
      for (const { addresses, access, before: reloaded, linearIn, physicalIn } of [...lists, ...lists]) {
        expect(reload(many, reloaded)).toBe(reload(one, reloaded));
        const expected: number[] = [];
        for (const address of addresses) {
          const physical = one.translate(address, access);
          if (physical === FAULT || physical > 0xffff_ffff) break;
          expected.push(physical);
        }
        const given = placedList(linearIn, Uint32Array.from(addresses), inside, foreign);
        const results =
          physicalIn === 'in place'
            ? given
            : placedList(physicalIn, new Uint32Array(addresses.length), inside, foreign);
        const [linear, physical] = [given.list, results.list];
        const before = [...physical];
        expect(many.translateMany(linear, physical, access)).toBe(expected.length);
        // From the first fault on, nothing is written.
        expect([...physical]).toEqual([...expected, ...before.slice(expected.length)]);
        expect(given.isIntact() && results.isIntact(), 'nothing beside the lists is written').toBe(true);
        expect([many.cr2, many.faultCode]).toEqual([one.cr2, one.faultCode]);
        ordinary += expected.length;
        if (expected.length < linear.length) ended++;
      }
      const same = Buffer.compare(inside.read(0, plain.sizeBytes), plain.read(0, plain.sizeBytes));
      expect(same, 'RAM is the same').toBe(0);
      expect(many.tlb.entries()).toEqual(one.tlb.entries());
    }),
    { numRuns: 50 },
  );
  const taken = called.mock.calls.filter(([, , start], i) => called.mock.results[i]!.value > start);
  expect(taken.length, 'lists that went on inside').toBeGreaterThan(20);
  called.mockRestore();
  expect(Math.min(ordinary, ended), 'both happened often').toBeGreaterThan(25);
});

/** The kernel's half. */
const KERNEL = 0xffff_8880_0000_0000n;
/** Every other page is 128 MiB above the one before: their slots in a TLB differ in the highest bit only. */
const widePage = (page: number): bigint => KERNEL + BigInt((page >> 1) * 0x1_1000 + (page % 2) * 0x800_0000);
/** Of 64 pages, one in 16 is not mapped. */
const wideAddress = fc
  .record({ page: fc.nat(63), offset: fc.nat(0xfff) })
  .map(({ page, offset }) => widePage(page) + BigInt(offset));
const wideList = fc.record({
  addresses: fc.array(wideAddress, { minLength: 6, maxLength: 40 }),
  access: fc.constantFrom(READ, READ, READ, WRITE, USER_READ),
  linearIn: place,
  physicalIn: fc.oneof(place, fc.constant('in place' as const)),
});

it.each(['4-level', '5-level'] as const)('the same in %s paging, wherever the lists lie', (mode) => {
  let [ended, done] = [0, 0];
  const plain = new PhysicalMemory(2 ** 20);
  const mapper = tablesAt(plain, mode);
  for (let page = 0; page < 64; page++) {
    if (page % 16 === 7) continue;
    mapper.map(widePage(page), page * 0x1000, 0x1000, { writable: page % 8 !== 3 });
  }
  const inside = new PhysicalMemory(plain.sizeBytes, { backing: 'wasm' });
  inside.write(0, plain.read(0, plain.sizeBytes));
  // There is room inside for the TLBs of few.
  const [many, one] = [new Mmu(inside, mapper.registers), new Mmu(plain, mapper.registers)];
  const called = vi.spyOn(WasmLists.prototype, 'many64');
  fc.assert(
    fc.property(fc.array(wideList, { minLength: 1, maxLength: 3 }), (lists) => {
      for (const mmu of [many, one]) mmu.cr3 = mapper.root;
      for (const { addresses, access, linearIn, physicalIn } of [...lists, ...lists]) {
        const given = placedList(linearIn, BigUint64Array.from(addresses), inside, foreign);
        const { buffer, byteOffset, length } = given.list;
        const results =
          physicalIn === 'in place'
            ? { list: new Float64Array(buffer, byteOffset, length), isIntact: given.isIntact }
            : placedList(physicalIn, new Float64Array(length), inside, foreign);
        const unwritten = results.list.slice();
        const expected: number[] = [];
        for (const address of addresses) {
          const physical = one.translate(address, access);
          if (physical === FAULT) break;
          expected.push(physical);
        }
        expect(many.translateMany(given.list, results.list, access)).toBe(expected.length);
        expect([...results.list.subarray(0, expected.length)]).toEqual(expected);
        // An address may be a NaN.
        const bytes = [results.list, unwritten].map(
          (list) => new Uint8Array(list.slice(expected.length).buffer),
        );
        expect(bytes[0]).toEqual(bytes[1]);
        expect(given.isIntact() && results.isIntact(), 'nothing beside the lists is written').toBe(true);
        done += expected.length;
        if (expected.length < length) ended++;
      }
      const same = Buffer.compare(inside.read(0, plain.sizeBytes), plain.read(0, plain.sizeBytes));
      expect(same, 'RAM is the same').toBe(0);
      expect(many.tlb.entries()).toEqual(one.tlb.entries());
    }),
    { numRuns: 40 },
  );
  const taken = called.mock.calls.filter(([, , start], i) => called.mock.results[i]!.value > start);
  expect(taken.length, 'lists that went on inside').toBeGreaterThan(40);
  called.mockRestore();
  expect(Math.min(done, ended), 'both happened often').toBeGreaterThan(25);
});

it.each(PLACES.flatMap((linear) => PLACES.map((physical) => [linear, physical] as const)))(
  'a list longer than what goes in at once ends at its fault: addresses %s, results %s',
  (linearIn, physicalIn) => {
    const guest = guest32(0x2007, [0x5007, 0x6007]);
    const memory = new PhysicalMemory(guest.memory.sizeBytes, { backing: 'wasm' });
    memory.write(0, guest.memory.read(0, 0x1_0000));
    const mmu = new Mmu(memory, { cr3: ROOT });
    const addresses = Uint32Array.from({ length: 10_000 }, (_, i) => BASE + (i % 0x2000));
    addresses[9_001] = BASE + 0x2000;
    const given = placedList(linearIn, addresses, memory, foreign);
    const results = placedList(physicalIn, new Uint32Array(10_000), memory, foreign);
    expect(mmu.translateMany(given.list, results.list, READ)).toBe(9_001);
    const expected = Array.from(addresses, (address, i) => (i < 9_001 ? address - BASE + 0x5000 : 0));
    expect(results.list.every((physical, i) => physical === expected[i])).toBe(true);
    expect([mmu.cr2, given.isIntact(), results.isIntact()]).toEqual([BASE + 0x2000, true, true]);

    const codes = new Uint8Array(10_000);
    mmu.translateEach(given.list, results.list, codes, READ);
    const each = Array.from(addresses, (address, i) => (i === 9_001 ? 0xffff_ffff : address - BASE + 0x5000));
    expect(results.list.every((physical, i) => physical === each[i])).toBe(true);
    expect(codes.every((code, i) => code === (i === 9_001 ? 0 : NO_FAULT))).toBe(true);
    expect([given.isIntact(), results.isIntact()]).toEqual([true, true]);
  },
);

it('a list goes inside once, and again behind some that went well, not behind each address that no loop takes', () => {
  const memory = new PhysicalMemory(2 ** 20, { backing: 'wasm' });
  const mapper = tablesAt(memory, '4-level');
  for (let page = 0; page < 64; page++) mapper.map(widePage(page), page * 0x1000, 0x1000, { writable: true });
  const mmu = new Mmu(memory, mapper.registers);
  const addresses = Array.from({ length: 600 }, (_, i) => widePage(i < 300 ? 100 + i : i % 64));
  const called = vi.spyOn(WasmLists.prototype, 'many64');
  const codes = new Uint8Array(600);
  mmu.translateEach(BigUint64Array.from(addresses), new Float64Array(600), codes, READ);
  expect(codes.indexOf(NO_FAULT)).toBe(300);
  expect(codes.subarray(300).every((code) => code === NO_FAULT)).toBe(true);
  const starts = called.mock.calls.map(([, , start]) => start);
  called.mockRestore();
  expect(starts[0]).toBe(0);
  expect(starts.at(-1)).toBeGreaterThan(300);
  expect(starts.length).toBeLessThan(6);
});
