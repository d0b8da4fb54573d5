/** The part of the WebAssembly interface that is used here: the core is compiled without the types of any host. */

import { MEMORY_IMPORT } from './assembler.ts';

/** A memory that modules and JavaScript share. */
export interface WasmMemory {
  readonly buffer: ArrayBuffer;
}

interface WasmHost {
  readonly Memory: new (size: { initial: number; maximum: number }) => WasmMemory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, WasmMemory>>>>,
  ) => { readonly exports: object };
}

/** Bytes of a page of a WebAssembly memory. */
export const WASM_PAGE_BYTES = 0x1_0000;

/**
 * How far from a page's start lies what is copied from or to a page's start. A processor tells loads from earlier stores by
 * the low 12 bits of their addresses at first: where these are alike, a copy takes twice as long.
 * @see Intel 64 and IA-32 Architectures Optimization Reference Manual, "4-KByte aliasing"
 */
export const OFF_PAGE_BYTES = 0x200;

/** Modules that the host has compiled, by their bytes. */
const compiled = new WeakMap<Uint8Array, object>();

/**
 * A memory of so many bytes, or a little more, that never grows.
 * @returns undefined where the host has no WebAssembly or not so much room.
 */
export function wasmMemory(bytes: number): WasmMemory | undefined {
  const pages = Math.ceil(bytes / WASM_PAGE_BYTES);
  return attempt(({ Memory }) => new Memory({ initial: pages, maximum: pages }));
}

/**
 * The functions of a module, over a memory.
 * @param bytes - As `assemble` makes them; the same array is compiled once.
 * @typeParam Functions - What the module exports, by name.
 * @returns undefined where the host has no WebAssembly with vectors, or a page's Content-Security-Policy forbids it.
 */
export function wasmFunctions<Functions extends object>(
  bytes: Uint8Array,
  memory: WasmMemory,
): Functions | undefined {
  const [module, name] = MEMORY_IMPORT;
  return attempt(({ Module, Instance }) => {
    const code = compiled.get(bytes) ?? new Module(bytes);
    compiled.set(bytes, code);
    return new Instance(code, { [module]: { [name]: memory } }).exports as Functions;
  });
}

function attempt<Result>(what: (host: WasmHost) => Result): Result | undefined {
  const { WebAssembly } = globalThis as { WebAssembly?: WasmHost };
  if (WebAssembly === undefined) return undefined;
  try {
    return what(WebAssembly);
  } catch {
    return undefined;
  }
}
