/** Arbitrary machines: any memory, CPU and registers, with and without a domain. */

import fc from 'fast-check';
import { CPU_MODELS, type CpuModel, type CpuModelName } from '../../src/arch/index.ts';
import { buildDomain, sampleKernel } from '../../src/builder/index.ts';
import type { Machine, MachineRegion, MachineRegisters } from '../../src/machine/index.ts';
import { FrameAllocator, HoledMemory, type Memory, PhysicalMemory } from '../../src/memory/index.ts';

/** A small domain in 2 MiB, with Xen placed as told. */
export function domainIn(memory: PhysicalMemory, kind: 'none' | 'slots' | 'image'): Machine['domain'] {
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 352 }] });
  return buildDomain(memory, {
    profile: kind === 'none' ? 'document' : 'xen-1.2',
    frames: allocator.allocate(40, { order: 'scattered', seed: 3 }),
    sharedInfoFrame: 2,
    kernel: sampleKernel(9000),
    commandLine: 'größer',
    domainId: 7,
    ...(kind === 'none' && { initrd: Uint8Array.of(1, 2, 3) }),
    ...(kind === 'slots' && { xen: { kind } }),
    ...(kind === 'image' && {
      xen: { kind, image: Uint8Array.of(9), frames: Uint32Array.of(5), tables: Uint32Array.of(6) },
    }),
  });
}

const word = fc.nat(0xffff_ffff);
const quad = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(asFits);

function asFits(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

const registers: fc.Arbitrary<MachineRegisters> = fc.record(
  {
    cr0: word,
    cr3: fc.integer({ min: 0, max: 2 ** 52 - 1 }),
    cr4: word,
    efer: word,
    cr2: quad,
    pkru: word,
    pkrs: word,
    alignmentCheck: fc.boolean(),
    pdptes: fc.tuple(quad, quad, quad, quad),
  },
  { requiredKeys: ['cr0', 'cr3', 'cr4', 'efer'] },
);

const cpu: fc.Arbitrary<CpuModel> = fc.oneof(
  fc.constantFrom(...(Object.keys(CPU_MODELS) as CpuModelName[])),
  fc.record({ physicalAddressBits: fc.integer({ min: 36, max: 52 }), nx: fc.boolean() }).map((features) => ({
    ...CPU_MODELS.broadwell,
    ...features,
    name: 'von Hand, größer 🙂',
    addressLines: 36,
  })),
);

const region: fc.Arbitrary<MachineRegion> = fc
  .tuple(fc.constantFrom('text', 'größer', 'a\'b"c\\d'), fc.constantFrom('linear', 'physical'), quad, quad)
  .filter(([, , a, b]) => a !== b)
  .map(([name, space, a, b]) => ({ name, space, start: a < b ? a : b, end: a < b ? b : a }) as const);

/** How to make a machine: shorter than the machine itself, for those who read of a failure. */
export interface MachineRecipe {
  readonly cpu: CpuModel;
  readonly registers: MachineRegisters;
  readonly regions?: MachineRegion[];
  readonly notes?: string[];
  /** A memory of some frames, few of which hold anything, with or without a hole in its middle; or a domain's. */
  readonly memory:
    | {
        readonly frames: number;
        readonly hole: boolean;
        readonly writes: readonly [number, number, number][];
      }
    | { readonly domain: 'none' | 'slots' | 'image' };
}

/** The machine of a recipe, anew each time. */
export function machineOf({ memory, ...rest }: MachineRecipe): Machine {
  if ('domain' in memory) {
    const ram = new PhysicalMemory(2 * 2 ** 20);
    return { ...rest, memory: ram, domain: domainIn(ram, memory.domain) };
  }
  const { frames, hole, writes } = memory;
  const whole = new PhysicalMemory(frames * 4096);
  const middle = frames >>> 1;
  const ram = hole ? new HoledMemory(whole, [{ start: middle * 4096, end: (middle + 1) * 4096 }]) : whole;
  for (const [frame, offset, value] of writes) {
    if (!(hole && frame % frames === middle)) ram.writeUint32((frame % frames) * 4096 + offset, value);
  }
  return { ...rest, memory: ram };
}

/** Machines of all kinds. */
export const anyMachine: fc.Arbitrary<MachineRecipe> = fc.record(
  {
    cpu,
    registers,
    memory: fc.oneof(
      fc.record({
        frames: fc.integer({ min: 2, max: 600 }),
        hole: fc.boolean(),
        writes: fc.array(fc.tuple(fc.nat(600), fc.nat(4092), word), { maxLength: 12 }),
      }),
      fc.record({ domain: fc.constantFrom('none', 'slots', 'image') }),
    ),
    regions: fc.array(region, { minLength: 1, maxLength: 3 }),
    notes: fc.constant(['größer']),
  },
  { requiredKeys: ['memory', 'cpu', 'registers'] },
);

/** All bytes of a memory that can be read, holes as nothing. */
export function contentsOf(memory: Memory): Buffer {
  const frames: Uint8Array[] = [];
  for (let frame = 0; frame < memory.frameCount; frame++) {
    if (memory.isRam === undefined || memory.isRam(frame * 4096))
      frames.push(memory.read(frame * 4096, 4096));
    else frames.push(Uint8Array.of(frame, 0xff));
  }
  return Buffer.concat(frames);
}
