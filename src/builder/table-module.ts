/**
 * The inner loops of building a domain, as WebAssembly: JavaScript has no vector instructions, and these loops are nothing
 * else. `table-kernel.ts` has the same loops in JavaScript, and says what they do.
 */

import { MMU_MACHPHYS_UPDATE } from '../abi/xen.ts';
import {
  assemble,
  block,
  branch,
  branchIf,
  type Code,
  get,
  i32,
  i32x4,
  Label,
  loop,
  set,
  tee,
  WasmFunction,
} from '../wasm/assembler.ts';

/** From a frame's number to its address. */
const FRAME_SHIFT = 12;
const VECTOR_BYTES = 16;
/** Entries in a vector. */
const LANES = 4;
const ENTRY_BYTES = 4;
const RECORD_BYTES = 16;

/** `at` moves on by so many bytes. */
const advance = (at: number, bytes: number): Code => set(at, i32.add(get(at), i32.const(bytes)));
const past = (at: number, bytes: number, end: number): Code =>
  i32.greaterUnsigned(i32.add(get(at), i32.const(bytes)), get(end));

/** entries(source, target, end, flags): `target[i] = source[i] << 12 | flags` up to where the source ends. */
function entries(): WasmFunction {
  const fn = new WasmFunction('entries', ['i32', 'i32', 'i32', 'i32']);
  const [source, target, end, flags] = [0, 1, 2, 3];
  const flags4 = fn.local('v128');
  const vectors = 4;
  const many = new Label();
  const manyDone = new Label();
  const one = new Label();
  const done = new Label();
  const vectorAt = (offset: number): Code =>
    i32x4.store(
      get(target),
      i32x4.or(i32x4.shiftLeft(i32x4.load(get(source), offset), i32.const(FRAME_SHIFT)), get(flags4)),
      offset,
    );
  const round = vectors * VECTOR_BYTES;
  fn.code = [
    set(flags4, i32x4.splat(get(flags))),
    block(
      manyDone,
      loop(
        many,
        branchIf(manyDone, past(source, round, end)),
        Array.from({ length: vectors }, (_, i) => vectorAt(i * VECTOR_BYTES)),
        advance(source, round),
        advance(target, round),
        branch(many),
      ),
    ),
    block(
      done,
      loop(
        one,
        branchIf(done, i32.greaterOrEqualUnsigned(get(source), get(end))),
        i32.store(
          get(target),
          i32.or(i32.shiftLeft(i32.load(get(source)), i32.const(FRAME_SHIFT)), get(flags)),
        ),
        advance(source, ENTRY_BYTES),
        advance(target, ENTRY_BYTES),
        branch(one),
      ),
    ),
  ];
  return fn;
}

/**
 * records(source, target, list, end, pointer, page, flags): the same, and for each entry its two updates: where it
 * lies and what it is, the frame and the number of its page.
 */
