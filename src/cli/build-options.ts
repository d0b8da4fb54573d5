/** The options of commands that build a domain, and the building. */

import { XEN_VIRTUAL_START } from '../abi/xen.ts';
import { FOUR_GIB, PAGE_SIZE } from '../arch/index.ts';
import {
  BuildError,
  type BuildErrorCode,
  buildDomain,
  type ProfileName,
  packKernel,
  sampleKernel,
  type XenPlacement,
} from '../builder/index.ts';
import type { SavedMachine } from '../formats/index.ts';
import { FrameAllocator, type FrameOrder, PhysicalMemory } from '../memory/index.ts';
import { formatBytes } from '../render/index.ts';
import { type Options, text, type Values } from './command.ts';
import { InputError, UsageError } from './errors.ts';
import { readInput } from './files.ts';
import { parse32, parseSize } from './numbers.ts';

/** Options of the commands that build. */
export const BUILD_OPTIONS: Options = {
  memory: { type: 'string', value: 'SIZE', help: "the domain's memory, such as 64M (default)" },
  machine: {
    type: 'string',
    value: 'SIZE',
    help: "the machine's RAM (default: enough for the domain and Xen)",
  },
  kernel: {
    type: 'string',
    value: 'FILE',
    help: 'kernel image: XenoGues or ELF32, plain or gzip; - for standard input',
  },
  pack: {
    type: 'string',
    value: 'ADDRESS',
    help: 'the kernel file is a flat binary: load it there, such as 0xC0000000',
  },
  initrd: { type: 'string', value: 'FILE', help: 'initial RAM disk, plain or gzip' },
  cmdline: { type: 'string', value: 'TEXT', help: "the kernel's command line" },
  profile: {
    type: 'string',
    value: 'NAME',
    choices: ['xen-1.2', 'document', 'xen-2.0', 'xen-3.0'],
    help: 'layout: xen-1.2 (default) or document, both of 2004, or xen-2.0 or xen-3.0',
  },
  frames: {
    type: 'string',
    value: 'ORDER',
    help: 'machine frames: ascending, descending or scattered[:SEED] (default scattered:1)',
  },
  domid: { type: 'string', value: 'N', help: 'domain id (default 1)' },
  xen: {
    type: 'string',
    value: 'WHAT',
    help: 'at 0xFC000000: slots, none, or the file of an image (default slots with xen-1.2, else none)',
  },
};

/** What lies below Xen: more, no domain can have. */
const MOST_DOMAIN_BYTES = XEN_VIRTUAL_START;
/** Xen's part of the linear space. */
const XEN_BYTES = FOUR_GIB - XEN_VIRTUAL_START;
/** More than a kernel with all its symbols. */
const MOST_KERNEL_BYTES = 256 * 2 ** 20;
/** Frames that Xen keeps for itself: the 44 MiB of machine memory that it maps directly (docs/xen-1.2.md §7). */
const XEN_FRAMES = 0x2c00;
/** A frame of Xen's heap, below 16 MiB, for shared_info. */
const SHARED_INFO_FRAME = 0x120;
/** Xen's frame table and what else a machine needs beside the domain. */
const SPARE_BYTES = 16 * 2 ** 20;

/** The domain of `demo`, which the other commands look at where no machine is named. */
export function demoDomain(): SavedMachine {
  return buildFromOptions({ memory: '64M', frames: 'scattered:7', cmdline: 'root=/dev/ram0' });
}

