import { concat, type NoteRegisters, type Ram } from './writers.ts';

/** Bytes that look like memory: zeros, runs and noise by turns, the same for the same seed. */
export function memoryLike(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let state = seed >>> 0 || 1;
  for (let page = 0; page < length; page += 4096) {
    const kind = (page >>> 12) % 3;
    for (let i = page; i < Math.min(page + 4096, length); i++) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      bytes[i] = kind === 0 ? 0 : kind === 1 ? (i >>> 5) & 0xff : state >>> 24;
    }
  }
  return bytes;
}

/** A machine of 1.5 MiB with the hole of a PC below 1 MiB, and a piece of RAM above 4 GiB. */
export const SAMPLE_RAM: readonly Ram[] = [
  { start: 0, bytes: memoryLike(0xa_0000, 1) },
  { start: 0x10_0000, bytes: memoryLike(0x8_0000, 2) },
  { start: 0x1_0000_0000, bytes: memoryLike(0x1_1000, 3) },
];

/** The same without what a 32-bit file cannot address. */
export const LOW_RAM: readonly Ram[] = SAMPLE_RAM.slice(0, 2);

export const SAMPLE_CPUS: readonly NoteRegisters[] = [
  {
    cr0: 0x8005_0033n,
    cr2: 0xffff_8000_1234_5678n,
    cr3: 0x1000n,
    cr4: 0x6b0n,
    rflags: 0x4_0002n,
    code64: true,
  },
  { cr0: 0x8005_0033n, cr3: 0x2000n, cr4: 0x6b0n, code64: false },
];

/** What is at an address, or undefined where no RAM is. */
export function byteAt(ram: readonly Ram[], physical: number): number | undefined {
  const piece = ram.find(({ start, bytes }) => physical >= start && physical < start + bytes.length);
  return piece?.bytes[physical - piece.start];
}

/** All bytes of some stretches, one after the other. */
export function allBytes(ram: readonly Ram[]): Uint8Array {
  return concat(ram.map(({ bytes }) => bytes));
}
