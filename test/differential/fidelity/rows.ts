/** The rows of docs/fidelity.md: each feature with what stands behind its cells. */

import type { CpuFeatures } from '../../../src/mmu/index.ts';
import type { Group } from '../cases.ts';

export interface Row {
  readonly feature: string;
  /** The tests of this project, below `test/`. */
  readonly tests: readonly string[];
  /** Names of probes. */
  readonly probes?: readonly string[];
  /** Groups of the random differential. */
  readonly groups?: readonly Group[];
  /** The known deviations that concern the feature; others of the same groups do not count here. */
  readonly deviations?: readonly string[];
  /** An emulator without it has a dash. */
  readonly needs?: keyof CpuFeatures;
}

const REPLAY = 'mmu/vectors.test.ts';
const TABLE = 'cli/vectors.test.ts';
const WALKER = 'mmu/agreement.property.test.ts';
const MODEL = 'mmu/model.property.test.ts';

export const ROWS: readonly Row[] = [
  {
    feature: '32-bit paging, 4 KiB pages',
    tests: [TABLE, REPLAY],
    probes: ['pages-4k'],
    groups: ['32-bit'],
    deviations: [],
  },
  {
    feature: '4 MiB pages',
    tests: [TABLE, REPLAY],
    probes: ['pages-4m'],
    groups: ['32-bit'],
    deviations: [],
  },
  {
    feature: 'PDE.PS while CR4.PSE is clear',
    tests: [TABLE, 'mmu/traps-structures.test.ts (T09)'],
    probes: ['ps-without-pse'],
    groups: ['32-bit'],
    deviations: [],
  },
  {
    feature: 'PSE-36: reserved bits by MAXPHYADDR',
    tests: ['mmu/traps-structures.test.ts (T11)', REPLAY],
    probes: ['pse36-reserved'],
    groups: ['32-bit'],
    deviations: ['rsvd-without-p', 'nothing-reserved'],
  },
  {
    feature: 'PAT bit by page size',
    tests: ['mmu/traps-structures.test.ts (T11)', WALKER],
    probes: ['pat-bits'],
  },
  {
    feature: 'CR3: low bits are no address',
    tests: ['mmu/traps-structures.test.ts (T13)'],
    probes: ['cr3-low-bits'],
  },
  {
    feature: 'CR0.WP',
    tests: [TABLE, 'mmu/traps-rights.test.ts (T02)'],
    probes: ['wp-set', 'wp-clear', 'wp-clear-then-user'],
    groups: ['32-bit'],
    deviations: ['wp-clear-opens-page'],
  },
  {
    feature: 'error code: P, W/R, U/S',
    tests: [TABLE, 'mmu/traps-rights.test.ts (T08)'],
    probes: ['error-codes'],
    groups: ['32-bit'],
    deviations: [],
  },
  {
    feature: 'error code: RSVD',
    tests: [TABLE, REPLAY],
    probes: ['pse36-reserved', 'pae-reserved'],
    groups: ['32-bit', 'PAE'],
    deviations: ['rsvd-without-p', 'nothing-reserved'],
  },
  {
    feature: 'read-modify-write is checked as a write',
    tests: [REPLAY],
    probes: ['read-modify-write'],
    groups: ['32-bit', 'PAE'],
    deviations: ['rmw-reads-first'],
  },
  {
    feature: 'accessed and dirty bits',
    tests: [TABLE, 'mmu/traps-rights.test.ts (T03, T04)'],
    probes: ['dirty-on-hit', 'pae-4k'],
    groups: ['32-bit', 'PAE'],
    deviations: ['pdpte-accessed'],
  },
  {
    feature: 'crossing accesses: all or nothing, CR2',
    tests: [REPLAY, 'mmu/traps-addresses.test.ts (T20, T21)'],
    probes: ['crossing'],
    groups: ['32-bit'],
    deviations: [],
  },
  {
    feature: 'stale TLB entries are visible',
    tests: [MODEL, 'mmu/traps-tlb.test.ts (T19)'],
    probes: ['stale'],
  },
  {
    feature: 'INVLPG of a large page',
    tests: [MODEL, 'mmu/traps-tlb.test.ts (T18)'],
    probes: ['invlpg-4m'],
    groups: ['TLB 32-bit'],
    deviations: [],
  },
  { feature: 'global pages', tests: [TABLE, MODEL], probes: ['global'] },
  {
    feature: 'flushes by CR0, CR3, CR4, INVLPG',
    tests: [MODEL, 'mmu/traps-tlb.test.ts (T16)'],
    probes: ['flush-cr3', 'flush-pg'],
    groups: ['TLB 32-bit', 'TLB PAE'],
    deviations: [],
  },
  {
    feature: 'PAE, 4 KiB pages',
    tests: [REPLAY, WALKER],
    probes: ['pae-4k'],
    groups: ['PAE'],
    deviations: [],
    needs: 'pae',
  },
  {
    feature: 'PAE, 2 MiB pages, whatever CR4.PSE',
    tests: [REPLAY, 'mmu/traps-structures.test.ts (T10)'],
    probes: ['pae-2m', 'pae-2m-without-pse'],
    groups: ['PAE'],
    deviations: [],
    needs: 'pae',
  },
  {
    feature: 'PDPTEs are loaded with CR3',
    tests: [REPLAY, 'mmu/traps-structures.test.ts (T15)'],
    probes: ['pdpte-cached'],
    groups: ['PDPTE loads'],
    deviations: ['pdpte-reread', 'pdpte-reload-any-cr0'],
    needs: 'pae',
  },
  {
    feature: 'PDPTEs: #GP for reserved bits',
    tests: [REPLAY, 'mmu/traps-structures.test.ts (T15)'],
    probes: ['pdpte-reserved'],
    groups: ['PDPTE loads'],
    deviations: ['pdpte-reserved-accepted'],
    needs: 'pae',
  },
  {
    feature: 'control registers: #GP',
    tests: [WALKER, 'differential/differential.test.ts'],
    probes: ['pg-without-pe'],
    groups: ['control registers'],
    deviations: [],
  },
  { feature: 'NX', tests: [REPLAY, WALKER], groups: ['PAE', '4-level'], deviations: [], needs: 'nx' },
  {
    feature: '4-level paging, 1 GiB pages',
    tests: [REPLAY, WALKER],
    groups: ['4-level'],
    deviations: [],
    needs: 'longMode',
  },
  {
    feature: '5-level paging',
    tests: [WALKER],
    groups: ['5-level', 'TLB 5-level'],
    deviations: [],
    needs: 'la57',
  },
  {
    feature: 'canonical check',
    tests: ['mmu/canonical.test.ts', WALKER],
    groups: ['not canonical'],
    deviations: ['stack-gp', 'canonical-by-page'],
    needs: 'longMode',
  },
  {
    feature: 'SMEP',
    tests: [REPLAY, WALKER],
    groups: ['32-bit', 'PAE', '4-level'],
    deviations: [],
    needs: 'smep',
  },
  {
    feature: 'SMAP',
    tests: [REPLAY, WALKER],
    groups: ['32-bit', 'PAE', '4-level'],
    deviations: ['smap-implicit-ac'],
    needs: 'smap',
  },
  {
    feature: 'protection keys, PKRU',
    tests: [WALKER],
    groups: ['protection keys (PKU)'],
    deviations: ['pkru-by-access', 'pk-after-us'],
    needs: 'pku',
  },
  {
    feature: 'protection keys, PKRS',
    tests: [WALKER],
    groups: ['protection keys (PKS)'],
    deviations: ['pk-after-us'],
    needs: 'pks',
  },
  {
    feature: 'shadow stacks (CET): accesses, error-code bit SS',
    tests: ['mmu/shadow-stacks.test.ts', WALKER],
    needs: 'shadowStacks',
  },
  {
    feature: 'linear-address masking (LAM)',
    tests: ['mmu/linear-masking.test.ts', WALKER, MODEL],
    needs: 'lam',
  },
  { feature: 'paging-structure caches, as an option', tests: ['mmu/structure-caches.test.ts'] },
  { feature: 'PCIDs, CR3 bit 63, INVPCID', tests: [MODEL], groups: ['PCID'], deviations: [], needs: 'pcid' },
  { feature: "AMD's reserved bit 8 of PML4E and PML5E (APM 2 §5.3)", tests: ['mmu/amd.test.ts', WALKER] },
  { feature: 'A20 gate: bit 20 of physical addresses', tests: ['memory/a20-gate.test.ts'] },
  { feature: 'CPU models from 1985 on', tests: [TABLE, 'mmu/traps-rights.test.ts (T01)'] },
  {
    feature: 'segment limits before paging',
    tests: ['mmu/segment.test.ts', 'mmu/traps-addresses.test.ts (T27)'],
  },
];
