import { PAGE_SIZE } from '../arch/address.ts';
import { CR4_PSE } from '../arch/control.ts';
import type { TablePlan } from '../builder/table-writer.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';
import { ABOVE_4_GIB, type Access, Mmu, NO_FAULT, READ, USER_READ, WRITE } from '../mmu/index.ts';

const LINEAR_PAGES = 0x10_0000;

/**
 * Asks the MMU about every linear page: whether tables map what the plan says, with its rights, and nothing else.
 * @returns What is wrong at the lowest address where anything is, or undefined.
 */
export function findMistake(memory: PhysicalMemory, plan: TablePlan): string | undefined {
  const { frames, loadAddress, directoryFrame, lowestTablePage } = plan;
  const mmu = new Mmu(memory, { cr3: directoryFrame * PAGE_SIZE, cr4: CR4_PSE });
  const pagesFrom = (first: number, count: number): Uint32Array =>
    Uint32Array.from({ length: count }, (_, page) => (first + page) * PAGE_SIZE);
  const ask = (linear: Uint32Array, access: Access): { physical: Uint32Array; faultCodes: Uint8Array } => {
    const physical = new Uint32Array(linear.length);
    const faultCodes = new Uint8Array(linear.length);
    mmu.translateEach(linear, physical, faultCodes, access);
    return { physical, faultCodes };
  };
  const firstPage = loadAddress >>> 12;
  const { physical, faultCodes: read } = ask(pagesFrom(0, LINEAR_PAGES), READ);
  // What cannot be read is not mapped, so that only the domain's pages have rights to ask for.
  const domain = pagesFrom(firstPage, frames.length);
  const { faultCodes: write } = ask(domain, WRITE);
  const { faultCodes: userRead } = ask(domain, USER_READ);
  for (let page = 0; page < LINEAR_PAGES; page++) {
    const mistake = mistakeAt(page - firstPage, page);
    if (mistake !== undefined) return `0x${(page * PAGE_SIZE).toString(16)} ${mistake}`;
  }
  return undefined;

  function mistakeAt(domainPage: number, page: number): string | undefined {
    if (!(domainPage >= 0 && domainPage < frames.length))
      return isMapped(read, page) ? 'is mapped; nothing should be' : undefined;
    const frame = frames[domainPage]!;
    if (!isMapped(read, page)) return `is not mapped; it should lead to frame ${frame}`;
    const above = read[page] === ABOVE_4_GIB;
    const found = above ? mmu.translate(page * PAGE_SIZE, READ) / PAGE_SIZE : physical[page]! >>> 12;
    if (found !== frame) return `leads to frame ${found}, not ${frame}`;
    const isTable = domainPage >= lowestTablePage;
    if (isMapped(write, domainPage) === isTable)
      return isTable ? 'is a page table and must be read-only' : 'must be writable';
    return isMapped(userRead, domainPage) ? 'is open to ring 3' : undefined;
  }
}

function isMapped(faultCodes: Uint8Array, i: number): boolean {
  return faultCodes[i] === NO_FAULT || faultCodes[i] === ABOVE_4_GIB;
}