function records(): WasmFunction {
  const fn = new WasmFunction('records', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32']);
  const [source, target, list, end, pointer, page, flags] = [0, 1, 2, 3, 4, 5, 6];
  const v = { flags: fn.local('v128'), pointer: fn.local('v128'), page: fn.local('v128') };
  const [base, entry, frame, lowHalf, highHalf] = Array.from({ length: 5 }, () => fn.local('v128')) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const word = fn.local('i32');
  const many = new Label();
  const manyDone = new Label();
  const one = new Label();
  const done = new Label();
  /** Two records: of lanes 0 and 1, or of 2 and 3. */
  const pair = (first: 0 | 2, offset: number): Code => [
    set(lowHalf, i32x4.shuffle(get(v.pointer), get(entry), first, first + 4, first + 1, first + 5)),
    set(highHalf, i32x4.shuffle(get(frame), get(v.page), first, first + 4, first + 1, first + 5)),
    i32x4.store(get(list), i32x4.shuffle(get(lowHalf), get(highHalf), 0, 1, 4, 5), offset),
    i32x4.store(get(list), i32x4.shuffle(get(lowHalf), get(highHalf), 2, 3, 6, 7), offset + RECORD_BYTES),
  ];
  fn.code = [
    set(v.flags, i32x4.splat(get(flags))),
    set(v.pointer, i32x4.add(i32x4.splat(get(pointer)), i32x4.const(0, 4, 8, 12))),
    set(v.page, i32x4.add(i32x4.splat(get(page)), i32x4.const(0, 1, 2, 3))),
    block(
      manyDone,
      loop(
        many,
        branchIf(manyDone, past(source, VECTOR_BYTES, end)),
        set(base, i32x4.shiftLeft(i32x4.load(get(source)), i32.const(FRAME_SHIFT))),
        set(entry, i32x4.or(get(base), get(v.flags))),
        set(frame, i32x4.or(get(base), i32x4.splat(i32.const(MMU_MACHPHYS_UPDATE)))),
        i32x4.store(get(target), get(entry)),
        pair(0, 0),
        pair(2, 2 * RECORD_BYTES),
        set(v.pointer, i32x4.add(get(v.pointer), i32x4.const(16, 16, 16, 16))),
        set(v.page, i32x4.add(get(v.page), i32x4.const(4, 4, 4, 4))),
        advance(source, VECTOR_BYTES),
        advance(target, VECTOR_BYTES),
        advance(list, LANES * RECORD_BYTES),
        advance(pointer, LANES * ENTRY_BYTES),
        advance(page, LANES),
        branch(many),
      ),
    ),
    block(
      done,
      loop(
        one,
        branchIf(done, i32.greaterOrEqualUnsigned(get(source), get(end))),
        set(word, i32.shiftLeft(i32.load(get(source)), i32.const(FRAME_SHIFT))),
        i32.store(get(list), get(pointer)),
        i32.store(get(list), i32.or(get(word), get(flags)), 4),
        i32.store(get(list), i32.or(get(word), i32.const(MMU_MACHPHYS_UPDATE)), 8),
        i32.store(get(list), get(page), 12),
        i32.store(get(target), i32.or(get(word), get(flags))),
        advance(source, ENTRY_BYTES),
        advance(target, ENTRY_BYTES),
        advance(list, RECORD_BYTES),
        advance(pointer, ENTRY_BYTES),
        advance(page, 1),
        branch(one),
      ),
    ),
  ];
  return fn;
}

/**
 * take(source, end, used, limit): notes each frame in a map of bytes.
 * @returns Where the first frame lies that is `limit` or above, or noted already; `end` if there is none.
 */
function take(): WasmFunction {
  const fn = new WasmFunction('take', ['i32', 'i32', 'i32', 'i32'], ['i32']);
  const [source, end, used, limit] = [0, 1, 2, 3];
  const frame = fn.local('i32');
  const next = new Label();
  const done = new Label();
  fn.code = [
    block(
      done,
      branchIf(done, i32.greaterOrEqualUnsigned(get(source), get(end))),
      loop(
        next,
        branchIf(done, i32.greaterOrEqualUnsigned(tee(frame, i32.load(get(source))), get(limit))),
        branchIf(done, i32.load8(tee(frame, i32.add(get(frame), get(used))))),
        i32.store8(get(frame), i32.const(1)),
        branchIf(next, i32.lessUnsigned(tee(source, i32.add(get(source), i32.const(ENTRY_BYTES))), get(end))),
      ),
    ),
    get(source),
  ];
  return fn;
}

/** What the module exports. Addresses are in bytes, ends exclusive. */
export interface TableFunctions {
  entries(source: number, target: number, end: number, flags: number): void;
  records(
    source: number,
    target: number,
    list: number,
    end: number,
    pointer: number,
    page: number,
    flags: number,
  ): void;
  take(source: number, end: number, used: number, limit: number): number;
}

let bytes: Uint8Array | undefined;

/** The module, made once. */
export function tableModule(): Uint8Array {
  bytes ??= assemble([entries(), records(), take()], 1);
  return bytes;
}
