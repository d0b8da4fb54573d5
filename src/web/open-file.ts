/** A machine out of a file: one that was saved here, a dump of any kind, or raw RAM. */

import { DumpError } from '../dump/index.ts';
import { type FoundRoot, findRoots, mapOf } from '../inspect/index.ts';
import { type ByteSource, type Machine, openMachine, type RegisterSource } from '../machine/index.ts';
import type { Said } from '../said/said.ts';
import type { Linear } from './linear.ts';
import type { PageMachine } from './page-machine.ts';

/** A file whose registers nothing tells: in which mode it is, and where its root is, must be asked. */
export interface PendingFile {
  readonly name: string;
  readonly source: ByteSource;
  /** Roots that its tables speak for, best first; undefined until somebody has looked. */
  readonly roots: readonly FoundRoot[] | undefined;
}

/** What came of a file. */
export type OpenedFile =
  | {
      readonly kind: 'machine';
      readonly machine: PageMachine;
      readonly linear: Linear;
      /** What had to be concluded of it. */
      readonly notes: readonly Said[];
    }
  | { readonly kind: 'unknown'; readonly pending: PendingFile };

/** In larger files, roots are looked for only when that is asked for: all of it must be read. */
const MAX_SEARCHED = 512 * 2 ** 20;
/** Candidates that are offered. */
const OFFERED = 6;

/**
 * Opens a file. One that tells no registers is unknown rather than shown in a mode that it may not be in.
 * @param registers - What is told beside the file.
 * @throws Error that says what is wrong with the file, in words for its owner.
 */
export function openedFile(name: string, source: ByteSource, registers?: RegisterSource): OpenedFile {
  try {
    const notes: Said[] = [];
    const onNote = (note: Said): void => void notes.push(note);
    const machine = openMachine(source, { registers, needsRegisters: true, onNote });
    return { kind: 'machine', machine, linear: firstMapped(machine), notes };
  } catch (error) {
    const isUnknown = error instanceof DumpError && error.code === 'bad-request' && registers === undefined;
    if (!isUnknown) throw error;
    const pending = { name, source, roots: undefined };
    return { kind: 'unknown', pending: source.size <= MAX_SEARCHED ? searched(pending) : pending };
  }
}

/** The same with the roots that its tables speak for. */
export function searched({ name, source }: PendingFile): PendingFile {
  const { memory } = openMachine(source);
  return { name, source, roots: findRoots(memory, { limit: OFFERED }) };
}

/** The first address that is mapped, which is shown first; of a domain, its kernel. */
function firstMapped(machine: Machine): Linear {
  if (machine.domain !== undefined) return machine.domain.loadAddress;
  for (const { start } of mapOf(machine)) return start;
  return 0;
}
