import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assemble, type EmulatorName, missingPrograms, runEmulator } from '../differential/emulators.ts';
import { bootImage } from './image.ts';
import { type BuiltMachine, buildMachine, FIRST_TABLE } from './machine.ts';
import { HYPERCALL, type Outcome, type Probe, tryProbe, unpackOutcomes } from './probes.ts';
import { probesOf } from './what-is-tried.ts';

/** An emulator, and where its CPU is not one. */
interface Emulator {
  readonly name: EmulatorName;
  readonly cpu: string;
  /** Whether it checks a segment's limit for a probe: of the three only Bochs does as the manual says. */
  readonly hasLimit: (probe: Probe) => boolean;
  /** The error code of an IRET beyond the limit of the segment that it returns to. */
  readonly iretErrorCode?: number;
}

const EMULATORS: readonly Emulator[] = [
  { name: 'bochs', cpu: 'p3_katmai', hasLimit: () => true },
  { name: 'qemu', cpu: 'pentium3', hasLimit: () => false },
  // v86 looks at a limit only where a far transfer goes, and names the selector then.
  { name: 'v86', cpu: 'v86', hasLimit: ({ how }) => how === 'ring3 fetch', iretErrorCode: 0x0828 },
];
const [bochs, qemu, v86] = EMULATORS as [Emulator, Emulator, Emulator];

const missing = missingPrograms();
const required = process.env['CI'] === 'true';
if (missing.length > 0 && !required)
  console.warn(`a built domain is not booted: not installed: ${missing.join(', ')}`);

describe.skipIf(missing.length > 0 && !required)('a domain that Xen has taken, booted', () => {
  const files: string[] = [];
  let guest: string;
  let loader: string;
  let stub: Uint8Array;

  beforeAll(() => {
    const assembled = (name: string): string => {
      const path = assemble(join(import.meta.dirname, `${name}.asm`), name);
      files.push(path);
      return path;
    };
    [guest, loader] = [assembled('guest'), assembled('loader')];
    stub = readFileSync(assembled('stub'));
  });
  afterAll(() => {
    for (const file of files) rmSync(file, { force: true });
  });

  /** What the domain reports from an emulator. QEMU loads the kernel by itself, the others by our boot loader. */
  async function boot({ name, cpu }: Emulator, { memory, domain }: BuiltMachine): Promise<Outcome[]> {
    const file = bootImage(stub, memory, domain);
    const rom = name === 'qemu' ? {} : { rom: loader };
    return unpackOutcomes(await runEmulator({ emulator: name, cpu, file, timeoutSeconds: 60, ...rom }));
  }

  /** What it reports from our machine. */
  function simulate({ hasLimit, iretErrorCode = 0 }: Emulator, machine: BuiltMachine): Outcome[] {
    const { memory, xen, domain, probes } = machine;
    const { esi, esp, cs, ss, ds, es } = domain.context;
    const startInfo = domain.frames[(domain.startInfoAddress - domain.loadAddress) / 4096]! * 4096;
    const words = Array.from({ length: 71 }, (_, i) => memory.readUint32(startInfo + 4 * i));
    const told = [esi, esp, cs, ss, ds, es, ...words].map(
      (value): Outcome => ({ vector: HYPERCALL, ring: 1, errorCode: 0, cr2: 0, value }),
    );
    const tried = probes.map((probe) => {
      const outcome = tryProbe(xen, esp, probe, hasLimit(probe));
      const isIretBeyondLimit = probe.how === 'ring3 fetch' && outcome.vector === 13;
      return isIretBeyondLimit ? { ...outcome, errorCode: iretErrorCode } : outcome;
    });
    return [...told, ...tried];
  }

  /** The reports that differ, in words. */
  function differences(
    machine: BuiltMachine,
    ours: readonly Outcome[],
    theirs: readonly Outcome[],
  ): string[] {
    const first = ours.length - machine.probes.length;
    const name = (i: number): string =>
      i < first
        ? `word ${i} at start`
        : `${machine.probes[i - first]!.how} at 0x${machine.probes[i - first]!.linear.toString(16)}`;
    const text = ({ vector, ring, errorCode, cr2, value }: Outcome): string =>
      `vector ${vector} in ring ${ring}, code ${errorCode}, cr2 0x${cr2.toString(16)}, 0x${value.toString(16)}`;
    const found = ours.flatMap((our, i) => {
      const their = theirs[i];
      if (their !== undefined && text(our) === text(their)) return [];
      return [`${name(i)}: ours ${text(our)}; theirs ${their === undefined ? 'nothing' : text(their)}`];
    });
    return theirs.length > ours.length
      ? [...found, `${theirs.length - ours.length} reports too many`]
      : found;
  }

  it.each([
    ['Bochs', bochs],
    ['QEMU', qemu],
    ['v86', v86],
  ] as const)(
    'meets in %s what it meets here: registers, start_info, faults, words, tables',
    async (_, emulator) => {
      const machine = buildMachine(guest, probesOf);
      // First the emulator: what is tried here changes the memory that it gets.
      const theirs = await boot(emulator, machine);
      expect(differences(machine, simulate(emulator, machine), theirs)).toEqual([]);
    },
    90_000,
  );

  it('shows one wrong bit of a page table', async () => {
    const machine = buildMachine(guest, probesOf);
    const { memory, domain } = machine;
    // The first table's own page lies in the second table.
    const entry = domain.pageTables[1]! * 4096 + ((FIRST_TABLE >>> 10) & 0xffc);
    memory.writeUint32(entry, memory.readUint32(entry) | 2);
    const theirs = await boot(qemu, machine);
    memory.writeUint32(entry, memory.readUint32(entry) & ~2);
    const found = differences(machine, simulate(qemu, machine), theirs);
    expect(found[0]).toMatch(/^ring1 write at 0xc0404000: ours vector 14 .*; theirs vector 130 /);
  }, 90_000);

  it('refuses a machine with something where the stub lies', () => {
    const { memory, domain } = buildMachine(guest, probesOf);
    memory.writeUint32(0x40_0000, 1);
    expect(() => bootImage(stub, memory, domain)).toThrow('frame 1024 is not zero');
  });
});
