import { describe, expect, it } from 'vitest';
import { DumpError, type DumpFormat, openDump } from '../../src/dump/index.ts';
import { LOW_RAM, SAMPLE_CPUS, SAMPLE_RAM } from './sample.ts';
import {
  avml,
  elfCore,
  flattenedFile,
  kdump,
  lime,
  qemuNotes,
  type Ram,
  raw,
  xenContext,
  xenCore,
} from './writers.ts';

const notes = qemuNotes(SAMPLE_CPUS);

interface Case {
  readonly name: string;
  readonly format: DumpFormat;
  readonly ram: readonly Ram[];
  readonly file: Uint8Array;
  /** What the format says of CPUs. */
  readonly cpus?: number;
}

/** The pages of some RAM, for Xen's list of pages in any order. */
const pages = SAMPLE_RAM.flatMap(({ start, bytes }) =>
  Array.from({ length: bytes.length / 4096 }, (_, i) => ({
    pfn: start / 4096 + i,
    bytes: bytes.subarray(i * 4096, (i + 1) * 4096),
  })),
).reverse();

const CASES: readonly Case[] = [
  {
    name: 'ELF core, 64 bits',
    format: 'elf',
    ram: SAMPLE_RAM,
    file: elfCore(SAMPLE_RAM, { notes }),
    cpus: 2,
  },
  {
    name: 'ELF core, 32 bits',
    format: 'elf',
    ram: LOW_RAM,
    file: elfCore(LOW_RAM, { is64: false, notes }),
    cpus: 2,
  },
  {
    name: 'ELF core with the count of 65,535 segments and more',
    format: 'elf',
    ram: SAMPLE_RAM,
    file: elfCore(SAMPLE_RAM, { notes, extendedCount: true }),
    cpus: 2,
  },
  { name: 'kdump, zlib', format: 'kdump', ram: SAMPLE_RAM, file: kdump(SAMPLE_RAM, { notes }), cpus: 2 },
  {
    name: 'kdump of a 32-bit kernel',
    format: 'kdump',
    ram: LOW_RAM,
    file: kdump(LOW_RAM, { notes, is64: false }),
    cpus: 2,
  },
  {
    name: 'kdump, snappy',
    format: 'kdump',
    ram: SAMPLE_RAM,
    file: kdump(SAMPLE_RAM, { codec: 'snappy' }),
    cpus: 0,
  },
  {
    name: 'kdump, not compressed',
    format: 'kdump',
    ram: SAMPLE_RAM,
    file: kdump(SAMPLE_RAM, { codec: 'none' }),
  },
  {
    name: 'kdump, flattened',
    format: 'kdump',
    ram: SAMPLE_RAM,
    file: flattenedFile(kdump(SAMPLE_RAM, { notes })),
    cpus: 2,
  },
  { name: 'LiME', format: 'lime', ram: SAMPLE_RAM, file: lime(SAMPLE_RAM) },
  { name: 'AVML', format: 'avml', ram: SAMPLE_RAM, file: avml(SAMPLE_RAM) },
  {
    name: "Xen's dump-core",
    format: 'xen',
    ram: SAMPLE_RAM,
    file: xenCore(pages, [xenContext(64, [0x8005_003bn, 0n, 0n, 0x5000n, 0x6b0n])], false),
    cpus: 1,
  },
];

