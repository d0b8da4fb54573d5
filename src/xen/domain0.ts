import {
  L1_FLAGS,
  L1_TABLE_FLAGS,
  L2_FLAGS,
  RING1_CS,
  RING1_DS,
  START_INFO,
  XEN_VIRTUAL_START,
} from '../abi/xen.ts';
import { WRITE } from '../arch/access.ts';
import type { InitialContext } from '../builder/domain.ts';
import { installXenSlots } from './address-space.ts';
import { loadCr3 } from './flush.ts';
import { COUNT_FLUSH, COUNT_PINNED, TYPE_L1, TYPE_L2, TYPE_VALIDATED, TYPE_WRITABLE } from './frame-table.ts';
import { M2P_BASE } from './layout.ts';
import { runIdle } from './lifecycle.ts';
import { takeFrame } from './references.ts';
import type { DomainState, XenState } from './state.ts';
import { takeFrameAndType } from './types.ts';

/**
 * Domain 0, which Xen builds itself, since there is nobody else to do it. It is laid out like other domains but for
 * the free page above start_info, which it lacks. Source: docs/xen-1.2.md §12.
 */

/** Where the boot code has put the modules: machine 44 MiB, just above the direct map. */
const MODULES_START = 0x2c0_0000;
const HEADER_BYTES = 12;
const SIGNATURE = 'XenoGues';
/** start_info's flags: the domain is privileged; it owns the console. */
const SIF_PRIVILEGED = 1;
const SIF_CONSOLE = 2;
/** Bytes of start_info before the command line that Xen clears: its C structure, rounded up. */
const CLEARED_BYTES = 32;
const MAX_COMMAND_LINE = 255;

/** What the boot loader hands over. */
export interface Domain0Options {
  /** The kernel module: XenoGues, not compressed. */
  readonly kernel: Uint8Array;
  /** The second module, loaded right behind the kernel. */
  readonly initrd?: Uint8Array;
  /** Frames of the domain, in pseudo-physical order. */
  readonly frames: ArrayLike<number>;
  /** At most 255 characters of one byte count. Default none. */
  readonly commandLine?: string;
  /** The domain owns the console. Default true. */
  readonly ownsConsole?: boolean;
}

/** Where an initrd lies. */
export interface InitrdPlace {
  /** Linear address, which need not be a multiple of a page's size. */
  readonly address: number;
  /** Bytes. */
  readonly length: number;
}

/** Domain 0 at start of day. */
export interface Domain0 {
  /** Linear address at which its kernel is loaded. */
  readonly loadAddress: number;
  /** Machine address. */
  readonly pageDirectory: number;
  /** Frames of the page tables, that for the lowest addresses first. */
  readonly pageTables: readonly number[];
  /** Linear address of start_info, and of the top of the first stack. */
  readonly startInfoAddress: number;
  /** Its initrd, if it was given one. */
  readonly initrd: InitrdPlace | undefined;
  /** Its registers at the start. */
  readonly context: InitialContext;
}

/**
 * Builds domain 0 in frames that it has been given already, and starts it no further.
 *
 * @throws RangeError for a module that Xen would refuse, or a domain that does not fit where it goes.
 */
export function buildDomain0(x: XenState, domain: DomainState, options: Domain0Options): Domain0 {
  const { kernel, initrd, frames } = options;
  const dataBytes = kernel.length + (initrd?.length ?? 0);
  const loadAddress = checkModules(x, options, dataBytes);
  const pages = frames.length;
  const entriesBelow = (loadAddress >>> 12) & 1023;
  const tableCount = Math.ceil((entriesBelow + pages) / 1024);
  const lowestTablePage = pages - 1 - tableCount;
  checkOverlap(frames, dataBytes, lowestTablePage);
  x.memory.write(MODULES_START, kernel);
  if (initrd !== undefined) x.memory.write(MODULES_START + kernel.length, initrd);

  const directory = frames[pages - 1]!;
  const pageTables = Array.from({ length: tableCount }, (_, table) => frames[pages - 2 - table]!);
  const startInfoAddress = loadAddress + (lowestTablePage - 1) * 4096;
  for (const table of pageTables) x.memory.frame(table).fill(0);
  x.memory.frame(directory).fill(0);
  installXenSlots(x, directory);
  domain.cr3 = directory * 4096;
  for (const [i, table] of pageTables.entries()) {
    x.memory.storeWord(domain.cr3 + 4 * ((loadAddress >>> 22) + i), (table * 4096) | L2_FLAGS);
  }
  for (let page = 0; page < pages; page++) {
    const frame = frames[page]!;
    const entry = entriesBelow + page;
    const flags = page < lowestTablePage ? L1_FLAGS : L1_TABLE_FLAGS;
    x.memory.storeWord(pageTables[entry >>> 10]! * 4096 + 4 * (entry & 1023), (frame * 4096) | flags);
    x.memory.storeWord(M2P_BASE + 4 * frame, page);
    countPage(x, domain, frame);
    if (page >= lowestTablePage) retype(x, domain, frame, page < pages - 1 ? TYPE_L1 : TYPE_L2);
  }
  takeFrameAndType(x, directory, domain.pointer, TYPE_L2);
  x.frames.setCount(directory, x.frames.count(directory) | COUNT_PINNED);

  // Xen copies through the new tables, so that they get accessed and dirty bits as the CPU sets them.
  x.caller = domain;
  loadCr3(x);
  const image = x.memory.read(MODULES_START, dataBytes).subarray(HEADER_BYTES);
  writeLinear(x, loadAddress, image);
  const end = loadAddress + image.length;
  const loaded = initrd && { address: end - initrd.length, length: initrd.length };
  writeStartInfo(x, domain, options, { startInfoAddress, loadAddress, initrd: loaded });
  runIdle(x);
  return {
    loadAddress,
    pageDirectory: domain.cr3,
    pageTables,
    startInfoAddress,
    initrd: loaded,
    context: {
      eip: loadAddress,
      esp: startInfoAddress,
      esi: startInfoAddress,
      // Xen's own flags with IF.
      eflags: 0x202,
      cs: RING1_CS,
      ds: RING1_DS,
      es: RING1_DS,
      fs: RING1_DS,
      gs: RING1_DS,
      ss: RING1_DS,
    },
  };
}

