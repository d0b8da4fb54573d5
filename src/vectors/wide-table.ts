/** The published truth tables of PAE, 4-level and 5-level paging: what their JSON files hold. `vectors/README.md` tells it at length. */

import type { CpuFeatures } from '../arch/cpu.ts';
import type { Hex } from './truth-table.ts';

/** What one access must lead to. */
export interface WideOutcome {
  /** Bytes of the page; absent: it faults. */
  readonly pageSize?: number;
  /** Of a fault: the error code. */
  readonly errorCode?: number;
  /** Of a page: the bits that must be set afterwards in each entry of the path, from the root down. */
  readonly sets?: readonly number[];
  /** Of a fault: in how many entries, from the root down, A may be set. The architecture leaves it open. */
  readonly mayAccess?: number;
  /** The translation survives a load of CR3. */
  readonly global?: true;
}

/** One state of the CPU and one kind of access. */
export interface WideCase {
  /** A name in {@link WideTable.cpus}. */
  readonly cpu: string;
  /** CR0 during the access. */
  readonly cr0: Hex;
  /** CR4. */
  readonly cr4: Hex;
  /** EFER. */
  readonly efer: Hex;
  /** EFLAGS.AC. */
  readonly ac: boolean;
  /** PKRU, the rights of keys over user pages. */
  readonly pkru: Hex;
  /** IA32_PKRS, the same over supervisor pages. */
  readonly pkrs: Hex;
  /** `implicit`: of the supervisor, on the CPU's own account, as of a descriptor. */
  readonly who: 'user' | 'supervisor' | 'implicit';
  /** What is done. */
  readonly access: 'read' | 'write' | 'fetch';
  /** What it leads to: an index into {@link WideSection.plans}. */
  readonly plan: number;
}

/** All combinations in which the entry of one level varies most. */
export interface WideSection {
  /** That level. */
  readonly level: 'PTE' | 'PDE' | 'PDPTE';
  /** Physical address of the table at each level of the path, from the root down. */
  readonly tables: readonly Hex[];
  /** Entries above the level: for each of these combinations one of every level, from the root down. */
  readonly uppers: readonly (readonly Hex[])[];
  /** The bits of the linear address that lead through each combination. */
  readonly upperLinear: readonly Hex[];
  /** Entries of the level. */
  readonly leaves: readonly Hex[];
  /** The other bits of the linear address, for each. */
  readonly leafLinear: readonly Hex[];
  /** The entries below, where an entry of the level leads to a table. */
  readonly below: readonly Hex[];
  /** Outcomes by a character of their own. */
  readonly outcomes: Readonly<Record<string, WideOutcome>>;
  /** Strings of one character for each entry of the level. */
  readonly rows: readonly string[];
  /** By combination of entries above: an index into {@link rows}. */
  readonly plans: readonly (readonly number[])[];
  /** The states and accesses for which all of this is listed. */
  readonly cases: readonly WideCase[];
}

/** What a CPU of a table has; all other features of paging are there, but for linear-address masking. */
export type WideCpu = Pick<CpuFeatures, 'physicalAddressBits' | 'page1g' | 'vendor'>;

/** The file. */
export interface WideTable {
  /** Counts up when the meaning of a field changes. */
  readonly version: number;
  /** The paging mode. */
  readonly mode: 'PAE' | '4-level' | '5-level';
  /** CR3. */
  readonly cr3: Hex;
  /** The CPUs of the cases, by name. */
  readonly cpus: Readonly<Record<string, WideCpu>>;
  /** One for each level whose entries are varied. */
  readonly sections: readonly WideSection[];
}

/** How many combinations a table holds. */
export function wideCombinationsOf({ sections }: WideTable): number {
  return sections.reduce(
    (sum, { cases, uppers, leaves }) => sum + cases.length * uppers.length * leaves.length,
    0,
  );
}
