import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { DEVIATIONS } from './deviations.ts';
import { bootImage } from './image.ts';
import { OurMachine } from './ours.ts';
import { NO_FAULT } from './stream.ts';
import { readTable, TABLE_MACHINES, tableCases } from './truth-tables.ts';

const page = readFileSync(new URL('../../docs/truth-tables.md', import.meta.url), 'utf8');

describe('the truth tables as cases of the ROM', () => {
  it.each(TABLE_MACHINES)('%s: come to what the table says on our Mmu', (mode, machine) => {
    const { settings, image } = bootImage(machine.world, machine.features.nx === true);
    const ours = new OurMachine(settings, image, machine.features);
    const cases = tableCases(readTable(mode), machine, 200);
    expect(cases.length).toBeGreaterThan(190);
    let pages = 0;
    for (const one of cases) {
      const outcome = ours.run(one).find(({ operation }) => operation.op === 'access')!.outcome;
      if (outcome.kind !== 'result') throw new Error('no result of an access');
      const { errorCode } = one.expected;
      pages += errorCode === undefined ? 1 : 0;
      expect([outcome.vector, outcome.errorCode]).toEqual(
        errorCode === undefined ? [NO_FAULT, outcome.errorCode] : [14, errorCode],
      );
    }
    expect(pages).toBeGreaterThan(10);
  });
});

describe('docs/truth-tables.md', () => {
  it('names every machine, and deviations that are known, with one combination each', () => {
    for (const [mode, { emulator }] of TABLE_MACHINES)
      expect(page).toMatch(new RegExp(`^\\| ${emulator}.* \\| ${mode} \\|`, 'm'));
    const known = DEVIATIONS.map(({ emulator, name }) => `${emulator}: ${name}`);
    const named = [...page.matchAll(/^### (.+)$/gm)].map(([, name]) => name!);
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(known).toContain(name);
    expect(page.match(/^- .+ combinations?\. CR0 /gm)!.length).toBeGreaterThanOrEqual(named.length);
  });
});
