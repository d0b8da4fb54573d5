/** The little machines of a concept inventory, and the MMU's word about them. */

import { type Access, READ } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { directoryIndex, tableIndex } from '../arch/paging-modes.ts';
import type { PhysicalMemory } from '../memory/index.ts';
import type { Mmu } from '../mmu/index.ts';
import type { Random } from '../random/random.ts';
import type { ExerciseMachine } from './exercise.ts';
import type { Misconception } from './inventory-kinds.ts';
import { dumpLines, explain, machineOf, mmuFor, wordAt } from './machine.ts';
import { type Flags, pageAt, sketch } from './sketch.ts';
import type { ExerciseWords } from './words/index.ts';

/** The inventory's words. */
export type Words = ExerciseWords['inventory'];

/** What a scene may differ in. */
export interface SceneOptions {
  /** Rights of the directory's entry and of the table's. */
  readonly pde?: Flags;
  readonly pte?: Flags;
  readonly wp?: boolean;
  readonly pse?: boolean;
  /** The directory's entry maps 4 MiB. */
  readonly large?: boolean;
  /** The page behind the one that is asked about is mapped too. */
  readonly next?: boolean;
}

/** A page, its address, and what is on the way to it. */
export interface Scene {
  readonly machine: ExerciseMachine;
  readonly linear: number;
  readonly pdeAddress: number;
  readonly pteAddress: number;
  readonly pde: number;
  readonly pte: number;
  /** Where the page begins in physical memory. */
  readonly frame: number;
  readonly tables: readonly string[];
}

/** A question before its options are mixed. */
export interface Draft {
  readonly scene: Scene;
  /** What is asked, after the registers. */
  readonly prompt: string;
  readonly right: string;
  /** Three, each with what somebody believes who takes it. */
  readonly wrong: readonly (readonly [Misconception, string])[];
}

/** A question that can be asked about many machines. */
export interface Template {
  readonly id: string;
  make(random: Random, words: Words): Draft;
}

const OPEN: Flags = { writable: true, user: true, accessed: true };

/** Makes a machine with one page that is asked about, and a few others. */
export function scene(random: Random, options: SceneOptions = {}): Scene {
  const { pde = OPEN, pte = OPEN, wp = true, pse = false, large = false, next = false } = options;
  const sketched = sketch(random);
  const [slot, table] = random.distinct(2, 1, 1000) as [number, number];
  const linear = (pageAt(slot, table) | (4 * (16 + random.int(1000)))) >>> 0;
  if (large) {
    sketched.largePage(slot, (1 + random.int(3)) * 0x40_0000, pde);
  } else {
    sketched.table(slot, pde);
    sketched.page(slot, table, sketched.frame(), pte);
    if (next) sketched.page(slot, table + 1, sketched.frame(), pte);
  }
  const machine = machineOf(sketched, { wp, pse: pse || large });
  const pdeAddress = machine.cr3 + directoryIndex(linear) * 4;
  const pdeValue = wordAt(machine, pdeAddress);
  const pteAddress = ((pdeValue & ~0xfff) >>> 0) + tableIndex(linear) * 4;
  const pteValue = wordAt(machine, pteAddress);
  const mask = large ? 0xffc0_0000 : 0xffff_f000;
  return {
    machine,
    linear,
    pdeAddress,
    pteAddress,
    pde: pdeValue,
    pte: pteValue,
    frame: ((large ? pdeValue : pteValue) & mask) >>> 0,
    tables: dumpLines(machine),
  };
}

/** Where the MMU says that an address of a scene leads. */
export function physicalOf({ machine }: Scene, linear: number): number {
  const report = explain(machine, linear, READ);
  if (!report.ok) throw new Error(`question without an answer: ${formatAddress(linear)} faults`);
  return report.physical;
}

/** What an access does, in the words of an option. */
export function outcomeOf({ machine, linear }: Scene, access: Access, words: Words): string {
  const report = explain(machine, linear, access);
  return report.ok ? words.goesThrough : faults(report.fault.code, words);
}

/** A fault in the words of an option. */
export function faults(code: number, words: Words): string {
  return words.faults(code, bits(code));
}

function bits(code: number): string {
  return ['P', 'W', 'U'].map((name, bit) => `${name} = ${(code >> bit) & 1}`).join(', ');
}

/** A running MMU over the scene's machine. */
export function running({ machine }: Scene): Mmu<PhysicalMemory> {
  return mmuFor(machine);
}
