/** What is measured: a piece of work, done by us and by the peers that can do it. */

/** `unchecked`: our own work without the checks that are measured. `alone`: the same work in a process of its own. */
export type PeerName = 'ours' | 'C' | 'naive' | 'v86' | 'alone' | 'unchecked';

/** A way to do a piece of work in this process. */
export interface Variant {
  /** Does the work once. */
  readonly run: () => void;
  /** Hash of what the last run gave; equal for all variants, C's too. */
  readonly hash: () => number;
}

/** What the report has under one heading. */
export interface Topic {
  readonly heading: string;
  readonly works: readonly Work[];
}

export interface Work {
  /** Short and unique; `--filter` looks in it. */
  readonly name: string;
  /** What it does, for the reader of the report. */
  readonly title: string;
  /** What is counted: `translation`, `read`, `page`… */
  readonly unit: string;
  /** How many of them one run does. */
  readonly operations: number;
  /** The most that the ratio to C should be. */
  readonly target?: number;
  readonly variants: { readonly ours: Variant; readonly naive?: Variant; readonly unchecked?: Variant };
  /** The work of that name in native/peer.c, after these commands; and in v86-program.ts, where v86 can do it. */
  readonly program?: {
    readonly work: string;
    readonly setup: () => readonly string[];
    readonly v86?: boolean;
    /** Whether alone-program.ts can, and it is of interest: where a call at a time is measured. */
    readonly alone?: boolean;
  };
}

/** Growth: the same work for address spaces from 4 MiB to 960 MiB. */
export const GROWTH_MIB: readonly number[] = [4, 16, 64, 256, 512, 960];

/** Growth of RAM, in GiB: up to the 36 address lines of PAE. */
export const GROWTH_GIB: readonly number[] = [1, 4, 16, 64];
/** In the modes that reach so far. */
export const GROWTH_MODES = ['PAE', '4-level'] as const;
export type GrowthMode = (typeof GROWTH_MODES)[number];

/** The name of a work of growth-work.ts. */
export const growthName = (mode: GrowthMode, gibibytes: number, what: string): string =>
  `growth-${mode.toLowerCase()}-${gibibytes}-${what}`;

/** The name of a work of wasm-work.ts: the same as the one over plain RAM. */
export const wasmName = (name: string): string => `wasm-${name}`;
/** The same with lists that lie in that memory as well. */
export const wasmOwnName = (name: string): string => `wasm-own-${name}`;
