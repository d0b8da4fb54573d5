/** The segments that Xen gives its guests: flat, but ending 4 MiB into Xen's area, behind the table they may read. */

import { type Access, Segment } from '../index.ts';

const CODE = Segment.decode(0x00cf_ba00_0000_c3ffn);
const DATA = Segment.decode(0x00cf_b200_0000_c3ffn);
const USER_CODE = Segment.decode(0x00cf_fa00_0000_c3ffn);
const USER_DATA = Segment.decode(0x00cf_f200_0000_c3ffn);

/** The segment through which a guest makes an access. */
export function guestSegment(access: Access): Segment {
  const fetch = (access & 2) !== 0;
  if ((access & 4) !== 0) return fetch ? USER_CODE : USER_DATA;
  return fetch ? CODE : DATA;
}
