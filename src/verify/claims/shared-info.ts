import { XEN_VIRTUAL_START } from '../../abi/xen.ts';
import { PAGE_SIZE } from '../../arch/address.ts';
import type { ProfileName } from '../../builder/profile.ts';
import { hidden } from '../../claims/vocabulary.ts';
import { type ClaimRule, hex, layoutRule, refutedByValue } from '../evidence.ts';

const TITLE = "shared_info's page is all zero but for what the profile sets, and mapped nowhere below Xen.";

/** Bytes that are 1: the masks of the virtual CPUs' upcalls (docs/xen-layouts.md). */
const MASKS: Readonly<Record<ProfileName, readonly number[]>> = {
  document: [],
  'xen-1.2': [],
  'xen-2.0': [1],
  'xen-3.0': Array.from({ length: 32 }, (_, cpu) => 64 * cpu + 1),
};

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
    const wanted = new Uint8Array(PAGE_SIZE);
    for (const at of MASKS[domain.profile]) wanted[at] = 1;
    const wrong = bytes.findIndex((byte, at) => byte !== wanted[at]);
    if (wrong < 0) return undefined;
    const what = `byte ${wrong} of shared_info, frame ${hex(frame)}`;
    return refutedByValue(what, hex(wanted[wrong]!), hex(bytes[wrong]!));
  },
};
