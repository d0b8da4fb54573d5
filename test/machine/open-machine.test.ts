import { describe, expect, it } from 'vitest';
import { EFER_LMA, EFER_LME, EFER_NXE, READ } from '../../src/arch/index.ts';
import { DumpError } from '../../src/dump/index.ts';
import { saveImage } from '../../src/formats/index.ts';
import { GUEST_CPU, loadMachine, mmuOf, openMachine, saveMachine } from '../../src/machine/index.ts';
import { FAULT } from '../../src/mmu/index.ts';
import { memoryLike } from '../dump/sample.ts';
import { elfCore, qemuNotes, raw } from '../dump/writers.ts';
import { smallDomain } from '../support/domain.ts';

const PAGING = 0x8001_0033n;
const PAE = 0x20n;

/** 64 KiB of RAM with one walk in it: the tables at 0x1000, 0x2000, …, and a page at 0x8000 mapped at 0x5000. */
function ramWith(entries: readonly (readonly [at: number, value: bigint])[]): Uint8Array {
  const bytes = memoryLike(0x1_0000, 9).fill(0, 0, 0x8000);
  const view = new DataView(bytes.buffer);
  for (const [at, value] of entries) view.setBigUint64(at, value, true);
  return bytes;
}

const NX = 1n << 63n;
const LONG = ramWith([
  [0x1000, 0x2027n],
  [0x2000, 0x3027n],
  [0x3000, 0x4027n],
  [0x4028, 0x8025n | NX],
]);
/** As QEMU leaves them: the PDPTE has the accessed bit. */
const PAE_TABLES = ramWith([
  [0x1020, 0x3021n],
  [0x3000, 0x4027n],
  [0x4028, 0x8025n],
]);

function core(
  ram: Uint8Array,
  cr3: bigint,
  cr4: bigint,
  more: { machine?: number; code64?: boolean } = {},
): Uint8Array {
  const { machine = 3, code64 = false } = more;
  return elfCore([{ start: 0, bytes: ram }], {
    machine,
    notes: qemuNotes([{ cr0: PAGING, cr3, cr4, code64 }]),
  });
}

