/** Hostile files: each is what it should be, or refused with the error that the documentation names. */

import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect } from 'vitest';
import { gunzipIfNeeded } from '../../src/builder/gunzip.ts';
import { BuildError, buildDomain, type Domain, packKernel } from '../../src/builder/index.ts';
import { DumpError } from '../../src/dump/index.ts';
import {
  domainMachine,
  ImageError,
  loadMachine,
  type Machine,
  openMachine,
  saveMachine,
} from '../../src/machine/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { verifyDomain } from '../../src/verify/index.ts';
import { LOW_RAM, memoryLike, SAMPLE_CPUS } from '../dump/sample.ts';
import {
  avml,
  elfCore,
  flattenedFile,
  kdump,
  lime,
  qemuNotes,
  xenContext,
  xenCore,
} from '../dump/writers.ts';
import { elf32 } from '../support/elf.ts';
import { fileOf, sectionsOf } from '../support/image-file.ts';
import { domainIn } from '../support/machines.ts';
import { type Count, damaged, type Target, unless } from './target.ts';

const LIMIT = 2 ** 20;

export function gzipFiles(count: Count): Target {
  const texts = [Buffer.alloc(0), Buffer.from('abcabc'.repeat(90)), Buffer.from(memoryLike(9000, 3))];
  const files = texts.flatMap((text) => [0, 1, 9].map((level) => new Uint8Array(gzipSync(text, { level }))));
  files.push(new Uint8Array(Buffer.concat(files.slice(0, 4))));
  return {
    name: 'gzip',
    property: fc.property(damaged(files), (file) => {
      const found = unless(BuildError, () => gunzipIfNeeded(file, 'initrd', LIMIT));
      if (found === undefined || found.tooLong || found.bytes === file)
        return count(found ? 'as it is' : 'refused');
      // What we take, zlib takes too, and makes the same of it.
      expect(Buffer.compare(found.bytes, gunzipSync(file))).toBe(0);
      count('unpacked');
    }),
  };
}

export function kernels(count: Count): Target {
  const payload = memoryLike(5000, 8);
  const segments = [
    { address: 0xc000_0000, bytes: payload },
    { address: 0xc000_2000, bytes: payload.subarray(0, 9), memoryBytes: 0x1800 },
  ];
  const notes: [number, number][] = [
    [3, 0xc000_0000],
    [1, 0xc000_0010],
  ];
  const files = [
    packKernel(payload, 0xc000_0000),
    elf32({ entry: 0xc000_0000, segments }),
    elf32({ segments, notes }),
    elf32({ segments, notes, notesIn: 'section', guestSection: 'VIRT_BASE=0xC0000000' }),
  ];
  const frames = Uint32Array.from({ length: 64 }, (_, i) => 32 + ((i * 37) % 64));
  let built = 0;
  return {
    name: 'kernels',
    property: fc.property(damaged(files), (kernel) => {
      const memory = new PhysicalMemory(128 * 4096);
      const domain = unless<Domain>(BuildError, () =>
        buildDomain(memory, { profile: 'xen-1.2', frames, sharedInfoFrame: 8, kernel }),
      );
      if (domain === undefined) {
        expect([...memory.writtenFrames()]).toEqual([]);
        return count('refused');
      }
      count('built');
      // The walk of 2^20 pages takes its time.
      if (built++ % 100 !== 0) return;
      const wrong = verifyDomain(memory, domain).claims.filter(
        ({ ok, name }) => !ok && name !== 'initial-context',
      );
      expect(wrong).toEqual([]);
      count('verified');
    }),
  };
}

export function images(count: Count): Target {
  const files = (['none', 'slots', 'image'] as const).map((kind) => {
    const memory = new PhysicalMemory(2 * 2 ** 20);
    return saveMachine(domainMachine(memory, domainIn(memory, kind)!));
  });
  const headers = files.map((file) => sectionsOf(file)[0]!.content);
  const use = (machine: Machine | undefined): void => {
    if (machine !== undefined) expect(loadMachine(saveMachine(machine)).registers).toEqual(machine.registers);
    count(machine === undefined ? 'refused' : 'loaded');
  };
  // With right checksums over a wrong header, and with wrong checksums over anything.
  const lying = fc
    .tuple(fc.constantFrom(...files), damaged(headers))
    .map(([file, content]) =>
      fileOf(
        sectionsOf(file).map((section) => (section.kind === 'head' ? { kind: 'head', content } : section)),
      ),
    );
  return {
    name: 'images',
    property: fc.property(fc.oneof(lying, damaged(files)), (file) =>
      use(unless(ImageError, () => loadMachine(file))),
    ),
  };
}

export function dumps(count: Count): Target {
  const notes = qemuNotes(SAMPLE_CPUS);
  const page = { pfn: 3, bytes: memoryLike(4096, 6) };
  const files = [
    elfCore(LOW_RAM, { notes }),
    elfCore(LOW_RAM, { is64: false, notes }),
    kdump(LOW_RAM, { notes }),
    kdump(LOW_RAM, { is64: false, codec: 'snappy' }),
    flattenedFile(kdump(LOW_RAM, { notes }), 3000),
    lime(LOW_RAM),
    avml(LOW_RAM),
    xenCore([page], [xenContext(64, [1n, 0n, 0n, 0x3000n, 0x20n])], true),
  ];
  return {
    name: 'dumps',
    property: fc.property(damaged(files), fc.nat(), (file, where) => {
      const machine = unless(DumpError, () => openMachine(file));
      if (machine === undefined) return count('refused');
      const physical = 4 * (where % Math.max(1, Math.floor(machine.memory.sizeBytes / 4)));
      const word = unless(DumpError, () => machine.memory.loadWord(physical));
      if (word !== undefined) expect(word | 0).toBe(word);
      count('opened');
    }),
  };
}
