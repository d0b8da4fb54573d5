/** Claims as sentences. */

import { type Access, accessName } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { inEnglish, listed, type Said, type SaidValue, said } from '../said/said.ts';
import type { ClaimedFrames, ClaimedRights, ClaimRange, LayoutClaim } from './claim.ts';
import { rangeText } from './pages.ts';

/** The title that the claim has, or a sentence made of its parts. */
export function titleOf(claim: LayoutClaim): string {
  return inEnglish(titleSaid(claim));
}

/** The same, so that it can be said in another language. */
export function titleSaid(claim: LayoutClaim): Said {
  if (claim.title !== undefined) return said`${claim.title}`;
  return said`${inner(claim)}.`;
}

function sentence(claim: LayoutClaim): Said {
  switch (claim.kind) {
    case 'maps': {
      const to =
        typeof claim.to === 'number' ? formatAddress(claim.to) : said`${claim.to.length} frames in order`;
      return said`${rangeText(claim.range)} leads to ${to}${rightsText(claim.rights)}`;
    }
    case 'unmapped':
      return said`Nothing is mapped in ${rangeText(claim.range)}`;
    case 'noTables':
      return said`No entry is present for ${rangeText(claim.range)}`;
    case 'only':
      return said`Nothing is mapped but in ${rangesText(claim.ranges)}`;
    case 'readOnly':
      return said`No page gives write access to ${framesText(claim.frames)}${exceptText(claim.except)}`;
    case 'noWritableAlias':
      return said`No page gives write access to ${framesText(claim.frames)} beside another use${exceptText(claim.except)}`;
    case 'hidden':
      return said`No page${within(claim.range)} leads to ${framesText(claim.frames)}`;
    case 'closedTo':
      return claim.who === 'user'
        ? said`User mode reaches nothing${within(claim.range)}`
        : said`The supervisor reaches nothing${within(claim.range)}`;
    case 'grants':
      return said`Every page of ${rangeText(claim.range)} allows: ${listed(claim.accesses.map(accessPhrase))}`;
    case 'denies':
      return said`No page of ${rangeText(claim.range)} allows: ${listed(claim.accesses.map(accessPhrase))}`;
    case 'executableOnly':
      return said`Nothing can be fetched but from ${rangesText(claim.ranges)}`;
    case 'wxExclusive':
      return said`No page${within(claim.range)} can be both written and fetched from`;
    case 'global':
      return claim.value
        ? said`Every page of ${rangeText(claim.range)} is global`
        : said`No page of ${rangeText(claim.range)} is global`;
    case 'pageSize':
      return said`Every page of ${rangeText(claim.range)} has ${formatAddress(claim.bytes, 1)} bytes`;
    case 'cacheType':
      return said`Every page of ${rangeText(claim.range)} has the memory type ${claim.type}`;
    case 'protectionKey':
      return said`Every page of ${rangeText(claim.range)} has the protection key ${claim.key}`;
    case 'atMost':
      return said`There are at most ${claim.tables} page tables`;
    case 'allOf':
      return joined(claim.claims, said`; and `);
    case 'anyOf':
      return joined(claim.claims, said`; or `);
    case 'not':
      return said`It is not so that: ${inner(claim.claim)}`;
  }
}

function joined(claims: readonly LayoutClaim[], link: Said): Said {
  return claims.length === 0 ? said`Nothing is claimed` : said`${listed(claims.map(inner), link)}`;
}

/** Without a full stop. */
function inner(claim: LayoutClaim): Said {
  if (claim.title !== undefined) return said`${claim.title.replace(/\.$/, '')}`;
  return claim.what === undefined ? sentence(claim) : said`${sentence(claim)} (${claim.what})`;
}

/** An access by its name. */
export function accessPhrase(access: Access): Said {
  return { template: accessName(access), values: [] };
}

/** Each right where it is refused, and where it is given. */
const RIGHTS: Readonly<Record<keyof ClaimedRights, readonly [refused: Said, given: Said]>> = {
  writable: [said`not writable`, said`writable`],
  user: [said`not user`, said`user`],
  executable: [said`not executable`, said`executable`],
  global: [said`not global`, said`global`],
};

function rightsText(rights: ClaimedRights): SaidValue {
  const words = (['writable', 'user', 'executable', 'global'] as const)
    .filter((right) => rights[right] !== undefined)
    .map((right) => RIGHTS[right][rights[right] ? 1 : 0]);
  return words.length === 0 ? '' : said`, ${listed(words)}`;
}

function framesText(frames: ClaimedFrames): Said {
  if (frames === 'tables') return said`a page table`;
  if (frames.length === 1) return said`frame 0x${frames[0]!.toString(16)}`;
  return said`any of ${frames.length} frames`;
}

function rangesText(ranges: readonly ClaimRange[]): SaidValue {
  return ranges.length === 0 ? said`no range` : ranges.map(rangeText).join(', ');
}

function exceptText(ranges: readonly ClaimRange[]): SaidValue {
  return ranges.length === 0 ? '' : said`, but in ${rangesText(ranges)}`;
}

function within(range: ClaimRange | undefined): SaidValue {
  return range === undefined ? '' : said` in ${rangeText(range)}`;
}
