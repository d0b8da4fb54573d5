import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEVIATIONS } from '../deviations.ts';
import { type EmulatorName, missingPrograms } from '../emulators.ts';
import { PROBES } from './probes.ts';
import { ROWS } from './rows.ts';
import { runProbes } from './run-probes.ts';

/** The probes in which each emulator differs, as docs/fidelity.md says. */
const DIFFERS: Readonly<Record<EmulatorName, readonly string[]>> = {
  bochs: [],
  qemu: [
    'pse36-reserved',
    'global',
    'read-modify-write',
    'pg-without-pe',
    'pae-reserved',
    'pdpte-cached',
    'pdpte-reserved',
  ],
  v86: [
    'pse36-reserved',
    'cr3-low-bits',
    'wp-clear-then-user',
    'invlpg-4m',
    'pg-without-pe',
    'pae-2m-without-pse',
    'pae-reserved',
    'pdpte-reserved',
  ],
};

const page = readFileSync(new URL('../../../docs/fidelity.md', import.meta.url), 'utf8');

describe('docs/fidelity.md', () => {
  it('has every feature, with tests that exist and probes and deviations that are known', () => {
    const probes = new Set(PROBES.map(({ name }) => name));
    const deviations = new Set(DEVIATIONS.map(({ name }) => name));
    for (const row of ROWS) {
      expect(page).toContain(`| ${row.feature} |`);
      for (const test of row.tests) {
        const file = test.replace(/ \(.*/, '');
        expect(existsSync(new URL(`../../${file}`, import.meta.url)), file).toBe(true);
      }
      for (const name of row.probes ?? []) expect(probes).toContain(name);
      for (const name of row.deviations ?? []) expect(deviations).toContain(name);
    }
    for (const { name, asks } of PROBES) expect(page).toContain(`| \`${name}\` | ${asks} |`);
  });

  it('uses every probe and every deviation', () => {
    const used = new Set(ROWS.flatMap(({ probes = [] }) => probes));
    expect(PROBES.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
    const named = new Set(ROWS.flatMap((row) => row.deviations ?? []));
    const rest = DEVIATIONS.map(({ name }) => name).filter((name) => !named.has(name));
    // What a fault reports while a descriptor is marked as accessed: no feature of paging.
    expect(rest).toEqual(['fresh-descriptor-cr2']);
  });
});

const missing = missingPrograms();
const required = process.env['CI'] === 'true';
describe.skipIf(missing.length > 0 && !required)('the probes', () => {
  it.each(['bochs', 'qemu', 'v86'] as const)('%s differs where the page says', async (emulator) => {
    const { results } = await runProbes(emulator);
    expect(results).toHaveLength(PROBES.length);
    const differing = results.filter(({ difference }) => difference !== undefined);
    expect(differing.map(({ probe }) => probe)).toEqual(DIFFERS[emulator]);
  });
});
