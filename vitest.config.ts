import { defineConfig } from 'vitest/config';

export default defineConfig({
  // Examples are written as by a user of the package.
  resolve: {
    alias: [{ find: /^x86-paging\/(\w+)$/, replacement: `${import.meta.dirname}/src/$1/index.ts` }],
  },
  test: {
    // By default one core is left alone, which of two is half.
    maxWorkers: '100%',
    include: ['test/**/*.test.ts', 'proof/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'build/test-results.json' }]]
      : ['default'],
  },
});
