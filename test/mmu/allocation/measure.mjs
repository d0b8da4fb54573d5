/**
 * Prints how many bytes one path of the MMU leaves on V8's heap for each call: `node measure.mjs PATH BASE`.
 * A process of its own, so that V8 compiles the path as it would in a program that does nothing else, and with a
 * nursery so large (see allocation.test.ts) that nothing is collected before it is counted.
 */

import { CR0_PE, CR0_PG, CR4_PAE, CR4_PCIDE, EFER_LME } from '../../../dist/arch/index.js';
import { PhysicalMemory } from '../../../dist/memory/index.js';
import { Mmu, READ, USER_WRITE, WRITE } from '../../../dist/mmu/index.js';

const [name, baseText] = process.argv.slice(2);
const base = Number(baseText);
const CALLS = 1 << 20;
const SPAN = 0x10_0000;
const PAGES = SPAN / 4096;

const memory = new PhysicalMemory(0x1_0000_0000);
memory.writeUint32(0x1000 + (base >>> 22) * 4, 0x2067);
for (let page = 0; page < PAGES; page++)
  memory.writeUint32(0x2000 + page * 4, base - 0x0800_0000 + page * 4096 + 0x67);
const mmu = new Mmu(memory, { cr3: 0x1000 });

/**
 * An MMU in long mode or PAE paging, with its root at 0x1000: PAGES pages in each half, from `base` on, in frames from
 * 128 MiB. Tables: 0x2000 (and 0x3000 above it), 0x4000, 0x5000.
 */
function wideMmu(mode) {
  const ram = new PhysicalMemory(0x1000_0000, { backing: mode === 'long, inside' ? 'wasm' : 'plain' });
  const link = (table, index, value) => ram.writeUint32(table + 8 * index, value);
  const isLong = mode !== 'PAE';
  if (isLong) for (const half of [0, 511]) link(0x1000, half, 0x2027);
  link(isLong ? 0x2000 : 0x1000, base >>> 30, isLong ? 0x4027 : 0x4001);
  link(0x4000, (base >>> 21) & 511, 0x5027);
  for (let page = 0; page < PAGES; page++) link(0x5000, page, 0x0800_0000 + page * 4096 + 0x67);
  return new Mmu(ram, {
    cpu: 'broadwell',
    cr0: (CR0_PG | CR0_PE) >>> 0,
    cr3: 0x1000,
    cr4: CR4_PAE | (isLong ? CR4_PCIDE : 0),
    efer: isLong ? EFER_LME : 0,
  });
}
/** High half of the addresses of the upper half of long mode. */
const UPPER = -128;
const inUpperHalf = (low) => BigInt.asUintN(64, (BigInt(UPPER) << 32n) | BigInt(low));
/** Half of these are mapped, and all of those. */
const wideLinear = BigUint64Array.from({ length: 1024 }, (_, i) =>
  inUpperHalf(base + ((i * 4093) % (2 * SPAN))),
);
const mapped = BigUint64Array.from({ length: 1024 }, (_, i) => inUpperHalf(base + ((i * 4093) % SPAN)));
const widePhysical = new Float64Array(1024);

let sink = 0;
const linear = Uint32Array.from({ length: 1024 }, (_, i) => base + ((i * 4093) % (2 * SPAN)));
const physical = new Uint32Array(linear.length);
const codes = new Uint8Array(linear.length);

