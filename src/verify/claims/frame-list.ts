import { PAGE_SIZE } from '../../arch/address.ts';
import { type ClaimRule, frameAt, hex, refutedByValue } from '../evidence.ts';

const WORDS_PER_PAGE: number = PAGE_SIZE / 4;

/** The list is read where the guest reads it: through its page tables. */
export const frameList: ClaimRule = {
  name: 'frame-list',
  title: "The list of frames names the domain's frames in order.",
  appliesTo: ({ frameList: list }) => list !== undefined,
  refute: (evidence) => {
    const { memory, geometry } = evidence;
    const { frames, firstPage } = geometry;
    const first = firstPage + geometry.frameList!;
    for (let start = 0; start < frames.length; start += WORDS_PER_PAGE) {
      const page = first + start / WORDS_PER_PAGE;
      const frame = frameAt(evidence, page);
      if (frame === undefined || frame >= memory.frameCount) {
        const found = frame === undefined ? 'no page' : 'no RAM';
        return refutedByValue('the frame list', 'a page in RAM', found, page * PAGE_SIZE);
      }
      for (let i = start; i < Math.min(start + WORDS_PER_PAGE, frames.length); i++) {
        const at = 4 * (i - start);
        const found = memory.readUint32(frame * PAGE_SIZE + at);
        if (found === frames[i]) continue;
        return refutedByValue(`frame of page ${i}`, hex(frames[i]!), hex(found), page * PAGE_SIZE + at);
      }
    }
    return undefined;
  },
};
