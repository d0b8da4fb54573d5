/** What lies at linear addresses: memory read as a program sees it. */

import { READ } from '../arch/access.ts';
import { asNumber } from '../arch/linear.ts';
import { isLongMode } from '../arch/paging-modes.ts';
import { pagingMode } from '../arch/registers.ts';
import type { RamReader } from '../memory/ram.ts';
import { hasRam } from '../memory/ram-ranges.ts';
import { contextOf, explainWalk, type Walkable, type WalkReport } from '../walk/index.ts';

/** Bytes that lie together in physical memory, in one 4 KiB page. */
export interface LinearPiece {
  /** The linear address of the first. A bigint only where it does not fit a number. */
  readonly linear: number | bigint;
  /** Its physical address. */
  readonly physical: number;
  /** The bytes. */
  readonly bytes: Uint8Array;
}

/** Why reading stopped. */
export interface ReadStop {
  /** The first address that was not read. */
  readonly linear: number | bigint;
  /** `not-mapped`: the walk gets to no page; `no-ram`: there is none at the page; `end`: the address space ends. */
  readonly reason: 'not-mapped' | 'no-ram' | 'end';
  /** The walk. Of `end`, that of the last address before it. */
  readonly walk: WalkReport;
  /** Where the page should be, of `no-ram`. */
  readonly physical: number | undefined;
}

/**
 * Reads memory through the page tables, page by page, as far as it is mapped. It is a debugger's view: rights and protection
 * keys forbid nothing, and nothing is changed, also no accessed bit.
 *
 * @param linear - The first address.
 * @param length - How many bytes, 0 to 2^53 − 1.
 * @returns The generator ends with the reason why it stopped early, or with undefined.
 * @throws RangeError if the address does not fit the paging mode or the length is no such number.
 * @example
 * for (const { linear, bytes } of readLinear(machine, 0xffff_8000_0000_0000n, 64)) console.log(linear, bytes);
 */
export function* readLinear(
  source: Walkable,
  linear: number | bigint,
  length: number,
): Generator<LinearPiece, ReadStop | undefined> {
  const context = contextOf(source);
  const end = isLongMode(pagingMode(context)) ? 1n << 64n : 1n << 32n;
  if (!(Number.isSafeInteger(length) && length >= 0))
    throw new RangeError(`length ${length} is not a whole number from 0 to 2^53 − 1`);
  const whole = typeof linear === 'bigint' || Number.isInteger(linear);
  if (!(whole && linear >= 0 && linear < end))
    throw new RangeError(
      `linear address ${linear} is not a whole number from 0 to 0x${(end - 1n).toString(16)}`,
    );
  let at = BigInt(linear);
  let walk: WalkReport | undefined;
  for (let left = length; left > 0; ) {
    if (at >= end) return { linear: asNumber(at), reason: 'end', walk: walk!, physical: undefined };
    walk = explainWalk(context, asNumber(at), READ);
    const physical = physicalOf(walk);
    if (physical === undefined)
      return { linear: asNumber(at), reason: 'not-mapped', walk, physical: undefined };
    if (!hasRam(context.memory, physical)) return { linear: asNumber(at), reason: 'no-ram', walk, physical };
    const count = Math.min(left, 4096 - Number(at & 0xfffn));
    yield { linear: asNumber(at), physical, bytes: bytesAt(context.memory, physical, count) };
    at += BigInt(count);
    left -= count;
  }
  return undefined;
}

/** Where a walk leads, whatever the rights: undefined where it gets to no page. */
function physicalOf(walk: WalkReport): number | undefined {
  if (walk.ok) return walk.physical;
  const last = walk.steps.at(-1);
  if (last?.leadsTo !== 'page') return undefined;
  return last.target! + Number(BigInt.asUintN(last.shift, BigInt(walk.linear)));
}

/** Bytes within a frame. */
function bytesAt(memory: RamReader, physical: number, length: number): Uint8Array {
  const before = physical % 4;
  const first = physical - before;
  const words = new Int32Array(Math.ceil((before + length) / 4));
  if (memory.loadWords !== undefined) memory.loadWords(first, words);
  else for (let i = 0; i < words.length; i++) words[i] = memory.loadWord(first + 4 * i);
  return new Uint8Array(words.buffer, before, length);
}
