import { XEN_CR0, XEN_CR4 } from '../abi/xen.ts';
import type { Domain } from '../builder/domain.ts';
import { type AllocateOptions, FrameAllocator } from '../memory/frame-allocator.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { Mmu } from '../mmu/mmu.ts';
import { writeXensOwnTables } from './address-space.ts';
import { setBase, switchTo } from './base.ts';
import { setGdt, updateDescriptor } from './descriptors.ts';
import { checkHeapFrame, type DomainOptions, newDomain, noDomain } from './domain-options.ts';
import { buildDomain0, type Domain0, type Domain0Options } from './domain0.ts';
import { type FrameInfo, frameInfo } from './frame-info.ts';
import { FrameTable } from './frame-table.ts';
import { type GuestAccess, type GuestResult, guestAccess } from './guest.ts';
import { type HoleName, repairsOf } from './holes.ts';
import {
  DEFAULT_IOREMAP_FRAME,
  DEFAULT_MAP_CACHE_FRAME,
  firstDomainFrame,
  IDLE_DIRECTORY,
  M2P_BASE,
} from './layout.ts';
import { dropLdtShadow, mapLdtPage } from './ldt.ts';
import { destroyDomain, giveFrames, runIdle, shareFrame } from './lifecycle.ts';
import { mmuUpdate } from './mmu-update.ts';
import { explained, type Refusal } from './refusal.ts';
import { decreaseReservation } from './reservation.ts';
import { startDomain } from './start-domain.ts';
import { type DomainState, domainOfPointer, type Flush, type LinearMapMode, type XenState } from './state.ts';
import { updateVaMapping } from './va-mapping.ts';
import { validate } from './validate.ts';

/** What {@link Xen} may be told when it is made. */
export interface XenOptions {
  /** Frame of the map cache's table, slot 1022. Default 0x151. */
  readonly mapCacheFrame?: number;
  /** Frame of the table of ioremap and fixmaps, slot 1023. Default 0x152. */
  readonly ioremapFrame?: number;
  /**
   * How Xen sees its linear page table. `cached`, the default: through the CPU and its TLB, which forgets nothing by
   * itself, so that a stale translation is stale. `walk`: walked anew at each access.
   */
  readonly linearMap?: LinearMapMode;
  /** Holes of the original to close. Default none. */
  readonly repaired?: 'all' | readonly HoleName[];
}

/** What Xen answered. */
export interface Answer {
  /** What the original returned: 0, -22 (EINVAL), -14 (EFAULT); see each call. */
  readonly result: number;
  /** Which rule was broken, where one was. */
  readonly refusal?: Refusal;
}

/** What Xen answered to a list of updates. */
export interface UpdateAnswer extends Answer {
  /** How many updates were done before the list ended or one was refused. They stay done. */
  readonly applied: number;
}

/**
 * The hypervisor of February 2004, as far as it keeps page tables: frame table, page types, the calls that change
 * them, and Xen's own address space. It does what the original did, its holes included.
 *
 * All that the original kept in RAM is in the emulated RAM, at the original's addresses, so that it can be looked at,
 * and spoilt, through the MMU like anything else. What a guest may not do is an answer with a refusal; only the
 * caller's own mistakes throw, such as a domain that does not exist.
 *
 * @example
 * const xen = new Xen(memory);
 * xen.createDomain({ id: 1, frames, perDomainFrame: 0x150, sharedInfoFrame: 0x120 });
 * xen.mmuUpdate(1, Uint32Array.of(directory | 3, 1)); // pin: { result: 0, applied: 1 }
 */
export class Xen {
  /** The machine's RAM. */
  readonly memory: PhysicalMemory;
  /** The CPU that Xen and the guests run on. CR3 holds the directory of the domain that runs. */
  readonly mmu: Mmu;
  /** Machine address of the idle directory, in which nothing but Xen is mapped. */
  readonly idleDirectory: number = IDLE_DIRECTORY;
  /** The first machine frame that domains may have. */
  readonly firstDomainFrame: number;
  readonly #x: XenState;

