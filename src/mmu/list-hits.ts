/** The hits of a list, as the loops of `list-module.ts` begin with them: as long as there is nothing else. */

import { PAGE_OFFSET_MASK, PAGE_SHIFT } from '../arch/address.ts';
import { WORD_ADDRESS } from '../tlb/tlb-word.ts';
import { WIDE_SLOT_MASK, WIDE_TAG } from '../tlb/wide-tlb.ts';
import {
  block,
  branch,
  branchIf,
  type Code,
  f64,
  get,
  i32,
  Label,
  loop,
  set,
  type WasmFunction,
} from '../wasm/assembler.ts';
import { PLACE } from './list-places.ts';

/** Bytes of an address of 32-bit paging, and of its result. */
export const ENTRY32_BYTES = 4;
/** The same in long mode. */
const ENTRY64_BYTES = 8;
const HITS_IN_A_TURN = 16;

const c = i32.const;

/**
 * Hits, many in a turn of the loop, each judged and written before the next: so little is at hand that all of it stays in
 * registers. Where one is none, `source` and `target` are moved on to it: a list may hold its own results.
 * @param bytes - Of an address, and of a result.
 * @param one - A hit, by its offset in the lists; goes to the label if it is none.
 */
function hits(
  bytes: number,
  source: number,
  end: number,
  target: number,
  one: (offset: number, miss: Label) => Code,
): Code {
  const next = new Label();
  const misses = Array.from({ length: HITS_IN_A_TURN }, () => new Label());
  const [done] = misses as [Label];
  const advance = (count: number): Code =>
    [source, target].map((at) => set(at, i32.add(get(at), c(count * bytes))));
  const turns = loop(
    next,
    branchIf(done, i32.greaterUnsigned(i32.add(get(source), c(misses.length * bytes)), get(end))),
    misses.map((miss, place) => one(place * bytes, miss)),
    advance(misses.length),
    branch(next),
  );
  // Blocks lie in one another, the first place's outermost: a miss leaves as many of the others as there were hits.
  return misses.reduceRight<Code>(
    (inside, miss) => [block(miss, inside), miss === done ? [] : advance(1)],
    turns,
  );
}

/** Hits of 32-bit paging. @param bit - Of the access. */
export function hits32(
  base: number,
  source: number,
  end: number,
  target: number,
  bit: number,
  fn: WasmFunction,
): Code {
  const [address, word] = [fn.local('i32'), fn.local('i32')];
  return hits(ENTRY32_BYTES, source, end, target, (offset, miss) => [
    set(address, i32.load(get(source), offset)),
    set(
      word,
      i32.load(i32.add(get(base), i32.and(i32.shiftRight(get(address), c(PAGE_SHIFT - 2)), c(0x3f_fffc)))),
    ),
    branchIf(miss, i32.isZero(i32.and(get(word), get(bit)))),
    i32.store(get(target), i32.xor(i32.and(get(word), c(WORD_ADDRESS)), get(address)), offset),
  ]);
}

/** Hits of long mode. @param wanted - What a word has in the bits of `mask`, beside its part of the address. */
export function hits64(
  base: number,
  source: number,
  end: number,
  target: number,
  wanted: number,
  mask: number,
  fn: WasmFunction,
): Code {
  const [low, offset4, at4, at8] = [fn.local('i32'), fn.local('i32'), fn.local('i32'), fn.local('i32')];
  return hits(ENTRY64_BYTES, source, end, target, (offset, miss) => [
    set(low, i32.load(get(source), offset)),
    set(offset4, i32.and(i32.shiftRight(get(low), c(PAGE_SHIFT - 2)), c(4 * WIDE_SLOT_MASK))),
    set(at4, i32.add(get(base), get(offset4))),
    set(at8, i32.add(get(at4), get(offset4))),
    branchIf(
      miss,
      i32.or(
        i32.and(
          i32.xor(i32.xor(i32.load(get(at4), PLACE.wideWords), i32.and(get(low), c(WIDE_TAG))), get(wanted)),
          get(mask),
        ),
        i32.xor(i32.load(get(at4), PLACE.wideHighs), i32.load(get(source), offset + 4)),
      ),
    ),
    f64.store(
      get(target),
      f64.add(f64.load(get(at8), PLACE.widePhysical), f64.fromSigned(i32.and(get(low), c(PAGE_OFFSET_MASK)))),
      offset,
    ),
  ]);
}
