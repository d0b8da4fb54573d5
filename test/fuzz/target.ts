import fc from 'fast-check';
import { expect } from 'vitest';

/** Something that is given hostile input, round after round. */
export interface Target {
  readonly name: string;
  /** One input and what must hold for it. It says what became of the input by calling `count`. */
  readonly property: fc.IProperty<unknown> | fc.IAsyncProperty<unknown>;
}

/** What became of the inputs: how many were built, refused, and so on. */
export type Tally = Map<string, number>;

export function counter(): { readonly tally: Tally; readonly count: (outcome: string) => void } {
  const tally: Tally = new Map();
  return {
    tally,
    count(outcome) {
      tally.set(outcome, (tally.get(outcome) ?? 0) + 1);
    },
  };
}

/** Told what became of an input. */
export type Count = (outcome: string) => void;

/** Runs what may refuse its input with an error of a class. @returns undefined if it does. */
export function unless<T>(Refusal: new (...args: never[]) => Error, work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    // What is shown to people names no control characters.
    expect(error.message).toMatch(/^[^\p{Cc}]{1,600}$/u);
    return undefined;
  }
}

/** Inputs of one seed, so that a failure can be repeated without those before it. */
const INPUTS_A_SEED = 25;

/**
 * Tries a target for some seconds, with one seed after the other.
 * @throws Error at the first failure, shrunk, with the seed that repeats it.
 */
export async function fuzz({ name, property }: Target, seed: number, seconds: number): Promise<void> {
  const end = performance.now() + seconds * 1000;
  for (let next = seed; performance.now() < end; next++) {
    const result = await fc.check(property as fc.IAsyncProperty<unknown>, {
      seed: next,
      numRuns: INPUTS_A_SEED,
      interruptAfterTimeLimit: 60_000,
    });
    if (!result.failed || result.interrupted) continue;
    const { errorInstance: cause, counterexample } = result;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      [
        `${name}: ${clipped(why)}`,
        `on ${clipped(fc.stringify(counterexample))}`,
        `repeat with: npm run fuzz -- --only '${name}' --seed ${next} --seconds 1`,
      ].join('\n'),
      { cause },
    );
  }
}

/** Long enough to see what it is; the seed tells all. */
function clipped(text: string): string {
  return text.length <= 1000 ? text : `${text.slice(0, 1000)}…`;
}

/** Bytes of a file with some changed, and perhaps its end cut off: near its start more often than elsewhere. */
export function damaged(files: readonly Uint8Array[]): fc.Arbitrary<Uint8Array> {
  // Not fc.double, of whose values nearly all are next to nothing.
  const part = fc.noBias(fc.nat(0xffff)).map((n) => n / 0x1_0000);
  const change = fc.record({
    where: part,
    near: fc.boolean(),
    value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)),
    times: fc.constantFrom(1, 1, 2, 4, 8),
  });
  return fc
    .record({
      file: fc.constantFrom(...files),
      changes: fc.array(change, { maxLength: 6 }),
      kept: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: part }),
    })
    .map(({ file, changes, kept }) => {
      const bytes = Uint8Array.from(file.subarray(0, Math.ceil(file.length * kept)));
      for (const { where, near, value, times } of changes) {
        const at = Math.floor(where * (near ? Math.min(bytes.length, 300) : bytes.length));
        bytes.fill(value, at, at + times);
      }
      // What is shown of it is how it was made.
      const recipe = JSON.stringify({ file: files.indexOf(file), changes, kept });
      return Object.defineProperty(bytes, fc.toStringMethod, { value: () => recipe });
    });
}
