/**
 * The tests of everything that works on RAM, with all RAM in WebAssembly memory: `npm run test:wasm`. The default of
 * `PhysicalMemory`'s option `backing` is the only thing that differs, and no source knows of it.
 */
import { defineConfig, type Plugin } from 'vitest/config';
import plain from './vitest.config.ts';

/** By file: what is replaced in it, and by what. */
const REPLACEMENTS: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  '/src/memory/physical-memory.ts': [
    ["{ backing = 'plain' }: PhysicalMemoryOptions", "{ backing = 'wasm' }: PhysicalMemoryOptions"],
  ],
  // Room for the TLBs of one MMU and for the builder, not for eleven and it, and for few lists. V8 counts it all as
  // garbage to be, and would collect after every few of the thousands of memories that the tests make.
  '/src/memory/wasm-ram.ts': [
    ['const DESKS = 12;', 'const DESKS = 2;'],
    ['const LIST_BYTES = 0x400_0000;', 'const LIST_BYTES = 0x40_0000;'],
  ],
};

function wasmByDefault(): Plugin {
  return {
    name: 'wasm-by-default',
    enforce: 'pre',
    transform(code, id) {
      const file = Object.keys(REPLACEMENTS).find((path) => id.endsWith(path));
      if (file === undefined) return undefined;
      return REPLACEMENTS[file]!.reduce((text, [old, other]) => {
        if (text.split(old).length !== 2) throw new Error(`${id} no longer says "${old}" once`);
        return text.replace(old, other);
      }, code);
    },
  };
}

export default defineConfig({
  ...plain,
  plugins: [wasmByDefault()],
  test: {
    ...plain.test,
    include: ['memory', 'builder', 'tables', 'walk', 'mmu', 'verify'].map(
      (folder) => `test/${folder}/**/*.test.ts`,
    ),
    // Names its backings, and is about the room behind RAM too.
    exclude: ['test/memory/wasm-backing.test.ts'],
    // build/test-results.json is of `npm test`.
    reporters: ['default'],
    setupFiles: ['test/support/wasm-backing.ts'],
  },
});
