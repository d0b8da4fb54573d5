/** Set up before each file of `npm run test:wasm`: that RAM is where the tests are to find it. */

import { afterAll, expect } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';

// A memory that the host refuses becomes a plain one, and a test of it would be no test of this.
const { Memory } = WebAssembly;
const refusals: string[] = [];
WebAssembly.Memory = new Proxy(Memory, {
  construct(target, [size]: ConstructorParameters<typeof Memory>) {
    try {
      return new target(size);
    } catch (error) {
      refusals.push((error as Error).message);
      throw error;
    }
  },
});

afterAll(() => {
  const { backing } = new PhysicalMemory(4096);
  expect({ backing, refusals }).toEqual({ backing: 'wasm', refusals: [] });
});
