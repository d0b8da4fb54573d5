import { formatAddress, PAGE_SHIFT, PAGE_SIZE } from '../arch/address.ts';
import { type CpuFeatures, type CpuModel, cpuFeatures } from '../arch/cpu.ts';
import { PAGING_MODES, type PageSize, type PagingMode } from '../arch/paging-modes.ts';
import type { Ram } from '../memory/ram.ts';
import { TableBelow } from './below.ts';
import { checkPhysical, mapping, protection, removal } from './changes.ts';
import { type Change, Edit } from './edit.ts';
import { EntryFormat } from './entry-format.ts';
import { type FrameRule, FrameSource } from './frame-source.ts';
import { pageRange } from './linear-pages.ts';
import { MapError } from './map-error.ts';
import { attributeBits, type PageAttributes } from './page-attributes.ts';
import { TableMemory } from './table-memory.ts';
import { type TableRegisters, tableRegisters } from './table-registers.ts';

/** The paging modes that have tables. */
export type TableMode = Exclude<PagingMode, 'off'>;

/** What {@link Mapper} is made from. */
export interface MapperOptions {
  /** The format of the tables. */
  readonly mode: TableMode;
  /** Gives the number of a free frame, which becomes a table. What it throws reaches the caller of `map`. */
  readonly allocateFrame: () => number;
  /**
   * Takes frames back: of tables that `unmap` leaves empty, and what was allocated for a call whose allocation
   * then failed. Without it nothing is freed: empty tables stay linked, and frames too many serve the next table.
   */
  readonly freeFrame?: (frame: number) => void;
  /**
   * Physical address of the topmost table, whose entries are kept and extended: a multiple of 4096, in PAE of 32.
   * Without it a frame is allocated and cleared.
   */
  readonly root?: number;
  /**
   * The CPU that the tables are for: what it lacks is refused. Default: one that has everything
   * (`sapphire-rapids`), so that only the paging mode decides.
   */
  readonly cpu?: CpuModel;
}

/** How {@link Mapper.map} maps: attributes, and the size of pages. */
export interface MappingOptions extends PageAttributes {
  /**
   * Bytes of a page, default 4096. `largest`: at each address the largest page that the CPU has and the alignment
   * of both addresses and the rest of the range allow.
   */
  readonly pageSize?: PageSize | 'largest';
}

/**
 * Writes page tables of any paging mode.
 *
 * Every call is planned over its whole range before the first write: where it throws, memory and the tables are as
 * they were. It throws a {@link MapError} for what cannot be done, and passes on what `allocateFrame` throws.
 *
 * Entries above the leaves grant every right, so that the leaves alone decide; A and D are left to the CPU.
 * A linear address is a number, or a bigint; in long mode it is canonical: `0xffff_8000_0000_0000n`.
 * Tables that were in RAM before are understood, shared ones and those that map themselves too; what would change
 * other linear addresses as well is refused.
 *
 * A CPU keeps translations: after `protect` and `unmap` it needs INVLPG or a flush, as always. In PAE it keeps the
 * four PDPTEs too, so that a change by which one of them came or went needs a load of CR3.
 *
 * @example
 * const mapper = new Mapper(memory, { mode: '4-level', allocateFrame: () => allocator.allocate(1)[0]! });
 * mapper.map(0xffff_8000_0000_0000n, 0, 2 ** 30, { pageSize: 0x20_0000, writable: true, executable: false });
 * const mmu = new Mmu(memory, mapper.registers);
 */
export class Mapper {
  /** The format of the tables. */
  readonly mode: TableMode;
  /** The CPU that the tables are for. */
  readonly cpu: CpuFeatures;
  readonly #format: EntryFormat;
  readonly #frames: FrameSource;
  readonly #tables: TableMemory;
  readonly #below: TableBelow;
  /** What frames for tables must be. */
  readonly #rule: FrameRule;

