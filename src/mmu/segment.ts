/**
 * Segmentation in front of paging, as far as Xen needs it: base, limit, type and privilege of a code or data
 * segment. Paging knows only user and supervisor, so it is the segment limit alone that keeps a ring-1 guest out of
 * Xen (docs/xen-1.2.md §7). Source: SDM 3A §3.4 "Logical and Linear Addresses", §5.3 "Limit Checking".
 */

import { ACCESS_FETCH_BIT, ACCESS_WRITE_BIT, type Access } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';

/** Why segmentation refuses an access. */
export type SegmentFaultReason = 'segment-limit' | 'segment-type';

/** What a {@link Segment} is made of. */
export interface SegmentFields {
  /** Linear address of offset 0. */
  readonly base: number;
  /** The highest valid offset in bytes, 0 to 2^32 − 1; for an expand-down segment the highest *invalid* one. */
  readonly limit: number;
  /** Code may be fetched from; data may not. */
  readonly code: boolean;
  /** A data segment may be written. Code never may. */
  readonly writable: boolean;
  /** A code segment may be read. Data always may. */
  readonly readable: boolean;
  /** A stack segment that grows down: valid offsets lie above the limit. */
  readonly expandDown: boolean;
  /** Where the offsets of an expand-down segment end: at 2^32 − 1, or (false) at 2^16 − 1. Default true. */
  readonly big?: boolean;
  /** Descriptor privilege level, the ring it is made for: 0–3. */
  readonly dpl: number;
}

/** A loaded code or data segment. */
export class Segment implements SegmentFields {
  readonly base: number;
  readonly limit: number;
  readonly code: boolean;
  readonly writable: boolean;
  readonly readable: boolean;
  readonly expandDown: boolean;
  readonly big: boolean;
  readonly dpl: number;
  /** Loaded in SS: a violation raises #SS rather than #GP. */
  readonly stack: boolean;

  /** @param stack - It is loaded in SS. */
  constructor(fields: SegmentFields, stack = false) {
    this.base = fields.base;
    this.limit = fields.limit;
    this.code = fields.code;
    this.writable = fields.writable;
    this.readable = fields.readable;
    this.expandDown = fields.expandDown;
    this.big = fields.big ?? true;
    this.dpl = fields.dpl;
    this.stack = stack;
  }

  /**
   * Decodes an 8-byte descriptor, such as 0x00cf_ba00_0000_c3ffn, the ring-1 code segment of Xen.
   *
   * @throws RangeError if it is not present, or not a code or data segment.
   */
  static decode(descriptor: bigint): Segment {
    const field = (low: number, width: number): number =>
      Number((descriptor >> BigInt(low)) & ((1n << BigInt(width)) - 1n));
    if (field(47, 1) === 0)
      throw new RangeError(`descriptor ${formatAddress(descriptor, 16)} is not present (bit 47)`);
    if (field(44, 1) === 0) {
      throw new RangeError(
        `descriptor ${formatAddress(descriptor, 16)} is a system descriptor (bit 44 clear), not code or data`,
      );
    }
    const pages = field(0, 16) + field(48, 4) * 0x1_0000;
    const code = field(43, 1) === 1;
    return new Segment({
      base: field(16, 24) + field(56, 8) * 0x100_0000,
      limit: field(55, 1) === 1 ? pages * 4096 + 4095 : pages,
      code,
      expandDown: !code && field(42, 1) === 1,
      big: field(54, 1) === 1,
      writable: !code && field(41, 1) === 1,
      readable: !code || field(41, 1) === 1,
      dpl: field(45, 2),
    });
  }

  /** The same segment as loaded in SS: its violations raise #SS. */
  asStack(): Segment {
    return new Segment(this, true);
  }

  /** The linear address of an offset: base plus offset, modulo 2^32. */
  linear(offset: number): number {
    return (this.base + offset) % 0x1_0000_0000;
  }
}

/** Why the segment refuses `bytes` bytes at an offset, or undefined if it does not. */
export function segmentFault(
  segment: Segment,
  offset: number,
  access: Access,
  bytes: number,
): SegmentFaultReason | undefined {
  if ((access & ACCESS_FETCH_BIT) !== 0 ? !segment.code : !segment.readable) return 'segment-type';
  if ((access & ACCESS_WRITE_BIT) !== 0 && !segment.writable) return 'segment-type';
  const last = offset + bytes - 1;
  if (segment.expandDown) {
    const highest = segment.big ? 0xffff_ffff : 0xffff;
    return offset <= segment.limit || last > highest ? 'segment-limit' : undefined;
  }
  // A segment of 4 GiB has no end to go beyond: the address wraps.
  return last > segment.limit && segment.limit !== 0xffff_ffff ? 'segment-limit' : undefined;
}
