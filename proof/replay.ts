/**
 * Runs a counterexample for real: builds the machine, and asks the `Mmu` of a build of this project (with a planted
 * change, or without), its `explain`, and the manual's rule run as ordinary code.
 *
 * `node replay.js DIST` reads a counterexample on standard input; DIST is the build. Prints who disagrees with whom.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Counterexample } from './counterexample.ts';
import {
  type Mode,
  type RuleFault,
  type RuleSuccess,
  ruleOutcome,
  type What,
  type Who,
} from './rule/paging-rule.ts';

const dist = process.argv[2]!;
const load = async <T>(file: string): Promise<T> => (await import(pathToFileURL(join(dist, file)).href)) as T;
const { PhysicalMemory } = await load<typeof import('x86-paging/memory')>('memory/index.js');
const { Mmu, FAULT } = await load<typeof import('x86-paging/mmu')>('mmu/index.js');
const { Mapper } = await load<typeof import('x86-paging/tables')>('tables/index.js');

type Memory = InstanceType<typeof PhysicalMemory>;
const example = JSON.parse(readFileSync(0, 'utf8')) as Counterexample;
const number = (name: string): number => Number(example.values[name] ?? 0);
/** An outcome in one line, so that lines can be compared. */
type Line = string;

interface Rights {
  readonly writable: boolean;
  readonly user: boolean;
  readonly executable: boolean;
}

function line(physical: number, pageSize: number, rights: Rights, global: boolean, words: string): Line {
  const letters = `${rights.writable ? 'w' : '-'}${rights.user ? 'u' : '-'}${rights.executable ? 'x' : '-'}${global ? 'g' : '-'}`;
  return `page ${physical.toString(16)} of ${pageSize.toString(16)} ${letters}, RAM ${words}`;
}

/** The words that count, as they are now. */
function dump(memory: Memory): string {
  const inRam = new Set(example.words.map(([at]) => at).filter((at) => at < memory.sizeBytes));
  return [...inRam].map((at) => `${at.toString(16)}=${memory.readUint32(at).toString(16)}`).join(' ');
}

function build(): Memory {
  const memory = new PhysicalMemory(number('frames') * 4096);
  for (const [at, value] of example.words) if (at < memory.sizeBytes) memory.writeUint32(at, value);
  return memory;
}

const SMALL_TLB = { small: { entries: 8, ways: 2 }, large: { entries: 8, ways: 2 } };

function walks(): Record<string, Line> {
  const access = number('access') as 0;
  const linear = BigInt.asUintN(64, (BigInt(number('high')) << 32n) | BigInt(number('low') >>> 0));
  const pdptes = [0, 2, 4, 6].map(
    (i) => (BigInt(number(`pdpte${i + 1}`) >>> 0) << 32n) | BigInt(number(`pdpte${i}`) >>> 0),
  );
  const make = (memory: Memory, modelled = false): InstanceType<typeof Mmu> => {
    const mmu = new Mmu(memory, {
      cpu: { ...example.cpu, cr4: true } as never,
      cr0: number('cr0'),
      cr3: number('cr3'),
      cr4: number('cr4'),
      efer: number('efer'),
      ...(example.mode === 'PAE' && { pdptes: pdptes as never }),
      ...(modelled && { tlb: SMALL_TLB }),
    });
    mmu.alignmentCheck = example.values['alignmentCheck'] === '1';
    mmu.pkru = number('pkru');
    mmu.pkrs = number('pkrs');
    return mmu;
  };

  const translated = (modelled: boolean): Line => {
    const memory = build();
    const mmu = make(memory, modelled);
    const physical = mmu.translate(linear, access);
    if (physical === FAULT) return `fault ${mmu.faultCode}, RAM ${dump(memory)}`;
    const cached = mmu.tlb.lookup(linear);
    if (cached === undefined)
      return `page ${physical.toString(16)}, which is not cached, RAM ${dump(memory)}`;
    return line(physical, cached.pageSize, cached.rights, cached.global, dump(memory));
  };

  const explained = build();
  const report = make(explained).explain(linear, access);
  const told = report.ok ? mark(explained, report.sets) : undefined;
  const readable = report.ok
    ? line(report.physical, report.pageSize, report.rights, report.global, told!)
    : `fault ${report.fault.code}, RAM ${dump(explained)}`;
  return {
    translate: translated(false),
    'translate with a modelled TLB': translated(true),
    explain: readable,
    rule: byRule(access),
  };
}

function mark(memory: Memory, sets: readonly { entryAddress: number; bits: number }[]): string {
  for (const { entryAddress, bits } of sets) {
    if (entryAddress < memory.sizeBytes)
      memory.writeUint32(entryAddress, memory.readUint32(entryAddress) | bits);
  }
  return dump(memory);
}

function byRule(access: number): Line {
  const memory = build();
  const has = (register: string, mask: number): boolean => (number(register) & mask) !== 0;
  const cpu = example.cpu;
  const who: Who = access & 4 ? 'user' : access & 8 ? 'implicit' : 'supervisor';
  const what: What = access & 1 ? 'write' : access & 2 ? 'fetch' : 'read';
  const outcome: RuleSuccess | RuleFault = ruleOutcome(
    {
      mode: example.mode as Mode,
      cr3: number('cr3'),
      pdptes: Array.from({ length: 8 }, (_, i) => number(`pdpte${i}`)),
      wp: has('cr0', 0x1_0000),
      pse: has('cr4', 0x10),
      pge: has('cr4', 0x80),
      smep: has('cr4', 0x10_0000),
      smap: has('cr4', 0x20_0000),
      pke: has('cr4', 0x40_0000),
      pks: has('cr4', 0x100_0000),
      nxe: has('efer', 0x800),
      ac: example.values['alignmentCheck'] === '1',
      pkru: number('pkru'),
      pkrs: number('pkrs'),
      maxPhysicalBits: Number(cpu['physicalAddressBits']),
      pse36: cpu['pse36'] === true,
      page1g: cpu['page1g'] === true,
    },
    (physical) => (physical < memory.sizeBytes ? memory.readUint32(physical) | 0 : -1),
    number('low'),
    number('high'),
    who,
    what,
    (access & 16) !== 0,
  );
  if (!outcome.ok) return `fault ${outcome.fault.code}, RAM ${dump(memory)}`;
  return line(outcome.physical, outcome.pageSize, outcome.rights, outcome.global, mark(memory, outcome.sets));
}

