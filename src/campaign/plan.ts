/** What a campaign tries: many requests to many builders, every one of them a function of the campaign's seed. */

import { randomFrom } from '../random/random.ts';
import type { TableMode } from '../tables/mapper.ts';
import { type RequestLimits, randomRequest } from './random-request.ts';
import type { BuildRequest } from './request.ts';

/** What a campaign tries. Two with the same plan try the same cases, however they are divided. */
export interface CampaignPlan {
  /** From which everything follows, 0 to 2^32 − 1. */
  readonly seed: number;
  /** Requests in each mode; each is put to every builder. */
  readonly runs: number;
  /** The paging modes. */
  readonly modes: readonly TableMode[];
  /** The builders, by name. */
  readonly builders: readonly string[];
  /** Bounds of the requests. */
  readonly limits: Required<RequestLimits>;
}

/** One case of a campaign. */
export interface CampaignCase {
  /** Which builder is asked, by its place in the plan. */
  readonly builder: number;
  /** What it is asked for. */
  readonly request: BuildRequest;
}

/** Cases that are done together and reported in one line. */
export const CHUNK_CASES = 64;

/** How many cases a plan has. */
export function caseCount({ runs, modes, builders }: CampaignPlan): number {
  return runs * modes.length * builders.length;
}

/** How many chunks its cases make. */
export function chunkCount(plan: CampaignPlan): number {
  return Math.ceil(caseCount(plan) / CHUNK_CASES);
}

/**
 * The i-th case. Its request follows from the campaign's seed and from `i` alone; all builders get the same ones.
 * @param i - 0 to `caseCount(plan) - 1`.
 */
export function caseAt(plan: CampaignPlan, i: number): CampaignCase {
  const { seed, modes, builders, limits } = plan;
  const request = Math.floor(i / builders.length);
  const mode = modes[request % modes.length]!;
  const own = randomFrom(`campaign ${seed} request ${request}`).int(2 ** 32);
  return { builder: i % builders.length, request: randomRequest(own, mode, limits) };
}
