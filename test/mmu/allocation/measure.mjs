/**
 * Prints how many bytes one path of the MMU leaves on V8's heap for each call: `node measure.mjs PATH BASE`.
 * A process of its own, so that V8 compiles the path as it would in a program that does nothing else, and with a
 * nursery so large (see allocation.test.ts) that nothing is collected before it is counted.
 */

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
  'an array each': (calls) => {
    for (let i = 0; i < calls; i++) linear.kept = [i];
  },
};

const path = PATHS[name];
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
