import { MMU_EXTENDED_COMMAND, MMU_MACHPHYS_UPDATE, MMUEXT_PIN_L2_TABLE } from '../abi/xen.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { DevMem } from '../memory/dev-mem.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { BuildOptions, Domain } from './domain.ts';
import { ownInputs } from './inputs.ts';
import { layoutOf } from './layout.ts';
import { type DomainPlan, planDomain } from './plan.ts';
import { fillSharedInfo, startInfoBytes } from './start-info.ts';
import { roomIn, type TablePlan, writePageTables, writeUpdates } from './table-writer.ts';
import { placeXen } from './xen-placement.ts';

/**
 * Builds a XenoLinux domain's address space at start of day, byte for byte as Xen's domain builder of February 2004.
 *
 * Page tables and directory are made from the last page backwards, and mapped read-only beside every other page of
 * the domain. Pages that nobody owns yet keep what they held. All checks come before the first write. For comparison, the
 * profiles `xen-2.0` and `xen-3.0` lay out the same inputs as those versions did.
 *
 * @throws BuildError if the inputs cannot make a domain; memory is then untouched.
 * @see docs/xen-1.2.md §1–§7; docs/xen-layouts.md
 *
 * @example
 * const domain = buildDomain(memory, { profile: 'xen-1.2', frames, sharedInfoFrame, kernel });
 * const mmu = new Mmu(memory, { cr3: domain.pageDirectory });
 */
export function buildDomain(memory: PhysicalMemory, given: BuildOptions): Domain {
  const options = ownInputs(memory, given);
  const plan = planDomain(memory, options);
  const devMem = new DevMem(memory);
  const frames = ownFrames(options);
  loadImage(devMem, plan.kernel.bytes, frames, 0);
  if (plan.initrd !== undefined) loadImage(devMem, plan.initrd, frames, plan.kernelPages);

  const tables = planTables(frames, plan);
  const updates = makeTables(memory, devMem, options, plan, frames, tables);
  const { places } = plan;
  const domain = describe(options, plan, frames, tables, updates);
  if (places.frameListPage !== undefined) writeFrameList(devMem, frames, places.frameListPage);
  for (const page of places.sharedPages) onPage(devMem, frames[page]!, (bytes) => bytes.fill(0));
  onPage(devMem, frames[places.startInfoPage]!, (page) => page.set(startInfoBytes(domain, places)));
  onPage(devMem, options.sharedInfoFrame, (page) => fillSharedInfo(page, domain));
  placeXen(memory, domain, options.xen);
  return domain;
}

/** The frames as the domain keeps them, whatever the caller does with the list. */
function ownFrames({ frames, reuse }: BuildOptions): Uint32Array {
  const own = roomIn(reuse?.frames, frames.length);
  // A copy made so need not be cleared first.
  if (own === undefined) return new Uint32Array(frames);
  if (own !== frames) own.set(frames);
  return own;
}

/** Copies an image one frame at a time, and clears the rest of its last page. */
function loadImage(devMem: DevMem, image: Uint8Array, frames: Uint32Array, firstPage: number): void {
  for (let at = 0; at < image.length; at += PAGE_SIZE) {
    const page = devMem.map(frames[firstPage + at / PAGE_SIZE]!);
    const piece = image.subarray(at, at + PAGE_SIZE);
    page.set(piece);
    if (piece.length < PAGE_SIZE) page.fill(0, piece.length);
    devMem.unmap(page);
  }
}

/** Leaves the tables empty, for Xen to fill them. */
function clearPageTables(devMem: DevMem, { tableFrames, directoryFrame }: TablePlan): void {
  for (const frame of [...tableFrames, directoryFrame]) onPage(devMem, frame, (page) => page.fill(0));
}

/** Does something with the bytes of a frame. */
function onPage(devMem: DevMem, frame: number, what: (page: Uint8Array) => void): void {
  const page = devMem.map(frame);
  what(page);
  devMem.unmap(page);
}

