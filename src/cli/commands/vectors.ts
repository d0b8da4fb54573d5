import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { PagingMode } from '../../arch/index.ts';
import { hex } from '../../render/index.ts';
import {
  combinationsOf,
  MmuSubject,
  runVectors,
  runWideVectors,
  type TruthTable,
  WideMmuSubject,
  type WideTable,
  wideCombinationsOf,
} from '../../vectors/index.ts';
import { type Command, text } from '../command.ts';
import { EXIT } from '../errors.ts';

/** A published table, with what the command says of it and does with it. */
interface Published {
  readonly name: string;
  readonly bytes: number;
  readonly combinations: number;
  readonly cases: number;
  /** What is varied, in short. */
  readonly varied: string;
  replay(onProgress: (done: number, total: number) => void): Replayed;
}

interface Replayed {
  readonly disagreements: number;
  /** The first of them, for a program and for people. */
  readonly examples: readonly { readonly json: object; readonly line: string }[];
}

const MODES = ['32-bit', 'PAE', '4-level', '5-level'] as const satisfies readonly PagingMode[];

export const vectors: Command = {
  name: 'vectors',
  summary: 'the truth tables: what they hold, and whether the MMU agrees',
  operands: '',
  options: {
    mode: {
      type: 'string',
      value: 'MODE',
      choices: MODES,
      help: `the table of this paging mode: ${MODES.join(', ')} (default: 32-bit)`,
    },
    check: { type: 'boolean', help: 'replay every combination on the MMU' },
  },
  examples: [
    'x86-paging vectors',
    'x86-paging vectors --check',
    'x86-paging vectors --mode PAE --check --json',
  ],
  run({ values, style, json, print, printJson, progress }) {
    const mode = (text(values, 'mode') ?? '32-bit') as (typeof MODES)[number];
    const table = mode === '32-bit' ? narrowTable() : wideTable(mode);
    const { name, bytes, combinations, cases, varied } = table;
    const about = { schema: 'x86-paging/vectors/1', mode, combinations, cases, bytes };
    const count = (n: number): string => n.toLocaleString('en');
    if (!values['check']) {
      if (json) printJson(about);
      else {
        print(`${count(combinations)} combinations in ${count(bytes)} bytes: vectors/${name}`);
        print(style.dim(varied));
        print(
          style.dim(
            `x86-paging vectors${mode === '32-bit' ? '' : ` --mode ${mode}`} --check replays them on the MMU; vectors/README.md tells the format`,
          ),
        );
      }
      return EXIT.done;
    }

    const bar = progress(`replaying ${count(combinations)} combinations`);
    const started = performance.now();
    const { disagreements, examples } = table.replay((done, total) => bar.update(done, total));
    const seconds = (performance.now() - started) / 1000;
    bar.end();
    if (json)
      printJson({ ...about, seconds, disagreements, examples: examples.map((example) => example.json) });
    else {
      for (const { line } of examples) print(line);
      const verdict =
        disagreements === 0 ? style.good('all agree') : style.bad(`${count(disagreements)} disagree`);
      print(`${count(combinations)} combinations in ${seconds.toFixed(1)} s: ${verdict}`);
    }
    return disagreements === 0 ? EXIT.done : EXIT.negative;
  },
};

/** The bytes of a table, which lies beside `dist` in the package. */
function read(name: string): Buffer {
  return readFileSync(new URL(`../../../vectors/${name}`, import.meta.url));
}

function narrowTable(): Published {
  const name = 'truth-table.json';
  const bytes = read(name);
  const table = JSON.parse(bytes.toString('utf8')) as TruthTable;
  const cpus = [...new Set(table.cases.map(({ cpu }) => cpu))];
  return {
    name,
    bytes: bytes.length,
    combinations: combinationsOf(table),
    cases: table.cases.length,
    varied: `${cpus.join(', ')}; ${table.pdes.length} directory entries × ${table.ptes.length} table entries`,
    replay(onProgress) {
      const { disagreements, examples } = runVectors(table, new MmuSubject(), { onProgress });
      return {
        disagreements,
        examples: examples.map((json) => {
          const { cpu, cr0, cr4, ring, access, pde, pte, reason } = json;
          const state = `${cpu}, CR0 ${cr0}, CR4 ${cr4 ?? 'absent'}, ring ${ring} ${access}`;
          return { json, line: `${state}, PDE ${pde}, PTE ${pte}: ${reason}` };
        }),
      };
    },
  };
}

function wideTable(mode: WideTable['mode']): Published {
  const name = `truth-table-${mode}.json.gz`;
  const bytes = read(name);
  const table = JSON.parse(gunzipSync(bytes).toString('utf8')) as WideTable;
  const { sections, cpus } = table;
  return {
    name,
    bytes: bytes.length,
    combinations: wideCombinationsOf(table),
    cases: sections.reduce((sum, { cases }) => sum + cases.length, 0),
    varied: `CPUs: ${Object.keys(cpus).join('; ')}. ${sections
      .map(({ level, uppers, leaves }) => `${leaves.length} ${level}s below ${uppers.length} paths`)
      .join(', ')}`,
    replay(onProgress) {
      const { disagreements, examples } = runWideVectors(table, new WideMmuSubject(), { onProgress });
      return {
        disagreements,
        examples: examples.map(({ section, state, linear, entries, reason }) => {
          const { plan: _, ...registers } = state;
          const path = entries.map(({ value }) => hex(value));
          const { cpu, cr0, cr4, efer, who, access } = state;
          return {
            json: { section, ...registers, linear: hex(linear), entries: path, reason },
            line: `${cpu}, CR0 ${cr0}, CR4 ${cr4}, EFER ${efer}, ${who} ${access} at ${hex(linear)}, entries ${path.join(' ')}: ${reason}`,
          };
        }),
      };
    },
  };
}
