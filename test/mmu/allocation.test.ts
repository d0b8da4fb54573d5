/**
 * The hot path allocates nothing, so that no garbage collection interrupts it: what a million calls leave on V8's heap.
 */

import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/**
 * Keeps 64 MiB without collecting; the calls measured are so few that even 32 bytes each would fit. V8 compiles when it wants
 * to, not when a busy machine lets it: what is not yet compiled puts numbers into boxes.
 */
const NODE_OPTIONS = [
  '--expose-gc',
  '--min-semi-space-size=64',
  '--max-semi-space-size=128',
  '--no-concurrent-recompilation',
];

/** What V8 itself needs meanwhile, in bytes a call. */
const NOTHING = 1;
/**
 * V8 keeps a number from 2^31 up in a box of 16 bytes when it passes between functions that it did not merge, and which
 * it merges is its own affair: here, the address given to `invlpg`, which makes the misses.
 */
const ONE_BOX = 17;

function bytesPerCall(path: string, base: number): number {
  const program = `${import.meta.dirname}/allocation/measure.mjs`;
  return Number(
    execFileSync(process.execPath, [...NODE_OPTIONS, program, path, `${base}`], { encoding: 'utf8' }),
  );
}

describe.each([
  ['below 2^31', 0x1000_0000, NOTHING],
  ['above 2^31', 0xf000_0000, ONE_BOX],
])('addresses %s, linear and physical', (_, base, box) => {
  it.each([
    'translateMany',
    'translateEach',
    'readUint32',
    'writeUint32',
    'translate, hits',
    'translate, faults',
    'readUint32, faults',
    'writeUint32, faults',
  ])('nothing is allocated by %s', (path) => {
    expect(bytesPerCall(path, base)).toBeLessThan(NOTHING);
  });

  it('nothing but the argument of invlpg is allocated by translate, misses', () => {
    expect(bytesPerCall('translate, misses', base)).toBeLessThan(box);
  });
});

/** Lists in WebAssembly memory make a few views for each 4,096 addresses. */
it.each([
  'long: translateHalves, hits',
  'long: translateHalves, faults',
  'long: translate of numbers, hits',
  'long: translateMany, misses',
  'long: translateEach',
  'long, inside: translateMany, misses',
  'PAE: translateMany',
])('nothing is allocated in other modes: %s', (path) => {
  expect(bytesPerCall(path, 0xf000_0000)).toBeLessThan(NOTHING);
});

it('the measurement sees an array for each call', () => {
  expect(bytesPerCall('an array each', 0x1000_0000)).toBeGreaterThan(16);
});
