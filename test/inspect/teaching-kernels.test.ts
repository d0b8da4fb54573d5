import { describe, expect, it } from 'vitest';
import { findRoots } from '../../src/inspect/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mapper } from '../../src/tables/index.ts';
import { generator } from '../support/arbitraries.ts';

/** Kernels as courses write them: few tables, or odd ones. In each the root that is in use comes first, without a hint. */

const MIB = 2 ** 20;
/** Of 32-bit paging with large pages. */
const REGISTERS = { cr0: 0x8001_0011, cr4: 0x10, efer: 0 };

function ramOf(mebibytes: number, fill = 0): PhysicalMemory {
  const memory = new PhysicalMemory(mebibytes * MIB);
  if (fill !== 0) memory.write(0, new Uint8Array(memory.sizeBytes).fill(fill));
  return memory;
}

/** Something like a kernel's image: code, text, and small numbers. */
function putImage(memory: PhysicalMemory, at: number, bytes: number): void {
  const next = generator(11);
  const words = new Uint32Array(bytes / 4).map((_, i) =>
    i % 3000 < 1000 ? next() : i % 3000 < 2000 ? 0x6e72656b + (i % 7) : next() % 5,
  );
  memory.write(at, new Uint8Array(words.buffer));
}

function zeroed(memory: PhysicalMemory, first: number): () => number {
  let frame = first;
  return () => {
    memory.write(++frame * 4096, new Uint8Array(4096));
    return frame;
  };
}

/** The words of a table. */
function table(
  memory: PhysicalMemory,
  at: number,
  entries: (index: number) => number,
  bytes: 4 | 8 = 4,
): void {
  memory.write(at, new Uint8Array(4096));
  for (let i = 0; i < 4096 / bytes; i++) memory.writeUint32(at + i * bytes, entries(i));
}

describe('findRoots on teaching kernels', () => {
  it('xv6: the kernel alone before its processes and the directory of entry.S, in memory full of junk', () => {
    // kfree fills what is free with ones: words that look like entries.
    const memory = ramOf(64, 1);
    putImage(memory, MIB, 0x8_0000);
    // 4 MiB pages at 0 and at KERNBASE.
    table(memory, 0x10_9000, (i) => (i === 0 || i === 512 ? 0x83 : 0));
    const allocateFrame = zeroed(memory, 0x3000);
    const setup = (): Mapper => {
      const mapper = new Mapper(memory, { mode: '32-bit', allocateFrame });
      mapper.map(0x8000_0000, 0, MIB, { writable: true });
      mapper.map(0x8010_0000, MIB, 0x8_0000, {});
      mapper.map(0x8018_0000, 0x18_0000, 64 * MIB - 0x18_0000, { writable: true });
      mapper.map(0xfe00_0000, 0xfe00_0000, 0x200_0000, { writable: true });
      return mapper;
    };
    const kernel = setup();
    const processes = [1, 2, 3].map((i) => {
      const mapper = setup();
      mapper.map(0, i * 0x10_0000 + 0x100_0000, 0x4000, { user: true, writable: true });
      return mapper;
    });
    const found = findRoots(memory);
    expect(found[0]).toMatchObject({ cr3: kernel.root, mode: '32-bit' });
    expect(
      found
        .slice(1, 4)
        .map(({ cr3 }) => cr3)
        .sort(),
    ).toEqual(processes.map(({ root }) => root).sort());
    const [first] = findRoots(memory, {
      loaded: [{ registers: { ...REGISTERS, cr3: processes[1]!.root + 0x18 }, name: 'CPU 0' }],
    });
    expect(first).toMatchObject({ cr3: processes[1]!.root, mode: '32-bit', registers: REGISTERS });
    expect(first!.evidence.at(-1)!.kind).not.toBe('kernel-only');
    expect(first!.evidence.map(({ text }) => text)).toContain('it is loaded: CPU 0');
  });

  it('a first tutorial: 4 MiB mapped to themselves, all other entries not present but writable', () => {
    const memory = ramOf(32);
    putImage(memory, MIB, 0x2_0000);
    table(memory, 0x13_0000, (i) => (i === 0 ? 0x13_1003 : 2));
    table(memory, 0x13_1000, (i) => (i << 12) | 3);
    expect(findRoots(memory)[0]).toMatchObject({ cr3: 0x13_0000, mode: '32-bit', pages: 1024 });
  });

  it('a directory that maps itself, and a kernel in the higher half', () => {
    const memory = ramOf(16);
    putImage(memory, MIB, 0x2_0000);
    table(memory, 0x14_0000, (i) => (i === 0x300 ? 0x14_1003 : i === 0x3ff ? 0x14_0003 : 0));
    table(memory, 0x14_1000, (i) => (i < 0x180 ? (i << 12) | 3 : 0));
    expect(findRoots(memory)[0]).toMatchObject({ cr3: 0x14_0000, mode: '32-bit' });
  });

  it('PAE with its PDPTEs in the middle of a page, between other data', () => {
    const memory = ramOf(16);
    putImage(memory, MIB, 0x4_0000);
    const mapper = new Mapper(memory, { mode: 'PAE', allocateFrame: zeroed(memory, 0x180) });
    mapper.map(0xc000_0000, 0, 8 * MIB, { writable: true });
    const pdptes = memory.read(mapper.root, 32);
    memory.write(mapper.root, new Uint8Array(32));
    memory.write(0x12_0c60, pdptes);
    expect(findRoots(memory)[0]).toMatchObject({ cr3: 0x12_0c60, mode: 'PAE' });
  });

  it('long mode with large pages: one entry a level, then 1 GiB mapped to itself by 2 MiB', () => {
    const memory = ramOf(16);
    putImage(memory, MIB, 0x4_0000);
    table(memory, 0x1000, (i) => (i === 0 ? 0x2003 : 0), 8);
    table(memory, 0x2000, (i) => (i === 0 ? 0x3003 : 0), 8);
    table(memory, 0x3000, (i) => i * 0x20_0000 + 0x83, 8);
    expect(findRoots(memory)[0]).toMatchObject({ cr3: 0x1000, mode: '4-level', pages: 512 });
  });

  it('long mode in the higher half beside an identity map, with a table that maps itself', () => {
    const memory = ramOf(16);
    putImage(memory, MIB, 0x4_0000);
    const mapper = new Mapper(memory, { mode: '4-level', allocateFrame: zeroed(memory, 0x200) });
    mapper.map(0, 0, 2 * MIB, { writable: true });
    mapper.map(0xffff_ffff_8000_0000n, 0, 4 * MIB, { writable: true });
    memory.writeUint32(mapper.root + 510 * 8, mapper.root | 3);
    expect(findRoots(memory)[0]).toMatchObject({ cr3: mapper.root, mode: '4-level' });
  });

  it('lists a loaded root even where nothing else speaks for it, before all others', () => {
    const memory = ramOf(16);
    const mapper = new Mapper(memory, { mode: '32-bit', allocateFrame: zeroed(memory, 0x200) });
    mapper.map(0xc000_0000, 0, 16 * MIB, { writable: true });
    const poor = new Mapper(memory, { mode: '32-bit', allocateFrame: zeroed(memory, 0x300) });
    poor.map(0x1000, 0x1000, 0x1000, { user: true });
    const loaded = [{ registers: { ...REGISTERS, cr3: poor.root }, name: 'CPU 0' }];
    expect(findRoots(memory, { loaded }).map(({ cr3 }) => cr3)).toEqual([poor.root, mapper.root]);
  });
});
