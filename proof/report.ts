/** `docs/proof.md`, written by the run. */

import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { MUTANTS } from './mutants.ts';
import type { Proof } from './prove.ts';
import { ROOT } from './sources.ts';

const FILE = join(ROOT, 'docs/proof.md');

export function writeReport(proofs: readonly Proof[], solver: string, seed: number): void {
  const rows = proofs.map(
    ({ theorem, verdict, seconds }) =>
      `| ${theorem.id} | ${theorem.sentence} | ${verdict} | ${seconds.toFixed(1)} s |`,
  );
  const domains = [...new Set(proofs.map(({ theorem }) => theorem.domain))];
  const proven = proofs.filter(({ verdict }) => verdict === 'proven').length;
  const total = proofs.reduce((sum, { seconds }) => sum + seconds, 0);
  const narrow = proofs
    .filter(({ theorem }) => theorem.mode === '32-bit')
    .reduce((sum, { seconds }) => sum + seconds, 0);
  writeFileSync(
    FILE,
    `# Proven

Written by \`npm run prove -- --write\`. ${proven} of ${proofs.length} theorems proven in ${total.toFixed(0)} s of CPU, those of 32-bit paging in ${narrow.toFixed(0)} s, on ${cpus()[0]?.model.trim() ?? 'an unknown CPU'}, Node
${process.versions.node}, ${solver}, random seed ${seed}. \`npm run prove -- --mutants\` plants ${MUTANTS.length} mistakes in the proven files, one at a time: each is
refuted, and its counterexample is built as a machine and run. To plant one of your own, change a copy of a file and prove with it:

\`\`\`sh
npm run prove -- 32-bit --source mmu/walker.ts=/tmp/walker.ts
\`\`\`

The *tuned* walk is what \`translate\` runs ([src/mmu/walker.ts](../src/mmu/walker.ts)), the *readable* one what \`explain\` does
([src/walk/explain.ts](../src/walk/explain.ts)); the *rule* is the manual's, written a third time. In 4-level paging a
walk in one go comes first, of which \`4-level/page\` speaks. How: [below](#what-is-proven-and-how).

| theorem | in one sentence | | time |
|---|---|---|--:|
${rows.join('\n')}

## For which inputs

${domains
  .map(
    (domain) =>
      `- ${proofs
        .filter(({ theorem }) => theorem.domain === domain)
        .map(({ theorem }) => `\`${theorem.id}\``)
        .join(', ')}: ${domain}.`,
  )
  .join('\n')}

## What is proven, and how

The prover reads the TypeScript that ships, through the compiler's own parser, and runs it on values of which nothing is known but
their range ([proof/engine](../proof/engine/interpreter.ts)). Where a condition is unknown it runs both branches, and every write becomes a
choice between the new value and the old. What comes out is one formula for the result and one for every word of RAM. Z3 is asked for an input
for which two walkers differ; the answer "there is none" is the proof. No line is skipped: a construct that the engine does not know ends the
run with its place.

The rule ([proof/rule/paging-rule.ts](../proof/rule/paging-rule.ts)) is written from the manual as tables and imports nothing of \`src\`.

## What it rests on

- **Numbers.** A JavaScript number in the proven code is a whole number of magnitude below 2^53, exact in a double: the engine keeps an interval for
  every value and refuses one that could leave that range. Bit operators take the low 32 bits, as ECMAScript says. Typed arrays cut what is stored.
- **RAM.** \`PhysicalMemory\` is taken as an array of 32-bit words of any size from 4 KiB to 64 GiB, where reads beyond the end give ones and writes are
  lost. That it is one is tested, not proven. A walk is one step: no other CPU writes to RAM meanwhile.
- **All address lines.** CPUs with fewer address lines than MAXPHYADDR (\`addressLines\`) are left to the tests.
- **Impossible states.** CR4 and EFER have only bits of features that the CPU has, CR3 has no address bit beyond MAXPHYADDR, present PDPTE registers have no
  reserved bit, and linear addresses of long mode are canonical: the register rules refuse everything else, and are tested.
- **The library.** Of ECMAScript's library only what [proof/engine/builtins.ts](../proof/engine/builtins.ts) lists is known.
- **Throws.** Where the code could throw, or use a value that is not there, it is proven that no input gets there.
- **${solver}**, its WebAssembly build on npm, pinned. A time-out counts as not proven.
`,
  );
}
