import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Interpreter } from './interpreter.ts';
import { Unsupported } from './operators.ts';
import { Solver } from './solver.ts';
import { and, eq, int, intVariable, not, or, RangeOverflow, shiftLeft, type Term } from './term.ts';
import { Num, numberTerm } from './values.ts';

/** Runs functions of a little program on unknown int32 arguments. */
function program(text: string): { run: Interpreter; call: (name: string, ...args: Term[]) => Term } {
  const run = new Interpreter(
    () => text,
    (_, specifier) => specifier,
  );
  return {
    run,
    call: (name, ...args) =>
      numberTerm(
        run.call(
          run.exported('program.ts', name),
          args.map((arg) => new Num(arg)),
          undefined,
          undefined as never,
        ),
      )!,
  };
}

const x = intVariable('x', -(1n << 31n), (1n << 31n) - 1n);
const y = intVariable('y', -(1n << 31n), (1n << 31n) - 1n);

describe('the prover', () => {
  let solver: Solver;
  beforeAll(async () => {
    solver = await Solver.start({ seed: 1, timeoutMilliseconds: 60_000 });
  });
  afterAll(() => solver.stop());

  it('proves two ways to the same equal, and finds the one input where two differ', async () => {
    const { call } = program(`
      export function masked(a: number): number { return (a >>> 20) & 0xffc; }
      export function scaled(a: number): number { return (a >>> 22) * 4; }
      export function almost(a: number): number { return a === 0x1234567 ? 7 : (a >>> 22) * 4; }
    `);
    expect(await solver.ask([not(eq(call('masked', x), call('scaled', x)))])).toMatchObject({
      verdict: 'impossible',
    });
    expect(await solver.ask([not(eq(call('masked', x), call('almost', x)))], [x])).toMatchObject({
      verdict: 'possible',
      values: [0x123_4567n],
    });
  });

  it('follows loops, early returns, breaks and writes on the paths where they happen', async () => {
    const { call } = program(`
      export function lowestBit(a: number): number {
        const seen = { at: 32 };
        for (let bit = 0; bit < 32; bit++) {
          if ((a & (1 << bit)) === 0) continue;
          seen.at = bit;
          break;
        }
        return seen.at;
      }
      export function early(a: number): number {
        for (let bit = 0; bit < 32; bit++) if ((a & (1 << bit)) !== 0) return bit;
        return 32;
      }
    `);
    const [a, b] = [call('lowestBit', x), call('early', x)];
    expect(await solver.ask([not(eq(a, b))])).toMatchObject({ verdict: 'impossible' });
    expect(await solver.ask([eq(a, int(17)), not(eq(x, shiftLeft(int(1), int(17))))], [a])).toMatchObject({
      verdict: 'possible',
      values: [17n],
    });
  });

  it('wants it proven that what throws is never reached', async () => {
    const { run, call } = program(`
      export function checked(a: number): number {
        if (a > 0 && a < 0) throw new Error('never');
        if (a === 5) throw new Error('sometimes');
        return a;
      }
    `);
    call('checked', x);
    const [never, sometimes] = run.throws;
    expect(await solver.ask([never!.condition])).toMatchObject({ verdict: 'impossible' });
    expect(await solver.ask([sometimes!.condition], [x])).toMatchObject({
      verdict: 'possible',
      values: [5n],
    });
  });

  it('cuts a bigint into halves by two views of eight bytes', async () => {
    const { call } = program(`
      const whole = new BigInt64Array(1);
      const halves = new Int32Array(whole.buffer);
      export function low(a: number, b: number): number {
        whole[0] = (BigInt(a) << 32n) | BigInt(b >>> 0);
        return halves[0];
      }
      export function high(a: number, b: number): number {
        whole[0] = (BigInt(a) << 32n) | BigInt(b >>> 0);
        return halves[1];
      }
    `);
    const differs = or(not(eq(call('low', x, y), y)), not(eq(call('high', x, y), x)));
    expect(await solver.ask([differs])).toMatchObject({ verdict: 'impossible' });
    expect(await solver.ask([eq(call('high', x, y), int(5))], [x])).toMatchObject({ values: [5n] });
  });

  it('does not take an unknown for one of the same name and another range', async () => {
    const byte = intVariable('same_name', 0n, 0xffn);
    const word = intVariable('same_name', 0n, 0xffffn);
    expect(await solver.ask([eq(byte, int(0x1234))])).toMatchObject({ verdict: 'impossible' });
    expect(await solver.ask([eq(word, int(0x1234))])).toMatchObject({ verdict: 'possible' });
    await expect(solver.ask([not(eq(byte, word))])).rejects.toThrow('two unknowns of one question');
  });

  it('wants it proven that a number stays within what a double holds exactly', () => {
    const { run, call } = program(
      `export function far(a: number): number { return (a >>> 0) * 0x100_0001; }
       export function near(a: number): number { return (a >>> 0) * 0x10_0000; }`,
    );
    call('near', x);
    expect(run.throws).toEqual([]);
    call('far', x);
    expect(run.throws).toHaveLength(1);
    expect(() => shiftLeft(shiftLeft(x, int(30)), int(30))).toThrow(RangeOverflow);
  });

  it('refuses what it does not know, with its place', () => {
    const { call } = program(
      'export function odd(a: number): number {\n  return a > 0 ? Math.hypot(a) : 0;\n}',
    );
    expect(() => call('odd', x)).toThrow(Unsupported);
    const labelled = program(
      'export function odd(a: number): number {\n  do { a++; } while (a < 3);\n  return a;\n}',
    );
    expect(() => labelled.call('odd', x)).toThrow('program.ts:2: the prover does not know this statement');
  });

  it('has no wrong answer where an answer is known: both of unsigned and signed shifts', async () => {
    const { call } = program(`
      export function unsigned(a: number, b: number): number { return a >>> b; }
      export function signed(a: number, b: number): number { return a >> b; }
    `);
    const differ = not(eq(call('unsigned', x, y), call('signed', x, y)));
    const shift = eq(y, int(4));
    expect(await solver.ask([differ, shift, not(or(eq(x, int(-1)))), eq(x, int(16))])).toMatchObject({
      verdict: 'impossible',
    });
    expect(await solver.ask([and(differ, shift), eq(x, int(-1))])).toMatchObject({ verdict: 'possible' });
  });
});
