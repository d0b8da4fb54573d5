import { describe, expect, it } from 'vitest';
import {
  assemble,
  block,
  branch,
  branchIf,
  get,
  i32,
  Label,
  loop,
  set,
  WasmFunction,
  when,
} from '../../src/wasm/assembler.ts';
import { wasmFunctions, wasmMemory } from '../../src/wasm/host.ts';

/** Compiles a function of one number. */
function compile(fn: WasmFunction): (n: number) => number {
  const bytes = assemble([fn], 1);
  return wasmFunctions<{ f: (n: number) => number }>(bytes, wasmMemory(0x1_0000)!)!.f;
}

describe('the assembler', () => {
  it.each([0, 1, 63, 64, 127, 128, 8191, 8192, -1, -64, -65, 0x7fff_ffff, -0x8000_0000])(
    'writes the constant %i',
    (value) => {
      const fn = new WasmFunction('f', ['i32'], ['i32']);
      fn.code = i32.const(value);
      expect(compile(fn)(0)).toBe(value);
    },
  );

  it('finds the labels of nested blocks and loops', () => {
    // How often n can be halved, up to 5 times.
    const fn = new WasmFunction('f', ['i32'], ['i32']);
    const count = fn.local('i32');
    const [out, again] = [new Label(), new Label()];
    fn.code = [
      block(
        out,
        loop(
          again,
          when(i32.isZero(get(0)), branch(out)),
          set(0, i32.shiftRight(get(0), i32.const(1))),
          set(count, i32.add(get(count), i32.const(1))),
          branchIf(again, i32.lessUnsigned(get(count), i32.const(5))),
        ),
      ),
      get(count),
    ];
    expect([0, 1, 2, 7, 8, 1000].map(compile(fn))).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('refuses a branch to where no block is open', () => {
    const fn = new WasmFunction('f', ['i32'], ['i32']);
    fn.code = [block(new Label()), branch(new Label())];
    expect(() => compile(fn)).toThrow('no block is open');
  });

  it('keeps memory within what the host allows', () => {
    expect(wasmMemory(2 ** 33)).toBeUndefined();
    expect(wasmMemory(1)!.buffer.byteLength).toBe(0x1_0000);
  });
});
