/** `npm run fuzz`: every target in turn, for its share of the time, from the seed that is given. */

import { afterAll, describe, it } from 'vitest';
import { dumps, gzipFiles, images, kernels } from './files.ts';
import { layouts, scenarios } from './json-texts.ts';
import { lives } from './machines.ts';
import { counter, fuzz, type Target } from './target.ts';
import { commandLines, links } from './words.ts';

const seconds = Number(process.env['FUZZ_SECONDS'] ?? 1);
const seed = Number(process.env['FUZZ_SEED'] ?? 1);
const only = process.env['FUZZ_ONLY'] ?? '';

const MAKERS = [gzipFiles, kernels, images, dumps, links, layouts, scenarios, commandLines, lives];

describe(`fuzzing from seed ${seed}`, () => {
  for (const make of MAKERS) {
    const { tally, count } = counter();
    const target: Target & { readonly close?: () => void } = make(count);
    if (!target.name.includes(only)) continue;
    it(target.name, { timeout: 0 }, async () => {
      await fuzz(target, seed, seconds);
      const outcomes = [...tally].map(([outcome, times]) => `${times.toLocaleString('en')} ${outcome}`);
      process.stdout.write(`${target.name}: ${outcomes.join(', ')}\n`);
    });
    afterAll(() => target.close?.());
  }
});
