import type { ExpectedXen } from './expected.ts';

/** What is verified: the domain as its builder describes it. */
export interface Subject {
  readonly profile: 'document' | 'xen-1.2';
  /** Machine frames in pseudo-physical order. */
  readonly frames: Uint32Array;
  readonly loadAddress: number;
  readonly pageCount: number;
  /** Machine address of the page directory. */
  readonly pageDirectory: number;
  /** Frames of the page tables, the first first. */
  readonly pageTables: Uint32Array;
  readonly startInfoAddress: number;
  readonly sharedInfoFrame: number;
  readonly domainId: number;
  /** The command line as given, before it is cut to fit. */
  readonly commandLine: Uint8Array;
  readonly initrd: { readonly address: number; readonly length: number } | undefined;
  readonly context: Readonly<
    Record<'eip' | 'esp' | 'esi' | 'eflags' | 'cs' | 'ds' | 'es' | 'fs' | 'gs' | 'ss', number>
  >;
  readonly updates: Uint32Array;
  readonly xen: ExpectedXen;
}
