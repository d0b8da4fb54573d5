import { PAGE_SIZE } from '../../arch/address.ts';
import type { ProfileName } from '../../builder/profile.ts';
import type { Counterexample } from '../../claims/verification.ts';
import { type ClaimRule, type Evidence, frameAt, hex, refutedByValue } from '../evidence.ts';

/** What start_info must hold. */
interface StartInfo {
  /** The 32-bit fields. */
  readonly fields: readonly (readonly [offset: number, name: string, value: number])[];
  readonly commandLineOffset: number;
  /** Bytes of the command line's field, the NUL that ends it included. */
  readonly commandLineBytes: number;
}

/** start_info is read where the page of its address leads, as the guest would. */
export const startInfo: ClaimRule = {
  name: 'start-info',
  title: 'start_info tells the guest what its page tables say, and its command line ends in NUL.',
  refute: (evidence) => {
    const { memory, geometry, domain } = evidence;
    const page = geometry.firstPage + geometry.startInfo;
    const frame = frameAt(evidence, page);
    const linear = page * PAGE_SIZE;
    if (frame === undefined || frame >= memory.frameCount) {
      return refutedByValue(
        'start_info',
        'a page in RAM',
        frame === undefined ? 'no page' : 'no RAM',
        linear,
      );
    }
    const { fields, commandLineOffset, commandLineBytes } = WANTED[domain.profile](evidence);
    for (const [offset, name, value] of fields) {
      const found = memory.readUint32(frame * PAGE_SIZE + offset);
      if (found !== value) return refutedByValue(name, hex(value), hex(found), linear + offset);
    }
    const wanted = commandLineField(domain.commandLine, commandLineBytes);
    const bytes = memory.read(frame * PAGE_SIZE + commandLineOffset, commandLineBytes);
    return firstWrongByte(bytes, wanted, linear + commandLineOffset);
  },
};

function firstWrongByte(bytes: Uint8Array, wanted: Uint8Array, linear: number): Counterexample | undefined {
  const at = bytes.findIndex((byte, i) => byte !== wanted[i]);
  if (at < 0) return undefined;
  return refutedByValue(`byte ${at} of the command line`, hex(wanted[at]!), hex(bytes[at]!), linear + at);
}

const WANTED: Readonly<Record<ProfileName, (evidence: Evidence) => StartInfo>> = {
  document: startInfo12,
  'xen-1.2': startInfo12,
  'xen-2.0': startInfo20,
  'xen-3.0': startInfo30,
};

/** docs/xen-1.2.md §4. */
function startInfo12({ domain, geometry }: Evidence): StartInfo {
  return {
    fields: [
      [0, 'nr_pages', geometry.pageCount],
      [4, 'shared_info', domain.sharedInfoFrame * PAGE_SIZE],
      [8, 'dom_id', domain.domainId],
      [12, 'flags', 0],
      [16, 'pt_base', (geometry.firstPage + geometry.directory) * PAGE_SIZE],
      [20, 'mod_start', domain.initrd?.address ?? 0],
      [24, 'mod_len', domain.initrd?.length ?? 0],
    ],
    commandLineOffset: 28,
    commandLineBytes: 256,
  };
}

/** docs/xen-layouts.md: 32-bit values in slots of 8 bytes, whose other halves are zero. */
function startInfo20({ domain, geometry }: Evidence): StartInfo {
  return {
    fields: [
      [0, 'nr_pages', geometry.pageCount],
      [4, 'the word after nr_pages', 0],
      [8, 'shared_info', domain.sharedInfoFrame * PAGE_SIZE],
      [12, 'the word after shared_info', 0],
      [16, 'flags', 0],
      [20, 'domain_controller_evtchn', 0],
      [24, 'pt_base', (geometry.firstPage + geometry.directory) * PAGE_SIZE],
      [28, 'the word after pt_base', 0],
      [32, 'nr_pt_frames', 1 + geometry.tableFrames.length],
      [36, 'the word after nr_pt_frames', 0],
      [40, 'mfn_list', (geometry.firstPage + geometry.frameList!) * PAGE_SIZE],
      [44, 'the word after mfn_list', 0],
      [48, 'mod_start', domain.initrd?.address ?? 0],
      [52, 'the word after mod_start', 0],
      [56, 'mod_len', domain.initrd?.length ?? 0],
      [60, 'the word after mod_len', 0],
    ],
    commandLineOffset: 64,
    commandLineBytes: 256,
  };
}

/** docs/xen-layouts.md. The magic is 'Xen-3.0' and NULs. */
function startInfo30({ domain, geometry }: Evidence): StartInfo {
  const [store, console] = geometry.sharedPages.map((page) => geometry.frames[page]!);
  return {
    fields: [
      [0, 'magic', 0x2d6e_6558],
      [4, 'magic', 0x0030_2e33],
      ...[8, 12, 16, 20, 24, 28].map((offset) => [offset, 'magic', 0] as const),
      [32, 'nr_pages', geometry.pageCount],
      [36, 'shared_info', domain.sharedInfoFrame * PAGE_SIZE],
      [40, 'flags', 0],
      [44, 'store_mfn', store!],
      [48, 'store_evtchn', 0],
      [52, 'console_mfn', console!],
      [56, 'console_evtchn', 0],
      [60, 'pt_base', (geometry.firstPage + geometry.directory) * PAGE_SIZE],
      [64, 'nr_pt_frames', 1 + geometry.tableFrames.length],
      [68, 'mfn_list', (geometry.firstPage + geometry.frameList!) * PAGE_SIZE],
      [72, 'mod_start', domain.initrd?.address ?? 0],
      [76, 'mod_len', domain.initrd?.length ?? 0],
    ],
    commandLineOffset: 80,
    commandLineBytes: 1024,
  };
}

/** The whole field: text, at least one NUL, and NULs up to its end. */
function commandLineField(text: Uint8Array, length: number): Uint8Array {
  const field = new Uint8Array(length);
  field.set(text.subarray(0, length - 1));
  return field;
}
