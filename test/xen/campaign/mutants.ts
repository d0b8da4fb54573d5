import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { HoleName, XenStep } from '../../../src/xen/index.ts';
import { attackOf } from '../arbitraries.ts';
import { attack, type Breach } from '../attack.ts';
import { type Build, GUESTS, makeWorld, NEARLY_FULL } from '../world.ts';
import { MUTATIONS, type Mutation } from './mutations.ts';
import { writeIntoDocs } from './report.ts';

/** The built package: its modules, its folder, and the way in which Node itself loads a module. */
export interface Installation {
  readonly built: Build & { readonly HOLE_NAMES: readonly HoleName[] };
  readonly dist: string;
  readonly load: (url: string) => Promise<Build>;
}

/** An attack that a mutation falls to, kept: `attacks.ndjson` has one for each, shrunk. */
export interface RecordedAttack {
  readonly check: string;
  /** Attacks that were tried until one broke a promise, by the seed of the record. */
  readonly attacks: number;
  readonly steps: readonly XenStep[];
  /** The first thing that was found. */
  readonly finding: string;
}

/** A hypervisor without one check, and what an attack breaks in it that the whole one keeps. */
interface Mutant {
  readonly about: number | undefined;
  readonly findingOf: (steps: readonly XenStep[]) => string | undefined;
}

/** Makes a hypervisor without one check, in a folder of its own for as long as it is used. */
async function withMutant<T>(
  { built, dist, load }: Installation,
  mutation: Mutation,
  use: (mutant: Mutant) => T,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'xen-mutant-'));
  try {
    writeMutant(join(dist, 'xen'), folder, mutation);
    const { Xen, perform } = await load(pathToFileURL(join(folder, 'index.js')).href);
    // What is looked at, and how, stays as it is.
    const build: Build = { ...built, Xen, perform };
    const repaired = built.HOLE_NAMES.filter((name) => !mutation.open?.includes(name));
    const { nearlyFull } = mutation;
    const breachOf = (which: Build, steps: readonly XenStep[]): Breach | undefined => {
      const { xen, held } = makeWorld(which, { repaired, nearlyFull });
      return attack(which, xen, steps, held);
    };
    return use({
      about: nearlyFull && GUESTS[1].first + NEARLY_FULL[nearlyFull],
      findingOf: (steps) => {
        const breach = breachOf(build, steps);
        if (breach === undefined) return undefined;
        // With a hole left open, the attack may have found that.
        const isHole = breachOf(built, steps.slice(0, breach.step + 1)) !== undefined;
        return isHole ? undefined : breach.findings[0];
      },
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Attacks a mutant until a promise is broken, and shrinks that attack. @returns undefined if it survives. */
function search(
  { about, findingOf }: Mutant,
  check: string,
  runs: number,
  seed: number,
): RecordedAttack | undefined {
  let [attacks, isFound] = [0, false];
  const property = fc.property(attackOf(40, about), (steps) => {
    if (!isFound) attacks++;
    isFound ||= findingOf(steps) !== undefined;
    return findingOf(steps) === undefined;
  });
  const { counterexample } = fc.check(property, { numRuns: runs, seed });
  if (counterexample === null) return undefined;
  const [steps] = counterexample;
  return { check, attacks, steps, finding: findingOf(steps)! };
}

/** Copies the built hypervisor, one text in it replaced. */
function writeMutant(from: string, to: string, { file, from: text, to: replacement }: Mutation): void {
  const root = pathToFileURL(join(from, '..')).href;
  for (const name of readdirSync(from)) {
    if (!name.endsWith('.js')) continue;
    let source = readFileSync(join(from, name), 'utf8').replaceAll(/from (["'])\.\.\//g, `from $1${root}/`);
    if (name === `${file}.js`) {
      if (source.split(text).length !== 2) {
        throw new Error(`${name} holds ${source.split(text).length - 1} times: ${text}`);
      }
      source = source.replace(text, () => replacement);
    }
    writeFileSync(join(to, name), source);
  }
  writeFileSync(join(to, 'package.json'), '{ "type": "module" }');
}

const RECORD = join(import.meta.dirname, 'attacks.ndjson');

/** The attacks that are kept. */
export function recordedAttacks(): RecordedAttack[] {
  const lines = readFileSync(RECORD, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as RecordedAttack);
}

/**
 * `npm run mutants:xen`: makes the recorded attack on each mutant, which must fall to it. `-- search [runs] [seed]`
 * attacks each until it falls; `-- record [runs] [seed]` does so, keeps the attacks, and writes docs/xen-1.2.md.
 */
export async function main(args: string[], installation: Installation): Promise<number> {
  const [mode = 'replay', runs = '3000', seed = '1'] = args;
  const known = new Map(mode === 'replay' ? recordedAttacks().map((one) => [one.check, one]) : []);
  const found: RecordedAttack[] = [];
  for (const mutation of MUTATIONS) {
    const { check } = mutation;
    const caught = await withMutant(installation, mutation, (mutant) => {
      if (mode !== 'replay') return search(mutant, check, Number(runs), Number(seed));
      const kept = known.get(check);
      const finding = kept && mutant.findingOf(kept.steps);
      return finding === undefined ? undefined : { ...kept!, finding };
    });
    if (caught !== undefined) found.push(caught);
    const text = caught
      ? `caught   ${caught.steps.length}\t${check}\t${caught.finding}`
      : `SURVIVES\t${check}`;
    process.stdout.write(`${text}\n`);
  }
  if (mode === 'record' && found.length === MUTATIONS.length) {
    writeFileSync(RECORD, found.map((one) => `${JSON.stringify(one)}\n`).join(''));
    writeIntoDocs('mutations', tableOf(found, Number(seed)));
  }
  return found.length === MUTATIONS.length ? 0 : 1;
}

function tableOf(found: readonly RecordedAttack[], seed: number): string {
  const rows = found.map(({ check, attacks, steps, finding }) => {
    const cells = [check, attacks, steps.length, finding.replaceAll('|', '\\|')];
    return `| ${cells.join(' | ')} |`;
  });
  const head = [
    'check removed',
    `attacks until one broke a promise (seed ${seed})`,
    'its steps, shrunk',
    'first thing found',
  ];
  return [`| ${head.join(' | ')} |`, '|---|--:|--:|---|', ...rows].join('\n');
}
