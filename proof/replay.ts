/**
 * Runs a counterexample for real: builds the machine, and asks the `Mmu` of a build of this project (with a planted
 * change, or without), its `explain`, and the manual's rule run as ordinary code.
 *
 * `node replay.js DIST` reads a counterexample on standard input; DIST is the build. Prints who disagrees with whom.
 */

import { expectedRuns } from './replays/expected.ts';
import { lists } from './replays/lists.ts';
import { example } from './replays/machine.ts';
import { splitPages, walkedTables, writer } from './replays/tables.ts';
import { tlbWord } from './replays/tlb.ts';
import { walks } from './replays/walks.ts';
import { wideGrants, wideLives, wideLooks } from './replays/wide.ts';

const [, of = ''] = example.theorem.split('/');
const RUN: Readonly<Record<string, () => Record<string, string> | Promise<Record<string, string>>>> = {
  'tlb/words': tlbWord,
  'wide/epochs': wideLives,
  'wide/flushes': wideLives,
  'wide/grants': wideGrants,
  'wide/looks': wideLooks,
  'verify/expected': expectedRuns,
  writer,
  'writer-walk': walkedTables,
  'writer-split': splitPages,
  'list-misses': () => lists(1),
  'list-faults': () => lists(1),
  'list-hits': () => lists(17),
  'list-absent': () => lists(8),
};
const run = RUN[example.theorem] ?? RUN[of] ?? walks;
process.stdout.write(`${JSON.stringify(await run())}\n`);