describe('openMachine', () => {
  it('opens a core of a long-mode guest: LMA by the code segment, NXE by the tables, both said', () => {
    const machine = openMachine(core(LONG, 0x1000n, PAE, { machine: 62, code64: true }));
    expect(machine.registers).toMatchObject({ cr3: 0x1000, cr4: 0x20, efer: EFER_LME | EFER_LMA | EFER_NXE });
    expect(machine.notes?.join()).toMatch(/EFER is not known: long mode is active.*NXE is taken as set/);
    const mmu = mmuOf(machine);
    expect([mmu.mode, mmu.translate(0x5123, READ)]).toEqual(['4-level', 0x8123]);
  });

  it('opens a core of a PAE guest whose PDPTE has the accessed bit, and says so', () => {
    const machine = openMachine(core(PAE_TABLES, 0x1020n, PAE));
    expect(machine.registers.pdptes).toEqual([0x3001, 0, 0, 0]);
    expect(machine.registers.efer).toBe(0);
    expect(machine.notes?.join()).toContain('1 of the PDPTEs at 0x0000_1020 have the accessed bit set');
    const mmu = mmuOf(machine);
    expect([mmu.mode, mmu.translate(0x5123, READ)]).toEqual(['PAE', 0x8123]);
  });

  it('refuses that PDPTE as a CPU does, if it is to be strict', () => {
    const machine = openMachine(core(PAE_TABLES, 0x1020n, PAE), { strict: true });
    expect(machine.registers.pdptes).toBeUndefined();
    expect(() => mmuOf(machine)).toThrow(/PDPTE 0 at 0x0000_1020 has reserved bits/);
  });

  it('refuses any other reserved bit of a PDPTE, strict or not', () => {
    const ram = PAE_TABLES.slice();
    ram[0x1020]! |= 0x40;
    expect(() => mmuOf(openMachine(core(ram, 0x1020n, PAE)))).toThrow(/has reserved bits/);
  });

  it('says by the tables whether raw memory is in long mode, where EFER is not told', () => {
    const registers = { cr0: Number(PAGING), cr4: 0x20 };
    const open = (ram: Uint8Array, cr3: number) => openMachine(ram, { registers: { ...registers, cr3 } });
    expect(open(LONG, 0x1000).notes?.join()).toContain('the entries at CR3 have R/W and U/S bits');
    expect(mmuOf(open(LONG, 0x1000)).mode).toBe('4-level');
    expect(mmuOf(open(PAE_TABLES, 0x1020)).mode).toBe('PAE');
    const aligned = ramWith([[0x1000, 0x3001n]]);
    expect(mmuOf(open(aligned, 0x1000)).mode).toBe('PAE');
    expect(mmuOf(open(new Uint8Array(0x2000), 0x1000)).mode).toBe('4-level');
    const la57 = openMachine(LONG, { registers: { ...registers, cr3: 0x1000, cr4: 0x1020 } });
    expect(mmuOf(la57).mode).toBe('5-level');
  });

  it("takes QEMU's text, a CPU of it, and registers by name before those of the file", () => {
    const text =
      'CPU#0\nCR0=00000011 CR3=0\nCPU#1\nCR0=80010033 CR2=0 CR3=0000000000001000 CR4=00000020\nEFER=0000000000000d01\n';
    const machine = openMachine(LONG, { registers: text, cpuIndex: 1 });
    expect(machine.registers).toMatchObject({ cr0: 0x8001_0033, cr3: 0x1000, cr4: 0x20, efer: 0xd01 });
    expect(machine.notes).toEqual([]);
    expect(mmuOf(machine).translate(0x5123, READ)).toBe(0x8123);
    const told = openMachine(core(LONG, 0x7000n, PAE, { code64: true }), { registers: { cr3: 0x1000 } });
    expect(told.registers.cr3).toBe(0x1000);
    expect(() => openMachine(LONG, { registers: text, cpuIndex: 2 })).toThrow(/no CPU 2.*CPU 0, 1/);
  });

  it('takes paging to be off where nothing tells the registers, and says so', () => {
    const machine = openMachine(raw([{ start: 0, bytes: LONG }]));
    expect(machine.notes?.join()).toContain('No registers are known');
    expect(mmuOf(machine).mode).toBe('off');
  });

  it('refuses a file without registers where they are needed', () => {
    expect(() => openMachine(LONG, { needsRegisters: true })).toThrow(/tells no registers/);
    expect(openMachine(LONG, { needsRegisters: true, registers: { cr0: 0x11 } }).registers.cr0).toBe(0x11);
  });

  it('takes registers from several places, the last first', () => {
    const text = 'CPU#0\nCR0=80010033 CR2=0 CR3=0000000000007000 CR4=00000020\nEFER=0000000000000d01\n';
    const machine = openMachine(LONG, { registers: [text, { cr3: 0x1000 }] });
    expect(machine.registers).toMatchObject({ cr0: 0x8001_0033, cr3: 0x1000, efer: 0xd01 });
  });

  it('asks for what the paging mode depends on', () => {
    expect(() => openMachine(LONG, { registers: { cr3: 0x1000 } })).toThrow(/CR4 is not known/);
    expect(() => openMachine(LONG, { registers: { cr0: Number(PAGING), cr4: 0x20 } })).toThrow(
      /CR3 is not known/,
    );
    expect(() =>
      openMachine(LONG, { registers: '{"cr0": "0x80000001", "cr4": 0, "cr3": "0x123456789000"}' }),
    ).toThrow(/more than 32 bits/);
  });

  it('has whatever CR4 and EFER use, and names what it does not know', () => {
    const registers = { cr0: Number(PAGING), cr3: 0x1000, cr4: 0x8080_10b0, efer: 0x20_dd01 };
    const machine = openMachine(LONG, { registers: { ...registers, cr4: 0xc080_00b0 } });
    expect(machine.notes?.join()).toContain('CR4 has bits that are not known here: bit 30, bit 31');
    expect(machine.cpu).toBe(GUEST_CPU);
    const mmu = mmuOf(openMachine(LONG, { registers: { ...registers, cr4: 0xc080_00b0 } }));
    expect([mmu.cr4, mmu.cpu.physicalAddressBits]).toEqual([0xc080_00b0, 52]);
    const long = openMachine(LONG, { registers: { ...registers, cr4: 0x20, efer: 0x20_dd01 } });
    expect(mmuOf(long).efer).toBe(0x20_dd01);
    expect(
      openMachine(LONG, { registers: { ...registers, cr4: 0x20, efer: 0x8000_0d00 } }).notes?.join(),
    ).toContain('EFER has bits that are not known here: bit 31');
  });

  it('keeps the bits of linear-address masking in CR3', () => {
    const registers = '{"cr0": "0x80010033", "cr4": "0x20", "efer": "0xd00", "cr3": "0x6000000000001000"}';
    const machine = openMachine(LONG, { registers });
    expect(machine.registers.cr3).toBe(0x6000_0000_0000_1000n);
    expect(mmuOf(loadMachine(saveMachine(machine))).cr3).toBe(0x6000_0000_0000_1000n);
    const withBit63 = openMachine(LONG, { registers: registers.replace('0x6', '0x8') });
    expect(withBit63.registers.cr3).toBe(0x1000);
    expect(withBit63.notes?.join()).toContain('bit 63');
  });

  it('sets A and D in its own copy', () => {
    const file = core(LONG, 0x1000n, PAE, { code64: true });
    const before = Buffer.from(file);
    const mmu = mmuOf(openMachine(file));
    file.fill(0, 0, 0);
    expect(mmu.writeUint8(0x5000, 1)).toBe(FAULT); // read-only
    expect(mmu.readUint8(0x5000)).not.toBe(FAULT);
    expect(Buffer.compare(before, file)).toBe(0);
  });

  it('takes a CPU model for what it is', () => {
    const file = core(LONG, 0x1000n, PAE, { code64: true });
    expect(() => mmuOf(openMachine(file, { cpu: 'pentium-iii' }))).toThrow(/EFER/);
    expect(mmuOf(openMachine(file, { cpu: 'core2' })).cpu.physicalAddressBits).toBe(40);
  });

  it('opens a saved domain', () => {
    const { memory, domain } = smallDomain();
    const machine = openMachine(saveImage(memory, domain));
    expect(machine.domain?.pageDirectory).toBe(domain.pageDirectory);
    expect(machine.registers.cr3).toBe(domain.pageDirectory);
    const told = openMachine(saveImage(memory, domain), { registers: { cr3: 0x5000 } });
    expect(told.registers).toEqual({ ...machine.registers, cr3: 0x5000 });
    expect(told.domain?.pageDirectory).toBe(domain.pageDirectory);
  });

  it('reads no more than it needs of a dump of 16 GiB', () => {
    const tables = LONG;
    let read = 0;
    const source = {
      size: 16 * 2 ** 30,
      read: (offset: number, length: number) => {
        read += length;
        const bytes = new Uint8Array(length);
        if (offset < tables.length) bytes.set(tables.subarray(offset, offset + length));
        return bytes;
      },
    };
    const registers = { cr0: Number(PAGING), cr3: 0x1000, cr4: 0x20, efer: 0xd00 };
    const mmu = mmuOf(openMachine(source, { registers }));
    expect(mmu.translate(0x5123, READ)).toBe(0x8123);
    expect(read).toBeLessThan(64 * 1024);
  });

  it('throws one kind of error for whatever a file holds', () => {
    expect(() => openMachine(new Uint8Array(0))).toThrow(DumpError);
    expect(() => openMachine(new Uint8Array(100))).toThrow(DumpError);
  });
});
