import {
  COMMAND_LINE_BYTES,
  L1_FLAGS,
  L1_TABLE_FLAGS,
  L2_FLAGS,
  MMU_EXTENDED_COMMAND,
  MMU_MACHPHYS_UPDATE,
  MMU_NORMAL_PT_UPDATE,
  MMUEXT_PIN_L2_TABLE,
  RING1_CS,
  RING1_DS,
  START_INFO,
  START_INFO_BYTES,
} from '../abi/xen.ts';
import { PAGE_SIZE } from '../arch/address.ts';
import { DevMem } from '../memory/dev-mem.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import type { BuildOptions, Domain } from './domain.ts';
import { ownInputs } from './inputs.ts';
import { layoutOf } from './layout.ts';
import { type DomainPlan, planDomain } from './plan.ts';
import { type TablePlan, writePageTables } from './table-writer.ts';
import { placeXen } from './xen-placement.ts';

/**
 * Builds a XenoLinux domain's address space at start of day, byte for byte as Xen's domain builder of February 2004.
 *
 * Page tables and directory are made from the last page backwards, and mapped read-only like every other page of
 * the domain. Pages that nobody owns yet keep what they held. All checks come before the first write.
 *
 * @throws BuildError if the inputs cannot make a domain; memory is then untouched.
 * @see docs/xen-1.2.md §1–§7
 *
 * @example
 * const domain = buildDomain(memory, { profile: 'xen-1.2', frames, sharedInfoFrame, kernel });
 * const mmu = new Mmu(memory, { cr3: domain.pageDirectory });
 */
export function buildDomain(memory: PhysicalMemory, given: BuildOptions): Domain {
  const options = ownInputs(memory, given);
  const plan = planDomain(memory, options);
  const devMem = new DevMem(memory);
  const { frames } = options;
  loadImage(devMem, plan.kernel.bytes, frames, 0);
  if (plan.initrd !== undefined) loadImage(devMem, plan.initrd, frames, plan.kernelPages);

  const tables = planTables(frames, plan);
  if (options.tables === 'cleared') clearPageTables(devMem, tables);
  else writePageTables(memory, tables);
  const domain = describe(options, plan, tables);
  writeStartInfo(devMem, domain, frames[plan.startInfoPage]!);
  const sharedInfo = devMem.map(options.sharedInfoFrame);
  sharedInfo.fill(0);
  devMem.unmap(sharedInfo);
  placeXen(memory, domain, options.xen);
  return domain;
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
  for (const frame of [...tableFrames, directoryFrame]) {
    const page = devMem.map(frame);
    page.fill(0);
    devMem.unmap(page);
  }
}

/** The update list that says to Xen what the tables say (docs/xen-1.2.md §5). */
function describeUpdates(plan: DomainPlan, tables: TablePlan): Uint32Array {
  const { pageCount, tableCount } = plan;
  const { frames, loadAddress, tableFrames, directoryFrame, lowestTablePage } = tables;
  const directoryAddress = directoryFrame * PAGE_SIZE;
  const updates = new Uint32Array(2 * (1 + tableCount + 2 * pageCount));
  let at = 0;
  updates[at++] = directoryAddress | MMU_EXTENDED_COMMAND;
  updates[at++] = MMUEXT_PIN_L2_TABLE;

  let entry = (loadAddress >>> 12) & 1023;
  for (let table = 0, page = 0; table < tableCount; table++, entry = 0) {
    const tableAddress = tableFrames[table]! * PAGE_SIZE;
    const slot = (loadAddress >>> 22) + table;
    updates[at++] = (directoryAddress + slot * 4) | MMU_NORMAL_PT_UPDATE;
    updates[at++] = tableAddress | L2_FLAGS;
    for (; entry < 1024 && page < pageCount; entry++, page++) {
      const frame = frames[page]!;
      updates[at++] = (tableAddress + entry * 4) | MMU_NORMAL_PT_UPDATE;
      updates[at++] = (frame << 12) | (page < lowestTablePage ? L1_FLAGS : L1_TABLE_FLAGS);
      updates[at++] = (frame << 12) | MMU_MACHPHYS_UPDATE;
      updates[at++] = page;
    }
  }
  return updates;
}

/** Page tables lie below the directory, that for the lowest addresses next to it. */
function planTables(frames: Uint32Array, plan: DomainPlan): TablePlan {
  const { tableCount, directoryPage, lowestTablePage } = plan;
  return {
    frames,
    loadAddress: plan.kernel.loadAddress,
    tableFrames: Uint32Array.from({ length: tableCount }, (_, table) => frames[directoryPage - 1 - table]!),
    directoryFrame: frames[directoryPage]!,
    lowestTablePage,
  };
}

function describe(options: BuildOptions, plan: DomainPlan, tables: TablePlan): Domain {
  const { frames } = options;
  const { loadAddress, entry } = plan.kernel;
  const startInfoAddress = loadAddress + plan.startInfoPage * PAGE_SIZE;
  return {
    profile: options.profile,
    frames: frames.slice(),
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
      esp: startInfoAddress,
      esi: startInfoAddress,
      eflags: plan.profile.eflags,
      cs: RING1_CS,
      ds: RING1_DS,
      es: RING1_DS,
      fs: RING1_DS,
      gs: RING1_DS,
      ss: RING1_DS,
    },
    updates: describeUpdates(plan, tables),
    layout: layoutOf(plan),
    xen: plan.xen,
  };
}

/** Writes the first 284 bytes of the page and leaves the others as they are (docs/xen-1.2.md §4). */
function writeStartInfo(devMem: DevMem, domain: Domain, frame: number): void {
  const bytes = new Uint8Array(START_INFO_BYTES);
  const view = new DataView(bytes.buffer);
  view.setUint32(START_INFO.nrPages, domain.pageCount, true);
  view.setUint32(START_INFO.sharedInfo, domain.sharedInfoFrame * PAGE_SIZE, true);
  view.setUint32(START_INFO.domainId, domain.domainId, true);
  view.setUint32(START_INFO.ptBase, domain.loadAddress + (domain.pageCount - 1) * PAGE_SIZE, true);
  view.setUint32(START_INFO.modStart, domain.initrd?.address ?? 0, true);
  view.setUint32(START_INFO.modLength, domain.initrd?.length ?? 0, true);
  bytes.set(domain.commandLine.subarray(0, COMMAND_LINE_BYTES - 1), START_INFO.commandLine);
  const page = devMem.map(frame);
  page.set(bytes);
  devMem.unmap(page);
}
