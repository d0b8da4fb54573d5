/**
 * Whether frames are all different, as WebAssembly: the costliest part of building a domain, for every frame is looked up at
 * a place that no cache foresees. So the places are few: a bit for each frame, all in the first-level cache up to 1 GiB. And
 * the frames of neighbouring pages, which often follow one another, have bits of different words, for a word that has just
 * been stored is slow to be loaded again.
 */

import {
  block,
  branch,
  branchIf,
  type Code,
  get,
  i32,
  i32x4,
  i64,
  Label,
  loop,
  set,
  WasmFunction,
  when,
} from '../wasm/assembler.ts';

const VECTOR_BYTES = 16;
const WORD_BYTES = 4;

/**
 * log2 of the number of bytes that the bits for so many frames are kept in: frame f has bit `f >> shift` of byte
 * `f & (2 ** shift - 1)`.
 */
export const MARK_SHIFTS = [13, 15, 16, 17] as const;

/** Instructions over a list of numbers, so many bytes at a time; what is left over is less. */
function scan(at: number, end: number, step: number, ...body: Code[]): Code {
  const [again, done] = [new Label(), new Label()];
  const next = i32.add(get(at), i32.const(step));
  const isDone = i32.greaterUnsigned(next, get(end));
  return block(done, loop(again, branchIf(done, isDone), body, set(at, next), branch(again)));
}

/**
 * mark(source, end, limit): sets the bit of every frame, if all are below the limit, which is 2^20 at most.
 * @param bits - Where the bits lie. A constant, since it is a part of every load and store.
 * @param masks - Where 1, 2, 4 … 128 lie, a byte each: looked up faster than 1 is shifted.
 * @returns Whether all are below the limit.
 */
export function mark(bits: number, masks: number): WasmFunction {
  const fn = new WasmFunction('mark', ['i32', 'i32', 'i32'], ['i32']);
  const [source, end, limit] = [0, 1, 2];
  const [at, frame, byte] = [fn.local('i32'), fn.local('i32'), fn.local('i32')];
  const [greatest, pair] = [fn.local('v128'), fn.local('i64')];

  const take = (frames: Code): Code => set(greatest, i32x4.greatestUnsigned(get(greatest), frames));
  /** The greatest of the four, in lane 0. */
  const fold = (a: number, b: number): Code => take(i32x4.shuffle(get(greatest), get(greatest), a, b, a, b));
  const markOne = (shift: number, value: Code): Code => [
    set(frame, value),
    set(byte, i32.and(get(frame), i32.const(2 ** shift - 1))),
    i32.store8(
      get(byte),
      i32.or(i32.load8(get(byte), bits), i32.load8(i32.shiftRight(get(frame), i32.const(shift)), masks)),
      bits,
    ),
  ];
  /** Two frames by one load, and twice that: fewer instructions than one by one. */
  const markFour = (shift: number): Code =>
    [0, 2 * WORD_BYTES].map((offset) => [
      set(pair, i64.load(get(at), offset)),
      markOne(shift, i32.fromWide(get(pair))),
      markOne(shift, i32.fromWide(i64.shiftRight(get(pair), i64.const(32)))),
    ]);
  const all = new Label();
  const inWords = (shift: number): Code =>
    when(
      i32.lessOrEqualUnsigned(get(limit), i32.const(8 * 2 ** shift)),
      scan(at, end, VECTOR_BYTES, markFour(shift)),
      scan(at, end, WORD_BYTES, markOne(shift, i32.load(get(at)))),
      branch(all),
    );
  const never = new Label();
  const isGood = fn.local('i32');
  fn.code = [
    set(at, get(source)),
    scan(at, end, VECTOR_BYTES, take(i32x4.load(get(at)))),
    scan(at, end, WORD_BYTES, take(i32x4.splat(i32.load(get(at))))),
    fold(2, 3),
    fold(1, 1),
    block(
      never,
      // Without frames the greatest is 0, which is none of them.
      branchIf(
        never,
        i32.and(
          i32.greaterOrEqualUnsigned(i32x4.lane(get(greatest), 0), get(limit)),
          i32.greaterUnsigned(get(end), get(source)),
        ),
      ),
      set(at, get(source)),
      block(all, MARK_SHIFTS.map(inWords)),
      set(isGood, i32.const(1)),
    ),
    get(isGood),
  ];
  return fn;
}

/** count(bits, end): how many bits are set, which are cleared. */
export function count(): WasmFunction {
  const fn = new WasmFunction('count', ['i32', 'i32'], ['i32']);
  const [at, end] = [0, 1];
  const ones = fn.local('i64');
  fn.code = [
    scan(
      at,
      end,
      2 * WORD_BYTES,
      set(ones, i64.add(get(ones), i64.ones(i64.load(get(at))))),
      i64.store(get(at), i64.const(0)),
    ),
    i32.fromWide(get(ones)),
  ];
  return fn;
}
