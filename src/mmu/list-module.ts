/**
 * Lists of translations as WebAssembly: the loops of `translate-run.ts` and `wide-run.ts` over RAM and TLBs that lie in one
 * memory. They stop where those stop, at the first address that is anything out of the ordinary, and leave the same
 * behind; `wasm-lists.ts` prepares what they look up.
 */

import { PAGE_OFFSET_MASK, PAGE_SHIFT } from '../arch/address.ts';
import { PDE_PS, PTE_A, PTE_KEY_HIGH, PTE_KEY_SHIFT_HIGH, PTE_P } from '../arch/entry.ts';
import { RIGHT_D, RIGHT_NX, RIGHT_RW, RIGHT_US } from '../arch/permissions.ts';
import { WORD_ADDRESS } from '../tlb/tlb-word.ts';
import { WIDE_EPOCH, WIDE_SLOT_MASK, WIDE_TAG, wideMeta } from '../tlb/wide-tlb.ts';
import {
  assemble,
  block,
  branchIf,
  type Code,
  f64,
  get,
  i32,
  Label,
  loop,
  select,
  set,
  tee,
  WasmFunction,
  when,
} from '../wasm/assembler.ts';
import { ENTRY32_BYTES, hits32, hits64 } from './list-hits.ts';
import { PLACE, RULE } from './list-places.ts';
import { KEY_OF_USER_PAGE } from './walk-rules.ts';

const HIGH_HALF = 0x1_0000_0000;
const GLOBAL_TO_WORD = 5;
const META_PCID_SHIFT: number = Math.log2(wideMeta(0, 0, 0, false, 0, 1));
const META_KEY_SHIFT: number = Math.log2(wideMeta(0, 1, 0, false, 0, 0));
const META_GLOBAL: number = wideMeta(0, 0, 0, true, 0, 0);

const c = i32.const;
/** What the registers say, at a place of {@link RULE}; `index` chooses from a table there. */
const rule = (base: number, at: number, index?: Code): Code =>
  i32.load(
    index === undefined ? get(base) : i32.add(get(base), i32.shiftLeft(index, c(2))),
    PLACE.rules + at,
  );

/** many32(base, source, end, target): 32-bit paging. @returns Where in the list of addresses it stopped. */
function many32(): WasmFunction {
  const fn = new WasmFunction('many32', ['i32', 'i32', 'i32', 'i32'], ['i32']);
  const [base, source, end, target] = [0, 1, 2, 3];
  const i = (): number => fn.local('i32');
  const [address, at, word, bit, used] = [i(), i(), i(), i(), i()];
  const [root, frames, usedBits, globalBit, fillAt, access] = [i(), i(), i(), i(), i(), i()];
  const [slotAt, pde, pteAt, pte, bits] = [i(), i(), i(), i(), i()];
  const [next, out] = [new Label(), new Label()];
  const walk: Code = [
    set(slotAt, i32.or(get(root), i32.and(i32.shiftRight(get(address), c(20)), c(0xffc)))),
    set(pde, i32.load(get(slotAt))),
    branchIf(out, i32.differ(i32.and(get(pde), c(PTE_P | PDE_PS)), c(PTE_P))),
    branchIf(out, i32.greaterOrEqualUnsigned(i32.shiftRight(get(pde), c(PAGE_SHIFT)), get(frames))),
    set(
      pteAt,
      i32.or(
        i32.and(get(pde), c(WORD_ADDRESS)),
        i32.and(i32.shiftRight(get(address), c(PAGE_SHIFT - 2)), c(0xffc)),
      ),
    ),
    set(pte, i32.load(get(pteAt))),
    branchIf(out, i32.isZero(i32.and(get(pte), c(PTE_P)))),
    set(used, i32.or(get(pte), get(usedBits))),
    set(
      bits,
      rule(
        base,
        RULE.bits,
        i32.or(
          i32.and(i32.shiftRight(i32.and(get(pde), get(pte)), c(1)), c(RIGHT_RW | RIGHT_US)),
          i32.and(i32.shiftRight(get(used), c(4)), c(RIGHT_D)),
        ),
      ),
    ),
    branchIf(out, i32.isZero(i32.and(get(bits), get(bit)))),
    when(i32.isZero(i32.and(get(pde), c(PTE_A))), i32.store(get(slotAt), i32.or(get(pde), c(PTE_A)))),
    when(i32.differ(get(used), get(pte)), i32.store(get(pteAt), get(used))),
    set(
      word,
      i32.or(
        i32.or(
          i32.and(i32.xor(get(address), get(pte)), c(WORD_ADDRESS)),
          i32.shiftRight(i32.and(get(pte), get(globalBit)), c(GLOBAL_TO_WORD)),
        ),
        get(bits),
      ),
    ),
    i32.store(get(at), get(word)),
    i32.store(get(fillAt), i32.or(i32.and(get(address), c(WORD_ADDRESS)), get(access))),
    set(fillAt, i32.add(get(fillAt), c(4))),
  ];
  fn.code = [
    set(root, rule(base, RULE.root)),
    set(frames, rule(base, RULE.frames)),
    set(bit, rule(base, RULE.bit)),
    set(usedBits, rule(base, RULE.usedBits)),
    set(globalBit, rule(base, RULE.globalBit)),
    set(access, rule(base, RULE.access)),
    set(fillAt, i32.add(i32.add(get(base), c(PLACE.fills)), i32.shiftLeft(rule(base, RULE.fillCount), c(2)))),
    hits32(base, source, end, target, bit, fn),
    block(
      out,
      branchIf(out, i32.greaterOrEqualUnsigned(get(source), get(end))),
      loop(
        next,
        set(address, i32.load(get(source))),
        set(at, i32.add(get(base), i32.and(i32.shiftRight(get(address), c(PAGE_SHIFT - 2)), c(0x3f_fffc)))),
        when(i32.isZero(i32.and(tee(word, i32.load(get(at))), get(bit))), walk),
        i32.store(get(target), i32.xor(i32.and(get(word), c(WORD_ADDRESS)), get(address))),
        set(target, i32.add(get(target), c(ENTRY32_BYTES))),
        branchIf(next, i32.lessUnsigned(tee(source, i32.add(get(source), c(ENTRY32_BYTES))), get(end))),
      ),
    ),
    i32.store(
      get(base),
      i32.shiftRight(i32.sub(get(fillAt), i32.add(get(base), c(PLACE.fills))), c(2)),
      PLACE.rules + RULE.fillCount,
    ),
    get(source),
  ];
  return fn;
}