/** Builds what the options say. @throws UsageError, InputError */
export function buildFromOptions(values: Values): SavedMachine {
  const bytes = parseSize(text(values, 'memory') ?? '64M', '--memory');
  if (bytes === 0 || bytes % PAGE_SIZE !== 0) {
    throw new UsageError(
      `--memory ${bytes} bytes is not a multiple of ${PAGE_SIZE} above 0; write a size with its unit, such as 64M`,
    );
  }
  if (bytes > MOST_DOMAIN_BYTES) {
    throw new UsageError(
      `--memory ${bytes} bytes is too much; a domain has at most ${MOST_DOMAIN_BYTES}, up to Xen`,
    );
  }
  const machineBytes = text(values, 'machine');
  const memory = machine(machineBytes, bytes);
  const profile = (text(values, 'profile') ?? 'xen-1.2') as ProfileName;
  const order = parseFrames(text(values, 'frames') ?? 'scattered:1');
  const commandLine = text(values, 'cmdline') ?? '';
  const domainId = parse32(text(values, 'domid') ?? '1', '--domid');
  const fromStdin = ['kernel', 'initrd', 'xen'].filter((name) => values[name] === '-');
  if (fromStdin.length > 1) {
    throw new UsageError(`--${fromStdin.join(' and --')} cannot both be standard input`);
  }
  const kernel = kernelFrom(values, bytes);
  const initrd = initrdFrom(values, bytes);
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: XEN_FRAMES }] });
  const frames = allocator.allocate(bytes / PAGE_SIZE, order);
  const xen = xenFrom(text(values, 'xen') ?? (profile === 'xen-1.2' ? 'slots' : 'none'), allocator);
  try {
    const domain = buildDomain(memory, {
      profile,
      frames,
      sharedInfoFrame: SHARED_INFO_FRAME,
      kernel,
      ...(initrd !== undefined && { initrd }),
      commandLine,
      domainId,
      ...(xen && { xen }),
    });
    return { memory, domain };
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    // A file that does not fit is the right file for another --memory.
    if (SIZE_ERRORS.includes(error.code))
      throw new UsageError(`--memory ${formatBytes(bytes)}: ${error.message}`);
    throw error.code === 'bad-option' ? new UsageError(error.message) : new InputError(error.message);
  }
}

/** What a domain of another size might do. */
const SIZE_ERRORS: readonly BuildErrorCode[] = [
  'reaches-xen',
  'too-few-pages',
  'kernel-too-big',
  'initrd-too-big',
];

/** The machine's RAM: as told, or the next power of two above what the domain and Xen take. */
function machine(told: string | undefined, domainBytes: number): PhysicalMemory {
  const needed = domainBytes + XEN_FRAMES * PAGE_SIZE;
  if (told === undefined) return new PhysicalMemory(2 ** Math.ceil(Math.log2(needed + SPARE_BYTES)));
  const size = parseSize(told, '--machine');
  if (size < needed) {
    throw new UsageError(
      `--machine ${told} is too small: Xen keeps the first ${formatBytes(XEN_FRAMES * PAGE_SIZE)}, and the domain takes ${formatBytes(domainBytes)}; at least ${formatBytes(needed)} are needed`,
    );
  }
  try {
    return new PhysicalMemory(size);
  } catch (error) {
    throw new UsageError(`--machine: ${(error as Error).message}`);
  }
}

/** The order of machine frames as `--frames` tells it. */
export function parseFrames(order: string): { order: FrameOrder; seed?: number } {
  if (order === 'ascending' || order === 'descending') return { order };
  const seed = /^scattered(?::(\d+))?$/.exec(order);
  if (seed === null)
    throw new UsageError(`--frames '${order}' is none of ascending, descending, scattered, scattered:SEED`);
  return { order: 'scattered', seed: parse32(seed[1] ?? '1', '--frames seed') };
}

function kernelFrom(values: Values, domainBytes: number): Uint8Array {
  const path = text(values, 'kernel');
  const pack = text(values, 'pack');
  if (path === undefined) {
    if (pack === undefined) return sampleKernel();
    throw new UsageError('--pack says where to load a flat binary; name it with --kernel FILE');
  }
  const loadAddress = pack === undefined ? undefined : parse32(pack, '--pack');
  const file = readInput(path, 'kernel', {
    bytes: Math.max(domainBytes, MOST_KERNEL_BYTES),
    why: 'more than a kernel with all its symbols',
  });
  if (loadAddress === undefined) return file;
  try {
    return packKernel(file, loadAddress);
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--pack: ${error.message}`);
    throw error;
  }
}

function initrdFrom(values: Values, bytes: number): Uint8Array | undefined {
  const path = text(values, 'initrd');
  if (path === undefined) return undefined;
  return readInput(path, 'initrd', { bytes, why: "all of the domain's memory" });
}

function xenFrom(what: string, allocator: FrameAllocator): XenPlacement | undefined {
  if (what === 'none') return undefined;
  if (what === 'slots') return { kind: 'slots' };
  const image = readInput(what, 'Xen image', { bytes: XEN_BYTES, why: 'all that lies above 0xFC000000' });
  const pages = Math.ceil(image.length / PAGE_SIZE);
  const tables = Math.ceil(pages / 1024);
  if (pages + tables > allocator.freeCount) {
    throw new UsageError(
      `--machine is too small: the Xen image takes ${pages + tables} more frames, and ${allocator.freeCount} are free`,
    );
  }
  return { kind: 'image', image, frames: allocator.allocate(pages), tables: allocator.allocate(tables) };
}