const PATHS = {
  'translate, hits': (calls) => {
    for (let i = 0; i < calls; i++) sink ^= mmu.translate(base + ((i * 4093) & (SPAN - 1)), READ);
  },
  'translate, misses': (calls) => {
    for (let i = 0; i < calls; i++) {
      mmu.invlpg(base + (i % PAGES) * 4096);
      sink ^= mmu.translate(base + (i % PAGES) * 4096, WRITE);
    }
  },
  'translate, faults': (calls) => {
    for (let i = 0; i < calls; i++) sink ^= mmu.translate(base + SPAN + (i & (SPAN - 1)), USER_WRITE);
  },
  readUint32: (calls) => {
    for (let i = 0; i < calls; i++) sink ^= mmu.readUint32(base + ((i * 4) & (SPAN - 1)));
  },
  'readUint32, faults': (calls) => {
    for (let i = 0; i < calls; i++) sink ^= mmu.readUint32(base + SPAN + ((i * 4) & (SPAN - 1)));
  },
  writeUint32: (calls) => {
    for (let i = 0; i < calls; i++) sink ^= mmu.writeUint32(base + ((i * 4) & (SPAN - 1)), i);
  },
  'writeUint32, faults': (calls) => {
    for (let i = 0; i < calls; i++) sink ^= mmu.writeUint32(base + SPAN + ((i * 4) & (SPAN - 1)), i);
  },
  // A quarter hits, a quarter misses, half faults.
  translateEach: (calls) => {
    for (let i = 0; i < calls; i += linear.length) {
      for (let page = 0; page < PAGES; page += 2) mmu.invlpg(base + page * 4096);
      mmu.translateEach(linear, physical, codes, USER_WRITE);
    }
  },
  translateMany: (calls) => {
    for (let i = 0; i < calls; i += linear.length) sink ^= mmu.translateMany(linear, physical, READ);
  },
  'long: translateHalves, hits': (calls, mmu) => {
    for (let i = 0; i < calls; i++)
      sink ^= mmu.translateHalves((base + ((i * 4093) & (SPAN - 1))) | 0, UPPER, READ);
  },
  'long: translateHalves, faults': (calls, mmu) => {
    for (let i = 0; i < calls; i++)
      sink ^= mmu.translateHalves((base + SPAN + (i & 4095)) | 0, UPPER, USER_WRITE);
  },
  'long: translate of numbers, hits': (calls, mmu) => {
    for (let i = 0; i < calls; i++) sink ^= mmu.translate(base + ((i * 4093) & (SPAN - 1)), READ);
  },
  'long: translateMany, hits': (calls, mmu) => {
    for (let i = 0; i < calls; i += 1024) sink ^= mmu.translateMany(mapped, widePhysical, READ);
  },
  'long: translateMany, misses': (calls, mmu) => {
    for (let i = 0; i < calls; i += 1024) {
      mmu.cr3 = 0x1000;
      sink ^= mmu.translateMany(mapped, widePhysical, READ);
    }
  },
  'long: translateEach': (calls, mmu) => {
    for (let i = 0; i < calls; i += 1024) mmu.translateEach(wideLinear, widePhysical, codes, READ);
  },
  'long, inside: translateMany, misses': (calls, mmu) => {
    for (let i = 0; i < calls; i += 1024) {
      mmu.cr3 = 0x1000;
      sink ^= mmu.translateMany(mapped, widePhysical, READ);
    }
  },
  'PAE: translate, hits': (calls, mmu) => {
    for (let i = 0; i < calls; i++) sink ^= mmu.translate(base + ((i * 4093) & (SPAN - 1)), READ);
  },
  'PAE: translateMany': (calls, mmu) => {
    for (let i = 0; i < calls; i += linear.length) sink ^= mmu.translateMany(linear, physical, READ);
  },
  'an array each': (calls) => {
    for (let i = 0; i < calls; i++) linear.kept = [i];
  },
};

const [mode, rest] = name.split(': ');
const other = rest === undefined ? undefined : wideMmu(mode);
// What is measured is what it says: these addresses are mapped.
if (other?.mode.endsWith('level') && other.translateMany(mapped, widePhysical, READ) !== mapped.length)
  throw new Error('the pages of long mode are not mapped');
const path = (calls) => PATHS[name](calls, other);
// V8 compiles beside the program: time for it to finish, or a part of the calls measured would run in slower code.
for (let round = 0; round < 8; round++) {
  path(CALLS / 4);
  await new Promise((done) => setTimeout(done, 10));
}
const grown = [];
for (let round = 0; round < 5; round++) {
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  path(CALLS);
  grown.push(process.memoryUsage().heapUsed - before);
}
// The median: V8 may do some work of its own in one or two of them.
console.log(grown.sort((a, b) => a - b)[2] / CALLS);
if (sink === 1.5) console.log('never');
