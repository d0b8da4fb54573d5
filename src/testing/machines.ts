/** Whole machines: any memory, CPU and registers, with and without a domain. */

import fc from 'fast-check';
import { CPU_MODELS, type CpuModel, type CpuModelName } from '../arch/cpu.ts';
import { asNumber } from '../arch/linear.ts';
import type { Machine, MachineRegion, MachineRegisters } from '../machine/machine.ts';
import { HoledMemory } from '../memory/holed-memory.ts';
import { PhysicalMemory } from '../memory/physical-memory.ts';
import { type DomainRecipe, domain, domainOf } from './domains.ts';

/** How to make a machine: shorter than the machine itself, for those who read of a failure. */
export interface MachineRecipe {
  /** Its CPU. */
  readonly cpu: CpuModel;
  /** Its registers: any numbers. */
  readonly registers: MachineRegisters;
  /** Its regions. */
  readonly regions?: MachineRegion[];
  /** Its notes. */
  readonly notes?: string[];
  /** A memory of some frames, few of which hold anything, with or without a hole in its middle; or a domain's. */
  readonly memory:
    | {
        /** Frames of RAM. */
        readonly frames: number;
        /** The frame in the middle has no RAM. */
        readonly hole: boolean;
        /** Words that are not 0: frame, offset, value. */
        readonly writes: readonly [number, number, number][];
      }
    | {
        /** What was built in it. */
        readonly domain: DomainRecipe;
      };
}

const word = fc.nat(0xffff_ffff);
const quad = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map(asNumber);

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

/**
 * Machines of all kinds, for what stores and shows them: registers are any numbers, also such as no CPU accepts. For
 * machines that translate see `pagingState`, `pageTables` and `layout`.
 */
export function machine(): fc.Arbitrary<MachineRecipe> {
  return fc.record(
    {
      cpu,
      registers,
      memory: fc.oneof(
        { withCrossShrink: true },
        fc.record({
          frames: fc.integer({ min: 2, max: 600 }),
          hole: fc.boolean(),
          writes: fc.array(fc.tuple(fc.nat(600), fc.nat(4092), word), { maxLength: 12 }),
        }),
        fc.record({ domain: domain() }),
      ),
      regions: fc.array(region, { minLength: 1, maxLength: 3 }),
      notes: fc.constant(['größer']),
    },
    { requiredKeys: ['memory', 'cpu', 'registers'] },
  );
}

/** The machine of a recipe, anew each time. */
export function machineOf({ memory, ...rest }: MachineRecipe): Machine {
  if ('domain' in memory) {
    const built = domainOf(memory.domain);
    return { ...rest, memory: built.memory, domain: built.domain };
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
