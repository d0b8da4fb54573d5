/**
 * The inner loops of building a domain, as WebAssembly: JavaScript has no vector instructions, and these loops are nothing
 * else. `table-kernel.ts` has the same loops in JavaScript, and says what they do.
 */

import { L2_FLAGS, MMU_MACHPHYS_UPDATE, MMU_NORMAL_PT_UPDATE } from '../abi/xen.ts';
import { PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
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
  select,
  set,
  WasmFunction,
} from '../wasm/assembler.ts';
import { count, mark } from './mark-module.ts';

const VECTOR_BYTES = 16;
/** Entries in a vector. */
const LANES = 4;
const ENTRY_BYTES = 4;
/** Of one update of the list, and of the two that each page has. */
const UPDATE_BYTES = 8;
const RECORD_BYTES = 2 * UPDATE_BYTES;

/** `at` moves on by so many bytes. */
const advance = (at: number, bytes: number): Code => set(at, i32.add(get(at), i32.const(bytes)));
const past = (at: number, bytes: number, end: number): Code =>
  i32.greaterUnsigned(i32.add(get(at), i32.const(bytes)), get(end));
const isAt = (at: number, end: number): Code => i32.greaterOrEqualUnsigned(get(at), get(end));

/** From a frame's number to its address. */
const addressOf = (frame: Code): Code => i32.shiftLeft(frame, i32.const(PAGE_SHIFT));
const addressesOf = (frames: Code): Code => i32x4.shiftLeft(frames, i32.const(PAGE_SHIFT));

/** Instructions that are repeated until a condition holds. */
function until(condition: Code, ...body: Code[]): Code {
  const again = new Label();
  const done = new Label();
  return block(done, loop(again, branchIf(done, condition), body, branch(again)));
}

/** Entries by vectors, several at a time, up to less than that before the end. */
function vectorEntries(source: number, target: number, end: number, flags4: number): Code {
  const vectors = 4;
  const round = vectors * VECTOR_BYTES;
  return until(
    past(source, round, end),
    Array.from({ length: vectors }, (_, i) =>
      i32x4.store(
        get(target),
        i32x4.or(addressesOf(i32x4.load(get(source), i * VECTOR_BYTES)), get(flags4)),
        i * VECTOR_BYTES,
      ),
    ),
    advance(source, round),
    advance(target, round),
  );
}

/** entries(source, target, end, flags): `target[i] = source[i] << 12 | flags` up to where the source ends. */
function entries(): WasmFunction {
  const fn = new WasmFunction('entries', ['i32', 'i32', 'i32', 'i32']);
  const [source, target, end, flags] = [0, 1, 2, 3];
  const flags4 = fn.local('v128');
  fn.code = [
    set(flags4, i32x4.splat(get(flags))),
    vectorEntries(source, target, end, flags4),
    until(
      isAt(source, end),
      i32.store(get(target), i32.or(addressOf(i32.load(get(source))), get(flags))),
      advance(source, ENTRY_BYTES),
      advance(target, ENTRY_BYTES),
    ),
  ];
  return fn;
}

/** tables(source, end, frames, flags): whole tables of such entries, each where its own frame lies. */
function tables(): WasmFunction {
  const fn = new WasmFunction('tables', ['i32', 'i32', 'i32', 'i32']);
  const [source, end, frames, flags] = [0, 1, 2, 3];
  const [target, stop, flags4] = [fn.local('i32'), fn.local('i32'), fn.local('v128')];
  fn.code = [
    set(flags4, i32x4.splat(get(flags))),
    until(
      isAt(source, end),
      set(target, addressOf(i32.load(get(frames)))),
      set(stop, i32.add(get(source), i32.const(PAGE_SIZE))),
      vectorEntries(source, target, stop, flags4),
      advance(frames, ENTRY_BYTES),
    ),
  ];
  return fn;
}

/** The local variables of the loop that makes records by vectors. */
interface RecordLocals {
  readonly flags: number;
  readonly pointer: number;
  readonly page: number;
  readonly base: number;
  readonly entry: number;
  readonly frame: number;
  readonly lowHalf: number;
  readonly highHalf: number;
}

function recordLocals(fn: WasmFunction): RecordLocals {
  const vector = (): number => fn.local('v128');
  return {
    flags: vector(),
    pointer: vector(),
    page: vector(),
    base: vector(),
    entry: vector(),
    frame: vector(),
    lowHalf: vector(),
    highHalf: vector(),
  };
}

const startRecords = (v: RecordLocals, pointer: Code, page: Code, flags: Code): Code => [
  set(v.flags, i32x4.splat(flags)),
  set(v.pointer, i32x4.add(i32x4.splat(pointer), i32x4.const(0, 4, 8, 12))),
  set(v.page, i32x4.add(i32x4.splat(page), i32x4.const(0, 1, 2, 3))),
];

