/** What page tables are looked over for, and why each matters. */

/** How bad a finding is: as in SARIF, to which it goes. */
export type LintLevel = 'error' | 'warning' | 'note';

/** A rule's name. It stays the same from version to version. */
export type LintRuleName =
  | 'table-writable-by-user'
  | 'user-kernel-page'
  | 'writable-executable'
  | 'executable-data'
  | 'alias-rights'
  | 'alias-cache'
  | 'reserved-bits'
  | 'outside-ram'
  | 'table-shared'
  | 'recursive-slot';

/** A rule of {@link lintTables}. */
export interface LintRule {
  /** What it finds, as a sentence. */
  readonly title: string;
  /** Why it matters. */
  readonly why: string;
  /** How bad its findings are, unless they say so themselves. */
  readonly level: LintLevel;
}

/** Every rule, in the order of the findings. */
export const LINT_RULES: Readonly<Record<LintRuleName, LintRule>> = {
  'table-writable-by-user': {
    title: 'A page table can be written through a mapping that is open to user mode.',
    why: 'Whoever writes a page table maps all of physical memory as they like: user mode owns the machine.',
    level: 'error',
  },
  'user-kernel-page': {
    title: "A page among the kernel's addresses is open to user mode.",
    why: 'Programs read, and perhaps write, what the kernel believes to be its own; SMEP and SMAP do not guard such a page.',
    level: 'warning',
  },
  'writable-executable': {
    title: 'A page is both writable and executable.',
    why: 'Whoever can write one byte there runs code of their own; W^X asks that no page be both.',
    level: 'error',
  },
  'executable-data': {
    title: 'A page that holds data by its name is executable.',
    why: 'Data comes from outside, in part; where it can be executed, it is code to whoever can jump there.',
    level: 'warning',
  },
  'alias-rights': {
    title: 'One frame is mapped at several addresses with different rights.',
    why: 'The weakest mapping decides: a page that is read-only or without execution here is not so where its alias allows it.',
    level: 'warning',
  },
  'alias-cache': {
    title: 'One frame is mapped at several addresses with different memory types.',
    why: 'The manual forbids it: accesses may see stale or torn data (SDM 3A "Programming the PAT").',
    level: 'warning',
  },
  'reserved-bits': {
    title: 'An entry has bits set that the CPU reserves.',
    why: 'Every access below it ends in a page fault with RSVD, which few kernels expect: a damaged table, as a rule.',
    level: 'error',
  },
  'outside-ram': {
    title: 'An entry leads to where no RAM is.',
    why: 'A table there reads as ones or as a device; a page there should be a device, and is rarely one where it is cached.',
    level: 'warning',
  },
  'table-shared': {
    title: 'One page table is used in several places.',
    why: 'A change for one address changes all; and where levels or rights differ, one entry means different things.',
    level: 'warning',
  },
  'recursive-slot': {
    title: 'An entry leads back to a table on its own way: the tables map themselves.',
    why: 'All page tables then lie at addresses that anybody can compute, for whoever can write in the kernel.',
    level: 'note',
  },
};

/** The names of all rules, in order. */
export const LINT_RULE_NAMES: readonly LintRuleName[] = Object.freeze(
  Object.keys(LINT_RULES) as LintRuleName[],
);
