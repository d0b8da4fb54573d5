import { PAGE_SIZE } from '../arch/address.ts';
import { asNumber, canonical } from '../arch/linear.ts';
import { isLongMode, PAGING_MODES } from '../arch/paging-modes.ts';
import { type Random, randomFrom } from '../random/random.ts';
import type { TableMode } from '../tables/mapper.ts';
import {
  type BuildRequest,
  leadsTo,
  overlap,
  pageSizesOf,
  type RequestedMapping,
  tablesFor,
} from './request.ts';

/** The paging modes that a builder can be asked for. */
export const REQUEST_MODES: readonly TableMode[] = ['32-bit', 'PAE', '4-level', '5-level'];

/** Bounds of a request. */
export interface RequestLimits {
  /** The greatest number of mappings, from 1. Default 6. */
  readonly mappings?: number;
  /** RAM in frames, at least 64. Default 128, half a megabyte. */
  readonly memoryFrames?: number;
}

/** Sizes of most mappings, in pages; then of those that fill a table and go on in the next. */
const FEW_PAGES = [1, 1, 2, 3, 4, 7];
const MANY_PAGES = [511, 512, 513, 1024, 1025];

/**
 * A request at random: mappings near the borders of tables, of the halves of the address space and of nothing, in
 * pages of every size, and scattered frames for the tables. A function of the arguments alone, on every machine.
 *
 * @param seed - A whole number from 0 to 2^32 − 1; it becomes the request's own.
 * @throws RangeError if a limit cannot be kept.
 */
export function randomRequest(seed: number, mode: TableMode, limits: RequestLimits = {}): BuildRequest {
  const { mappings: most = 6, memoryFrames = 128 } = limits;
  if (!(Number.isInteger(most) && most >= 1))
    throw new RangeError(`mappings ${most} is not a whole number from 1`);
  if (!(Number.isInteger(memoryFrames) && memoryFrames >= 64)) {
    throw new RangeError(`memoryFrames ${memoryFrames} is not a whole number from 64`);
  }
  const random = randomFrom(`request ${seed} ${mode}`);
  // Half of the frames for tables, so that as many are left to be mapped.
  const spread = random.distinct(memoryFrames >>> 1, 1, memoryFrames - 1);
  const pool = random.chance(50) ? spread : spread.sort((a, b) => a - b);
  const wanted: RequestedMapping[] = [];
  for (let count = 1 + random.int(most); count > 0; count--) {
    const mapping = randomMapping(random, mode, memoryFrames);
    const fits = !wanted.some((other) => overlap(mapping, other)) && !leadsTo(mapping, pool);
    if (fits && tablesFor(mode, [...wanted, mapping]) <= pool.length) wanted.push(mapping);
  }
  const needed = tablesFor(mode, wanted);
  const frames = pool.slice(0, Math.min(pool.length, needed + random.int(4)));
  return { seed, mode, memoryBytes: memoryFrames * PAGE_SIZE, frames, mappings: wanted };
}

function randomMapping(random: Random, mode: TableMode, memoryFrames: number): RequestedMapping {
  const pageSize = random.chance(25) ? random.pick(pageSizesOf(mode)) : PAGE_SIZE;
  const many = pageSize === PAGE_SIZE && random.chance(8);
  const pages = random.pick(many ? MANY_PAGES : FEW_PAGES);
  const bytes = pages * pageSize;
  // Many pages would cover the tables' frames, which nothing may lead to.
  const inRam = pageSize === PAGE_SIZE && !many && random.chance(70);
  // Beyond RAM, and beyond 4 GiB where entries have room for it.
  const reach = mode === '32-bit' ? 2 ** 31 : 2 ** 36;
  const physical = (inRam ? random.int(memoryFrames) : random.int(reach / pageSize)) * pageSize;
  return {
    linear: randomLinear(random, mode, pageSize, bytes),
    physical,
    bytes,
    pageSize,
    writable: random.chance(50),
    user: random.chance(40),
    executable: mode === '32-bit' || random.chance(50),
    global: random.chance(30),
  };
}

/** A start at which so many bytes stay in one half of the address space. */
function randomLinear(random: Random, mode: TableMode, unit: number, bytes: number): number | bigint {
  const { levels, linearBits } = PAGING_MODES[mode];
  const half = 2n ** BigInt(linearBits - 1);
  const borders = [0n, half, 2n * half, ...levels.map(({ shift }) => 2n ** BigInt(shift)), 0xc000_0000n];
  const step = BigInt(random.pick([1, 1, 3, 512]) * unit);
  const near = random.pick(borders) + BigInt(random.int(9) - 4) * step;
  const anywhere = BigInt(Math.floor((random.int(2 ** 32) / 2 ** 32) * 2 ** (linearBits - 12))) << 12n;
  const start = random.chance(75) ? near : anywhere;
  const size = BigInt(bytes);
  // In long mode no range goes from one half to the other; elsewhere the halves are one.
  const low = isLongMode(mode) && start >= half ? half : 0n;
  const high = isLongMode(mode) ? low + half : 2n * half;
  const clamped = start < low ? low : start + size > high ? high - size : start;
  const aligned = clamped - (clamped % BigInt(unit));
  return asNumber(isLongMode(mode) ? canonical(aligned, linearBits) : aligned);
}
