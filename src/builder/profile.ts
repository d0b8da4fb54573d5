/**
 * The two layouts. They differ in two places: the document that described the address space in February 2004 and
 * the program that built it that month do not agree (docs/xen-1.2.md §3 and §6).
 */
export interface LayoutProfile {
  /** Free pages between start_info and the lowest page table. */
  readonly pagesAboveStartInfo: number;
  /** EFLAGS of the initial context. */
  readonly eflags: number;
}

/** Which of the two layouts. */
export type ProfileName = 'document' | 'xen-1.2';

export const PROFILES: { readonly [name in ProfileName]: LayoutProfile } = {
  document: { pagesAboveStartInfo: 0, eflags: 0x202 },
  // The program took its running index minus one, and set bit 2 where its comment says bit 1.
  'xen-1.2': { pagesAboveStartInfo: 1, eflags: 0x204 },
};
