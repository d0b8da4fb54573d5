/**
 * Random lives of an MMU: table edits, control-register writes, invalidations and accesses, in any order. Every answer
 * must be one that the architecture allows, given what may still be cached (test/support/model.ts); and a TLB that never
 * evicts must still hold what nothing has dropped.
 */

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuFeatures } from '../../src/arch/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import {
  CPU_MODELS,
  type CpuFeatures,
  type CpuModelName,
  Mmu,
  TLB_GEOMETRIES,
  type TlbGeometry,
} from '../../src/mmu/index.ts';
import { LegalAnswers } from '../support/model.ts';
import {
  commandsOf,
  type Ground,
  type Real,
  type Seen,
  startOf,
  storeEntry,
} from '../support/model-commands.ts';
import {
  FIVE_LEVEL,
  FIVE_LEVEL_MASKED,
  FOUR_LEVEL,
  FOUR_LEVEL_APART,
  PAE,
  THIRTY_TWO_BIT,
} from '../support/model-grounds.ts';

const SMALL: TlbGeometry = { small: { entries: 4, ways: 2 }, large: { entries: 2, ways: 1 } };
const PIECES: TlbGeometry = { small: { entries: 8, ways: 8 }, replacement: 'fifo' };
/** It has room for every page of a ground, so that it never evicts. */
const ROOMY: TlbGeometry = { small: { entries: 128, ways: 128 }, large: { entries: 32, ways: 32 } };

interface World {
  readonly name: string;
  readonly ground: Ground;
  readonly cpu: CpuModelName | CpuFeatures;
  readonly efer: number;
}

const WORLDS: readonly World[] = [
  { name: '32-bit', ground: THIRTY_TWO_BIT, cpu: 'pentium-iii', efer: 0 },
  { name: 'PAE', ground: PAE, cpu: 'pentium-iii', efer: 0 },
  { name: 'PAE with NX', ground: PAE, cpu: 'core2', efer: 0x800 },
  { name: '4-level with PCIDs', ground: FOUR_LEVEL, cpu: 'broadwell', efer: 0x900 },
  { name: '4-level without collisions', ground: FOUR_LEVEL_APART, cpu: 'broadwell', efer: 0x900 },
  { name: '5-level with keys', ground: FIVE_LEVEL, cpu: 'sapphire-rapids', efer: 0x900 },
  {
    name: '5-level with masked pointers',
    ground: FIVE_LEVEL_MASKED,
    cpu: { ...CPU_MODELS['sapphire-rapids'], lam: true },
    efer: 0x900,
  },
];

const TLBS: readonly (readonly [string, TlbGeometry | undefined])[] = [
  ['the default TLB', undefined],
  ['the TLB of a Pentium III', TLB_GEOMETRIES['pentium-iii']],
  ['four entries', SMALL],
  ['no bank for large pages', PIECES],
  ['room for everything', ROOMY],
];

const RUNS = 150;
const MOST_ROUNDS = 4;

/** In 32-bit linear spaces the default TLB never evicts; in long mode, pages of one slot push each other out. */
function defaultKeeps(ground: Ground): Real['keeps'] {
  if (ground === FOUR_LEVEL_APART) return 'one PCID';
  return ground.pcids.length === 0 ? 'all' : false;
}

describe.each(WORLDS)('an MMU in $name paging', ({ ground, cpu, efer }) => {
  it.each(TLBS)('gives only legal answers with %s', (_, tlb) => {
    const seen: Seen = { walked: 0, faulted: 0, stale: 0, refused: 0, lookedThrough: 0 };
    const keeps = tlb === ROOMY ? 'all' : tlb === undefined ? defaultKeeps(ground) : false;
    const start = (entries: readonly bigint[]): { model: LegalAnswers; real: Real } => {
      const memory = new PhysicalMemory(0x1_0000);
      for (const [i, { physical }] of ground.entries.entries()) {
        storeEntry(memory, physical, entries[i]!, ground.entryBytes);
      }
      const registers = { cr0: ground.cr0[0]!, cr3: ground.roots[0]!, cr4: ground.cr4[0]!, efer };
      const mmu = new Mmu(memory, { cpu, ...registers, ...(tlb && { tlb }) });
      return {
        model: new LegalAnswers(cpuFeatures(cpu), memory, registers),
        real: { memory, mmu, seen, keeps },
      };
    };
    const property = fc.property(startOf(ground), commandsOf(ground), (entries, commands) => {
      fc.modelRun(() => start(entries), commands);
    });
    // The property says something only if walks, faults and stale answers were all common. Stale answers are the rarest,
    // and by chance a round may hold too few of them: then it has not said enough yet, and goes on.
    const wanted = RUNS / 10;
    for (let round = 0; round === 0 || (round < MOST_ROUNDS && seen.stale <= wanted); round++) {
      fc.assert(property, { numRuns: RUNS });
    }
    expect(seen.walked).toBeGreaterThan(RUNS);
    expect(seen.faulted).toBeGreaterThan(RUNS / 2);
    expect(seen.stale).toBeGreaterThan(wanted);
    if (keeps) expect(seen.lookedThrough).toBeGreaterThan(RUNS);
  });
});
