import { PAGE_SIZE } from '../arch/address.ts';
import type { TablePlan } from '../builder/table-writer.ts';
import type { PhysicalMemory } from '../memory/physical-memory.ts';

/** So many pages get contents to be watched, 64 MiB; of a larger domain every second, third … page. */
const MOST_MARKED_PAGES = 0x4000;
const WORDS = PAGE_SIZE / 4;

/**
 * Watches the pages that are no page tables, which are the domain's and not the builder's. Marks them, so that clearing
 * one shows as well as writing to one; of a domain larger than 64 MiB it marks some and sees any value but zero in the
 * others and in frames outside the domain.
 *
 * @param memory - RAM with nothing in it yet.
 * @returns To be called later: what was written to that should not be, or undefined.
 */
export function watchPages(memory: PhysicalMemory, plan: TablePlan): () => string | undefined {
  const { frames, lowestTablePage } = plan;
  const stride = Math.max(1, Math.ceil(lowestTablePage / MOST_MARKED_PAGES));
  const marked = new Map<number, number>();
  for (let page = 0; page < lowestTablePage; page += stride) {
    marked.set(frames[page]!, page);
    wordsOf(memory, frames[page]!).fill(markOf(page));
  }
  const tables = new Set([...plan.tableFrames, plan.directoryFrame]);

  return () => {
    const overwritten: number[] = [];
    for (const [frame, page] of marked) {
      if (wordsOf(memory, frame).some((word) => word !== markOf(page))) overwritten.push(frame);
    }
    for (const frame of writtenFrames(memory)) {
      if (!marked.has(frame) && !tables.has(frame)) overwritten.push(frame);
    }
    if (overwritten.length === 0) return undefined;
    const [first] = overwritten;
    const page = frames.indexOf(first!);
    const whose = page < 0 ? 'outside the domain' : `page ${page} of the domain`;
    const others = overwritten.length === 1 ? '' : `, and ${overwritten.length - 1} more`;
    return `frame ${first} is overwritten, which is ${whose} and no page table${others}`;
  };
}

/** Not zero, and no entry that a builder would write. */
function markOf(page: number): number {
  return (0x5a5a_0000 ^ Math.imul(page, 0x9e37_79b1)) | 0x8000_0e00;
}

function wordsOf(memory: PhysicalMemory, frame: number): Int32Array {
  const { buffer, byteOffset } = memory.frame(frame);
  return new Int32Array(buffer, byteOffset, WORDS);
}

function* writtenFrames(memory: PhysicalMemory): Generator<number> {
  for (const { start: first, count: frames } of memory.writtenFrames()) {
    for (let frame = first; frame < first + frames; frame++) yield frame;
  }
}
