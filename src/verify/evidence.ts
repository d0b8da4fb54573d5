import { type Access, accessName } from '../arch/access.ts';
import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import type { Domain } from '../builder/domain.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { Mmu } from '../mmu/mmu.ts';
import type { AddressSpace } from './address-space.ts';
import type { Expectation } from './expected.ts';
import type { Geometry } from './geometry.ts';
import type { ClaimName, Counterexample } from './verification.ts';

/** All that the claims are judged by. */
export interface Evidence {
  readonly memory: PhysicalMemory;
  readonly domain: Domain;
  readonly geometry: Geometry;
  /** What the facts promise. */
  readonly expected: Expectation;
  /** What the MMU did. */
  readonly observed: AddressSpace;
  /** Frames that hold the guest's page tables: those of the layout, and those that the directory points to. */
  readonly tableFrames: ReadonlySet<number>;
  /** For `explain` only: the walk is over. */
  readonly mmu: Mmu;
}

/** A claim and the search for what breaks it. */
export interface ClaimRule {
  readonly name: ClaimName;
  readonly title: string;
  /** @returns The first counterexample, or undefined if the claim holds. */
  readonly refute: (evidence: Evidence) => Counterexample | undefined;
}

/** A counterexample that one access shows. What is found is read off its walk. */
export function refutedByAccess(
  { mmu }: Evidence,
  page: number,
  access: Access,
  expected: string,
): Counterexample {
  const linear = page * PAGE_SIZE;
  const walk = mmu.explain(linear, access);
  const found = walk.ok
    ? `frame ${hex(walk.physical / PAGE_SIZE)}`
    : `a page fault (${walk.fault.reason.replaceAll('-', ' ')}, error code ${walk.fault.code})`;
  const text = `${accessName(access)} at ${formatAddress(linear)}: expected ${expected}, found ${found}`;
  return { linear, access, expected, found, text, walk };
}

/** A counterexample that is a value in memory or in the domain's description. */
export function refutedByValue(
  what: string,
  expected: string,
  found: string,
  linear?: number,
): Counterexample {
  const place = linear === undefined ? '' : ` at ${formatAddress(linear)}`;
  const text = `${what}${place}: expected ${expected}, found ${found}`;
  return { ...(linear === undefined ? {} : { linear }), expected, found, text };
}

/** A number as `0x2c00`. */
export function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
