/** Claims as values of JSON: what `parseLayout` reads. */

import { accessName } from '../arch/access.ts';
import type { ClaimedFrames, ClaimRange, LayoutClaim } from './claim.ts';

/** Text and numbers, in lists and under names. */
type JsonValue =
  | string
  | number
  | boolean
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

/**
 * A layout as text that `parseLayout` reads, and `schemas/layout.schema.json` describes: from the functions of the
 * vocabulary to a file.
 *
 * @example
 * writeFileSync('layout.json', formatLayout([unmapped([0, 0x1000]), readOnly('tables')]));
 */
export function formatLayout(claims: readonly LayoutClaim[]): string {
  return `{\n  "claims": [\n${claims.map((claim) => `    ${formatClaim(claim)}`).join(',\n')}\n  ]\n}\n`;
}

/** One claim on one line. */
export function formatClaim(claim: LayoutClaim): string {
  return JSON.stringify(claimValue(claim));
}

function claimValue(claim: LayoutClaim): JsonValue {
  const { name, title, what } = claim;
  return { [claim.kind]: bodyOf(claim), name, title, what };
}

function bodyOf(claim: LayoutClaim): JsonValue {
  switch (claim.kind) {
    case 'maps': {
      const { range, to, rights } = claim;
      const target = typeof to === 'number' ? hex(to) : Array.from(to, hex);
      const { writable, user, executable, global } = rights;
      return { range: rangeValue(range), to: target, rights: { writable, user, executable, global } };
    }
    case 'unmapped':
    case 'noTables':
      return rangeValue(claim.range);
    case 'only':
    case 'executableOnly':
      return claim.ranges.map(rangeValue);
    case 'readOnly':
    case 'noWritableAlias': {
      const frames = framesValue(claim.frames);
      return claim.except.length === 0 ? frames : { frames, except: claim.except.map(rangeValue) };
    }
    case 'hidden':
      return { frames: framesValue(claim.frames), range: optional(claim.range) };
    case 'closedTo':
      return { who: claim.who, range: optional(claim.range) };
    case 'grants':
    case 'denies': {
      const accesses = claim.accesses.map((access) => accessName(access).replace(' ', '-'));
      return { range: rangeValue(claim.range), accesses };
    }
    case 'wxExclusive':
      return optional(claim.range) ?? true;
    case 'global':
      return { range: rangeValue(claim.range), value: claim.value };
    case 'pageSize':
      return { range: rangeValue(claim.range), bytes: hex(claim.bytes) };
    case 'cacheType':
      return { range: rangeValue(claim.range), type: claim.type };
    case 'protectionKey':
      return { range: rangeValue(claim.range), key: claim.key };
    case 'atMost':
      return { tables: claim.tables };
    case 'allOf':
    case 'anyOf':
      return claim.claims.map(claimValue);
    case 'not':
      return claimValue(claim.claim);
  }
}

function hex(value: number | bigint): string {
  return `0x${value.toString(16)}`;
}

function rangeValue([start, end]: ClaimRange): JsonValue {
  return [hex(start), hex(end)];
}

function optional(range: ClaimRange | undefined): JsonValue | undefined {
  return range === undefined ? undefined : rangeValue(range);
}

function framesValue(frames: ClaimedFrames): JsonValue {
  return frames === 'tables' ? frames : frames.map(hex);
}
