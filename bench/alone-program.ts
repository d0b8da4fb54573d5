/**
 * Our own MMU in a process that does nothing else, as a program that answers the commands of native/peer.c: `load`, `linear`, `run`.
 * The bench itself uses many MMUs, modes and kinds of access: the difference is what such company costs the hot path.
 */
import { readFileSync } from 'node:fs';
import { PhysicalMemory } from 'x86-paging/memory';
import * as access from 'x86-paging/mmu';
import { Mmu } from 'x86-paging/mmu';
import { hashWords } from './lists.ts';
import { serve } from './peer-loop.ts';

// As docs/performance.md has it: V8 compiles a constant of this module into the code, but loads an imported one every time.
const { READ } = access;

let mmu: Mmu | undefined;
let linear = new Uint32Array(0);
let physical = new Uint32Array(0);
let result = 0;

function load(file: string, bytes: number, cr3: number): void {
  const memory = new PhysicalMemory(bytes);
  const image = readFileSync(file);
  for (let at = 0; at < image.length; at += 4096) {
    const frame = image.subarray(at, at + 4096);
    if (frame.some((byte) => byte !== 0)) memory.write(at, frame);
  }
  mmu = new Mmu(memory, { cr3, cr4: 0x90 });
}

function translateAll(one: Mmu): void {
  let xor = 0;
  for (let i = 0; i < linear.length; i++) xor ^= one.translate(linear[i]!, READ);
  result = xor;
}

function run(work: string, repeats: number): string {
  const start = performance.now();
  for (let i = 0; i < repeats; i++) {
    if (work === 'translate') translateAll(mmu!);
    else mmu!.translateMany(linear, physical, READ);
  }
  const time = ((performance.now() - start) * 1e6) / repeats;
  return `${time} ${work === 'translate' ? result >>> 0 : hashWords(physical)}`;
}

await serve({
  load,
  linear(list) {
    linear = new Uint32Array(list);
    physical = new Uint32Array(linear.length);
  },
  run,
});
