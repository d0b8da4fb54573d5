/** The build under test, and the machine of a counterexample, for those who run it. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Counterexample } from '../counterexample.ts';

const dist = process.argv[2]!;
/** A file of the build under test. */
export const load = async <T>(file: string): Promise<T> =>
  (await import(pathToFileURL(join(dist, file)).href)) as T;
const memoryModule = await load<typeof import('x86-paging/memory')>('memory/index.js');
const mmuModule = await load<typeof import('x86-paging/mmu')>('mmu/index.js');
const tablesModule = await load<typeof import('x86-paging/tables')>('tables/index.js');

export const PhysicalMemory: typeof memoryModule.PhysicalMemory = memoryModule.PhysicalMemory;
export const Mmu: typeof mmuModule.Mmu = mmuModule.Mmu;
export const FAULT: number = mmuModule.FAULT;
export const Mapper: typeof tablesModule.Mapper = tablesModule.Mapper;
export type Memory = InstanceType<typeof PhysicalMemory>;
export type AnyMmu = InstanceType<typeof Mmu>;

/** The counterexample, from standard input. */
export const example: Counterexample = JSON.parse(readFileSync(0, 'utf8')) as Counterexample;

/** An unknown's value; 0 where it may have any. */
export function number(name: string): number {
  return Number(example.values[name] ?? 0);
}

export function flag(name: string): boolean {
  return number(name) !== 0;
}

const { amd, ...features } = example.cpu;
/** The CPU of the counterexample, as the build under test takes it. */
export const cpu: Readonly<Record<string, unknown>> = { ...features, vendor: amd ? 'AMD' : 'Intel' };

/** An outcome in one line, so that lines can be compared. */
export type Line = string;

export interface Rights {
  readonly writable: boolean;
  readonly user: boolean;
  readonly executable: boolean;
}

export function line(
  physical: number,
  pageSize: number,
  rights: Rights,
  global: boolean,
  words: string,
): Line {
  const letters = `${rights.writable ? 'w' : '-'}${rights.user ? 'u' : '-'}${rights.executable ? 'x' : '-'}${global ? 'g' : '-'}`;
  return `page ${physical.toString(16)} of ${pageSize.toString(16)} ${letters}, RAM ${words}`;
}

/** The words that count, as they are now. */
export function dump(memory: Memory): string {
  const inRam = new Set(example.words.map(([at]) => at).filter((at) => at < memory.sizeBytes));
  return [...inRam].map((at) => `${at.toString(16)}=${memory.readUint32(at).toString(16)}`).join(' ');
}

/** A closed A20 gate stands before RAM. */
const isGated = example.theorem.endsWith('/a20');

/** Where a physical address is found in RAM. */
export function placeOf(physical: number): number {
  return isGated && (physical & 0x10_0000) !== 0 ? physical - 0x10_0000 : physical;
}

/** RAM as it is before. */
export function build(): Memory {
  const memory = new PhysicalMemory(number('frames') * 4096);
  for (const [at, value] of example.words) if (at < memory.sizeBytes) memory.writeUint32(at, value);
  return memory;
}

const SMALL_TLB = { small: { entries: 8, ways: 2 }, large: { entries: 8, ways: 2 } };

/** An MMU with the registers of the counterexample. @param modelled - With a TLB of sets and ways. */
export function mmuOf(memory: Memory, modelled = false): AnyMmu {
  const pdptes = [0, 2, 4, 6].map(
    (i) => (BigInt(number(`pdpte${i + 1}`) >>> 0) << 32n) | BigInt(number(`pdpte${i}`) >>> 0),
  );
  const mmu = new Mmu(isGated ? new memoryModule.A20Gate(memory) : memory, {
    cpu: { ...cpu, cr4: true } as never,
    cr0: number('cr0'),
    cr3: number('cr3'),
    cr4: number('cr4'),
    efer: number('efer'),
    ...(example.mode === 'PAE' && { pdptes: pdptes as never }),
    ...(modelled && { tlb: SMALL_TLB }),
  });
  mmu.alignmentCheck = flag('alignmentCheck');
  mmu.pkru = number('pkru');
  mmu.pkrs = number('pkrs');
  return mmu;
}

/** Sets what a report says that the walk sets. @returns The words that count. */
export function mark(memory: Memory, sets: readonly { entryAddress: number; bits: number }[]): string {
  for (const { entryAddress, bits } of sets) {
    const at = placeOf(entryAddress);
    if (at < memory.sizeBytes) memory.writeUint32(at, memory.readUint32(at) | bits);
  }
  return dump(memory);
}
