import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The one file that takes minutes begins first: else it goes on by itself when all others are done. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isLong = ({ moduleId }: TestSpecification): boolean =>
      moduleId.endsWith('/test/web/browser.test.ts');
    const sorted = await super.sort(files);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  // Examples are written as by a user of the package.
  resolve: {
    alias: [{ find: /^x86-paging\/(\w+)$/, replacement: `${import.meta.dirname}/src/$1/index.ts` }],
  },
  test: {
    // By default one core is left alone, which of two is half.
    maxWorkers: '100%',
    sequence: { sequencer: LongestFirst },
    include: ['test/**/*.test.ts', 'proof/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    reporters: process.env['CI']
      ? ['default', ['json', { outputFile: 'build/test-results.json' }]]
      : ['default'],
  },
});