/** Tells the domain its frames, in pseudo-physical order (docs/xen-layouts.md); the last page keeps the rest of its bytes. */
function writeFrameList(devMem: DevMem, frames: Uint32Array, firstPage: number): void {
  const perPage = PAGE_SIZE / 4;
  for (let first = 0; first < frames.length; first += perPage) {
    onPage(devMem, frames[firstPage + first / perPage]!, (page) => {
      const view = new DataView(page.buffer, page.byteOffset);
      for (const [i, frame] of frames.subarray(first, first + perPage).entries())
        view.setUint32(4 * i, frame, true);
    });
  }
}

/**
 * Puts page tables and directory into memory, and says what Dom0 sends to Xen; both in one pass where both say the same.
 */
function makeTables(
  memory: PhysicalMemory,
  devMem: DevMem,
  { tables: state, updates, reuse }: BuildOptions,
  { profile }: DomainPlan,
  frames: Uint32Array,
  tables: TablePlan,
): Uint32Array {
  const cleared = state === 'cleared';
  if (cleared) clearPageTables(devMem, tables);
  const listed = updates !== 'none';
  const target = cleared ? undefined : memory;
  if (listed && profile.order === 'downwards') return writeUpdates(target, tables, reuse?.updates);
  if (!cleared) writePageTables(memory, tables);
  return listed ? describeLaterUpdates(tables, frames, reuse?.updates) : new Uint32Array(0);
}

/** What the later builders sent, who wrote the tables themselves: each frame's page number, then the pin. */
function describeLaterUpdates(
  { directoryFrame }: TablePlan,
  frames: Uint32Array,
  reused: Uint32Array | undefined,
): Uint32Array {
  const updates = roomIn(reused, 2 * (frames.length + 1)) ?? new Uint32Array(2 * (frames.length + 1));
  let at = 0;
  for (const [page, frame] of frames.entries()) {
    updates[at++] = (frame << 12) | MMU_MACHPHYS_UPDATE;
    updates[at++] = page;
  }
  updates[at++] = (directoryFrame * PAGE_SIZE) | MMU_EXTENDED_COMMAND;
  updates[at++] = MMUEXT_PIN_L2_TABLE;
  return updates;
}

function planTables(frames: Uint32Array, { kernel, places }: DomainPlan): TablePlan {
  const { mappedPages, tablePages, directoryPage, tablesStart, tablesEnd } = places;
  return {
    frames: frames.subarray(0, mappedPages),
    loadAddress: kernel.loadAddress,
    tableFrames: tablePages.map((page) => frames[page]!),
    directoryFrame: frames[directoryPage]!,
    lowestTablePage: tablesStart,
    tablesEnd,
  };
}

function describe(
  options: BuildOptions,
  plan: DomainPlan,
  frames: Uint32Array,
  tables: TablePlan,
  updates: Uint32Array,
): Domain {
  const { loadAddress, entry } = plan.kernel;
  const { startInfoPage, stackEndPage } = plan.places;
  const { eflags, cs, ds } = plan.profile;
  const startInfoAddress = loadAddress + startInfoPage * PAGE_SIZE;
  return {
    profile: options.profile,
    frames,
    pageCount: plan.pageCount,
    loadAddress,
    pageDirectory: tables.directoryFrame * PAGE_SIZE,
    pageTables: tables.tableFrames,
    startInfoAddress,
    sharedInfoFrame: options.sharedInfoFrame,
    domainId: options.domainId ?? 0,
    commandLine: plan.commandLine,
    initrd: plan.initrd && {
      address: loadAddress + plan.kernelPages * PAGE_SIZE,
      length: plan.initrd.length,
    },
    context: {
      eip: entry,
      esp: loadAddress + stackEndPage * PAGE_SIZE,
      esi: startInfoAddress,
      eflags,
      cs,
      ds,
      es: ds,
      fs: ds,
      gs: ds,
      ss: ds,
    },
    updates,
    layout: layoutOf(plan),
    xen: plan.xen,
  };
}
