/** The machines of exercises: made from a few words of RAM, and always answered for by the real MMU. */

import { formatAddress } from '../arch/address.ts';
import { CR0_PE, CR0_PG, CR0_WP, CR4_PSE } from '../arch/control.ts';
import { PhysicalMemory } from '../memory/index.ts';
import { type Access, Mmu, type WalkReport } from '../mmu/index.ts';
import type { ExerciseMachine } from './exercise.ts';
import { RAM_BYTES, type Sketch } from './sketch.ts';
import type { ExerciseWords } from './words/index.ts';

/** A fresh MMU over a machine; what is done to it does not reach the exercise. */
export function mmuFor(machine: ExerciseMachine): Mmu<PhysicalMemory> {
  const memory = new PhysicalMemory(machine.ramBytes);
  for (const [physical, word] of machine.words) memory.writeUint32(physical, word);
  return new Mmu(memory, { cpu: 'pentium-iii', cr0: machine.cr0, cr3: machine.cr3, cr4: machine.cr4 });
}

/** What a student thinks, or would write: other words, another CR0. */
export interface Change {
  /** Words by physical address. */
  readonly words?: Iterable<readonly [physical: number, word: number]>;
  /** CR0 in place of the machine's. */
  readonly cr0?: number;
}

/**
 * One MMU answers for all machines, each in its turn: making one for every question costs a thousand times the
 * question. `explain` changes nothing and asks no TLB, so nothing of one question reaches the next.
 */
let shared: { readonly mmu: Mmu<PhysicalMemory>; words: ExerciseMachine['words'] } | undefined;

/** What the MMU says to an access of a machine, perhaps changed. */
export function explain(
  machine: ExerciseMachine,
  linear: number,
  access: Access,
  change: Change = {},
): WalkReport {
  if (shared?.mmu.memory.sizeBytes !== machine.ramBytes) shared = undefined;
  shared ??= { mmu: mmuFor({ ...machine, words: [] }), words: [] };
  const { mmu } = shared;
  for (const [physical] of shared.words) mmu.memory.writeUint32(physical, 0);
  shared.words = [...machine.words, ...(change.words ?? [])];
  for (const [physical, word] of shared.words) mmu.memory.writeUint32(physical, word);
  mmu.cr0 = change.cr0 ?? machine.cr0;
  mmu.cr3 = machine.cr3;
  mmu.cr4 = machine.cr4;
  return mmu.explain(linear, access);
}

/** The word at a physical address: 0 where nothing was given, as in the machine's RAM. */
export function wordAt(machine: ExerciseMachine, physical: number): number {
  return machine.words.find(([address]) => address === physical)?.[1] ?? 0;
}

function ascending(words: ReadonlyMap<number, number>): [number, number][] {
  return [...words].sort(([a], [b]) => a - b);
}

/** The finished machine. */
export function machineOf(
  { directory, words }: Sketch,
  options: { readonly wp?: boolean; readonly pse?: boolean } = {},
): ExerciseMachine {
  const { wp = true, pse = false } = options;
  return {
    ramBytes: RAM_BYTES,
    cr0: (CR0_PG | CR0_PE | (wp ? CR0_WP : 0)) >>> 0,
    cr3: directory,
    cr4: pse ? CR4_PSE : 0,
    words: ascending(words()),
  };
}

/** The words as lines of `address: word`, an empty line between frames. */
export function dumpLines({ words }: ExerciseMachine): string[] {
  const lines: string[] = [];
  let frame = -1;
  for (const [address, word] of words) {
    if (frame !== -1 && address >>> 12 !== frame) lines.push('');
    frame = address >>> 12;
    lines.push(`${formatAddress(address)}: ${formatAddress(word)}`);
  }
  return lines;
}

/** The registers in words, for a prompt. */
export function registersText({ cr0, cr3, cr4 }: ExerciseMachine, words: ExerciseWords): string {
  const wp = (cr0 & CR0_WP) !== 0 ? 1 : 0;
  const pse = (cr4 & CR4_PSE) !== 0 ? 1 : 0;
  return words.registers(formatAddress(cr3), wp, pse);
}
