/** One real guest: booted, stopped, and all that QEMU says of its page tables compared with what the command line says. */

import { closeSync, openSync, readSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PTE_A, PTE_P } from '../../src/arch/entry.ts';
import { randomFrom } from '../../src/random/random.ts';
import { startX86paging } from '../cli/run.ts';
import { compareMem, compareSamples, compareTlb, linesOf, type Outcome } from './compare.ts';
import { boot, type Guest, type GuestPlan } from './guest.ts';
import { packageOf, SYSTEMS } from './systems.ts';

/** How much is compared. */
export interface ProofSize {
  /** Addresses given to `gva2gpa` for each CPU. */
  readonly samples: number;
  /** Also what takes long: every kind of dump, and `info mem` in 5-level paging. */
  readonly thorough: boolean;
}

/** One comparison. */
export interface Comparison extends Outcome {
  readonly cpu: number;
  /** What QEMU was asked. */
  readonly theirs: string;
  /** Where this project had the tables from. */
  readonly ours: string;
}

/** What came of one guest. */
export interface GuestProof {
  readonly plan: GuestPlan;
  readonly debianPackage: string;
  /** Pages that the first CPU's tables map, by QEMU's count. */
  readonly pages: number;
  readonly comparisons: readonly Comparison[];
  /** Whether `roots` of RAM alone names the CR3 of a CPU first; what it names instead. */
  readonly root: { readonly first: boolean; readonly named: string; readonly loaded: readonly string[] };
  /** PDPTEs in which QEMU has set the accessed bit; 0 but in PAE paging. */
  readonly pdptesAccessed: number;
  readonly seconds: number;
}

/** Sources of the same tables: how they are made, and how the command line is told of them. */
interface Source {
  readonly name: string;
  readonly args: readonly string[];
}

/** @param folder - For dumps, which are as large as the guest. @throws Error if a program fails. */
export async function proveGuest(plan: GuestPlan, folder: string, size: ProofSize): Promise<GuestProof> {
  const start = Date.now();
  const guest = await boot(plan, folder);
  try {
    await guest.qmp.execute('stop');
    const sources = await sourcesOf(guest, folder, size);
    const comparisons: Comparison[] = [];
    for (let cpu = 0; cpu < plan.cpus; cpu++)
      comparisons.push(...(await compareCpu(guest, cpu, sources, size)));
    const raw = sources.find(({ name }) => name === 'raw')!;
    const root = await rootOf(guest, raw.args[0]!);
    return {
      plan,
      debianPackage: packageOf(SYSTEMS[plan.system]),
      pages: comparisons[0]!.compared,
      comparisons,
      root,
      pdptesAccessed: plan.mode === 'PAE' ? await pdptesAccessed(raw, root.loaded[0]!) : 0,
      seconds: Math.round((Date.now() - start) / 1000),
    };
  } finally {
    guest.quit();
  }
}

/** Dumps the stopped guest in several ways. */
async function sourcesOf(
  { plan, qmp, socket, monitor }: Guest,
  folder: string,
  size: ProofSize,
): Promise<Source[]> {
  const file = (name: string): string => join(folder, `${plan.name}.${name}`);
  const dump = async (name: string, args: Record<string, unknown>): Promise<Source> => {
    await qmp.execute('dump-guest-memory', { protocol: `file:${file(name)}`, ...args });
    return { name, args: [file(name)] };
  };
  await qmp.execute('pmemsave', { val: 0, size: plan.memoryMib * 2 ** 20, filename: file('raw') });
  if (statSync(file('raw')).size !== plan.memoryMib * 2 ** 20)
    throw new Error(`${plan.name}: RAM is not saved`);
  const registers = file('registers');
  writeFileSync(registers, await monitor('info registers -a'));
  const sources = [
    { name: 'live, by QMP', args: ['--qemu', `unix:${socket}`] },
    await dump('elf', { paging: false }),
    { name: 'raw', args: [file('raw'), '--registers', registers] },
  ];
  if (!size.thorough) return sources;
  sources.push(await dump('kdump-zlib', { paging: false, format: 'kdump-zlib' }));
  // With `paging`, QEMU takes only what the tables map, and its ELF tells of linear addresses, too. In 5-level paging it has
  // no answer in two minutes.
  if (plan.mode !== '5-level') sources.push(await dump('elf-paging', { paging: true }));
  return sources;
}

