import { describe, expect, it } from 'vitest';
import { DumpError, readRegisters } from '../../src/dump/index.ts';

/** QEMU 7.2, `info registers -a`, a 5-level guest with two CPUs; lines that tell nothing of paging left out. */
const QEMU_64 = `
CPU#0
RAX=000000000001ad40 RBX=0000000000000000 RCX=0000000000000000 RDX=4000000000000000
RIP=ffffffff9ec592eb RFL=00000246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1
CR0=80050033 CR2=00000000005794a9 CR3=0000000002a0a000 CR4=00751ef0
DR6=00000000ffff0ff0 DR7=0000000000000400
EFER=0000000000000d01

CPU#1
RIP=ffffffff9ec592eb RFL=00040246 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=1
CR0=80050033 CR2=ffff8bb54f800000 CR3=000000000b810801 CR4=00751ef0
EFER=0000000000000d01
`;

/** The same of a PAE guest. */
const QEMU_32 = `
CPU#0
EAX=cd92fce0 EBX=cdc5f4c0 ECX=cdc5f4c0 EDX=cfc3bf00
EIP=cd92fcf3 EFL=00200212 [----A--] CPL=0 II=0 A20=1 SMM=0 HLT=1
CR0=80050033 CR2=081c0ac9 CR3=012127c0 CR4=00350ef0
EFER=0000000000000800
`;

/** Bochs 2.7, `creg`, in a 32-bit guest. */
const BOCHS = `
CR0=0xe0000011: PG CD NW ac wp ne ET ts em mp PE
CR2=page fault laddr=0x00000000c0ffee00
CR3=0x000000104000
    PCD=page-level cache disable=0
    PWT=page-level write-through=0
CR4=0x00000010: cet pke smap smep osxsave pcid fsgsbase smx vmx osxmmexcpt umip osfxsr pce pge mce pae PSE de tsd pvi vme
CR8: 0x0
EFER=0x00000000: ffxsr nxe lma lme sce
XCR0=0x00000001: cet_s cet_u uintr pasid pkru pt hi_zmm zmm_hi256 opmask bndcfg bndregs ymm sse FPU
`;

/** GDB, \`info registers\`, connected to QEMU's stub. */
const GDB = `
rip            0xffffffff81c592eb  0xffffffff81c592eb
eflags         0x246               [ IOPL=0 IF ZF PF ]
fs_base        0x0                 0
cr0            0x80050033          [ PG AM WP NE ET MP PE ]
cr2            0x5794a9            5739689
cr3            0x2a0a000           [ PDBR=10762 PCID=0 ]
cr4            0x750ef0            [ PKE SMAP SMEP FSGSBASE UMIP OSXMMEXCPT OSFXSR PGE MCE PAE PSE ]
cr8            0x0                 0
efer           0xd01               [ NXE LMA LME SCE ]
`;

describe('readRegisters', () => {
  it("reads QEMU's `info registers` of every CPU", () => {
    expect(readRegisters(QEMU_64)).toMatchObject([
      {
        index: 0,
        cr0: 0x8005_0033,
        cr2: 0x57_94a9,
        cr3: 0x2a0_a000,
        cr4: 0x75_1ef0,
        efer: 0xd01,
        alignmentCheck: false,
      },
      { index: 1, cr2: 0xffff_8bb5_4f80_0000n, cr3: 0xb81_0801, alignmentCheck: true },
    ]);
    expect(readRegisters(QEMU_32)).toMatchObject([
      {
        index: 0,
        cr0: 0x8005_0033,
        cr2: 0x81c_0ac9,
        cr3: 0x121_27c0,
        cr4: 0x35_0ef0,
        efer: 0x800,
        alignmentCheck: false,
      },
    ]);
  });

  it("reads Bochs's `creg`", () => {
    const [cpu, ...more] = readRegisters(BOCHS);
    expect(cpu).toMatchObject({
      index: 0,
      cr0: 0xe000_0011,
      cr2: 0xc0ff_ee00,
      cr3: 0x10_4000,
      cr4: 0x10,
      efer: 0,
    });
    expect(more).toEqual([]);
  });

  it("reads GDB's `info registers`", () => {
    expect(readRegisters(GDB)).toMatchObject([
      {
        cr0: 0x8005_0033,
        cr2: 0x57_94a9,
        cr3: 0x2a0_a000,
        cr4: 0x75_0ef0,
        efer: 0xd01,
        alignmentCheck: false,
      },
    ]);
  });

  it('reads JSON: one CPU, a list of them, or a list named cpus; numbers or text', () => {
    const one = { cr0: '0x8005_0033', cr3: 4096, cr4: '0x20', efer: '0xd00', alignmentCheck: true };
    const read = { cr0: 0x8005_0033, cr3: 0x1000, cr4: 0x20, efer: 0xd00, alignmentCheck: true };
    expect(readRegisters(JSON.stringify(one))).toMatchObject([{ index: 0, ...read }]);
    expect(readRegisters(JSON.stringify([one, one]))).toMatchObject([{ index: 0 }, { index: 1, ...read }]);
    expect(readRegisters(JSON.stringify({ cpus: [{ index: 3, ...one }] }))).toMatchObject([
      { index: 3, ...read },
    ]);
    expect(readRegisters('{"cr2": "0xffffffff80000000", "cr0": "0x11"}')[0]?.cr2).toBe(
      0xffff_ffff_8000_0000n,
    );
  });

  it.each([
    ['text without a register', 'RAX=0', /no CR0, CR3 or CR4/],
    ['a register without a value', 'CR0=80050033 CR3=PML4', /CR3 is "PML4"/],
    ['a register with nothing behind it', 'CR3=1000\ncr0:', /cr0 is ""/],
    ['a value of more than 64 bits', 'CR3=12345678123456781', /CR3 is "12345678123456781"/],
    ['an empty text', '', /no CR0, CR3 or CR4/],
    ['JSON that is cut off', '{"cr0": ', /no JSON/],
    ['a JSON value that is no number', '{"cr3": "here"}', /cr3 is "here"/],
    ['a negative JSON number', '{"cr3": -4096}', /cr3 is -4096/],
    ['an empty list', '[]', /empty list/],
    ['a list of numbers', '[1]', /CPU 0 of the registers is no JSON object/],
    ['a CPU without a whole index', '{"index": 0.5, "cr3": 1}', /index of CPU 0 is 0.5/],
  ])('refuses %s', (_, text, message) => {
    expect(() => readRegisters(text)).toThrow(DumpError);
    expect(() => readRegisters(text)).toThrow(message);
  });
});
