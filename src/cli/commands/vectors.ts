import { readFileSync } from 'node:fs';
import { combinationsOf, MmuSubject, runVectors, type TruthTable } from '../../vectors/index.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../errors.ts';

/** The published table, beside `dist` in the package. */
const FILE = new URL('../../../vectors/truth-table.json', import.meta.url);

export const vectors: Command = {
  name: 'vectors',
  summary: 'the truth table of 32-bit paging: what it holds, and whether the MMU agrees',
  operands: '',
  options: { check: { type: 'boolean', help: 'replay every combination on the MMU' } },
  examples: ['x86-paging vectors', 'x86-paging vectors --check', 'x86-paging vectors --check --json'],
  run({ values, style, json, print, printJson, progress }) {
    const text = readFileSync(FILE, 'utf8');
    const table = JSON.parse(text) as TruthTable;
    const combinations = combinationsOf(table);
    const about = {
      schema: 'x86-paging/vectors/1',
      combinations,
      cases: table.cases.length,
      bytes: Buffer.byteLength(text),
    };
    const count = (n: number): string => n.toLocaleString('en');
    if (!values['check']) {
      if (json) printJson(about);
      else {
        print(`${count(combinations)} combinations in ${count(about.bytes)} bytes: vectors/truth-table.json`);
        const cpus = [...new Set(table.cases.map(({ cpu }) => cpu))];
        print(
          style.dim(
            `${cpus.join(', ')}; ${table.pdes.length} directory entries × ${table.ptes.length} table entries`,
          ),
        );
        print(
          style.dim('x86-paging vectors --check replays them on the MMU; vectors/README.md tells the format'),
        );
      }
      return EXIT.done;
    }

    const bar = progress(`replaying ${count(combinations)} combinations`);
    const started = performance.now();
    const { disagreements, examples } = runVectors(table, new MmuSubject(), {
      onProgress: (done, total) => bar.update(done, total),
    });
    const seconds = (performance.now() - started) / 1000;
    bar.end();
    if (json) printJson({ ...about, seconds, disagreements, examples });
    else {
      for (const { cpu, cr0, cr4, ring, access, pde, pte, reason } of examples) {
        print(
          `${cpu}, CR0 ${cr0}, CR4 ${cr4 ?? 'absent'}, ring ${ring} ${access}, PDE ${pde}, PTE ${pte}: ${reason}`,
        );
      }
      const verdict =
        disagreements === 0 ? style.good('all agree') : style.bad(`${count(disagreements)} disagree`);
      print(`${count(combinations)} combinations in ${seconds.toFixed(1)} s: ${verdict}`);
    }
    return disagreements === 0 ? EXIT.done : EXIT.negative;
  },
};
