import { PAGE_SIZE } from '../../arch/address.ts';
import { type ClaimRule, type Evidence, frameAt, hex, refutedByValue } from '../evidence.ts';

const COMMAND_LINE_OFFSET = 28;
/** Bytes of the command-line field, the NUL that ends it included. */
const COMMAND_LINE_BYTES = 256;

/** start_info is read where the page of its address leads, as the guest would. */
export const startInfo: ClaimRule = {
  name: 'start-info',
  title: 'start_info tells the guest what its page tables say, and its command line ends in NUL.',
  refute: (evidence) => {
    const { memory, geometry } = evidence;
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
    for (const [offset, name, value] of fields(evidence)) {
      const found = memory.readUint32(frame * PAGE_SIZE + offset);
      if (found !== value) return refutedByValue(name, hex(value), hex(found), linear + offset);
    }
    const wanted = commandLineField(evidence.domain.commandLine);
    const bytes = memory.read(frame * PAGE_SIZE + COMMAND_LINE_OFFSET, COMMAND_LINE_BYTES);
    const differs = bytes.findIndex((byte, i) => byte !== wanted[i]);
    if (differs < 0) return undefined;
    return refutedByValue(
      `byte ${differs} of the command line`,
      hex(wanted[differs]!),
      hex(bytes[differs]!),
      linear + COMMAND_LINE_OFFSET + differs,
    );
  },
};

/** The 32-bit fields (docs/xen-1.2.md §4). */
function fields({ domain, geometry }: Evidence): [offset: number, name: string, value: number][] {
  const directory = (geometry.firstPage + geometry.pageCount - 1) * PAGE_SIZE;
  return [
    [0, 'nr_pages', geometry.pageCount],
    [4, 'shared_info', domain.sharedInfoFrame * PAGE_SIZE],
    [8, 'dom_id', domain.domainId],
    [12, 'flags', 0],
    [16, 'pt_base', directory],
    [20, 'mod_start', domain.initrd?.address ?? 0],
    [24, 'mod_len', domain.initrd?.length ?? 0],
  ];
}

/** The whole field: at most 255 bytes of text, and NULs up to its end. */
function commandLineField(text: Uint8Array): Uint8Array {
  const field = new Uint8Array(COMMAND_LINE_BYTES);
  field.set(text.subarray(0, COMMAND_LINE_BYTES - 1));
  return field;
}
