import type { Access } from '../../arch/access.ts';
import type { EntryKind } from '../../arch/paging-modes.ts';
import type { Rights } from '../../walk/index.ts';
import type { LintLevel, LintRuleName } from './rules.ts';

/** A place in the linear address space that a finding is about, with the entry that decides there. */
export interface LintPlace {
  /** First linear address. A bigint only where it does not fit a number. */
  readonly start: number | bigint;
  /** First linear address after it. */
  readonly end: number | bigint;
  /** Physical address of the entry that decides at `start`. Of a PDPTE register of PAE: where RAM has it. */
  readonly entryAddress: number;
  /** Its raw value; a bigint only where it does not fit a number. */
  readonly entry: number | bigint;
  /** Its kind. */
  readonly kind: EntryKind;
  /** What all levels together allow there. */
  readonly rights: Rights;
  /** What is there, where the caller has names; else undefined. */
  readonly name: string | undefined;
}

/** One thing that {@link lintTables} found. */
export interface LintFinding extends LintPlace {
  /** The rule. */
  readonly rule: LintRuleName;
  /** How bad it is. */
  readonly level: LintLevel;
  /** Physical address that it is about: of the page, or of the table; undefined where an entry leads nowhere. */
  readonly physical: number | undefined;
  /**
   * An access to `start` that succeeds as the registers are, and shows the finding; undefined where none is needed, or
   * where a protection key forbids what the tables allow.
   */
  readonly access: Access | undefined;
  /** The other place, where there are two: the alias, or an address that is translated by the table in question. */
  readonly other: LintPlace | undefined;
  /** What is wrong there, as a sentence. */
  readonly text: string;
}