/** A page of the given rights, used once, then again after the registers have changed. */
function tlbWord(): Record<string, Line> {
  const flag = (name: string): boolean => example.values[name] === '1';
  const rights = number('rights');
  const memory = new PhysicalMemory(0x10000);
  // PAE, so that NX exists: PDPT at 0, directory at 0x1000, table at 0x2000, page at 0x3000.
  memory.writeUint32(0, 0x1001);
  memory.writeUint32(0x1000, 0x2067);
  const [rw, us, dirty, nx] = [1, 2, 4, 8].map((bit) => (rights & bit) !== 0);
  memory.writeUint32(0x2000, 0x3021 | (rw ? 2 : 0) | (us ? 4 : 0) | (dirty ? 0x40 : 0));
  memory.writeUint32(0x2004, nx ? 0x8000_0000 : 0);
  const registers = (moment: string): { cr0: number; cr4: number } => ({
    cr0: 0x8000_0001 + (flag(`${moment}_wp`) ? 0x1_0000 : 0),
    cr4: 0x20 | (flag(`${moment}_smep`) ? 0x10_0000 : 0) | (flag(`${moment}_smap`) ? 0x20_0000 : 0),
  });
  const mmu = new Mmu(memory, { cpu: 'ice-lake-server', ...registers('then'), efer: 0x800 });
  mmu.alignmentCheck = flag('then_alignmentCheck');
  mmu.translate(0, number('filler') as 0);
  const now = registers('now');
  mmu.cr0 = now.cr0;
  mmu.cr4 = now.cr4;
  mmu.alignmentCheck = flag('now_alignmentCheck');
  const report = mmu.explain(0, number('access') as 0);
  const physical = mmu.translate(0, number('access') as 0);
  const entry = mmu.tlb.lookup(0);
  return {
    translate:
      physical === FAULT
        ? 'fault'
        : `page ${physical} ${entry === undefined ? '' : JSON.stringify(entry.rights)}`,
    explain: report.ok ? `page ${report.physical} ${JSON.stringify(report.rights)}` : 'fault',
  };
}

/** A page mapped by the table writer, and where the walk finds it. */
function writer(): Record<string, Line> {
  const found: Record<string, Line> = {};
  for (const shift of [12, 21, 22, 30]) {
    const page = example.values[`page_${shift}`];
    if (page === undefined) continue;
    const physical = Number(page) * 2 ** shift;
    const memory = new PhysicalMemory(64 * 4096);
    let next = 1;
    const mapper = new Mapper(memory, {
      mode: example.mode as Mode,
      cpu: { ...example.cpu, cr4: true, pse: true } as never,
      allocateFrame: () => next++,
    });
    const long = example.mode === '4-level' || example.mode === '5-level';
    mapper.map(0x4000_0000, physical, 2 ** shift, {
      pageSize: (2 ** shift) as 4096,
      user: true,
      writable: true,
    });
    const mmu = new Mmu(memory, {
      cpu: { ...example.cpu, cr4: true, pse: true } as never,
      cr3: mapper.root,
      cr4: 0x10 | (example.mode === '32-bit' ? 0 : 0x20) | (example.mode === '5-level' ? 0x1000 : 0),
      efer: long ? 0x100 : 0,
    });
    const report = mmu.explain(0x4000_0000, 5);
    found[`asked for ${shift}`] = `${physical}`;
    found[`found for ${shift}`] = report.ok ? `${report.physical}` : report.fault.reason;
  }
  // A table above 4 GiB: its link is read back by the walk as well.
  const table = Number(example.values['table'] ?? 0) % 2 ** 21;
  const memory = new PhysicalMemory(2 ** 33);
  let frame = Math.max(table, 2 ** 20);
  const mapper = new Mapper(memory, {
    mode: example.mode as Mode,
    cpu: 'ice-lake-server',
    allocateFrame:
      example.mode === '32-bit'
        ? (() => {
            let n = 1;
            return () => n++;
          })()
        : () => frame++ % 2 ** 21,
    ...(example.mode === 'PAE' && { root: 0x1000 }),
  });
  mapper.map(0x4000_0000, 0x5000, 4096, { user: true });
  const long = example.mode === '4-level' || example.mode === '5-level';
  const mmu = new Mmu(memory, {
    cpu: 'ice-lake-server',
    cr3: mapper.root,
    cr4: (example.mode === '32-bit' ? 0 : 0x20) | (example.mode === '5-level' ? 0x1000 : 0),
    efer: long ? 0x100 : 0,
  });
  const report = mmu.explain(0x4000_0000, 4);
  found['asked through a high table'] = `${0x5000}`;
  found['found through a high table'] = report.ok ? `${report.physical}` : report.fault.reason;
  return found;
}

const lines =
  example.theorem === 'tlb/words' ? tlbWord() : example.theorem.endsWith('/writer') ? writer() : walks();
process.stdout.write(`${JSON.stringify(lines)}\n`);