describe.each(CASES)('$name', ({ format, ram, file, cpus }) => {
  it('is told by its content, and holds the RAM byte for byte', () => {
    const dump = openDump(file);
    expect(dump.format).toBe(format);
    for (const { start, bytes } of ram) {
      expect(Buffer.compare(dump.memory.read(start, bytes.length), bytes)).toBe(0);
    }
    if (cpus !== undefined) expect(dump.cpus).toHaveLength(cpus);
  });

  it('has holes where no RAM is', () => {
    const { memory } = openDump(file);
    const ranges = ram.map(({ start, bytes }) => ({ start, end: start + bytes.length }));
    expect([...memory.ranges()]).toEqual(ranges);
    expect([...memory.ranges('missing')]).toEqual([]);
    expect(memory.sizeBytes).toBe(ranges.at(-1)!.end);
    for (const physical of [0xa_0000, 0xf_ffff, 0x1_0001_1000, 2 ** 45, 2 ** 52 - 4096]) {
      expect([physical, memory.isRam(physical), memory.loadWord(physical - (physical % 4))]).toEqual([
        physical,
        false,
        -1,
      ]);
      expect(memory.stateAt(physical)).toBe('hole');
    }
    expect(() => memory.read(0x9_fffe, 4)).toThrow(/0x000a_0000: no RAM is there/);
  });

  it('is refused where it is cut short, at every 4 KiB, and says what is missing', () => {
    for (let length = 0; length < file.length; length += 4096) {
      const open = () => openDump(file.subarray(0, length));
      expect(open, `${length} of ${file.length} bytes`).toThrow(DumpError);
      try {
        open();
      } catch (error) {
        expect((error as DumpError).code).toBe('cut-short');
        expect((error as DumpError).message).toMatch(/byte|empty/);
      }
    }
  });

  it('goes on with what is there, if asked to, and never invents a byte', () => {
    for (let length = 8192; length < file.length; length += 40_960) {
      let dump: ReturnType<typeof openDump>;
      try {
        dump = openDump(file.subarray(0, length), { partial: true });
      } catch (error) {
        // The headers themselves are cut.
        expect(error).toBeInstanceOf(DumpError);
        continue;
      }
      for (const { start, bytes } of ram) {
        for (let at = 0; at < bytes.length; at += 4096) {
          const state = dump.memory.stateAt(start + at);
          if (state !== 'ram' || dump.memory.stateAt(start + at + 4095) !== 'ram') continue;
          expect(Buffer.compare(dump.memory.read(start + at, 4096), bytes.subarray(at, at + 4096))).toBe(0);
        }
      }
    }
  });

  it('stays as it is whatever is written', () => {
    const before = Buffer.from(file);
    const { memory } = openDump(file);
    memory.writeUint32(0x1ffe, 0xdead_beef);
    memory.storeWord(0x10_0000, 0x1234_5678);
    memory.storeWord(0xa_0000, 1); // a hole: lost
    expect(memory.readUint32(0x1ffe)).toBe(0xdead_beef);
    expect(memory.readUint16(0x2000)).toBe(0xdead);
    expect(memory.readUint8(0x10_0003)).toBe(0x12);
    expect(memory.loadWord(0xa_0000)).toBe(-1);
    expect(memory.isChanged).toBe(true);
    expect(Buffer.compare(before, file)).toBe(0);
    expect(openDump(file).memory.readUint32(0x1ffc)).not.toBe(0xdead_beef);
  });

  it('is refused under the name of another format', () => {
    const other: DumpFormat = format === 'lime' ? 'elf' : 'lime';
    expect(() => openDump(file, { format: other })).toThrow(/this is not/);
    expect(openDump(file, { format }).format).toBe(format);
  });
});

describe('raw memory', () => {
  const file = raw(LOW_RAM);

  it('is what has no marks; addresses are offsets', () => {
    const { format, memory, cpus } = openDump(file);
    expect([format, cpus]).toEqual(['raw', []]);
    expect(Buffer.compare(memory.read(0, file.length), file)).toBe(0);
    expect([...memory.ranges()]).toEqual([{ start: 0, end: file.length }]);
  });

  it('is not guessed where it is no whole pages, and taken where one insists', () => {
    const cut = file.subarray(0, file.length - 1);
    expect(() => openDump(cut)).toThrow(/no known dump.*--format raw --partial/);
    expect(() => openDump(cut, { format: 'raw' })).toThrow(/cut short/);
    expect(openDump(cut, { format: 'raw', partial: true }).memory.sizeBytes).toBe(file.length - 4096);
  });

  it('of more than 4 GiB is refused where its holes were left out, since offsets are then no addresses', () => {
    const withRamAt = (address: number) => ({
      size: 5 * 2 ** 30,
      read: (offset: number, length: number) =>
        new Uint8Array(length).map((_, i) => (offset + i === address ? 7 : 0)),
    });
    expect(() => openDump(withRamAt(0xfee0_0123))).toThrow(/without its holes.*--format raw/s);
    expect(openDump(withRamAt(0xfee0_0123), { format: 'raw' }).memory.readUint8(0xfee0_0123)).toBe(7);
    expect(openDump(withRamAt(0x1000)).memory.readUint8(0x1000)).toBe(7);
  });
});