/** @returns The load address. */
function checkModules(x: XenState, { kernel, frames }: Domain0Options, dataBytes: number): number {
  if (kernel.length < HEADER_BYTES || String.fromCharCode(...kernel.subarray(0, 8)) !== SIGNATURE) {
    refuseModules(`its kernel does not start with '${SIGNATURE}' and a load address`);
  }
  const loadAddress = new DataView(kernel.buffer, kernel.byteOffset).getUint32(8, true);
  if (loadAddress % 4096 !== 0) refuseModules(`its load address ${loadAddress} is not page-aligned`);
  if (dataBytes > frames.length * 2048) {
    refuseModules(`its modules take ${dataBytes} bytes, more than half of its ${frames.length} pages`);
  }
  // The original does not look for Xen's slots, and would overwrite them.
  if (loadAddress + frames.length * 4096 > XEN_VIRTUAL_START)
    refuseModules('it would reach Xen at 0xfc00_0000');
  if (MODULES_START + dataBytes > x.memory.sizeBytes) {
    refuseModules('the machine ends below its modules, which are loaded at 44 MiB');
  }
  return loadAddress;
}

/** The modules may lie where the domain's own frames are, as long as nothing is written there before they are read. */
function checkOverlap(frames: ArrayLike<number>, dataBytes: number, lowestTablePage: number): void {
  for (let page = 0; page < frames.length; page++) {
    const address = frames[page]! * 4096;
    const isOver = address + 4096 > MODULES_START && address < MODULES_START + dataBytes;
    // The image is copied upwards, so it may come to lie below where it was, but not above.
    const isSafe = page * 4096 < dataBytes ? address <= MODULES_START + page * 4096 : page < lowestTablePage;
    if (isOver && !isSafe) {
      refuseModules(`its page ${page} (frame ${frames[page]}) would overwrite its modules`);
    }
  }
}

function refuseModules(text: string): never {
  throw new RangeError(`domain 0 cannot be built: ${text}`);
}

/** A page is first taken as writable, like any page that is mapped so. */
function countPage(x: XenState, domain: DomainState, frame: number): void {
  takeFrameAndType(x, frame, domain.pointer, TYPE_WRITABLE);
  x.frames.setCount(frame, x.frames.count(frame) | COUNT_FLUSH);
}

/** A table's page is then called one, with another reference for its being mapped read-only. */
function retype(
  x: XenState,
  domain: DomainState,
  frame: number,
  type: typeof TYPE_L1 | typeof TYPE_L2,
): void {
  x.frames.setType(frame, (type << 29) | TYPE_VALIDATED | 1);
  takeFrame(x, frame, domain.pointer);
}

/** Writes through the CPU. */
function writeLinear(x: XenState, linear: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) {
    const piece = Math.min(bytes.length - done, 4096 - ((linear + done) & 4095));
    const physical = x.mmu.translate(linear + done, WRITE);
    x.memory.write(physical, bytes.subarray(done, done + piece));
    done += piece;
  }
}

interface StartOfDay {
  readonly startInfoAddress: number;
  /** Linear address at which its kernel is loaded. */
  readonly loadAddress: number;
  readonly initrd: InitrdPlace | undefined;
}

function writeStartInfo(x: XenState, domain: DomainState, options: Domain0Options, where: StartOfDay): void {
  const { commandLine = '', ownsConsole = true, frames } = options;
  const text = Uint8Array.from(commandLine.slice(0, MAX_COMMAND_LINE), (character) =>
    character.charCodeAt(0),
  );
  const bytes = new Uint8Array(Math.max(CLEARED_BYTES, START_INFO.commandLine + text.length + 1));
  const view = new DataView(bytes.buffer);
  view.setUint32(START_INFO.nrPages, frames.length, true);
  view.setUint32(START_INFO.sharedInfo, domain.sharedInfoFrame * 4096, true);
  view.setUint32(START_INFO.domainId, domain.id, true);
  view.setUint32(START_INFO.flags, SIF_PRIVILEGED | (ownsConsole ? SIF_CONSOLE : 0), true);
  view.setUint32(START_INFO.ptBase, where.loadAddress + (frames.length - 1) * 4096, true);
  view.setUint32(START_INFO.modStart, where.initrd?.address ?? 0, true);
  view.setUint32(START_INFO.modLength, where.initrd?.length ?? 0, true);
  bytes.set(text, START_INFO.commandLine);
  writeLinear(x, where.startInfoAddress, bytes);
}
