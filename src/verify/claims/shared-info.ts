import { PAGE_SIZE } from '../../arch/address.ts';
import { accessesIn } from '../address-space.ts';
import { type ClaimRule, hex, refutedByAccess, refutedByValue } from '../evidence.ts';
import { XEN_FIRST_PAGE } from '../expected.ts';

/** Xen's own windows may map it; the guest has to do so itself, by an update of its page tables. */
export const sharedInfo: ClaimRule = {
  name: 'shared-info',
  title: "shared_info's page is all zero, and mapped nowhere below Xen.",
  refute: (evidence) => {
    const { memory, observed, domain } = evidence;
    const frame = domain.sharedInfoFrame;
    for (let page = 0; page < XEN_FIRST_PAGE; page++) {
      if (observed.frames[page] === frame) {
        return refutedByAccess(
          evidence,
          page,
          accessesIn(observed.granted[page]!)[0]!,
          'no way to shared_info',
        );
      }
    }
    if (frame >= memory.frameCount) {
      return refutedByValue('shared_info', 'a frame in RAM', `frame ${hex(frame)}, beyond its end`);
    }
    const bytes = memory.read(frame * PAGE_SIZE, PAGE_SIZE);
    const set = bytes.findIndex((byte) => byte !== 0);
    if (set < 0) return undefined;
    return refutedByValue(`byte ${set} of shared_info, frame ${hex(frame)}`, '0x0', hex(bytes[set]!));
  },
};
