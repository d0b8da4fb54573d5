/** What a claim says of the one page that breaks it. */

import { PAGE_SIZE } from '../arch/address.ts';
import type { ClaimedFrames, ClaimRange, LayoutClaim, MapsClaim } from '../claims/claim.ts';
import type { Finding, PageFinding } from '../claims/finding.ts';
import { judge, type Subject } from '../claims/judge.ts';
import { pagesOf } from '../claims/pages.ts';
import { inEnglish, said } from '../said/said.ts';
import { addressOf } from '../walk/page-runs.ts';

/** A claim that does not hold, and where. */
export interface BrokenClaim {
  readonly claim: LayoutClaim;
  readonly finding: Finding;
}

/**
 * A claim that follows from the given one, says as little as it can, and is broken at the same place: of a range, the
 * page; of frames, the one; of several claims, the one. Where nothing less follows, the claim itself.
 *
 * @returns undefined where the claim holds.
 */
export function narrowed(claim: LayoutClaim, subject: Subject): BrokenClaim | undefined {
  if (claim.kind === 'allOf') {
    for (const part of claim.claims) {
      const broken = narrowed(withWordsOf(part, claim), subject);
      if (broken !== undefined) return broken;
    }
    return undefined;
  }
  const finding = judge(claim, subject);
  if (finding === undefined) return undefined;
  const less = 'subject' in finding ? claim : aboutPage(claim, finding, subject);
  // What follows must fail alike; should it not, the claim as it is does.
  const again = less === claim ? finding : judge(less, subject);
  return again !== undefined && samePlace(finding, again)
    ? { claim: less, finding: again }
    : { claim, finding };
}

/** Whether two findings are about the same page, access and promise, or the same thing. */
export function samePlace(a: Finding, b: Finding): boolean {
  if ('subject' in a) {
    return (
      'subject' in b && inEnglish(said`${a.subject}`) === inEnglish(said`${b.subject}`) && a.page === b.page
    );
  }
  if ('subject' in b) return false;
  return a.page === b.page && a.access === b.access && a.wanted.kind === b.wanted.kind;
}

function aboutPage(claim: LayoutClaim, { page }: PageFinding, { space }: Subject): LayoutClaim {
  const range: ClaimRange = [addressOf(page), addressOf(page + 1)];
  switch (claim.kind) {
    case 'maps':
      return { ...claim, range, to: targetOf(claim, page - pagesOf(claim.range, space.mode).first) };
    case 'unmapped':
    case 'closedTo':
    case 'grants':
    case 'denies':
    case 'wxExclusive':
    case 'global':
    case 'pageSize':
    case 'cacheType':
    case 'protectionKey':
      return { ...claim, range };
    case 'readOnly':
    case 'noWritableAlias':
    case 'hidden': {
      const frame = space.physicalOf(space.runFrom(page), page) / PAGE_SIZE;
      return { ...claim, frames: onlyFrame(claim.frames, frame) };
    }
    default:
      return claim;
  }
}

function targetOf({ to }: MapsClaim, i: number): number {
  return typeof to === 'number' ? to + i * PAGE_SIZE : to[i]! * PAGE_SIZE;
}

function onlyFrame(frames: ClaimedFrames, frame: number): ClaimedFrames {
  return frames === 'tables' ? frames : [frame];
}

/** A part of a claim speaks for itself, or as the whole does. */
function withWordsOf(part: LayoutClaim, { name, what }: LayoutClaim): LayoutClaim {
  return { ...(name !== undefined && { name }), ...(what !== undefined && { what }), ...part };
}
