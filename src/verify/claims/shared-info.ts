import { XEN_VIRTUAL_START } from '../../abi/xen.ts';
import { PAGE_SIZE } from '../../arch/address.ts';
import { hidden } from '../../claims/vocabulary.ts';
import { type ClaimRule, hex, layoutRule, refutedByValue } from '../evidence.ts';

const TITLE = "shared_info's page is all zero, and mapped nowhere below Xen.";

const notMapped: ClaimRule = layoutRule({
  name: 'shared-info',
  title: TITLE,
  claim: ({ domain }) => hidden(domain.sharedInfoFrame, [0, XEN_VIRTUAL_START]),
  promise: () => 'no way to shared_info',
});

/** Xen's own windows may map it; the guest has to do so itself, by an update of its page tables. */
export const sharedInfo: ClaimRule = {
  name: 'shared-info',
  title: TITLE,
  refute: (evidence) => {
    const { memory, domain } = evidence;
    const mapped = notMapped.refute(evidence);
    if (mapped !== undefined) return mapped;
    const frame = domain.sharedInfoFrame;
    if (frame >= memory.frameCount) {
      return refutedByValue('shared_info', 'a frame in RAM', `frame ${hex(frame)}, beyond its end`);
    }
    const bytes = memory.read(frame * PAGE_SIZE, PAGE_SIZE);
    const set = bytes.findIndex((byte) => byte !== 0);
    if (set < 0) return undefined;
    return refutedByValue(`byte ${set} of shared_info, frame ${hex(frame)}`, '0x0', hex(bytes[set]!));
  },
};
