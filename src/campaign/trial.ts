/** One builder, one request: what came of it, and the smallest request of which the same comes. */

import { GeneralProtectionError, InvalidOpcodeError } from '../arch/exceptions.ts';
import { type CheckOptions, checkLayout } from '../claims/check-layout.ts';
import type { LayoutClaim } from '../claims/claim.ts';
import { tableFramesOf } from '../claims/table-frames.ts';
import type { Claim, Verification } from '../claims/verification.ts';
import { type Machine, mmuOf } from '../machine/machine.ts';
import { type Builder, BuilderError } from './builder.ts';
import type { BuildRequest } from './request.ts';
import { requestClaims } from './request-claims.ts';
import { smallerRequests } from './smaller-requests.ts';

/** What a trial may be told. */
export interface TrialOptions {
  /**
   * What must hold of every machine that is built. Default: what the request asks for, and that no table lies
   * outside the frames that it gives.
   */
  readonly claims?: readonly LayoutClaim[] | undefined;
  /** How the MMU confirms it; see `checkLayout`. Default `mapped`. */
  readonly confirm?: CheckOptions['confirm'];
}

/** What came of a request. */
export type TrialResult =
  | {
      /** The builder made a machine. */
      readonly kind: 'built';
      /** The machine. */
      readonly machine: Machine;
      /** What must hold of it. */
      readonly claims: readonly LayoutClaim[];
      /** Whether it does. */
      readonly verification: Verification;
    }
  | {
      /** The builder made none. */
      readonly kind: 'error';
      /** Why. */
      readonly error: BuilderError;
    };

/** Asks a builder and judges what it made. What it does wrong is a value; other errors are thrown on. */
export async function tryBuilder(
  builder: Builder,
  request: BuildRequest,
  { claims, confirm = 'mapped' }: TrialOptions = {},
): Promise<TrialResult> {
  try {
    const machine = await builder.build(request);
    const mmu = mmuFor(machine);
    if (claims !== undefined) {
      return { kind: 'built', machine, claims, verification: checkLayout(mmu, claims, { confirm }) };
    }
    const asked = requestClaims(request);
    const { ok, claims: judged } = checkLayout(mmu, asked, { confirm });
    const where = tablesWhereTold(tableFramesOf(mmu.walkContext), request);
    const verification = { ok: ok && where.ok, claims: [...judged, where] };
    return { kind: 'built', machine, claims: asked, verification };
  } catch (error) {
    if (error instanceof BuilderError) return { kind: 'error', error };
    throw error;
  }
}

/** Every table lies in a frame that the request gives. */
function tablesWhereTold(tables: readonly number[], { frames }: BuildRequest): Claim {
  const claim = {
    name: 'tables-where-told',
    title: 'Every page table lies in a frame that the request gives.',
  };
  const stray = tables.find((frame) => !frames.includes(frame));
  if (stray === undefined) return { ...claim, ok: true };
  const expected = `one of the frames ${frames.slice(0, 8).join(', ')}${frames.length > 8 ? ', …' : ''}`;
  const found = `a table in frame ${stray}`;
  const text = `a page table: expected ${expected}, found ${found}`;
  return { ...claim, ok: false, counterexample: { expected, found, text } };
}

/** What failed, by name: the first claim, or `error`. Undefined: nothing did. */
export function failureOf(result: TrialResult): string | undefined {
  if (result.kind === 'error') return 'error';
  return result.verification.claims.find(({ ok }) => !ok)?.name;
}

/** A request that fails, as small as could be found, and what comes of it. */
export interface SmallTrial {
  /** The request. */
  readonly request: BuildRequest;
  /** What comes of it. */
  readonly result: TrialResult;
  /** Requests that were tried on the way. */
  readonly tries: number;
}

/** The most requests that are tried to find a smaller one: each may be a process. */
const MOST_TRIES = 400;

/**
 * The smallest request of which the same comes: the same claim is the first that fails, or the builder makes no machine.
 *
 * @param result - What came of `request`: a failure.
 */
export async function smallestTrial(
  builder: Builder,
  request: BuildRequest,
  result: TrialResult,
  options: TrialOptions = {},
): Promise<SmallTrial> {
  const failure = failureOf(result);
  let found = { request, result };
  let tries = 0;
  for (let isSmaller = true; isSmaller && tries < MOST_TRIES; ) {
    isSmaller = false;
    for (const smaller of smallerRequests(found.request)) {
      if (++tries > MOST_TRIES) break;
      const next = await tryBuilder(builder, smaller, options);
      if (failureOf(next) !== failure) continue;
      found = { request: smaller, result: next };
      isSmaller = true;
      break;
    }
  }
  return { ...found, tries };
}

/** Registers that the CPU refuses are the builder's mistake. */
function mmuFor(machine: Machine): ReturnType<typeof mmuOf> {
  try {
    return mmuOf(machine);
  } catch (error) {
    const refused = error instanceof GeneralProtectionError || error instanceof InvalidOpcodeError;
    if (refused || error instanceof RangeError)
      throw new BuilderError(`the CPU refuses its registers: ${error.message}`);
    throw error;
  }
}