/** many64(base, source, end, target): long mode; addresses and results have 8 bytes. @returns As many32. */
function many64(): WasmFunction {
  const fn = new WasmFunction('many64', ['i32', 'i32', 'i32', 'i32'], ['i32']);
  const [base, source, end, target] = [0, 1, 2, 3];
  const i = (): number => fn.local('i32');
  const [low, high, slot, word, bit, key, frames] = [i(), i(), i(), i(), i(), i(), i()];
  const [at, entryLow, entryHigh, rights, pdeLow, pdeHigh, used, bits] = [
    i(),
    i(),
    i(),
    i(),
    i(),
    i(),
    i(),
    i(),
  ];
  const [directory, directoryOf, directoryOfHigh, directoryRights] = [i(), i(), i(), i()];
  const [table, meta, pageKey] = [i(), i(), i()];
  const [wanted, mask] = [i(), i()];
  const page = fn.local('f64');
  const clock = fn.local('f64');
  const [next, out, hit, mine] = [new Label(), new Label(), new Label(), new Label()];

  /** Slots lie in arrays of words and of doubles, whose places are offsets of the loads and stores. */
  const slotAt = (bytesLog2: number): Code => i32.add(get(base), i32.shiftLeft(get(slot), c(bytesLog2)));
  const loadWord = (place: number): Code => i32.load(slotAt(2), place);
  const loadNumber = (place: number): Code => f64.load(slotAt(3), place);
  const storeWord = (place: number, value: Code): Code => i32.store(slotAt(2), value, place);
  const storeNumber = (place: number, value: Code): Code => f64.store(slotAt(3), value, place);
  const number = (lowHalf: Code, highHalf: Code): Code =>
    f64.add(f64.mul(f64.fromUnsigned(highHalf), f64.const(HIGH_HALF)), f64.fromUnsigned(lowHalf));
  /** Loads an entry of the table, by a place in it. */
  const load = (tableAddress: Code, index: Code): Code => [
    set(at, i32.or(tableAddress, i32.shiftLeft(i32.and(index, c(0x1ff)), c(3)))),
    set(entryLow, i32.load(get(at))),
    set(entryHigh, i32.load(get(at), 4)),
  ];
  const beyondRam = (address: Code): Code =>
    i32.greaterOrEqualUnsigned(i32.shiftRight(address, c(PAGE_SHIFT)), get(frames));
  const noExecute = (...halves: number[]): Code =>
    halves.map((half) => i32.shiftRight(get(half), c(28))).reduce((a, b) => i32.or(a, b));
  /** Goes down by an entry above the directory that a walk leaves as it is. */
  const down = (level: number, index: Code): Code => [
    branchIf(out, beyondRam(get(table))),
    load(get(table), index),
    branchIf(out, i32.differ(i32.and(get(entryLow), c(PTE_P | PTE_A | PDE_PS)), c(PTE_P | PTE_A))),
    branchIf(out, i32.and(get(entryHigh), i32.or(rule(base, RULE.reservedHigh), rule(base, RULE.busHigh)))),
    branchIf(out, i32.and(get(entryLow), rule(base, RULE.reservedTable + 4 * level))),
    set(
      rights,
      i32.or(
        i32.and(i32.and(get(rights), i32.shiftRight(get(entryLow), c(1))), c(RIGHT_RW | RIGHT_US)),
        i32.and(i32.or(get(rights), noExecute(entryHigh)), c(RIGHT_NX)),
      ),
    ),
    set(table, i32.and(get(entryLow), rule(base, RULE.busLow))),
  ];
  const findDirectory: Code = [
    branchIf(
      out,
      i32.greaterUnsigned(
        i32.add(i32.shiftRightSigned(get(high), rule(base, RULE.canonicalShift)), c(1)),
        c(1),
      ),
    ),
    set(rights, c(RIGHT_RW | RIGHT_US)),
    set(table, rule(base, RULE.root)),
    when(i32.equal(rule(base, RULE.rootLevel), c(5)), down(5, i32.shiftRight(get(high), c(16)))),
    down(4, i32.shiftRight(get(high), c(7))),
    down(3, i32.or(i32.shiftLeft(get(high), c(2)), i32.shiftRight(get(low), c(30)))),
    branchIf(out, beyondRam(get(table))),
    set(directoryOf, i32.shiftRight(get(low), c(30))),
    set(directoryOfHigh, get(high)),
    set(directory, get(table)),
    set(directoryRights, get(rights)),
  ];

  const walk: Code = [
    when(
      i32.or(
        i32.xor(i32.shiftRight(get(low), c(30)), get(directoryOf)),
        i32.xor(get(high), get(directoryOfHigh)),
      ),
      findDirectory,
    ),
    load(get(directory), i32.shiftRight(get(low), c(21))),
    branchIf(out, i32.differ(i32.and(get(entryLow), c(PTE_P | PTE_A | PDE_PS)), c(PTE_P | PTE_A))),
    branchIf(out, i32.and(get(entryHigh), i32.or(rule(base, RULE.reservedHigh), rule(base, RULE.busHigh)))),
    set(pdeLow, get(entryLow)),
    set(pdeHigh, get(entryHigh)),
    set(table, i32.and(get(pdeLow), rule(base, RULE.busLow))),
    branchIf(out, beyondRam(get(table))),
    load(get(table), i32.shiftRight(get(low), c(PAGE_SHIFT))),
    branchIf(out, i32.isZero(i32.and(get(entryLow), c(PTE_P)))),
    branchIf(out, i32.and(get(entryHigh), rule(base, RULE.reservedHigh))),
    set(used, i32.or(get(entryLow), rule(base, RULE.usedBits))),
    set(
      rights,
      i32.or(
        i32.or(
          i32.and(
            i32.and(get(directoryRights), i32.shiftRight(i32.and(get(pdeLow), get(entryLow)), c(1))),
            c(RIGHT_RW | RIGHT_US),
          ),
          i32.and(i32.or(get(directoryRights), noExecute(pdeHigh, entryHigh)), c(RIGHT_NX)),
        ),
        i32.and(i32.shiftRight(get(used), c(4)), c(RIGHT_D)),
      ),
    ),
    set(pageKey, i32.shiftRight(i32.and(get(entryHigh), c(PTE_KEY_HIGH)), c(PTE_KEY_SHIFT_HIGH))),
    set(
      bits,
      i32.and(
        rule(base, RULE.bits, get(rights)),
        rule(
          base,
          RULE.keyBits,
          select(i32.add(get(pageKey), c(KEY_OF_USER_PAGE)), get(pageKey), i32.and(get(rights), c(RIGHT_US))),
        ),
      ),
    ),
    branchIf(out, i32.isZero(i32.and(get(bits), get(bit)))),
    when(i32.differ(get(used), get(entryLow)), i32.store(get(at), get(used))),
    set(
      page,
      number(
        i32.and(i32.and(get(entryLow), c(WORD_ADDRESS)), rule(base, RULE.busLow)),
        i32.and(get(entryHigh), rule(base, RULE.busHigh)),
      ),
    ),
    storeWord(PLACE.wideWords, i32.or(i32.or(i32.and(get(low), c(WIDE_TAG)), get(key)), get(bits))),
    storeWord(PLACE.wideHighs, get(high)),
    storeNumber(PLACE.wideBases, number(i32.and(get(low), c(WORD_ADDRESS)), get(high))),
    storeNumber(PLACE.widePhysical, get(page)),
    storeWord(
      PLACE.wideMeta,
      i32.or(
        i32.or(i32.or(get(rights), i32.shiftLeft(get(pageKey), c(META_KEY_SHIFT))), rule(base, RULE.meta)),
        select(c(META_GLOBAL), c(0), i32.and(get(used), rule(base, RULE.globalBit))),
      ),
    ),
    set(clock, f64.add(get(clock), f64.const(1))),
    storeNumber(PLACE.wideStamps, get(clock)),
  ];

  fn.code = [
    set(key, rule(base, RULE.key)),
    set(bit, rule(base, RULE.bit)),
    set(frames, rule(base, RULE.frames)),
    set(clock, f64.load(get(base), PLACE.rules + RULE.clock)),
    set(wanted, i32.or(get(key), get(bit))),
    set(mask, i32.or(get(bit), c(WORD_ADDRESS))),
    hits64(base, source, end, target, wanted, mask, fn),
    // No canonical address has this high half.
    set(directoryOfHigh, c(0x4000_0000)),
    block(
      out,
      branchIf(out, i32.greaterOrEqualUnsigned(get(source), get(end))),
      loop(
        next,
        set(low, i32.load(get(source))),
        set(high, i32.load(get(source), 4)),
        set(slot, i32.and(i32.shiftRight(get(low), c(PAGE_SHIFT)), c(WIDE_SLOT_MASK))),
        set(word, loadWord(PLACE.wideWords)),
        block(
          hit,
          block(
            mine,
            // Another page has the slot.
            branchIf(
              mine,
              i32.or(
                i32.xor(loadWord(PLACE.wideHighs), get(high)),
                i32.and(i32.xor(get(word), get(low)), c(WIDE_TAG)),
              ),
            ),
            when(
              i32.isZero(i32.and(i32.xor(get(word), get(key)), c(WIDE_EPOCH))),
              branchIf(hit, i32.and(get(word), get(bit))),
            ),
            // Nothing was there, or it was dropped.
            branchIf(mine, i32.isZero(get(word))),
            // The page, but of another epoch or with too few rights: if it is alive, the caller looks closer.
            set(meta, loadWord(PLACE.wideMeta)),
            branchIf(
              out,
              select(
                f64.greater(
                  loadNumber(PLACE.wideStamps),
                  f64.load(get(base), PLACE.rules + RULE.globalsAliveAfter),
                ),
                i32.and(
                  f64.greater(
                    loadNumber(PLACE.wideStamps),
                    f64.load(get(base), PLACE.rules + RULE.aliveAfter),
                  ),
                  i32.equal(i32.shiftRight(get(meta), c(META_PCID_SHIFT)), rule(base, RULE.pcid)),
                ),
                i32.and(get(meta), c(META_GLOBAL)),
              ),
            ),
          ),
          walk,
        ),
        f64.store(
          get(target),
          f64.add(loadNumber(PLACE.widePhysical), f64.fromSigned(i32.and(get(low), c(PAGE_OFFSET_MASK)))),
        ),
        set(target, i32.add(get(target), c(8))),
        branchIf(next, i32.lessUnsigned(tee(source, i32.add(get(source), c(8))), get(end))),
      ),
    ),
    f64.store(get(base), get(clock), PLACE.rules + RULE.clock),
    get(source),
  ];
  return fn;
}

/** What the module exports. All addresses are in bytes. */
export interface ListFunctions {
  many32(base: number, source: number, end: number, target: number): number;
  many64(base: number, source: number, end: number, target: number): number;
}

let bytes: Uint8Array | undefined;

/** The module, made once. */
export function listModule(): Uint8Array {
  bytes ??= assemble([many32(), many64()], 1);
  return bytes;
}
