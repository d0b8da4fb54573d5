/** The options of commands that build a domain, and the building. */

import {
  BuildError,
  buildDomain,
  type ProfileName,
  packKernel,
  sampleKernel,
  type XenPlacement,
} from '../builder/index.ts';
import type { SavedMachine } from '../formats/index.ts';
import { FrameAllocator, type FrameOrder, PhysicalMemory } from '../memory/index.ts';
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
    choices: ['xen-1.2', 'document'],
    help: 'layout: xen-1.2 (default) or document',
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
    help: 'at 0xFC000000: slots, none, or the file of an image (default slots; for document none)',
  },
};

/** Frames that Xen keeps for itself: the 44 MiB of machine memory that it maps directly (facts §7). */
const XEN_FRAMES = 0x2c00;
/** A frame of Xen's heap, below 16 MiB, for shared_info. */
const SHARED_INFO_FRAME = 0x120;
/** Xen's frame table and what else a machine needs beside the domain. */
const SPARE_BYTES = 16 * 2 ** 20;

/** Builds what the options say. @throws UsageError, InputError */
export function buildFromOptions(values: Values): SavedMachine {
  const bytes = parseSize(text(values, 'memory') ?? '64M', '--memory');
  if (bytes % 4096 !== 0) throw new UsageError(`--memory ${bytes} bytes is not a multiple of 4096`);
  const pageCount = bytes / 4096;
  const machineBytes = text(values, 'machine');
  const memory = machine(
    machineBytes === undefined ? undefined : parseSize(machineBytes, '--machine'),
    bytes,
  );
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: XEN_FRAMES }] });
  const profile = parseProfile(text(values, 'profile') ?? 'xen-1.2');
  const kernel = kernelFrom(values);
  const initrd = text(values, 'initrd');
  const commandLine = text(values, 'cmdline') ?? '';
  const domainId = parse32(text(values, 'domid') ?? '1', '--domid');
  try {
    const frames = allocator.allocate(pageCount, parseFrames(text(values, 'frames') ?? 'scattered:1'));
    const xen = xenFrom(text(values, 'xen') ?? (profile === 'xen-1.2' ? 'slots' : 'none'), allocator);
    const domain = buildDomain(memory, {
      profile,
      frames,
      sharedInfoFrame: SHARED_INFO_FRAME,
      kernel,
      ...(initrd !== undefined && { initrd: readInput(initrd, 'initrd') }),
      commandLine,
      domainId,
      ...(xen && { xen }),
    });
    return { memory, domain };
  } catch (error) {
    if (error instanceof BuildError || error instanceof RangeError) throw new InputError(error.message);
    throw error;
  }
}

function machine(bytes: number | undefined, domainBytes: number): PhysicalMemory {
  const needed = domainBytes + XEN_FRAMES * 4096 + SPARE_BYTES;
  const size = bytes ?? 2 ** Math.ceil(Math.log2(needed));
  try {
    return new PhysicalMemory(size);
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function parseProfile(name: string): ProfileName {
  if (name === 'xen-1.2' || name === 'document') return name;
  throw new UsageError(`--profile '${name}' is neither xen-1.2 nor document`);
}

/** The order of machine frames as `--frames` tells it. */
export function parseFrames(order: string): { order: FrameOrder; seed?: number } {
  if (order === 'ascending' || order === 'descending') return { order };
  const seed = /^scattered(?::(\d+))?$/.exec(order);
  if (seed === null)
    throw new UsageError(`--frames '${order}' is none of ascending, descending, scattered, scattered:SEED`);
  return { order: 'scattered', seed: parse32(seed[1] ?? '1', '--frames seed') };
}

function kernelFrom(values: Values): Uint8Array {
  const path = text(values, 'kernel');
  if (path === undefined) return sampleKernel();
  const file = readInput(path, 'kernel');
  const pack = text(values, 'pack');
  if (pack === undefined) return file;
  try {
    return packKernel(file, parse32(pack, '--pack'));
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(`--pack: ${error.message}`);
    throw error;
  }
}

function xenFrom(what: string, allocator: FrameAllocator): XenPlacement | undefined {
  if (what === 'none') return undefined;
  if (what === 'slots') return { kind: 'slots' };
  const image = readInput(what, 'Xen image');
  const pages = Math.ceil(image.length / 4096);
  return {
    kind: 'image',
    image,
    frames: allocator.allocate(pages),
    tables: allocator.allocate(Math.ceil(pages / 1024)),
  };
}