  /**
   * @throws MapError `unsupported` if the CPU lacks the mode, `bad-range` if the root cannot be one.
   */
  constructor(memory: Ram, { mode, allocateFrame, freeFrame, root, cpu = 'sapphire-rapids' }: MapperOptions) {
    this.mode = mode;
    this.cpu = cpuFeatures(cpu);
    checkMode(mode, this.cpu);
    this.#format = new EntryFormat(mode, this.cpu);
    this.#frames = new FrameSource(allocateFrame, freeFrame);
    if (root === undefined) {
      const isFrame = (physical: number): boolean => TableMemory.isFrameOf(memory, physical);
      this.#frames.reserve(1, { isFrame, has: () => false, limit: rootLimit(mode, this.cpu) });
      const frame = this.#frames.take();
      for (let at = 0; at < PAGE_SIZE; at += 4) memory.storeWord(frame * PAGE_SIZE + at, 0);
      this.#tables = new TableMemory(memory, this.#format, frame * PAGE_SIZE);
    } else {
      checkRoot(memory, mode, root, rootLimit(mode, this.cpu));
      this.#tables = new TableMemory(memory, this.#format, root);
    }
    const tables = this.#tables;
    this.#below = new TableBelow(tables);
    this.#rule = {
      isFrame: (physical) => tables.isFrame(physical),
      has: (frame) => tables.has(frame),
      limit: this.#format.physicalLimit(tables.levels.at(-1)!),
    };
  }

  /** Physical address of the topmost table: the value for CR3. */
  get root(): number {
    return this.#tables.root;
  }

  /** Frames of all tables: the root's first, then in the order in which they were found or made. */
  get tableFrames(): readonly number[] {
    return this.#tables.frames;
  }

  /** Frames that were allocated and hold no table; the next tables take them first. */
  get spareFrames(): readonly number[] {
    return [...this.#frames.spare];
  }

  /** The registers with which the CPU uses these tables: what `new Mmu(memory, mapper.registers)` takes. */
  get registers(): TableRegisters {
    return tableRegisters(this.mode, this.cpu, this.root);
  }

  /**
   * Maps a range of linear addresses to as many physical ones.
   *
   * @param linear - Start, a multiple of the page size.
   * @param physical - Where the range leads, a multiple of the page size. There need be no RAM.
   * @param bytes - Size, a multiple of the page size from one page up.
   * @throws MapError `already-mapped` if any page of the range is; `unsupported`, `beyond-physical`, `bad-range`,
   * `bad-attribute`, `forbidden-above`, `shared-table`, `malformed-table`, `bad-frame`.
   */
  map(linear: number | bigint, physical: number, bytes: number | bigint, options: MappingOptions = {}): void {
    const { pageSize = PAGE_SIZE } = options;
    const shifts = this.#shiftsFor(pageSize);
    const unit = pageSize === 'largest' ? PAGE_SIZE : pageSize;
    const range = pageRange(this.mode, linear, bytes, unit);
    checkPhysical(physical, unit);
    const bits = attributeBits(options, this.mode, this.cpu);
    this.#run(mapping(this.#format, { first: range.first, physical, shifts }, bits, options), range);
  }

  /**
   * Changes attributes of a range that is mapped. What is not named stays, for each page. A large page of which only
   * a part changes becomes smaller ones, which keep its attributes.
   *
   * @param linear - Start, a multiple of 4096. @param bytes - Size, a multiple of 4096 from 4096 up.
   * @throws MapError `not-mapped` if any page of the range is not; `cannot-split`, and as {@link Mapper.map}.
   */
  protect(linear: number | bigint, bytes: number | bigint, attributes: PageAttributes): void {
    const bits = attributeBits(attributes, this.mode, this.cpu);
    this.#run(protection(this.#format, bits, attributes), pageRange(this.mode, linear, bytes, PAGE_SIZE));
  }

  /**
   * Ends the mapping of a range; what is not mapped in it stays so. A large page of which only a part ends becomes
   * smaller ones. Frames of pages are the caller's; for those of tables see {@link MapperOptions.freeFrame}.
   *
   * @param linear - Start, a multiple of 4096. @param bytes - Size, a multiple of 4096 from 4096 up.
   * @throws MapError `cannot-split`, `shared-table`, `malformed-table`, `bad-range`, `bad-frame`.
   */
  unmap(linear: number | bigint, bytes: number | bigint): void {
    const range = pageRange(this.mode, linear, bytes, PAGE_SIZE);
    this.#run(removal(this.#format, this.#frames.takesBack), range);
  }

  #run(change: Change, range: ReturnType<typeof pageRange>): void {
    const edit = new Edit(this.#tables, change, this.#below);
    this.#frames.reserve(edit.plan(range), this.#rule);
    edit.apply(range, this.#frames);
  }

  #shiftsFor(pageSize: PageSize | 'largest'): readonly number[] {
    if (pageSize === PAGE_SIZE) return SMALL_PAGES;
    if (pageSize === 'largest') return this.#format.pageShifts;
    const shift = Math.log2(pageSize);
    if (this.#format.pageShifts.includes(shift)) return [shift];
    const missing = PAGING_MODES[this.mode].largePageShifts.includes(shift) && this.#format.missingFor(shift);
    const sizes = this.#format.pageShifts.map((there) => formatAddress(2 ** there, 1)).join(', ');
    throw new MapError(
      'unsupported',
      missing
        ? `pages of ${formatAddress(pageSize, 1)} bytes need ${missing}, which the CPU model '${this.cpu.name ?? 'unnamed'}' lacks`
        : `page size ${pageSize} does not exist in ${this.mode} paging; there are ${sizes}`,
    );
  }
}

/** Every mode has them, and most calls want them. */
const SMALL_PAGES: readonly number[] = [PAGE_SHIFT];

const MODE_FEATURE = { '32-bit': undefined, PAE: 'pae', '4-level': 'longMode', '5-level': 'la57' } as const;

function checkMode(mode: TableMode, cpu: CpuFeatures): void {
  if (!Object.hasOwn(MODE_FEATURE, mode)) {
    throw new MapError(
      'unsupported',
      `no tables in mode '${mode}'; there are ${Object.keys(MODE_FEATURE).join(', ')}`,
    );
  }
  const feature = MODE_FEATURE[mode];
  if (feature !== undefined && !cpu[feature]) {
    throw new MapError(
      'unsupported',
      `${mode} paging needs ${feature}, which the CPU model '${cpu.name ?? 'unnamed'}' lacks`,
    );
  }
}

/** CR3 has 32 bits outside long mode. */
function rootLimit(mode: TableMode, cpu: CpuFeatures): number {
  return mode === '32-bit' || mode === 'PAE' ? 2 ** 32 : 2 ** cpu.physicalAddressBits;
}

function checkRoot(memory: Ram, mode: TableMode, root: number, limit: number): void {
  const unit = mode === 'PAE' ? 32 : PAGE_SIZE;
  if (!Number.isInteger(root) || root < 0 || root % unit !== 0) {
    throw new MapError('bad-range', `root ${root} is not a physical address that is a multiple of ${unit}`);
  }
  if (root >= limit || !TableMemory.isFrameOf(memory, root - (root % PAGE_SIZE))) {
    throw new MapError('bad-range', `root ${formatAddress(root)}: there is no RAM that CR3 could point to`);
  }
}
