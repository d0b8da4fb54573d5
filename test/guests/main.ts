/** `npm run test:guests`: real kernels in QEMU, and whether all that QEMU says of their page tables is what we say. */

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { emulatorVersion } from '../differential/emulators.ts';
import { GUESTS, type GuestPlan, MORE_GUESTS } from './guest.ts';
import { type GuestProof, type ProofSize, proveGuest } from './prove.ts';
import { holds, markdownReport, sumOf } from './report.ts';
import { missingFor, SYSTEMS } from './systems.ts';

const ALL: readonly GuestPlan[] = [...GUESTS, ...MORE_GUESTS];

const ROOT = resolve(import.meta.dirname, '../..');
/** What came of each guest, for the next report. */
const KEPT = join(ROOT, 'build/guests');

const HELP = `npm run test:guests -- [options]

  --quick         fewer guests, dumps and addresses, in about a minute; no report is written
  --guest NAME    only this one; of the others, the report keeps what is known: ${ALL.map(({ name }) => name).join(', ')}
  --no-report     do not write docs/real-guests.md
`;

/** @returns the exit status: 0 all agree, 1 something differs, 2 wrong usage, 3 something is missing. */
export async function main(args: string[]): Promise<number> {
  const options = parse(args);
  if (typeof options === 'string') {
    console.error(options);
    return 2;
  }
  const { guests, quick, report } = options;
  const missing = guests.map(({ system }) => missingFor(SYSTEMS[system])).find((file) => file !== undefined);
  if (missing !== undefined) {
    console.error(`${missing} is not there; npm run fetch:debian -- guests downloads it`);
    return 3;
  }
  const samples = quick ? 200 : 2000;
  const results = new Map<GuestPlan, GuestProof | undefined>();
  const waiting = [...guests];
  // A guest that boots keeps one core busy.
  const work = async (): Promise<void> => {
    for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift())
      results.set(plan, await proofOf(plan, { samples, thorough: !quick }));
  };
  await Promise.all([work(), work()]);
  const proofs = guests.flatMap((plan) => results.get(plan) ?? []);
  if (proofs.length < guests.length) return 1;
  if (report) writeReport(proofs, samples);
  return proofs.every(holds) ? 0 : 1;
}

/** Writes the page once every guest has been tried, in this run or in one before. */
function writeReport(fresh: readonly GuestProof[], samples: number): void {
  mkdirSync(KEPT, { recursive: true });
  for (const proof of fresh) writeFileSync(keptAt(proof.plan), JSON.stringify(proof));
  const lacking = ALL.find((plan) => !existsSync(keptAt(plan)));
  if (lacking !== undefined) {
    console.error(`docs/real-guests.md is not written before ${lacking.name} was tried, too`);
    return;
  }
  const proofs = ALL.map((plan) => JSON.parse(readFileSync(keptAt(plan), 'utf8')) as GuestProof);
  const page = markdownReport({ proofs, qemu: emulatorVersion('qemu'), samples });
  writeFileSync(join(ROOT, 'docs/real-guests.md'), page);
  console.error('wrote docs/real-guests.md');
}

function keptAt({ name }: GuestPlan): string {
  return join(KEPT, `${name}.json`);
}

/** @returns undefined where it cannot be told, which is printed. */
async function proofOf(plan: GuestPlan, size: ProofSize): Promise<GuestProof | undefined> {
  const folder = mkdtempSync(join(tmpdir(), 'x86-paging-guests-'));
  try {
    const proof = await proveGuest(plan, folder, size);
    tell(proof);
    return proof;
  } catch (error) {
    console.error(`${plan.name}: ${(error as Error).message}`);
    return undefined;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tell(proof: GuestProof): void {
  const { plan, comparisons, pages, root, seconds } = proof;
  const [compared, agreed] = sumOf(proof);
  console.log(
    `${plan.name}, ${plan.mode}: ${pages} pages; ${agreed} of ${compared} lines agree (${seconds} s)`,
  );
  for (const { cpu, theirs, ours, differences } of comparisons) {
    for (const difference of differences)
      console.error(`  CPU ${cpu}, ${theirs} beside ${ours}: ${difference}`);
  }
  if (!root.first) console.error(`  roots names ${root.named} first; loaded are ${root.loaded.join(', ')}`);
}

interface Options {
  readonly guests: readonly GuestPlan[];
  readonly quick: boolean;
  readonly report: boolean;
}

/** @returns the options, or what is wrong with them. */
function parse(args: string[]): Options | string {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        guest: { type: 'string' },
        'no-report': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return HELP;
    const { quick, guest } = values;
    const guests = guest === undefined ? (quick ? GUESTS : ALL) : ALL.filter(({ name }) => name === guest);
    if (guests.length === 0) return `no guest '${guest}'\n\n${HELP}`;
    return { guests, quick, report: !quick && !values['no-report'] };
  } catch (error) {
    return `${(error as Error).message}\n\n${HELP}`;
  }
}
