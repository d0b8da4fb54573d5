/** `readUint32` at any byte, once its pages are cached: it then takes the words that hold the first byte and the last. */

import { expect, it } from 'vitest';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { FAULT, Mmu, READ, USER_READ } from '../../src/mmu/index.ts';

const MIB = 2 ** 20;
const [DIRECTORY, TABLE, LAST_TABLE] = [0x1000, 0x2000, 0x3000];
const BASE = 0x40_0000;

/** 66 MiB: the last chunk is a short one. */
const memory = new PhysicalMemory(66 * MIB);
/** Pages that follow one another lie apart, in other chunks, at the end of RAM and beyond; the last is the supervisor's. */
const PAGES = [0x5000, 40 * MIB, memory.sizeBytes - 0x1000, memory.sizeBytes, 0x6000, 0xffff_f000, 0x7000];
memory.writeUint32(DIRECTORY + 4, TABLE | 7);
memory.writeUint32(DIRECTORY + 4092, LAST_TABLE | 7);
memory.writeUint32(LAST_TABLE + 4092, 0x8007);
memory.writeUint32(DIRECTORY, TABLE | 7);
PAGES.forEach((page, i) => {
  memory.writeUint32(TABLE + 4 * i, page | (page === 0x7000 ? 3 : 7));
  for (const offset of [0, 0x123, 0xffd]) {
    for (let byte = 0; byte < 3; byte++) {
      if (page < memory.sizeBytes) memory.writeUint8(page + offset + byte, 0x81 + 16 * i + 3 * byte + offset);
    }
  }
});
memory.write(0x8ffd, Uint8Array.of(0xfa, 0xfb, 0xfc));

function bytes(mmu: Mmu, linear: number): number {
  const at = (i: number): number => mmu.readUint8((linear + i) % 2 ** 32) * 2 ** (8 * i);
  return at(0) + at(1) + at(2) + at(3);
}

it('gives four bytes, within a page, across two and at the end of RAM, cached or not', () => {
  const offsets = [0, 1, 2, 3, 0x121, 0x122, 0x123, 0xffc, 0xffd, 0xffe, 0xfff];
  const addresses = PAGES.slice(0, -1).flatMap((_, i) => offsets.map((offset) => BASE + i * 4096 + offset));
  addresses.push(0xffff_fffd, 0xffff_fffe, 0xffff_ffff);
  const reader = new Mmu(memory, { cr3: DIRECTORY });
  for (const linear of addresses) {
    const mmu = new Mmu(memory, { cr3: DIRECTORY });
    const wanted = bytes(reader, linear);
    for (const which of ['walked', 'cached']) {
      expect(mmu.readUint32(linear), `${linear.toString(16)} ${which}`).toBe(wanted);
      expect(mmu.readUint32(linear - 2 ** 32), `${linear.toString(16)} ${which}, as int32`).toBe(wanted);
    }
  }
});

it('faults for the second page alone, cached or not, and names its first byte', () => {
  const mmu = new Mmu(memory, { cr3: DIRECTORY });
  const edge = BASE + (PAGES.length - 1) * 4096;
  for (let turn = 0; turn < 2; turn++) {
    expect(mmu.readUint32(edge - 2, USER_READ)).toBe(FAULT);
    expect([mmu.cr2, mmu.faultCode]).toEqual([edge, 0b101]);
    expect(mmu.readUint32(edge - 2, READ)).toBe(bytes(mmu, edge - 2));
  }
});