/** Entries and their updates by vectors, up to less than a vector before the end. */
function vectorRecords(v: RecordLocals, source: number, target: number, list: number, end: number): Code {
  /** Two records: of lanes 0 and 1, or of 2 and 3. */
  const pair = (first: 0 | 2, offset: number): Code => [
    set(v.lowHalf, i32x4.shuffle(get(v.pointer), get(v.entry), first, first + 4, first + 1, first + 5)),
    set(v.highHalf, i32x4.shuffle(get(v.frame), get(v.page), first, first + 4, first + 1, first + 5)),
    i32x4.store(get(list), i32x4.shuffle(get(v.lowHalf), get(v.highHalf), 0, 1, 4, 5), offset),
    i32x4.store(get(list), i32x4.shuffle(get(v.lowHalf), get(v.highHalf), 2, 3, 6, 7), offset + RECORD_BYTES),
  ];
  return until(
    past(source, VECTOR_BYTES, end),
    set(v.base, addressesOf(i32x4.load(get(source)))),
    set(v.entry, i32x4.or(get(v.base), get(v.flags))),
    set(v.frame, i32x4.or(get(v.base), i32x4.splat(i32.const(MMU_MACHPHYS_UPDATE)))),
    i32x4.store(get(target), get(v.entry)),
    pair(0, 0),
    pair(2, 2 * RECORD_BYTES),
    set(v.pointer, i32x4.add(get(v.pointer), i32x4.const(16, 16, 16, 16))),
    set(v.page, i32x4.add(get(v.page), i32x4.const(4, 4, 4, 4))),
    advance(source, VECTOR_BYTES),
    advance(target, VECTOR_BYTES),
    advance(list, LANES * RECORD_BYTES),
  );
}

/**
 * records(source, target, list, end, pointer, page, flags): entries, and for each its two updates: where it lies and what
 * it is, the frame and the number of its page.
 */
function records(): WasmFunction {
  const fn = new WasmFunction('records', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32']);
  const [source, target, list, end, pointer, page, flags] = [0, 1, 2, 3, 4, 5, 6];
  const v = recordLocals(fn);
  const word = fn.local('i32');
  fn.code = [
    startRecords(v, get(pointer), get(page), get(flags)),
    vectorRecords(v, source, target, list, end),
    set(pointer, i32x4.lane(get(v.pointer), 0)),
    set(page, i32x4.lane(get(v.page), 0)),
    until(
      isAt(source, end),
      set(word, addressOf(i32.load(get(source)))),
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
    ),
  ];
  return fn;
}

/**
 * listedTables(source, end, target, frames, list, slot, page, flags): whole tables with their updates, the directory's
 * first; one behind the other from `target` on, or, if that is 0, each where its own frame lies.
 */
function listedTables(): WasmFunction {
  const fn = new WasmFunction('listedTables', ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32']);
  const [source, end, target, frames, list, slot, page, flags] = [0, 1, 2, 3, 4, 5, 6, 7];
  const v = recordLocals(fn);
  const [table, at, stop] = [fn.local('i32'), fn.local('i32'), fn.local('i32')];
  fn.code = [
    until(
      isAt(source, end),
      set(table, addressOf(i32.load(get(frames)))),
      i32.store(get(list), i32.or(get(slot), i32.const(MMU_NORMAL_PT_UPDATE))),
      i32.store(get(list), i32.or(get(table), i32.const(L2_FLAGS)), 4),
      advance(list, UPDATE_BYTES),
      startRecords(v, i32.or(get(table), i32.const(MMU_NORMAL_PT_UPDATE)), get(page), get(flags)),
      set(at, select(get(target), get(table), get(target))),
      set(target, select(i32.add(get(target), i32.const(PAGE_SIZE)), get(target), get(target))),
      set(stop, i32.add(get(source), i32.const(PAGE_SIZE))),
      vectorRecords(v, source, at, list, stop),
      advance(frames, ENTRY_BYTES),
      advance(slot, ENTRY_BYTES),
      advance(page, PAGE_SIZE / ENTRY_BYTES),
    ),
  ];
  return fn;
}

/** What the module exports. Addresses are in bytes, ends exclusive. */
export interface TableFunctions {
  entries(source: number, target: number, end: number, flags: number): void;
  tables(source: number, end: number, frames: number, flags: number): void;
  records(
    source: number,
    target: number,
    list: number,
    end: number,
    pointer: number,
    page: number,
    flags: number,
  ): void;
  listedTables(
    source: number,
    end: number,
    target: number,
    frames: number,
    list: number,
    slot: number,
    page: number,
    flags: number,
  ): void;
  mark(source: number, end: number, limit: number): number;
  count(bits: number, end: number): number;
}

const modules = new Map<string, Uint8Array>();
/** Places differ with the size of RAM: programs have few, and those that have many need not keep them all. */
const MOST_MODULES = 8;

/**
 * The module, made once for each place of scratch memory.
 * @param bits - Address of the bits of frames.
 * @param masks - Address of the eight powers of two.
 */
export function tableModule(bits: number, masks: number): Uint8Array {
  const key = `${bits} ${masks}`;
  const known = modules.get(key);
  if (known !== undefined) return known;
  const made = assemble([entries(), tables(), records(), listedTables(), mark(bits, masks), count()], 1);
  if (modules.size === MOST_MODULES) modules.clear();
  modules.set(key, made);
  return made;
}
