/** The published truth table of 32-bit paging: what its JSON file holds. `vectors/README.md` tells it at length. */

/** An address or entry as text, such as `0x00400067`. */
export type Hex = `0x${string}`;

/** What one access must lead to. */
export interface ExpectedOutcome {
  /** `page`: 4 KiB, by the table entry; `large-page`: 4 MiB, by the directory entry; else a page fault. */
  readonly result: 'page' | 'large-page' | 'fault';
  /** Of a fault: the error code. */
  readonly errorCode?: number;
  /** Of a large page: its physical base. That of a page is in its table entry. */
  readonly base?: Hex;
  /** Bits that must be set in the directory entry afterwards, on top of those it had. */
  readonly setsInPde: number;
  /** Bits that must be set in the table entry afterwards. */
  readonly setsInPte: number;
  /** Bits that may be set in the directory entry: the architecture leaves it open. */
  readonly maySetInPde: number;
  /** The translation survives a load of CR3. */
  readonly global: boolean;
}

/** One state of the CPU, one kind of access, and what it leads to for each directory entry. */
export interface TruthTableCase {
  /** CPU model, as in `CPU_MODELS`. */
  readonly cpu: string;
  /** CR0 as written. */
  readonly cr0: Hex;
  /** CR4; null on CPUs without it. */
  readonly cr4: Hex | null;
  /** The rings for which the rows hold. */
  readonly rings: readonly number[];
  /** The kind of access. */
  readonly access: 'read' | 'write' | 'fetch';
  /** By directory entry: an index into {@link TruthTable.rows}. */
  readonly rowOfPde: readonly number[];
}

/** The file. Directory entry `i` and table entry `j` translate linear address `i << 22 | j << 12`. */
export interface TruthTable {
  /** Counts up when the meaning of a field changes. */
  readonly version: number;
  /** CR3 and so the physical address of the page directory. */
  readonly cr3: Hex;
  /** The values of the directory entries. Those that point to a table share it where their address bits are equal. */
  readonly pdes: readonly Hex[];
  /** The values of the table entries. */
  readonly ptes: readonly Hex[];
  /** The possible outcomes, by letter. */
  readonly outcomes: Readonly<Record<string, ExpectedOutcome>>;
  /** Strings of one letter for each table entry. */
  readonly rows: readonly string[];
  /** The states and accesses. */
  readonly cases: readonly TruthTableCase[];
}

/** How many combinations a table holds: each case, ring, directory entry and table entry. */
export function combinationsOf(table: TruthTable): number {
  const perRing = table.pdes.length * table.ptes.length;
  return table.cases.reduce((sum, { rings }) => sum + rings.length * perRing, 0);
}
