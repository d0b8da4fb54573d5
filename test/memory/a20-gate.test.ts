import { describe, expect, it } from 'vitest';
import { A20Gate, PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu, READ, WRITE } from '../../src/mmu/index.ts';

const MIB = 0x10_0000;

/** Tables in the second MiB and a 4 MiB page behind them. */
function machine() {
  const memory = new PhysicalMemory(8 * MIB);
  const gate = new A20Gate(memory);
  const directory = MIB + 0x3000;
  memory.writeUint32(directory, 0x0000_0083); // 4 MiB at 0, identity
  memory.writeUint32(directory + 4, MIB + 0x4003); // a table
  memory.writeUint32(MIB + 0x4000, MIB + 0x5003); // of one page
  return { memory, gate, mmu: new Mmu(gate, { cpu: 'pentium', cr3: directory, cr4: 0x10 }) };
}

describe('A20Gate', () => {
  it('is closed after reset: odd MiB are the even ones below, for data and for page tables', () => {
    const { memory, gate, mmu } = machine();
    expect(gate.isOpen).toBe(false);
    // The tables are out of reach: the directory is looked for at 0x3000.
    expect(mmu.explain(0, READ)).toMatchObject({ ok: false, fault: { reason: 'not-present' } });
    memory.write(0x3000, memory.read(MIB + 0x3000, 0x3000));
    memory.writeUint32(0x5000, 0x1111_1111);
    memory.writeUint32(MIB + 0x5000, 0x2222_2222);
    // The address that the CPU sends is the one of the tables; what answers is the first MiB.
    expect(mmu.translate(0x40_0000, READ)).toBe(MIB + 0x5000);
    expect(mmu.readUint32(0x40_0000)).toBe(0x1111_1111);
    expect(mmu.readUint32(MIB + 0x5000)).toBe(0x1111_1111);
    // In the middle of a word's bytes, and across the border of a MiB.
    mmu.writeUint8(MIB + 0x5002, 0xab);
    expect(memory.readUint32(0x5000)).toBe(0x11ab_1111);
    mmu.writeUint32(2 * MIB - 2, 0x6655_4433);
    expect([memory.readUint16(MIB - 2), memory.readUint16(2 * MIB)]).toEqual([0x4433, 0x6655]);
    // A and D too.
    expect(memory.readUint32(0x3004) & 0x20).toBe(0x20);
    expect(memory.readUint32(MIB + 0x3004) & 0x20).toBe(0);
  });

  it('takes effect at once, on cached translations too', () => {
    const { memory, gate, mmu } = machine();
    gate.isOpen = true;
    memory.writeUint32(0x5000, 0x1111_1111);
    memory.writeUint32(MIB + 0x5000, 0x2222_2222);
    expect(mmu.readUint32(0x40_0000)).toBe(0x2222_2222);
    gate.isOpen = false;
    expect(mmu.translate(0x40_0000, READ)).toBe(MIB + 0x5000);
    expect(mmu.readUint32(0x40_0000)).toBe(0x1111_1111);
    expect(mmu.translate(0x40_0000, WRITE)).toBe(-1); // walked again, and the tables are gone
  });

  it('says where RAM answers', () => {
    const gate = new A20Gate(new PhysicalMemory(MIB));
    expect([gate.isRam(MIB), gate.loadWord(MIB), gate.isRam(2 * MIB)]).toEqual([true, 0, false]);
    gate.isOpen = true;
    expect([gate.isRam(MIB), gate.loadWord(MIB)]).toEqual([false, -1]);
    // Above 4 GiB it is bit 20 as well, and nothing else.
    const far = new A20Gate(new PhysicalMemory(0x1_0040_0000));
    far.storeWord(0x1_0010_0004, 7);
    expect([far.loadWord(0x1_0000_0004), far.loadWord(0x1_0020_0004)]).toEqual([7, 0]);
  });
});
