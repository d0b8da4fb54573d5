/**
 * The hot path allocates nothing, so that no garbage collection interrupts it: what a million calls leave on V8's heap.
 */

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Keeps 64 MiB without collecting; the calls measured are so few that even 32 bytes each would fit. */
const NODE_OPTIONS = ['--expose-gc', '--min-semi-space-size=64', '--max-semi-space-size=128'];

/** What V8 itself needs meanwhile, in bytes a call. */
const NOTHING = 1;
/**
 * V8 keeps a number from 2^31 up in a box of 16 bytes when it passes between functions that it did not merge, and which
 * it merges is its own affair. So an address given to `translate` may cost a box, and so may its result.
 */
const TWO_BOXES = 33;

function bytesPerCall(path: string, base: number): number {
  const program = `${import.meta.dirname}/allocation/measure.mjs`;
  return Number(
    execFileSync(process.execPath, [...NODE_OPTIONS, program, path, `${base}`], { encoding: 'utf8' }),
  );
}

describe.each([
  ['below 2^31', 0x1000_0000, NOTHING],
  ['above 2^31', 0xf000_0000, TWO_BOXES],
])('addresses %s, linear and physical', (_, base, boxes) => {
  it.each(['translateMany', 'translateEach', 'readUint32', 'writeUint32'])(
    'nothing is allocated by %s',
    (path) => {
      expect(bytesPerCall(path, base)).toBeLessThan(NOTHING);
    },
  );

  it.each([
    'translate, hits',
    'translate, misses',
    'translate, faults',
    'readUint32, faults',
    'writeUint32, faults',
  ])('nothing but a number from 2^31 up is allocated by %s', (path) => {
    expect(bytesPerCall(path, base)).toBeLessThan(boxes);
  });
});

it('the measurement sees an array for each call', () => {
  expect(bytesPerCall('an array each', 0x1000_0000)).toBeGreaterThan(16);
});
