/**
 * Turns frame numbers into page-table entries, many at a time: `entry = frame << 12 | flags`. The inner loop of
 * building a domain, in some hundred bytes of WebAssembly where the host runs it, else in JavaScript, to the same effect.
 *
 * Why WebAssembly: JavaScript has no vector instructions, and this loop is nothing else. It does four entries with
 * one instruction where V8's code for the loop below does one with several.
 */

/** Entries that fit the scratch memory: four page tables, so that it stays in the first-level cache. */
export const SCRATCH_ENTRIES = 4096;

/** Scratch memory with a function to turn frame numbers in it into entries. */
export interface EntryKernel {
  readonly kind: 'wasm' | 'js';
  readonly scratch: Uint32Array;
  /** Makes entries of the frame numbers at `scratch[start]` up to, not including, `scratch[end]`. */
  makeEntries(start: number, end: number, flags: number): void;
}

/** The same in JavaScript: what the WebAssembly must agree with, and what runs where it is not to be had. */
export function jsEntryKernel(): EntryKernel {
  const scratch = new Uint32Array(SCRATCH_ENTRIES);
  return { kind: 'js', scratch, makeEntries: (start, end, flags) => makeEntries(scratch, start, end, flags) };
}

function makeEntries(scratch: Uint32Array, start: number, end: number, flags: number): void {
  for (let i = start; i < end; i++) scratch[i] = (scratch[i]! << 12) | flags;
}

/**
 * @returns undefined where the host has no WebAssembly with vectors, or a page's Content-Security-Policy forbids it.
 */
export function wasmEntryKernel(): EntryKernel | undefined {
  const { WebAssembly } = globalThis as { WebAssembly?: WasmHost };
  if (WebAssembly === undefined) return undefined;
  try {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(MODULE));
    const scratch = new Uint32Array(exports.memory.buffer, 0, SCRATCH_ENTRIES);
    return {
      kind: 'wasm',
      scratch,
      makeEntries(start, end, flags) {
        const rest = end - ((end - start) % ENTRIES_A_ROUND);
        if (rest > start) exports.entries(start * 4, rest * 4, flags);
        makeEntries(scratch, rest, end, flags);
      },
    };
  } catch {
    return undefined;
  }
}

let kernel: EntryKernel | undefined;

/** The fastest kernel that the host allows, made once. */
export function entryKernel(): EntryKernel {
  kernel ??= wasmEntryKernel() ?? jsEntryKernel();
  return kernel;
}

/** The part of the WebAssembly interface that is used here; the core is compiled without the DOM's types. */
interface WasmHost {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      entries(start: number, end: number, flags: number): void;
    };
  };
}

/** Entries that one round of the WebAssembly loop makes: four vectors of four. */
const ENTRIES_A_ROUND = 16;

// Value types and opcodes, as the WebAssembly specification numbers them.
const I32 = 0x7f;
const V128 = 0x7b;
const FUNCTION = 0x60;
const VOID = 0x40;
const LOOP = 0x03;
const END = 0x0b;
const BR_IF = 0x0d;
const GET = 0x20;
const SET = 0x21;
const TEE = 0x22;
const CONST = 0x41;
const LESS_UNSIGNED = 0x49;
const ADD = 0x6a;
const LOAD = [0xfd, 0x00];
const STORE = [0xfd, 0x0b];
const SPLAT = [0xfd, 0x11];
const OR = [0xfd, 0x50];
const SHIFT_LEFT = [0xfd, 0xab, 0x01];
/** The alignment that a load or store promises, as log2: none is needed. */
const ALIGN_4 = 2;

// entries(at, end, flags), with the flags four times over in a local vector.
const AT = 0;
const LAST = 1;
const FLAGS = 2;
const FLAGS_4 = 3;

/** Four entries: memory[at + offset] = memory[at + offset] << 12 | flags. */
const fourEntries = (offset: number): number[] => [
  ...[GET, AT],
  ...[GET, AT, ...LOAD, ALIGN_4, offset],
  ...[CONST, 12, ...SHIFT_LEFT],
  ...[GET, FLAGS_4, ...OR],
  ...[...STORE, ALIGN_4, offset],
];

/** 64, as a signed LEB128 number: in one byte it would be negative. */
const ROUND_BYTES = [0xc0, 0x00];

const BODY = [
  ...[1, 1, V128],
  ...[GET, FLAGS, ...SPLAT, SET, FLAGS_4],
  ...[LOOP, VOID],
  ...[0, 16, 32, 48].flatMap(fourEntries),
  ...[GET, AT, CONST, ...ROUND_BYTES, ADD, TEE, AT],
  ...[GET, LAST, LESS_UNSIGNED, BR_IF, 0],
  ...[END, END],
];

const name = (text: string): number[] => [text.length, ...[...text].map((letter) => letter.charCodeAt(0))];
const section = (id: number, content: number[]): number[] => [id, content.length, ...content];

/** One memory of 64 KiB and one function. All lengths are below 128, so that each is a byte. */
const MODULE = Uint8Array.from([
  ...[0, ...name('asm').slice(1), 1, 0, 0, 0],
  ...section(1, [1, FUNCTION, 3, I32, I32, I32, 0]),
  ...section(3, [1, 0]),
  ...section(5, [1, 0, 1]),
  ...section(7, [2, ...name('memory'), 2, 0, ...name('entries'), 0, 0]),
  ...section(10, [1, BODY.length, ...BODY]),
]);
