import { describe, expect, it } from 'vitest';
import { PTE_P } from '../../src/arch/index.ts';
import { findRoots } from '../../src/inspect/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mapper } from '../../src/tables/index.ts';
import { generator } from '../support/arbitraries.ts';

type Mode = '32-bit' | 'PAE' | '4-level' | '5-level';
const MODES: readonly Mode[] = ['32-bit', 'PAE', '4-level', '5-level'];
const RAM = 8 * 2 ** 20;
/** Where each kernel maps all of RAM. */
const DIRECT: Readonly<Record<Mode, bigint>> = {
  '32-bit': 0xc000_0000n,
  PAE: 0xc000_0000n,
  '4-level': 0xffff_8880_0000_0000n,
  '5-level': 0xff11_0000_0000_0000n,
};

interface System {
  readonly memory: PhysicalMemory;
  readonly kernel: Mapper;
  readonly processes: readonly Mapper[];
}

/** A kernel that maps all of RAM and its own code, and processes whose tables share its half. */
function systemOf(mode: Mode, processes = 3): System {
  const memory = new PhysicalMemory(RAM);
  const next = generator(7);
  // What lies around is noise, text and zeros.
  for (let at = 0; at < RAM; at += 4096) {
    if (next() % 3 !== 0) continue;
    const page = new Uint32Array(1024).map(() => (next() % 5 === 0 ? next() : next() % 4096));
    memory.write(at, new Uint8Array(page.buffer));
  }
  let frame = 64;
  const allocateFrame = (): number => {
    frame += 1 + (next() % 3);
    memory.write(frame * 4096, new Uint8Array(4096));
    return frame;
  };
  const base = DIRECT[mode];
  const kernelMap = (): Mapper => {
    const mapper = new Mapper(memory, { mode, allocateFrame });
    mapper.map(base, 0, RAM, { writable: true, executable: mode === '32-bit' });
    mapper.map(base + 0x1000_0000n, 0x10_0000, 0x4_0000, { executable: true });
    return mapper;
  };
  const kernel = kernelMap();
  const made = Array.from({ length: processes }, (_, i) => {
    const mapper = kernelMap();
    mapper.map(0x40_0000, 0x30_0000 + i * 0x1_0000, 0x8000, { user: true, writable: true });
    return mapper;
  });
  return { memory, kernel, processes: made };
}

/** Small machines on which a table of the root, or the root in another mode, once came first. */
const SMALL = [
  { name: 'all of RAM in one 2 MiB page', ram: 2 ** 21, mapped: [0, 2 ** 21], pageSize: 0x20_0000 },
  { name: 'a part of the tables out of reach', ram: 2 ** 21, mapped: [0x8_0000, 0x18_0000], pageSize: 4096 },
] as const;

function write64(memory: PhysicalMemory, at: number, value: bigint): void {
  memory.writeUint32(at, Number(value & 0xffff_ffffn));
  memory.writeUint32(at + 4, Number(value >> 32n));
}

describe.each(MODES)('findRoots in %s paging', (mode) => {
  it('finds the only root first, in its mode', () => {
    const { memory, kernel } = systemOf(mode, 0);
    const [first, second] = findRoots(memory);
    expect(first).toMatchObject({ cr3: kernel.root, mode });
    expect(first!.score).toBeGreaterThanOrEqual((second?.score ?? 0) + 10);
    expect(first!.evidence.map(({ kind }) => kind)).toContain('own-tables');
    expect(first!.score).toBe(first!.evidence.reduce((sum, { points }) => sum + points, 0));
  });

  it('finds those of all processes, the kernel alone before them where nothing says which is loaded', () => {
    const { memory, kernel, processes } = systemOf(mode);
    const found = findRoots(memory);
    expect(found[0]).toMatchObject({ cr3: kernel.root, mode });
    const roots = found.filter((root) => root.mode === mode).map(({ cr3 }) => cr3);
    expect(roots.slice(0, 4).sort()).toEqual([kernel, ...processes].map(({ root }) => root).sort());
  });

  it.skipIf(mode === '32-bit').each(SMALL)('finds it in little RAM: $name', ({ ram, mapped, pageSize }) => {
    const memory = new PhysicalMemory(ram);
    let frame = 0x87;
    const mapper = new Mapper(memory, { mode, allocateFrame: () => --frame });
    const [start, end] = mapped;
    mapper.map(DIRECT[mode] + BigInt(start), start, end - start, { writable: true, pageSize });
    mapper.map(0x40_0000, 0x4_0000, 0x3000, { user: true, writable: true });
    mapper.map(0x80_0000, 0x5_0000, 0x1000, { user: true });
    expect(findRoots(memory)[0]).toMatchObject({ cr3: mapper.root, mode });
  });

  it('puts the one first that Linux notes as loaded, that of CPU 0 before that of CPU 1, and takes its CR4', () => {
    const { memory, processes } = systemOf(mode);
    const base = DIRECT[mode];
    const cr4 = { '32-bit': 0x6d0, PAE: 0x6f0, '4-level': 0x75_0ef0, '5-level': 0x75_1ef0 }[mode];
    const wide = mode === '4-level' || mode === '5-level';
    const write = (at: number, value: bigint): void =>
      wide ? write64(memory, at, value) : memory.writeUint32(at, Number(BigInt.asUintN(32, value)));
    const word = wide ? 8 : 4;
    for (const [cpu, process] of [processes[2]!, processes[0]!].entries()) {
      const mm = 0x8_0000 + cpu * 0x1000 + 0x400;
      const state = 0x20_0000 + cpu * 0x1000 + 0x540;
      memory.write(mm, new Uint8Array(0x200));
      memory.write(state - 64, new Uint8Array(128));
      write(mm + 0x50, base + BigInt(process.root));
      write(state, base + BigInt(mm));
      write(state + word, base + BigInt(mm) + 0x1000n); // the last user's, of which nothing is known
      write(state + 2 * word, 0x1_0000n); // ASIDs
      write(state + (wide ? 3 : 4) * word, BigInt(cr4));
    }
    const found = findRoots(memory);
    expect(found[0]).toMatchObject({ cr3: processes[2]!.root, mode, registers: { cr4 } });
    expect(found[1]).toMatchObject({ cr3: processes[0]!.root, mode });
    expect(found[0]!.evidence.at(-1)?.text).toContain('Linux notes it as loaded on its CPU 0');
  });
});

describe('findRoots', () => {
  it('finds nothing in memory without tables', () => {
    const memory = new PhysicalMemory(2 ** 20);
    expect(findRoots(memory)).toEqual([]);
    const next = generator(3);
    for (let at = 0; at < 2 ** 20; at += 4) memory.writeUint32(at, next());
    expect(findRoots(memory)).toEqual([]);
  });

  it('ends on memory in which every frame leads to every other', () => {
    const memory = new PhysicalMemory(64 * 4096);
    for (let at = 0; at < memory.sizeBytes; at += 8) {
      memory.writeUint32(at, ((at >>> 3) % 64) * 4096 + 0x60 + PTE_P + 2);
    }
    const found = findRoots(memory);
    expect(found.length).toBeLessThanOrEqual(32);
  });

  it('returns as many as asked for, and tells how far it is', () => {
    const { memory } = systemOf('32-bit');
    const seen: number[] = [];
    const found = findRoots(memory, { limit: 2, progress: (done, total) => seen.push(done / total) });
    expect(found).toHaveLength(2);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(seen.at(-1)).toBe(1);
  });
});
