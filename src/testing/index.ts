/** For tests of page tables: matchers for Vitest and Jest. */
export { type LayoutMatchers, layoutMatchers, type MatcherResult } from './matchers.ts';
