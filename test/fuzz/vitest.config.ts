import { defineConfig } from 'vitest/config';

/** One process, so that a target may change its folder. */
export default defineConfig({
  test: { include: ['test/fuzz/**/*.fuzz.ts'], pool: 'forks', reporters: ['default'], silent: false },
});
