/** RAM as the authors of other emulators have it: what `new Mmu` must take as it takes `PhysicalMemory`. */

import type { Ram } from '../../src/memory/index.ts';

/** A plain array of bytes, and no more than an MMU needs. */
export class BytesRam implements Ram {
  readonly sizeBytes: number;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.sizeBytes = bytes.length;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  loadWord(physical: number): number {
    return physical < this.sizeBytes ? this.#view.getInt32(physical, true) : -1;
  }

  storeWord(physical: number, value: number): void {
    if (physical < this.sizeBytes) this.#view.setInt32(physical, value, true);
  }
}

/** What a device saw: `r4 0` is a read of four bytes at its first address. */
type BusCycle = string;

/** RAM on both sides of a hole in which a device answers, as below 4 GiB on a PC. It counts what reaches the device. */
export class RamWithDevice implements Ram {
  readonly sizeBytes: number;
  readonly cycles: BusCycle[] = [];
  readonly #ram: DataView;
  readonly #hole: number;
  readonly #holeEnd: number;

  constructor(sizeBytes: number, hole: readonly [start: number, end: number]) {
    this.sizeBytes = sizeBytes;
    this.#ram = new DataView(new ArrayBuffer(sizeBytes));
    [this.#hole, this.#holeEnd] = hole;
  }

  isRam(physical: number): boolean {
    return physical < this.sizeBytes && !(physical >= this.#hole && physical < this.#holeEnd);
  }

  loadWord(physical: number): number {
    if (this.isRam(physical)) return this.#ram.getInt32(physical, true);
    return this.#device('r4', physical) ? 0x1234_5678 : -1;
  }

  storeWord(physical: number, value: number): void {
    if (this.isRam(physical)) this.#ram.setInt32(physical, value, true);
    else this.#device(`w4 ${value >>> 0}`, physical);
  }

  loadByte(physical: number): number {
    if (this.isRam(physical)) return this.#ram.getUint8(physical);
    return this.#device('r1', physical) ? 0x5a : 0xff;
  }

  storeByte(physical: number, value: number): void {
    if (this.isRam(physical)) this.#ram.setUint8(physical, value);
    else this.#device(`w1 ${value}`, physical);
  }

  #device(what: string, physical: number): boolean {
    if (physical >= this.sizeBytes) return false;
    this.cycles.push(`${what} ${physical - this.#hole}`);
    return true;
  }
}
