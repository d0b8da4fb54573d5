import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Solver } from './engine/solver.ts';
import { prove } from './prove.ts';
import { readSource } from './sources.ts';
import { THEOREMS } from './theorems.ts';

const FILE = 'mmu/walker.ts';
const THEOREM = THEOREMS.find(({ id }) => id === '32-bit/writes')!;

/** The walker with one text in another's place. */
function changed(find: string, replace: string): { file: string; text: string } {
  const text = readSource(FILE);
  expect(text.split(find)).toHaveLength(2);
  return { file: FILE, text: text.replace(find, replace) };
}

describe('a walker that is not the shipped one', () => {
  let solver: Solver;
  beforeAll(async () => {
    solver = await Solver.start({ seed: 1, timeoutMilliseconds: 60_000 });
  });
  afterAll(() => solver.stop());

  it('is refuted for a planted mistake, with a machine that shows it, and proven without one', async () => {
    const careless = changed('pde | PTE_A);\n    if (used', 'pde | PTE_A | 0x80);\n    if (used');
    const { verdict, counterexample } = await prove(solver, THEOREM, careless);
    expect(verdict).toBe('refuted');
    expect(counterexample!.breaks).toContain('another bit than A and D changes');
    expect(counterexample!.words.length).toBeGreaterThan(0);
    expect(await prove(solver, THEOREM)).toMatchObject({ verdict: 'proven' });
  });

  it('is not proven where the engine does not know what it says', async () => {
    const odd = changed('const pdeAddress = this.rootLow |', 'const pdeAddress = Math.hypot(0) |');
    const { verdict, why } = await prove(solver, THEOREM, odd);
    expect(verdict).toBe('not proven');
    expect(why).toContain('the prover does not know');
  });
});
