/** RAM full of plausible tables, by a seed: for rounds in which every frame is met as a table. */

import type { CpuFeatures } from '../arch/cpu.ts';
import { PAGING_MODES } from '../arch/paging-modes.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import type { TableMode } from '../tables/mapper.ts';
import { cleanPdptes } from './entries.ts';

/** What RAM to fill. */
export interface CrowdedOptions {
  /** The CPU that decides which bits are reserved. */
  readonly cpu: CpuFeatures;
  /** The paging mode of the tables. */
  readonly mode: TableMode;
  /** The same seed, the same contents: 1 to 2^31 − 1. */
  readonly seed: number;
  /** Frames of RAM, at least 2. */
  readonly frames: number;
}

/** xorshift32: fast, and the same everywhere. It never gives 0. */
export function xorshift32(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** RAM in which every frame may be a table of the mode: most entries valid, some malformed in one bit. */
export function crowdedMemory({ cpu, mode, seed, frames }: CrowdedOptions): PhysicalMemory {
  const memory = new PhysicalMemory(frames * 0x1000);
  const next = xorshift32(seed);
  const wide = PAGING_MODES[mode].entryBytes === 8;
  for (let physical = 0; physical < memory.sizeBytes; physical += wide ? 8 : 4) {
    const dice = next();
    // All frames and two more, which have no RAM behind them; now and then any address at all.
    let low = ((dice % (frames + 2)) << 12) | randomFlags(next());
    if ((dice & 0x3f00_0000) === 0) low = next();
    // A large page needs its low address bits clear.
    if ((low & 0x80) !== 0 && (dice & 0x4000_0000) !== 0) low &= wide ? 0xffe0_1fff | 0 : 0xffc0_1fff | 0;
    memory.writeUint32(physical, low >>> 0);
    if (wide) memory.writeUint32(physical + 4, randomHigh(next(), next(), cpu));
  }
  if (mode === 'PAE') for (let frame = 0; frame < frames; frame++) cleanPdptes(memory, cpu, frame);
  return memory;
}

/**
 * The same with only a few entries in each table, so that all pages can be looked at one by one, though tables map
 * themselves and each other.
 */
export function sparseMemory(options: CrowdedOptions): PhysicalMemory {
  const memory = crowdedMemory(options);
  const next = xorshift32(options.seed ^ 0x5a5a_5a5a);
  const bytes = PAGING_MODES[options.mode].entryBytes;
  const entries = 4096 / bytes;
  for (let frame = 0; frame < options.frames; frame++) {
    // The first four may be PDPTEs of PAE.
    const kept = new Set([0, 1, 2, 3, ...Array.from({ length: 4 }, () => next() % entries)]);
    for (let index = 0; index < entries; index++) {
      if (!kept.has(index)) memory.write(frame * 0x1000 + index * bytes, new Uint8Array(bytes));
    }
  }
  return memory;
}

/** Bits 11–0: nearly always present, mostly writable and for users, PS in one of eight. */
function randomFlags(dice: number): number {
  let flags = dice & 0xf78;
  if (dice % 32 !== 0) flags |= 1;
  if ((dice >>> 12) % 4 !== 0) flags |= 2;
  if ((dice >>> 16) % 4 !== 0) flags |= 4;
  if ((dice >>> 20) % 8 === 0) flags |= 0x80;
  return flags;
}

/** Bits 63–32: mostly clear; else NX, a protection key, ignored bits, an address bit or a reserved one. */
function randomHigh(dice: number, bits: number, cpu: CpuFeatures): number {
  switch (dice % 16) {
    case 0:
    case 1:
      return 0x8000_0000;
    case 2:
      return ((bits & 0xf) << 27) >>> 0;
    case 3:
      return ((bits & 0x7ff) << 20) >>> 0;
    case 4:
      return (1 << (bits % 31)) >>> 0;
    case 5:
      return (1 << Math.max(0, cpu.physicalAddressBits - 32 - (bits % 2))) >>> 0;
    default:
      return 0;
  }
}