describe('what is no dump', () => {
  it.each([
    ['a program', elfCore(LOW_RAM).fill(2, 16, 17), 'unsupported', /type 2, a program or library/],
    ['an ELF core of another machine', elfCore(LOW_RAM, { machine: 183 }), 'unsupported', /machine 183/],
    ['a big-endian ELF core', elfCore(LOW_RAM).fill(2, 5, 6), 'unsupported', /big-endian/],
    ['a packed file', Uint8Array.of(0x1f, 0x8b, 8, 0), 'unknown-format', /compressed with gzip/],
    ['a kdump compressed with LZO', kdump(LOW_RAM, { codec: 'lzo' }), 'unsupported', /LZO/],
    ['a kdump with another block size', kdump(LOW_RAM).fill(0, 428, 432), 'damaged', /block size/],
    [
      'an ELF core without memory',
      elfCore([{ start: 0, bytes: new Uint8Array(0) }]),
      'damaged',
      /no segment/,
    ],
    ['LiME of another version', lime(LOW_RAM).fill(9, 4, 5), 'unsupported', /version 9/],
    ['LiME that ends before it begins', lime(LOW_RAM).fill(0xff, 8, 16), 'damaged', /gives RAM from/],
  ] as const)('%s is refused', (_, file, code, message) => {
    let thrown: unknown;
    try {
      const { memory } = openDump(file);
      memory.read(0x1000, 4);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(DumpError);
    expect((thrown as DumpError).code).toBe(code);
    expect((thrown as DumpError).message).toMatch(message);
  });
});

describe('a dump of mapped memory only (-p)', () => {
  it('has the memory between the segments, too, which the file holds unnamed', () => {
    const named = [
      { start: 0x1000, end: 0x3000, virtual: 0xc000_1000 },
      { start: 0x2000, end: 0x4000, virtual: 0xd000_0000 },
      { start: 0x9000, end: 0xa000, virtual: 0xc000_9000 },
      { start: 0x10_0000, end: 0x10_1000, virtual: 0xc010_0000 },
      { start: 0xfee0_0000, end: 0xfee0_1000, virtual: 0xff00_0000 },
    ];
    const { memory, notes: said } = openDump(elfCore(LOW_RAM, { named }));
    expect([...memory.ranges()]).toEqual([
      { start: 0x1000, end: 0xa000 },
      { start: 0x10_0000, end: 0x10_1000 },
    ]);
    expect(Buffer.compare(memory.read(0x1000, 0x9000), LOW_RAM[0]!.bytes.subarray(0x1000, 0xa000))).toBe(0);
    expect(memory.isRam(0xfee0_0000)).toBe(false);
    expect(said.join()).toContain('20,480 bytes between');
  });
});

describe('a dump of mapped memory (-p) that spans blocks of RAM', () => {
  const block = (start: number, frames: number): { start: number; bytes: Uint8Array } => ({
    start,
    bytes: new Uint8Array(frames * 4096).map((_, i) => (start >> 12) + (i >> 12)),
  });
  const far = block(0x20_0000, 1);
  const named = [
    { start: 0, end: 0x6000, virtual: 0xc000_0000 },
    { start: 0x20_0000, end: 0x20_1000, virtual: 0xd000_0000 },
  ];

  it('has the memory of all of them, though only that in the first is named', () => {
    for (const alone of [true, false]) {
      const ram = [block(0, 2), block(0x2000, 1), block(0x3000, 3), ...(alone ? [] : [far])];
      const file = elfCore(ram, { named: named.slice(0, alone ? 1 : 2) });
      const { memory, notes: said } = openDump(file);
      expect([0, 1, 2, 3, 5].map((frame) => memory.read(frame * 4096, 1)[0])).toEqual([0, 1, 2, 3, 5]);
      expect(memory.isRam(0x6000)).toBe(false);
      expect(said.join()).toContain('16,384 bytes between');
    }
  });

  it('has only what is named where there is a hole: what follows is somewhere else, who knows where', () => {
    const { memory } = openDump(elfCore([block(0, 2), block(0x4000, 2), far], { named }));
    expect([...memory.ranges()]).toEqual([
      { start: 0, end: 0x2000 },
      { start: 0x20_0000, end: 0x20_1000 },
    ]);
    expect(memory.read(0x20_0000, 1)[0]).toBe(0);
  });
});

describe('a kdump from which frames were left out', () => {
  it('says that their content is missing, which is neither a hole nor zeros', () => {
    const { memory, notes: said } = openDump(kdump(SAMPLE_RAM, { leftOut: [2, 3, 0x100] }));
    expect(memory.stateAt(0x2000)).toBe('missing');
    expect(memory.loadWord(0x2000)).toBe(-1);
    expect(() => memory.read(0x1ffc, 8)).toThrow(/0x0000_2000: the dump lacks its content/);
    expect([...memory.ranges('missing')]).toEqual([
      { start: 0x2000, end: 0x4000 },
      { start: 0x10_0000, end: 0x10_1000 },
    ]);
    expect(said.join()).toContain('lacks the content of 12,288 bytes');
  });
});

describe("the CPUs of QEMU's note", () => {
  it('are all told, with CR0 to CR4, EFLAGS.AC, and whether long mode is active', () => {
    const { cpus } = openDump(elfCore(SAMPLE_RAM, { notes }));
    expect(cpus).toMatchObject([
      {
        index: 0,
        cr0: 0x8005_0033,
        cr2: 0xffff_8000_1234_5678n,
        cr3: 0x1000,
        cr4: 0x6b0,
        alignmentCheck: true,
        longMode: { active: true, because: { template: 'its code segment is 64-bit' } },
      },
      {
        index: 1,
        cr3: 0x2000,
        alignmentCheck: false,
        longMode: { active: true, because: { template: 'the dump is of machine {0}', values: ['x86-64'] } },
      },
    ]);
  });
});

describe('a paravirtual guest of Xen', () => {
  it('lies where its page tables say: at machine frames', () => {
    const bytes = LOW_RAM[0]!.bytes;
    const guest = [7, 3, 9].map((mfn, pfn) => ({
      pfn,
      mfn,
      bytes: bytes.subarray(pfn * 4096, (pfn + 1) * 4096),
    }));
    const { memory, cpus } = openDump(
      xenCore(guest, [xenContext(32, [0x8005_003bn, 0n, 0n, 0x1230_0456n, 0n])], true),
    );
    expect(Buffer.compare(memory.read(0x3000, 4096), bytes.subarray(4096, 8192))).toBe(0);
    expect(memory.isRam(0)).toBe(false);
    // CR3 of a 32-bit guest holds the frame number rotated: 0x456 above 0x12300.
    expect(cpus[0]).toMatchObject({ cr3: 0x4561_2300 * 4096, cr4: 0x20, efer: 0x800 });
  });
});
