import { PAGE_SIZE } from '../arch/address.ts';
import type { TablePlan } from '../builder/table-writer.ts';
import { FrameAllocator, type FrameOrder } from '../memory/frame-allocator.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';

const MIB = 2 ** 20;
/** Below 44 MiB lies Xen; a multiple of 4 MiB, so that frames in order can be mapped by large pages. */
const FIRST_FRAME = 0x2c00;
/** Linear address of page 0. */
const LOAD_ADDRESS = 0xc000_0000;
/** From 0xC0000000 up to Xen at 0xFC000000. */
const MOST_MEBIBYTES = 960;

/** How large an address space to map, and where its frames lie. */
export interface TableLayoutOptions {
  /** 1 to 960. Default 64. */
  readonly mebibytes?: number;
  /** Order of the machine frames. Default `scattered`, as in a real machine. */
  readonly order?: FrameOrder;
  /** Of scattered frames. Default 7. */
  readonly seed?: number;
}

/** Memory with an address space to be built in it. */
export interface TableLayout {
  /** RAM, with nothing in it yet. */
  readonly memory: PhysicalMemory;
  /** What is to be mapped, and where the tables go. */
  readonly plan: TablePlan;
}

/**
 * The layout of a domain's tables without the domain: directory in its last page, tables below it.
 * @throws RangeError for a size outside 1 to 960 MiB.
 */
export function tableLayout(options: TableLayoutOptions = {}): TableLayout {
  const { mebibytes = 64, order = 'scattered', seed = 7 } = options;
  if (!(Number.isInteger(mebibytes) && mebibytes >= 1 && mebibytes <= MOST_MEBIBYTES)) {
    throw new RangeError(`mebibytes ${mebibytes} is not a whole number from 1 to ${MOST_MEBIBYTES}`);
  }
  const pages = (mebibytes * MIB) / PAGE_SIZE;
  const memory = new PhysicalMemory((mebibytes + 128) * MIB);
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: FIRST_FRAME }] });
  const frames = allocator.allocate(pages, { order, seed });
  const tables = Math.ceil(pages / 1024);
  const plan: TablePlan = {
    frames,
    loadAddress: LOAD_ADDRESS,
    tableFrames: Uint32Array.from({ length: tables }, (_, table) => frames[pages - 2 - table]!),
    directoryFrame: frames[pages - 1]!,
    lowestTablePage: pages - 1 - tables,
  };
  return { memory, plan };
}