  /**
   * @param memory - The machine's RAM, up to 4 GiB. What lies below {@link Xen.firstDomainFrame} is Xen's.
   * @throws RangeError if the memory is too small or too large, a frame does not exist, or a hole has no such name.
   */
  constructor(memory: PhysicalMemory, options: XenOptions = {}) {
    const { mapCacheFrame = DEFAULT_MAP_CACHE_FRAME, ioremapFrame = DEFAULT_IOREMAP_FRAME } = options;
    this.firstDomainFrame = firstDomainFrame(memory.frameCount);
    if (memory.frameCount < this.firstDomainFrame || memory.frameCount > 0x10_0000) {
      throw new RangeError(
        `this Xen needs a machine of 20 MiB and its frame table (24 bytes a frame) up to 4 GiB, not ${memory.sizeBytes} bytes`,
      );
    }
    checkHeapFrame('mapCacheFrame', mapCacheFrame);
    checkHeapFrame('ioremapFrame', ioremapFrame);
    writeXensOwnTables(memory, mapCacheFrame, ioremapFrame);
    this.memory = memory;
    this.mmu = new Mmu(memory, { cpu: 'pentium-iii', cr0: XEN_CR0, cr4: XEN_CR4 });
    this.#x = {
      memory,
      frameCount: memory.frameCount,
      frames: new FrameTable(memory),
      mmu: this.mmu,
      linearMap: options.linearMap ?? 'cached',
      repairs: repairsOf(options.repaired),
      rules: { validate, dropLdtShadow },
      domains: new Map(),
      // Before the first call nobody has called.
      caller: noDomain(),
      clock: 0,
      lastFlush: 0,
      deferred: 0,
      flushes: [],
      refusal: undefined,
      windows: 0,
      nesting: 0,
    };
  }

  // --- what can be looked at ---

  /** What the last call did to the TLB, in order. */
  get flushes(): readonly Flush[] {
    return this.#x.flushes;
  }

  /** How many frames Xen had mapped at once in the last call: how deep it went. */
  get nesting(): number {
    return this.#x.nesting;
  }

  /** The flush clock: it ticks at every full flush. */
  get clock(): number {
    return this.#x.clock;
  }

  /** The flush clock after the CPU's last full flush. */
  get lastFlush(): number {
    return this.#x.lastFlush;
  }

  /** What was put off and is still due: 1 a load of CR3, 2 a reload of the LDT. */
  get deferred(): number {
    return this.#x.deferred;
  }

  /** The numbers of the domains, in the order in which they were made. */
  get domainIds(): readonly number[] {
    return [...this.#x.domains.keys()];
  }

  /**
   * What Xen knows of a domain.
   * @throws RangeError if there is no such domain.
   */
  domain(id: number): Readonly<DomainState> {
    return this.#domain(id);
  }

  /** The domain that an owner word of the frame table names; undefined: none that lives. */
  domainOf(ownerWord: number): number | undefined {
    return domainOfPointer(this.#x, ownerWord | 0)?.id;
  }

  /** What the frame table says of a frame, decoded. Beyond memory: what lies behind the table. */
  frame(frame: number): FrameInfo {
    return frameInfo(this.#x, frame);
  }

  /** The pseudo-physical page that the machine-to-physical table has for a frame. */
  machineToPhysical(frame: number): number {
    return this.#x.memory.readUint32(M2P_BASE + 4 * frame);
  }

  // --- domains ---

  /** How many frames no domain has. */
  get freeFrameCount(): number {
    return this.#allocator().freeCount;
  }

  /**
   * Chooses frames for a domain among those that are free. They are given out by {@link Xen.createDomain}.
   * @throws RangeError if fewer are free.
   */
  chooseFrames(count: number, options: AllocateOptions = {}): Uint32Array {
    return this.#allocator().allocate(count, options);
  }

  /**
   * Makes a domain known, with frames that the allocator has chosen: each has one reference, for being allocated, and
   * no type. The shared frame is writable, by Xen's own reference.
   *
   * @throws RangeError if the domain exists, or a frame does not exist or is in use.
   */
  createDomain(options: DomainOptions): void {
    const x = this.#x;
    const domain = newDomain(x, options);
    x.flushes = [];
    x.memory.frame(domain.perDomainFrame).fill(0);
    giveFrames(x, domain, options.frames);
    shareFrame(x, domain);
    x.domains.set(domain.id, domain);
  }

  /**
   * Builds domain 0 from the boot loader's modules, as Xen does when it starts, and makes it known.
   * @throws RangeError if it exists, or cannot be built of this.
   */
  buildDomain0(options: Domain0Options & Omit<DomainOptions, 'id'>): Domain0 {
    this.createDomain({ ...options, id: 0 });
    const x = this.#call(0);
    return buildDomain0(x, x.caller, options);
  }

  /**
   * Starts a domain that the builder has prepared: domain 0 sends its update list and, if Xen takes it, BUILDDOMAIN
   * with its registers. The domain runs with the first {@link Xen.switchTo}.
   *
   * @throws RangeError if the domain, or domain 0, is not known.
   */
  startDomain(domain: Domain): UpdateAnswer {
    const target = this.#domain(domain.domainId);
    const x = this.#call(0);
    const { result, applied } = startDomain(x, target, domain);
    return { ...answer(x, result, 0), applied };
  }

  /**
   * Destroys a domain: its frames are free again, as far as nothing refers to them. If it runs, Xen idles afterwards.
   *
   * @returns The frames that are not free yet.
   * @throws RangeError if there is no such domain.
   */
  destroyDomain(id: number): readonly number[] {
    const x = this.#x;
    const domain = this.#domain(id);
    x.caller = noDomain();
    x.flushes = [];
    if (x.mmu.cr3 === domain.cr3) runIdle(x);
    return destroyDomain(x, domain);
  }

  /** BUILDDOMAIN's effect on memory, see {@link setBase}. Result 1: done; 0: without a reference. */
  setBase(caller: number, target: number, directory: number): Answer {
    const x = this.#call(caller);
    return answer(x, setBase(x, this.#domain(target), directory >>> 0), 1);
  }

  /** A context switch: the domain runs from now on. Its directory is loaded and counted, then its LDT. */
  switchTo(domain: number): void {
    switchTo(this.#call(domain));
  }

  // --- calls of the guest ---

  /**
   * A list of updates: pairs of pointer and value. See {@link mmuUpdate}.
   * @param readable - How many updates can be read from the guest's memory. Default: all.
   */
  mmuUpdate(domain: number, updates: Uint32Array, readable: number = Number.POSITIVE_INFINITY): UpdateAnswer {
    const x = this.#call(domain);
    const { result, applied } = mmuUpdate(x, updates, readable);
    return { ...answer(x, result, 0), applied };
  }

  /**
   * Changes the entry of one page of the current address space.
   * @param page - Linear address / 4096.
   * @param flags - 1: flush all; 2: flush the page.
   */
  updateVaMapping(domain: number, page: number, value: number, flags: number): Answer {
    const x = this.#call(domain);
    return answer(x, updateVaMapping(x, page, value >>> 0, flags), 0);
  }

  /** The CPU faulted on a page of the LDT's shadow, 0 to 15. Result 1: it is mapped now; 0: the guest's own fault. */
  ldtFault(domain: number, page: number): Answer {
    const x = this.#call(domain);
    return answer(x, mapLdtPage(x, page) ? 1 : 0, 1);
  }

  /** Gives the domain a GDT of its own, in frames of 512 entries. */
  setGdt(domain: number, frames: ArrayLike<number>, entries: number): Answer {
    const x = this.#call(domain);
    return answer(x, setGdt(x, frames, entries), 0);
  }

  /**
   * Writes one descriptor.
   * @param address - Machine address, a multiple of 8.
   * @param words - Low word, high word.
   */
  updateDescriptor(domain: number, address: number, words: ArrayLike<number>): Answer {
    const x = this.#call(domain);
    return answer(x, updateDescriptor(x, address >>> 0, words[0]! >>> 0, words[1]! >>> 0), 0);
  }

  /** Gives frames back. Result: how many, or -22. */
  decreaseReservation(domain: number, frames: ArrayLike<number>): Answer {
    const x = this.#call(domain);
    return answer(x, decreaseReservation(x, frames), frames.length);
  }

  /**
   * An access by the instructions of the domain that runs: through its segments, then through paging and the TLB.
   * @throws RangeError if the address is no multiple of 4 below 2^32.
   */
  access(access: GuestAccess): GuestResult {
    return guestAccess(this.mmu, access);
  }

  #call(domain: number): XenState {
    const x = this.#x;
    x.caller = this.#domain(domain);
    x.flushes = [];
    x.refusal = undefined;
    x.nesting = 0;
    return x;
  }

  #domain(id: number): DomainState {
    const domain = this.#x.domains.get(id);
    if (domain === undefined) throw new RangeError(`there is no domain ${id}`);
    return domain;
  }

  /** The frames that are free, as an allocator sees them. */
  #allocator(): FrameAllocator {
    const { memory, frames, frameCount } = this.#x;
    const reserved = frames.used(frameCount).map((start) => ({ start, count: frames.isFree(start) ? 0 : 1 }));
    return new FrameAllocator(memory, {
      reserved: [{ start: 0, count: this.firstDomainFrame }, ...reserved],
    });
  }
}

function answer(x: XenState, result: number, success: number): Answer {
  if (result === success || x.refusal === undefined) return { result };
  return { result, refusal: explained(x.refusal) };
}
