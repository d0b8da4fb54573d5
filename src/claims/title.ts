/** Claims as sentences. */

import { accessName } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import type { ClaimedFrames, ClaimedRights, ClaimRange, LayoutClaim } from './claim.ts';
import { rangeText } from './pages.ts';

/** The title that the claim has, or a sentence made of its parts. */
export function titleOf(claim: LayoutClaim): string {
  if (claim.title !== undefined) return claim.title;
  const about = claim.what === undefined ? '' : ` (${claim.what})`;
  return `${sentence(claim)}${about}.`;
}

function sentence(claim: LayoutClaim): string {
  switch (claim.kind) {
    case 'maps': {
      const to =
        typeof claim.to === 'number' ? formatAddress(claim.to) : `${claim.to.length} frames in order`;
      return `${rangeText(claim.range)} leads to ${to}${rightsText(claim.rights)}`;
    }
    case 'unmapped':
      return `Nothing is mapped in ${rangeText(claim.range)}`;
    case 'noTables':
      return `No entry is present for ${rangeText(claim.range)}`;
    case 'only':
      return `Nothing is mapped but in ${rangesText(claim.ranges)}`;
    case 'readOnly':
      return `No page gives write access to ${framesText(claim.frames)}${exceptText(claim.except)}`;
    case 'noWritableAlias':
      return `No page gives write access to ${framesText(claim.frames)} beside another use${exceptText(claim.except)}`;
    case 'hidden':
      return `No page${within(claim.range)} leads to ${framesText(claim.frames)}`;
    case 'closedTo':
      return `${claim.who === 'user' ? 'User mode' : 'The supervisor'} reaches nothing${within(claim.range)}`;
    case 'grants':
      return `Every page of ${rangeText(claim.range)} allows: ${claim.accesses.map(accessName).join(', ')}`;
    case 'denies':
      return `No page of ${rangeText(claim.range)} allows: ${claim.accesses.map(accessName).join(', ')}`;
    case 'executableOnly':
      return `Nothing can be fetched but from ${rangesText(claim.ranges)}`;
    case 'wxExclusive':
      return `No page${within(claim.range)} can be both written and fetched from`;
    case 'global':
      return `${claim.value ? 'Every' : 'No'} page of ${rangeText(claim.range)} is global`;
    case 'pageSize':
      return `Every page of ${rangeText(claim.range)} has ${formatAddress(claim.bytes, 1)} bytes`;
    case 'cacheType':
      return `Every page of ${rangeText(claim.range)} has the memory type ${claim.type}`;
    case 'protectionKey':
      return `Every page of ${rangeText(claim.range)} has the protection key ${claim.key}`;
    case 'atMost':
      return `There are at most ${claim.tables} page tables`;
    case 'allOf':
      return joined(claim.claims, '; and ');
    case 'anyOf':
      return joined(claim.claims, '; or ');
    case 'not':
      return `It is not so that: ${inner(claim.claim)}`;
  }
}

function joined(claims: readonly LayoutClaim[], link: string): string {
  return claims.length === 0 ? 'Nothing is claimed' : claims.map(inner).join(link);
}

function inner(claim: LayoutClaim): string {
  return titleOf(claim).replace(/\.$/, '');
}

function rightsText(rights: ClaimedRights): string {
  const words = (['writable', 'user', 'executable', 'global'] as const)
    .filter((right) => rights[right] !== undefined)
    .map((right) => `${rights[right] ? '' : 'not '}${right}`);
  return words.length === 0 ? '' : `, ${words.join(', ')}`;
}

function framesText(frames: ClaimedFrames): string {
  if (frames === 'tables') return 'a page table';
  if (frames.length === 1) return `frame 0x${frames[0]!.toString(16)}`;
  return `any of ${frames.length} frames`;
}

function rangesText(ranges: readonly ClaimRange[]): string {
  return ranges.length === 0 ? 'no range' : ranges.map(rangeText).join(', ');
}

function exceptText(ranges: readonly ClaimRange[]): string {
  return ranges.length === 0 ? '' : `, but in ${rangesText(ranges)}`;
}

function within(range: ClaimRange | undefined): string {
  return range === undefined ? '' : ` in ${rangeText(range)}`;
}
