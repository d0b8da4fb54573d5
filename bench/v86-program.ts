/**
 * v86's MMU as a program that answers the commands of native/peer.c: `load`, `linear`, `run`.
 *
 * What is measured is what v86's WebAssembly exports, `translate_address_system_read_js`: it translates a supervisor
 * read by v86's TLB, and walks and fills it on a miss. It is called from JavaScript, one call for an address, as v86's
 * own JavaScript does. INVLPG is not among what it exports, and a translation that faults does not return: the fault
 * goes to a guest that is not there. v86's translated guest code looks entries up inline, which is faster, but is no function that a
 * user could call.
 */
import { openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { hashWords } from './lists.ts';
import { serve } from './peer-loop.ts';

/** The part of v86 that is used here. */
interface V86 {
  add_listener(event: 'emulator-loaded', listener: () => void): void;
  write_memory(bytes: Uint8Array, address: number): void;
  readonly v86: {
    readonly cpu: {
      readonly cr: { [register: number]: number };
      readonly wm: {
        readonly exports: {
          /** What a load of CR3 does: global pages stay. */
          clear_tlb(): void;
          full_clear_tlb(): void;
          translate_address_system_read_js(linear: number): number;
        };
      };
    };
  };
}

const PIECE = 2 ** 20;
const EMPTY = Buffer.alloc(PIECE);

/** Starts v86 with a copy of our RAM, paging on. */
async function load(file: string, bytes: number, cr3: number): Promise<V86> {
  const build = join(dirname(createRequire(import.meta.url).resolve('v86/package.json')), 'build');
  const { V86 } = (await import(join(build, 'libv86-debug.mjs'))) as { V86: new (options: object) => V86 };
  const machine = new V86({
    wasm_path: join(build, 'v86.wasm'),
    memory_size: 2 ** Math.ceil(Math.log2(bytes)),
    vga_memory_size: 1 << 20,
    bios: { buffer: new ArrayBuffer(0x1_0000) },
    autostart: false,
    log_level: 0,
  });
  await new Promise<void>((loaded) => {
    machine.add_listener('emulator-loaded', loaded);
  });
  const image = openSync(file, 'r');
  const piece = Buffer.alloc(PIECE);
  for (let at = 0; at < bytes; at += PIECE) {
    const length = readSync(image, piece, 0, PIECE, at);
    if (!piece.subarray(0, length).equals(EMPTY.subarray(0, length)))
      machine.write_memory(piece.subarray(0, length), at);
  }
  const { cr } = machine.v86.cpu;
  cr[0] = 0x8001_0001 | 0;
  cr[3] = cr3;
  cr[4] = 0x90;
  machine.v86.cpu.wm.exports.full_clear_tlb();
  return machine;
}

let machine: V86 | undefined;
let linear = new Int32Array(0);
let physical = new Uint32Array(0);
let xor = 0;

function translateMany(translate: (linear: number) => number): void {
  for (let i = 0; i < linear.length; i++) physical[i] = translate(linear[i]!);
}

function translateEach(translate: (linear: number) => number): void {
  let sum = 0;
  for (let i = 0; i < linear.length; i++) sum ^= translate(linear[i]!);
  xor = sum;
}

function run(work: string, repeats: number): string {
  const { clear_tlb: flush, translate_address_system_read_js: translate } = machine!.v86.cpu.wm.exports;
  const start = performance.now();
  for (let i = 0; i < repeats; i++) {
    if (work === 'many-misses') flush();
    if (work === 'translate') translateEach(translate);
    else translateMany(translate);
  }
  const time = ((performance.now() - start) * 1e6) / repeats;
  return `${time} ${work === 'translate' ? xor >>> 0 : hashWords(physical)}`;
}

await serve({
  async load(file, bytes, cr3) {
    machine = await load(file, bytes, cr3);
  },
  linear(list) {
    linear = new Int32Array(list);
    physical = new Uint32Array(linear.length);
  },
  run,
});
