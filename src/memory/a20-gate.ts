import type { Ram } from './ram.ts';

/** Address line 20. */
const LINE_20 = 0x10_0000;

/**
 * RAM behind an A20 gate: while the gate is closed, bit 20 of every physical address is 0 on its way to RAM, so that each
 * odd MiB is the even one below it. A PC starts so, for programs that count on the 8086's addresses to wrap at 1 MiB.
 *
 * The gate stands behind paging and its caches: it changes what physical addresses reach, page tables included, and neither
 * what they are nor what a TLB holds. So `translate` and `explain` tell addresses as the CPU sends them, and opening or closing
 * the gate takes effect at once.
 *
 * Sources: i486 Microprocessor data book, "Address Bit 20 Mask (A20M#)"; SDM 3A "8086 Emulation", "Wraparound".
 *
 * @example
 * const gate = new A20Gate(memory);
 * const mmu = new Mmu(gate, { cpu: 'i486', cr3 });
 * gate.isOpen = false;      // physical 0x100000 is 0 now
 */
export class A20Gate implements Ram {
  /** Whether line 20 reaches RAM. A PC's firmware opens it. Default: closed, as after reset. */
  isOpen = false;
  readonly #ram: Ram;

  /** @param ram - What lies behind the gate. */
  constructor(ram: Ram) {
    this.#ram = ram;
  }

  /** First address after the last byte of the RAM behind it. While the gate is closed, RAM may answer from there on too. */
  get sizeBytes(): number {
    return this.#ram.sizeBytes;
  }

  /** Whether RAM answers at an address as it passes the gate. */
  isRam(physical: number): boolean {
    const at = this.#passed(physical);
    return this.#ram.isRam?.(at) ?? at < this.#ram.sizeBytes;
  }

  /** Reads 32 bits at a multiple of 4. */
  loadWord(physical: number): number {
    return this.#ram.loadWord(this.#passed(physical));
  }

  /** Writes 32 bits at a multiple of 4. */
  storeWord(physical: number, value: number): void {
    this.#ram.storeWord(this.#passed(physical), value);
  }

  #passed(physical: number): number {
    return this.isOpen || (physical & LINE_20) === 0 ? physical : physical - LINE_20;
  }
}