async function compareCpu(
  { plan, monitor }: Guest,
  cpu: number,
  sources: readonly Source[],
  size: ProofSize,
): Promise<Comparison[]> {
  const tlb = await monitor('info tlb', cpu);
  // There it takes a minute, and says nothing.
  const skipsMem = plan.mode === '5-level' && !(size.thorough && cpu === 0);
  const mem = skipsMem ? undefined : await monitor('info mem', cpu);
  const found: Comparison[] = [];
  for (const { name, args } of sources) {
    const map = async (as: string): Promise<string> =>
      await stdout(['map', ...args, '--cpu-index', String(cpu), '--as', as]);
    const add = (theirs: string, outcome: Outcome): void => {
      found.push({ cpu, theirs, ours: name, ...outcome });
    };
    add('info tlb', compareTlb(tlb, await map('qemu-tlb'), plan));
    if (mem !== undefined) add('info mem', compareMem(mem, await map('qemu-mem'), plan));
  }
  const elf = sources.find(({ name }) => name === 'elf')!;
  const addresses = sampleOf(tlb, plan, size.samples);
  const answers: [string, string][] = [];
  for (const address of addresses) answers.push([address, await monitor(`gva2gpa ${address}`, cpu)]);
  const walks = await walksOf(addresses, ['--image', ...elf.args, '--cpu-index', String(cpu)]);
  found.push({ cpu, theirs: 'gva2gpa', ours: 'walk of elf', ...compareSamples(answers, walks) });
  return found;
}

/** Addresses in pages of `info tlb`, every fourth of them some way off. */
function sampleOf(tlb: string, { name, mode }: GuestPlan, count: number): string[] {
  const random = randomFrom(`gva2gpa ${name}`);
  const lines = linesOf(tlb);
  const bits = mode === '4-level' || mode === '5-level' ? 64 : 32;
  return Array.from({ length: count }, (_, i) => {
    const page = BigInt(`0x${random.pick(lines).slice(0, 16)}`);
    const far = i % 4 === 3 ? BigInt(random.int(2 ** 31)) : BigInt(random.int(4096));
    return `0x${BigInt.asUintN(bits, page + far).toString(16)}`;
  });
}

/** Where walks end, whoever may go there: a supervisor may not read the user's pages (SMAP), nor the user the supervisor's. */
async function walksOf(
  addresses: readonly string[],
  machine: readonly string[],
): Promise<(string | undefined)[]> {
  const ends: (string | undefined)[] = addresses.map(() => undefined);
  for (const access of ['read', 'user-read']) {
    const lines = linesOf(
      await stdout(['walk', ...addresses, ...machine, '--access', access, '--json'], [0, 1]),
    );
    for (const [i, line] of lines.entries()) ends[i] ??= (JSON.parse(line) as { physical?: string }).physical;
  }
  return ends;
}

async function rootOf({ monitor }: Guest, raw: string): Promise<GuestProof['root']> {
  const registers = await monitor('info registers -a');
  const loaded = [...registers.matchAll(/CR3=([0-9a-f]+)/g)].map(
    ([, value]) => `0x${BigInt(`0x${value}`).toString(16)}`,
  );
  const [best] = linesOf(await stdout(['roots', raw, '--limit', '1', '--json']));
  const named = (JSON.parse(best ?? '{}') as { cr3?: string }).cr3 ?? 'none';
  return { first: loaded.includes(named), named, loaded };
}

/** How many PDPTEs have bit 5 set, in RAM. @throws Error unless `--strict` refuses just those machines that have one. */
async function pdptesAccessed({ args: [file, ...registers] }: Source, cr3: string): Promise<number> {
  const bytes = Buffer.alloc(32);
  const handle = openSync(file!, 'r');
  readSync(handle, bytes, 0, bytes.length, Number(BigInt(cr3) & ~31n));
  closeSync(handle);
  const present = [0, 8, 16, 24].map((at) => bytes.readUInt32LE(at)).filter((low) => (low & PTE_P) !== 0);
  const accessed = present.filter((low) => (low & PTE_A) !== 0).length;
  await stdout(['walk', '0', '--image', file!, ...registers, '--strict'], accessed > 0 ? [3] : [0, 1]);
  return accessed;
}

async function stdout(args: readonly string[], codes: readonly number[] = [0]): Promise<string> {
  const { code, out, err } = await startX86paging(args).result;
  if (code === null || !codes.includes(code))
    throw new Error(`x86-paging ${args.slice(0, 6).join(' ')} … ends with ${code}: ${err.slice(-500)}`);
  return out;
}
