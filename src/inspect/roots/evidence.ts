/** What speaks for a candidate: how sound its tables are, and what they map. */

import {
  CR0_PE,
  CR0_PG,
  CR0_WP,
  CR4_LA57,
  CR4_PAE,
  CR4_PGE,
  CR4_PSE,
  EFER_LMA,
  EFER_LME,
  EFER_NXE,
} from '../../arch/control.ts';
import type { CpuFeatures } from '../../arch/cpu.ts';
import { PTE_RW, PTE_US } from '../../arch/entry.ts';
import type { Memory } from '../../memory/index.ts';
import {
  contextOf,
  PageScan,
  pageShiftOfRun,
  RUN_CONTIGUOUS,
  RUN_NX,
  RUN_REPEAT,
  type WalkContext,
  type WalkRegisters,
} from '../../walk/index.ts';
import type { Candidate } from './candidates.ts';
import type { RamIndex } from './ram-index.ts';
import type { JudgedTables } from './table-judge.ts';

/** What the tables under a candidate hold. */
export interface TreeFacts {
  readonly tables: number;
  /** Present entries. */
  readonly entries: number;
  /** Of them, those with reserved bits set, or that lead to a table where no RAM is. */
  readonly wrong: number;
  /** Pages of all sizes, those under shared tables once. */
  readonly pages: number;
  readonly userPages: number;
  /** Supervisor pages that can be executed. */
  readonly kernelCode: number;
  /** Frames of RAM that a supervisor can write to through them. */
  readonly reachable: number;
  /** Of its own tables, how many a supervisor can reach through them: a kernel must, to change them. */
  readonly ownTables: number;
}

/** Batches of runs that are looked at. */
const MAX_BATCHES = 20_000;

/** The registers with which a candidate is walked. */
export function registersFor({ mode, address }: Candidate): WalkRegisters {
  const long = mode === '4-level' || mode === '5-level';
  const paged = mode === '32-bit' ? CR4_PSE : CR4_PAE;
  return {
    cr0: (CR0_PG | CR0_WP | CR0_PE) >>> 0,
    cr3: address,
    cr4: paged | CR4_PGE | (mode === '5-level' ? CR4_LA57 : 0),
    efer: (long ? EFER_LME | EFER_LMA : 0) | (mode === '32-bit' ? 0 : EFER_NXE),
  };
}

/** The context in which a candidate is walked. */
export function contextFor(memory: Memory, cpu: CpuFeatures, candidate: Candidate): WalkContext {
  const { cr3, ...registers } = registersFor(candidate);
  const context = contextOf({ memory, cpu, registers: { ...registers, cr3 } });
  return context;
}

/** Looks at what a candidate's tables map. @returns undefined if they map nothing. */
export function factsOf(context: WalkContext, judged: JudgedTables, ram: RamIndex): TreeFacts | undefined {
  const mapped = new Uint8Array(Math.ceil(ram.count / 8));
  const { pages, userPages, kernelCode } = scanPages(context, ram, mapped);
  if (pages === 0) return undefined;
  let ownTables = 0;
  for (const address of judged.addresses) if (hasBit(mapped, ram.of(address))) ownTables++;
  return {
    tables: judged.addresses.length,
    entries: judged.entries,
    wrong: judged.wrong,
    pages,
    userPages,
    kernelCode,
    reachable: countBits(mapped),
    ownTables,
  };
}

function scanPages(
  context: WalkContext,
  ram: RamIndex,
  mapped: Uint8Array,
): Pick<TreeFacts, 'pages' | 'userPages' | 'kernelCode'> {
  const scan = new PageScan(context, { contiguous: true, repeats: 'mark' });
  let pages = 0;
  let userPages = 0;
  let kernelCode = 0;
  let batches = 0;
  for (let count = scan.next(); count > 0 && batches < MAX_BATCHES; count = scan.next(), batches++) {
    for (let i = 0; i < count; i++) {
      const attributes = scan.attributes[i]!;
      if ((attributes & RUN_REPEAT) !== 0) continue;
      pages += scan.pages[i]!;
      if ((attributes & PTE_US) !== 0) {
        userPages += scan.pages[i]!;
        continue;
      }
      if ((attributes & RUN_NX) === 0) kernelCode += scan.pages[i]!;
      if ((attributes & PTE_RW) === 0) continue;
      const distinct = (attributes & RUN_CONTIGUOUS) !== 0 ? scan.pages[i]! : 1;
      setFrames(mapped, ram, scan.physical[i]!, distinct * 2 ** pageShiftOfRun(attributes));
    }
  }
  return { pages, userPages, kernelCode };
}

/** Sets the bits of all frames of RAM in a stretch of physical addresses. */
function setFrames(bits: Uint8Array, ram: RamIndex, physical: number, bytes: number): void {
  const first = physical / 4096;
  const end = first + bytes / 4096;
  for (const stretch of ram.stretches) {
    if (stretch.end <= first) continue;
    if (stretch.first >= end) return;
    const from = stretch.before + Math.max(first, stretch.first) - stretch.first;
    const to = stretch.before + Math.min(end, stretch.end) - stretch.first;
    for (let frame = from; frame < to; ) {
      if (frame % 8 === 0 && frame + 8 <= to) {
        bits[frame / 8] = 0xff;
        frame += 8;
      } else {
        bits[frame >>> 3]! |= 1 << (frame & 7);
        frame++;
      }
    }
  }
}

function hasBit(bits: Uint8Array, at: number): boolean {
  return ((bits[at >>> 3]! >>> (at & 7)) & 1) !== 0;
}

function countBits(bits: Uint8Array): number {
  let count = 0;
  for (const byte of bits) for (let rest = byte; rest !== 0; rest &= rest - 1) count++;
  return count;
}
