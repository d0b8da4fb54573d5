/**
 * A machine without a hypervisor: a kernel in ring 0 that maps all RAM for itself, and a program in ring 3 with its
 * code, its data, its stack, a heap of small pages and one of large ones. After a fork there is a second such
 * program, whose pages are those of the first until one of them writes.
 */

import { type CpuModelName, cpuFeatures, isLongMode, type PageSize } from '../arch/index.ts';
import { FrameAllocator, PhysicalMemory } from '../memory/index.ts';
import { Mapper, type MappingOptions, type TableMode } from '../tables/index.ts';
import type { Linear } from './linear.ts';
import {
  KERNEL_FRAMES,
  LARGE_AT,
  LARGE_BYTES,
  type NamedArea,
  type PageMachine,
  type PlainLayout,
} from './page-machine.ts';
import { PLAIN_RAM, registersFor } from './scenario.ts';

/** Where the program's data begins, in every mode. */
export const DATA = 0x0804_a000;
export const CODE_PAGES = 2;
export const DATA_PAGES = 4;
export const MORE_PAGES = 8;
export const HEAP_PAGES = 256;
export const STACK_PAGES = 4;
/** Frames that nobody uses yet, for who needs one. */
const SPARE_FRAMES = 4;

export function plainLayout(mode: TableMode): PlainLayout {
  const long = isLongMode(mode);
  return {
    direct: long ? 0xffff_8880_0000_0000n : 0xc000_0000,
    code: 0x0804_8000,
    data: DATA,
    more: 0x0804_e000,
    heap: 0x4000_0000,
    large: 0x8000_0000,
    stack: long ? 0x7fff_ffff_c000 : 0xbfff_c000,
  };
}

/** Builds it. `fork` adds the child: the pages that both can write are read-only then. */
export function buildPlainMachine(mode: TableMode, cpu: CpuModelName, fork: boolean): PageMachine {
  const memory = new PhysicalMemory(PLAIN_RAM);
  const allocator = new FrameAllocator(memory, {
    reserved: [
      { start: 0, count: KERNEL_FRAMES },
      { start: LARGE_AT / 4096, count: LARGE_BYTES / 4096 },
    ],
  });
  const take = (count: number): number[] => [...allocator.allocate(count, { order: 'scattered', seed: 5 })];
  const layout = plainLayout(mode);
  const frames = {
    code: take(CODE_PAGES),
    data: take(DATA_PAGES),
    heap: take(HEAP_PAGES),
    stack: take(STACK_PAGES),
    spare: take(SPARE_FRAMES),
  };
  fillCode(memory, frames.code);
  fillData(memory, frames.data);
  const build = (): Mapper => {
    const mapper = new Mapper(memory, { mode, cpu, allocateFrame: () => allocator.allocate(1)[0]! });
    const { nx, pse, pae } = cpuFeatures(cpu);
    const noCode: MappingOptions = nx && mode !== '32-bit' ? { executable: false } : {};
    const shared = { user: true, writable: !fork, ...noCode };
    mapPages(mapper, layout.code, frames.code, { user: true });
    mapPages(mapper, layout.data, frames.data, shared);
    mapPages(mapper, layout.heap, frames.heap, { user: true, writable: true, ...noCode });
    mapPages(mapper, layout.stack, frames.stack, shared);
    const isLarge = mode === '32-bit' ? pse : pae;
    const pageSize: PageSize | 'largest' = isLarge ? 'largest' : 0x1000;
    mapper.map(layout.large, LARGE_AT, LARGE_BYTES, { user: true, writable: true, ...noCode, pageSize });
    mapper.map(layout.direct, 0, PLAIN_RAM, { writable: true, global: true, pageSize });
    return mapper;
  };
  const parent = build();
  const child = fork ? build() : undefined;
  return {
    memory,
    cpu,
    registers: registersFor(cpu, mode, parent.root),
    plain: { layout, mode, frames, roots: [parent.root, ...(child === undefined ? [] : [child.root])] },
    areas: areasOfPlain(layout),
  };
}

function mapPages(mapper: Mapper, start: Linear, frames: readonly number[], options: MappingOptions): void {
  for (const [i, frame] of frames.entries()) {
    mapper.map(BigInt(start) + BigInt(i * 4096), frame * 4096, 4096, options);
  }
}

/** Code that says where it is: each page is full of `nop`, and ends with a return. */
function fillCode(memory: PhysicalMemory, frames: readonly number[]): void {
  for (const frame of frames) {
    memory.frame(frame).fill(0x90);
    memory.writeUint8(frame * 4096 + 4095, 0xc3);
  }
}

/** Data that says where it is: each dword holds its own offset. */
function fillData(memory: PhysicalMemory, frames: readonly number[]): void {
  for (const [i, frame] of frames.entries()) {
    for (let at = 0; at < 4096; at += 4) memory.writeUint32(frame * 4096 + at, i * 4096 + at);
  }
}

function areasOfPlain(layout: PlainLayout): NamedArea[] {
  const { code, data, more, heap, large, stack, direct } = layout;
  return [
    {
      name: 'program',
      role: 'program',
      parts: [
        { name: 'code', role: 'program', start: code, bytes: CODE_PAGES * 4096 },
        { name: 'data', role: 'program', start: data, bytes: DATA_PAGES * 4096 },
        { name: 'not yet', role: 'spare', start: more, bytes: MORE_PAGES * 4096 },
      ],
    },
    {
      name: 'heap',
      role: 'program',
      parts: [{ name: 'heap', role: 'program', start: heap, bytes: HEAP_PAGES * 4096 }],
    },
    {
      name: 'large pages',
      role: 'program',
      parts: [{ name: 'large pages', role: 'program', start: large, bytes: LARGE_BYTES }],
    },
    {
      name: 'stack',
      role: 'program',
      parts: [{ name: 'stack', role: 'program', start: stack, bytes: STACK_PAGES * 4096 }],
    },
    {
      name: 'kernel',
      role: 'kernel',
      parts: [
        { name: 'kernel', role: 'kernel', start: direct, bytes: KERNEL_FRAMES * 4096 },
        {
          name: 'all RAM',
          role: 'free',
          start: BigInt(direct) + BigInt(KERNEL_FRAMES * 4096),
          bytes: PLAIN_RAM - KERNEL_FRAMES * 4096,
        },
      ],
    },
  ];
}
