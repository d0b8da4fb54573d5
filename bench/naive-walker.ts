/**
 * What one writes first: RAM in a DataView, the TLB in a Map, a result object for each translation. A peer, to show
 * what the tuned one is worth.
 */
import type { PhysicalMemory } from 'x86-paging/memory';

interface Translation {
  readonly frame: number;
  readonly writable: boolean;
  readonly user: boolean;
  readonly dirty: boolean;
}

/** A copy of RAM; of more than a gigabyte, which no DataView need have, as far as anything is written. */
export function viewOf(memory: PhysicalMemory): DataView {
  const written = [...memory.writtenFrames()];
  const { start, count } = written.at(-1)!;
  const bytes = new Uint8Array(memory.sizeBytes <= 2 ** 30 ? memory.sizeBytes : (start + count) * 4096);
  for (const { start, count } of written) bytes.set(memory.read(start * 4096, count * 4096), start * 4096);
  return new DataView(bytes.buffer);
}

export class NaiveMmu {
  cr2 = 0;
  faultCode = 0;
  readonly #view: DataView;
  readonly #cr3: number;
  readonly #tlb = new Map<number, Translation>();

  constructor(memory: PhysicalMemory, cr3: number) {
    this.#view = viewOf(memory);
    this.#cr3 = cr3;
  }

  flush(): void {
    this.#tlb.clear();
  }

  invlpg(linear: number): void {
    this.#tlb.delete(Math.floor(linear / 4096));
  }

  translate(linear: number, write: boolean, user: boolean): number {
    const page = Math.floor(linear / 4096);
    let entry = this.#tlb.get(page);
    if (entry === undefined || (write && !entry.dirty)) {
      const walked = this.#walk(linear, write);
      if (walked === undefined) return this.#fault(linear, write, user, false);
      entry = walked;
      this.#tlb.set(page, entry);
    }
    if ((user && !entry.user) || (write && !entry.writable)) return this.#fault(linear, write, user, true);
    return entry.frame * 4096 + (linear % 4096);
  }

  readUint32(linear: number): number {
    const physical = this.translate(linear, false, false);
    if (physical === -1) return -1;
    const inPage = 4096 - (linear % 4096);
    if (inPage >= 4) return this.#view.getUint32(physical, true);
    const next = this.translate(linear + inPage, false, false);
    if (next === -1) return -1;
    let value = 0;
    for (let i = 0; i < 4; i++) {
      value += this.#view.getUint8(i < inPage ? physical + i : next + i - inPage) * 2 ** (8 * i);
    }
    return value;
  }

  /** Within a page. */
  writeUint32(linear: number, value: number): void {
    const physical = this.translate(linear, true, false);
    if (physical !== -1) this.#view.setUint32(physical, value, true);
  }

  #walk(linear: number, write: boolean): Translation | undefined {
    const view = this.#view;
    const pdeAt = this.#cr3 + Math.floor(linear / 0x40_0000) * 4;
    const pde = view.getUint32(pdeAt, true);
    if ((pde & 1) === 0) return undefined;
    const large = (pde & 0x80) !== 0;
    const pteAt = large ? pdeAt : (pde & 0xffff_f000) + (Math.floor(linear / 4096) % 1024) * 4;
    const pte = view.getUint32(pteAt >>> 0, true);
    if ((pte & 1) === 0) return undefined;
    view.setUint32(pdeAt, pde | 0x20, true);
    const used = pte | 0x20 | (write ? 0x40 : 0);
    view.setUint32(pteAt >>> 0, used, true);
    const inLarge = large ? Math.floor(linear / 4096) % 1024 : 0;
    return {
      frame: (large ? (pte & 0xffc0_0000) >>> 12 : pte >>> 12) + inLarge,
      writable: (pde & pte & 2) !== 0,
      user: (pde & pte & 4) !== 0,
      dirty: (used & 0x40) !== 0,
    };
  }

  #fault(linear: number, write: boolean, user: boolean, present: boolean): number {
    this.cr2 = linear;
    this.faultCode = (present ? 1 : 0) + (write ? 2 : 0) + (user ? 4 : 0);
    return -1;
  }
}
