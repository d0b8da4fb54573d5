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

/** The built package: its modules, its folder, and the way in which Node itself loads a module. */
export interface Installation {
  readonly built: Build & { readonly HOLE_NAMES: readonly HoleName[] };
  readonly dist: string;
  readonly load: (url: string) => Promise<Build>;
}

/** What became of a mutation. */
export interface Verdict {
  readonly check: string;
  /** Attacks that were made; the last one broke a promise, unless `finding` is undefined. */
  readonly attacks: number;
  /** The first thing that was found. */
  readonly finding: string | undefined;
}

/** Makes a hypervisor without one check, and attacks it until a promise is broken. */
export async function tryMutation(
  { built, dist, load }: Installation,
  mutation: Mutation,
  runs: number,
  seed: number,
): Promise<Verdict> {
  const folder = mkdtempSync(join(tmpdir(), 'xen-mutant-'));
  try {
    writeMutant(join(dist, 'xen'), folder, mutation);
    const { Xen, perform } = await load(pathToFileURL(join(folder, 'index.js')).href);
    // What is looked at, and how, stays as it is.
    const build: Build = { ...built, Xen, perform };
    const repaired = built.HOLE_NAMES.filter((name) => !mutation.open?.includes(name));
    let attacks = 0;
    let finding: string | undefined;
    const { nearlyFull } = mutation;
    const about = nearlyFull && GUESTS[1].first + NEARLY_FULL[nearlyFull];
    const breachOf = (which: Build, steps: readonly XenStep[]): Breach | undefined => {
      const { xen, held } = makeWorld(which, { repaired, nearlyFull });
      return attack(which, xen, steps, held);
    };
    const property = fc.property(attackOf(40, about), (steps) => {
      attacks++;
      const breach = breachOf(build, steps);
      // With a hole left open, the attack may have found that.
      if (breach === undefined || breachOf(built, steps.slice(0, breach.step + 1)) !== undefined) return true;
      finding = breach.findings[0];
      return false;
    });
    fc.check(property, { numRuns: runs, seed, endOnFailure: true });
    return { check: mutation.check, attacks, finding };
  } finally {
    rmSync(folder, { recursive: true });
  }
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

/** All mutations, one after the other. */
export async function main(args: string[], installation: Installation): Promise<number> {
  const [runs = '3000', seed = '1', only] = args;
  let survivors = 0;
  for (const mutation of MUTATIONS) {
    if (only !== undefined && !mutation.check.includes(only)) continue;
    const { check, attacks, finding } = await tryMutation(installation, mutation, Number(runs), Number(seed));
    if (finding === undefined) survivors++;
    process.stdout.write(
      `${finding === undefined ? 'SURVIVES' : 'caught  '} ${attacks}\t${check}\t${finding ?? ''}\n`,
    );
  }
  return survivors === 0 ? 0 : 1;
}
