import type { Access } from '../arch/access.ts';
import { formatAddress, PAGE_SIZE } from '../arch/address.ts';
import type { Domain } from '../builder/domain.ts';

import type { LayoutClaim } from '../claims/claim.ts';
import { counterexampleOf } from '../claims/counterexample.ts';
import { judge, type Subject } from '../claims/judge.ts';
import type { Counterexample } from '../claims/verification.ts';
import type { Memory } from '../memory/ram.ts';
import type { Expectation } from './expected.ts';
import type { Geometry } from './geometry.ts';
import type { ClaimName } from './verification.ts';

/** All that the claims are judged by. */
export interface Evidence {
  readonly memory: Memory;
  readonly domain: Domain;
  readonly geometry: Geometry;
  /** What the facts promise. */
  readonly expected: Expectation;
  /** What the domain's tables map: the claims on layout are judged on it. */
  readonly subject: Subject;
  /** Frames that hold the guest's page tables: those of the layout, and those that the directory points to. */
  readonly tableFrames: ReadonlySet<number>;
}

/** A claim and the search for what breaks it. */
export interface ClaimRule {
  readonly name: ClaimName;
  readonly title: string;
  /** Whether there is anything to claim. Absent: there always is. */
  readonly appliesTo?: (geometry: Geometry) => boolean;
  /** @returns The first counterexample, or undefined if the claim holds. */
  readonly refute: (evidence: Evidence) => Counterexample | undefined;
}

/** A claim in the vocabulary of layouts. */
export interface LayoutRule {
  readonly name: ClaimName;
  readonly title: string;
  /** What must hold of a domain; undefined where there is nothing to claim. */
  readonly claim: (evidence: Evidence) => LayoutClaim | undefined;
  /** What the claim promises of an access to a page, in words. */
  readonly promise: (evidence: Evidence, page: number, access: Access) => string;
}

/** The rule for a claim in the vocabulary of layouts. */
export function layoutRule({ name, title, claim, promise }: LayoutRule): ClaimRule {
  return {
    name,
    title,
    refute: (evidence) => {
      const claimed = claim(evidence);
      const finding = claimed && judge(claimed, evidence.subject);
      if (finding === undefined) return undefined;
      const { context } = evidence.subject.space;
      if ('subject' in finding) return counterexampleOf(finding, context);
      return counterexampleOf(finding, context, promise(evidence, finding.page, finding.access));
    },
  };
}

/** The frame that a page leads to; undefined where nothing is mapped. */
export function frameAt({ subject: { space } }: Evidence, page: number): number | undefined {
  const run = space.runFrom(page);
  return run < space.count && space.first[run]! <= page ? space.physicalOf(run, page) / PAGE_SIZE : undefined;
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

export { hex } from '../claims/counterexample.ts';
