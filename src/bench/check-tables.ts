import { PAGE_SIZE } from '../arch/address.ts';
import type { TablePlan } from '../builder/table-writer.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { type Access, Mmu, NO_FAULT, READ, USER_READ, WRITE } from '../mmu/index.ts';

const LINEAR_PAGES = 0x10_0000;
/** CR4.PSE, so that 4 MiB pages count. */
const CR4_PSE = 0x10;

/**
 * Asks the MMU about every linear page: whether tables map what the plan says, with its rights, and nothing else.
 * @returns What is wrong at the lowest address where anything is, or undefined.
 */
export function findMistake(memory: PhysicalMemory, plan: TablePlan): string | undefined {
  const { frames, loadAddress, directoryFrame, lowestTablePage } = plan;
  const mmu = new Mmu(memory, { cr3: directoryFrame * PAGE_SIZE, cr4: CR4_PSE });
  const linear = Uint32Array.from({ length: LINEAR_PAGES }, (_, page) => page * PAGE_SIZE);
  const physical = new Uint32Array(LINEAR_PAGES);
  const faultCodesOf = (access: Access): Uint8Array => {
    const faultCodes = new Uint8Array(LINEAR_PAGES);
    mmu.translateEach(linear, physical, faultCodes, access);
    return faultCodes;
  };
  const write = faultCodesOf(WRITE);
  const userRead = faultCodesOf(USER_READ);
  // Last, so that `physical` is where reads lead.
  const read = faultCodesOf(READ);
  for (let page = 0; page < LINEAR_PAGES; page++) {
    const domainPage = page - (loadAddress >>> 12);
    const isMapped = domainPage >= 0 && domainPage < frames.length;
    const at = `0x${(page * PAGE_SIZE).toString(16)}`;
    if (!isMapped) {
      if (read[page] === NO_FAULT) return `${at} is mapped; nothing should be`;
      continue;
    }
    const frame = frames[domainPage]!;
    if (read[page] !== NO_FAULT) return `${at} is not mapped; it should lead to frame ${frame}`;
    const found = physical[page]! >>> 12;
    if (found !== frame) return `${at} leads to frame ${found}, not ${frame}`;
    const isTable = domainPage >= lowestTablePage;
    if ((write[page] === NO_FAULT) === isTable) {
      return `${at} ${isTable ? 'is a page table and must be read-only' : 'must be writable'}`;
    }
    if (userRead[page] === NO_FAULT) return `${at} is open to ring 3`;
  }
  return undefined;
}
