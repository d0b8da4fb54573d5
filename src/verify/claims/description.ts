/** The claims about what the builder says of the domain: its frames, its addresses, its initial registers. */

import { FETCH } from '../../arch/access.ts';
import { PAGE_SIZE } from '../../arch/address.ts';
import type { Domain } from '../../builder/domain.ts';
import type { ProfileName } from '../../builder/profile.ts';
import type { Counterexample } from '../../claims/verification.ts';
import { grants } from '../../claims/vocabulary.ts';
import { type ClaimRule, type Evidence, hex, layoutRule, refutedByValue } from '../evidence.ts';
import { rangeOf } from '../expected.ts';
import type { Geometry } from '../geometry.ts';

export const framesUsedOnce: ClaimRule = {
  name: 'frames-used-once',
  title: "Every frame of the domain exists, is used for one page only, and is not shared_info's.",
  refute: ({ memory, geometry, domain }) => {
    const seen = new Uint8Array(memory.frameCount);
    for (const [page, frame] of geometry.frames.entries()) {
      const what = `page ${page}`;
      const found = `frame ${hex(frame)}`;
      if (frame >= memory.frameCount) {
        return refutedByValue(what, `a frame below ${hex(memory.frameCount)}`, found);
      }
      if (frame === domain.sharedInfoFrame) {
        return refutedByValue(what, 'a frame of its own', `${found} of shared_info`);
      }
      if (seen[frame] === 1) {
        return refutedByValue(
          what,
          'a frame of its own',
          `${found} of page ${geometry.frames.indexOf(frame)}`,
        );
      }
      seen[frame] = 1;
    }
    return undefined;
  },
};

/** docs/xen-1.2.md §3: the order of things from low to high, given the number of frames, the load address and the profile. */
export const description: ClaimRule = {
  name: 'description',
  title: 'The directory, page tables and start_info are where the layout of the profile puts them.',
  refute: ({ geometry, domain }) => {
    const { pageTables } = domain;
    const startInfo = (geometry.firstPage + geometry.startInfo) * PAGE_SIZE;
    return (
      mismatch('number of pages', geometry.pageCount, domain.pageCount) ??
      mismatch('page directory', geometry.directoryFrame * PAGE_SIZE, domain.pageDirectory) ??
      mismatch('number of page tables', geometry.tableFrames.length, pageTables.length) ??
      firstOf(geometry.tableFrames, (frame, j) =>
        mismatch(`frame of page table ${j}`, frame, pageTables[j]),
      ) ??
      mismatch('address of start_info', startInfo, domain.startInfoAddress) ??
      initrdEnd(geometry, domain)
    );
  },
};

/** The frame list begins on the page after the initrd. */
function initrdEnd({ firstPage, frameList }: Geometry, { initrd }: Domain): Counterexample | undefined {
  if (frameList === undefined || initrd === undefined) return undefined;
  const end = Math.ceil((initrd.address + initrd.length) / PAGE_SIZE) * PAGE_SIZE;
  return mismatch('end of the initrd', (firstPage + frameList) * PAGE_SIZE, end);
}

const firstInstruction: ClaimRule = layoutRule({
  name: 'initial-context',
  title: 'The CPU starts on a page that it can fetch.',
  claim: ({ domain }) => grants(rangeOf({ firstPage: domain.context.eip >>> 12, pageCount: 1 }), [FETCH]),
  promise: () => 'a page to start from',
});

/** The registers that the profiles differ in (docs/xen-1.2.md §6, docs/xen-layouts.md). */
const REGISTERS: Readonly<Record<ProfileName, { eflags: number; cs: number; ds: number }>> = {
  document: { eflags: 0x202, cs: 0x0819, ds: 0x0821 },
  'xen-1.2': { eflags: 0x204, cs: 0x0819, ds: 0x0821 },
  'xen-2.0': { eflags: 0x204, cs: 0x0819, ds: 0x0821 },
  'xen-3.0': { eflags: 0x200, cs: 0xe019, ds: 0xe021 },
};

/** docs/xen-1.2.md §6. An ELF kernel may begin at any of its pages, a XenoGues image begins with its first byte. */
export const initialContext: ClaimRule = {
  name: 'initial-context',
  title:
    'The CPU starts in ring 1 on a page that it can fetch, esi at start_info, its stack where the profile says.',
  refute: (evidence) => {
    const { geometry, domain } = evidence;
    const { context } = domain;
    const addressOf = (page: number): number => (geometry.firstPage + page) * PAGE_SIZE;
    const { eflags, cs, ds } = REGISTERS[domain.profile];
    const data = ['ds', 'es', 'fs', 'gs', 'ss'] as const;
    return (
      firstInstruction.refute(evidence) ??
      entryPoint(evidence) ??
      mismatch('esp', addressOf(geometry.stackEnd), context.esp) ??
      mismatch('esi', addressOf(geometry.startInfo), context.esi) ??
      mismatch('eflags', eflags, context.eflags) ??
      mismatch('cs', cs, context.cs) ??
      firstOf(data, (name) => mismatch(name, ds, context[name]))
    );
  },
};

function entryPoint({ geometry, domain }: Evidence): Counterexample | undefined {
  const { eip } = domain.context;
  const first = geometry.firstPage * PAGE_SIZE;
  // A kernel without a byte starts on the page behind it: the profiles of xen-2.0 and later put the frame list there.
  const end = first + Math.max(geometry.frameList ?? geometry.firstTable, 1) * PAGE_SIZE;
  if (eip >= first && eip < end) return undefined;
  return refutedByValue('eip', `an address from ${hex(first)} to below ${hex(end)}`, hex(eip));
}

function firstOf<T>(
  items: Iterable<T>,
  find: (item: T, index: number) => Counterexample | undefined,
): Counterexample | undefined {
  let index = 0;
  for (const item of items) {
    const found = find(item, index++);
    if (found !== undefined) return found;
  }
  return undefined;
}

function mismatch(what: string, expected: number, found: number | undefined): Counterexample | undefined {
  if (expected === found) return undefined;
  return refutedByValue(what, hex(expected), found === undefined ? 'nothing' : hex(found));
}
