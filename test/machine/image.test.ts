import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CPU_MODELS, CR0_PE, CR0_PG } from '../../src/arch/index.ts';
import { buildDomain, packKernel } from '../../src/builder/index.ts';
import { loadImage } from '../../src/formats/index.ts';
import { LIST_NAME_BYTES } from '../../src/machine/image/sections.ts';
import {
  domainMachine,
  ImageError,
  loadMachine,
  type Machine,
  saveMachine,
  saveMachinePieces,
} from '../../src/machine/index.ts';
import { FrameAllocator, HoledMemory, type Memory, PhysicalMemory } from '../../src/memory/index.ts';
import { machine as anyMachine, machineOf } from '../../src/testing/index.ts';
import { verifyDomain } from '../../src/verify/index.ts';
import { fileOf, sectionsOf, withHeader, withHeader1 } from '../support/image-file.ts';
import { contentsOf, domainIn } from '../support/machines.ts';

/** An image of version 1, as version 0.1.0 wrote it. */
function version1(kind: 'none' | 'slots' | 'image'): Uint8Array {
  const file = join(import.meta.dirname, 'fixtures', `version-1-${kind}.x86page.gz`);
  return new Uint8Array(gunzipSync(readFileSync(file)));
}

function domainMachineOf(kind: 'none' | 'slots' | 'image'): Machine {
  const memory = new PhysicalMemory(2 * 2 ** 20);
  return domainMachine(memory, domainIn(memory, kind)!);
}

const plain: Machine = {
  memory: new PhysicalMemory(64 * 1024),
  cpu: 'pentium-iii',
  registers: { cr0: 0x11, cr3: 0, cr4: 0, efer: 0 },
};

describe('a saved machine', () => {
  it('is loaded as it was, whatever it is, and saved again as the same bytes', () => {
    fc.assert(
      fc.property(anyMachine(), (recipe) => {
        const machine = machineOf(recipe);
        const file = saveMachine(machine);
        const { memory, ...rest } = loadMachine(file);
        const { memory: before, ...restBefore } = machine;
        expect(rest).toEqual(restBefore);
        expect(memory.sizeBytes).toBe(before.sizeBytes);
        expect(Buffer.compare(contentsOf(memory), contentsOf(before))).toBe(0);
        expect(Buffer.compare(saveMachine({ ...rest, memory }), file)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('has registers without a sign, also where bits were joined by |', () => {
    const registers = { ...plain.registers, cr0: CR0_PG | CR0_PE };
    expect(loadMachine(saveMachine({ ...plain, registers })).registers.cr0).toBe(0x8000_0001);
  });

  it('has a CPU by name, or by its features', () => {
    const named = loadMachine(saveMachine({ ...plain, cpu: 'i486' }));
    expect(named.cpu).toBe('i486');
    const cpu = { ...CPU_MODELS.core2, name: 'mine', nx: false };
    expect(loadMachine(saveMachine({ ...plain, cpu })).cpu).toEqual(cpu);
  });

  it('comes in pieces of about a megabyte, and is read so', () => {
    const memory = new PhysicalMemory(8 * 2 ** 20);
    memory.write(0, new Uint8Array(8 * 2 ** 20).fill(7));
    const pieces = [...saveMachinePieces({ ...plain, memory })];
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(1.01 * 2 ** 20);
    const file = Buffer.concat(pieces);
    const reads: number[] = [];
    const buffer = new Uint8Array(1.01 * 2 ** 20);
    const loaded = loadMachine({
      size: file.length,
      // A source may use one buffer for all that it reads.
      read(offset, length) {
        reads.push(length);
        file.copy(buffer, 0, offset, offset + length);
        return buffer.subarray(0, length);
      },
    });
    expect(Buffer.compare(contentsOf(loaded.memory), contentsOf(memory))).toBe(0);
    expect(Math.max(...reads)).toBeLessThan(1.01 * 2 ** 20);
  });

  it('stays what it is when the bytes of its file change', () => {
    const file = Buffer.from(saveMachine(domainMachineOf('slots')));
    const { domain, memory } = loadMachine(file);
    const [domainBefore, contentsBefore] = [structuredClone(domain), contentsOf(memory)];
    file.fill(0xee);
    expect(domain).toEqual(domainBefore);
    expect(Buffer.compare(contentsOf(memory), contentsBefore)).toBe(0);
  });

  it('may be any memory: frames of zeros take no room, and holes stay holes', () => {
    const ram = new PhysicalMemory(64 * 2 ** 20);
    const holes = [{ start: 0x40_0000, end: 0x80_0000 }];
    const holed = new HoledMemory(ram, holes);
    holed.writeUint32(0x80_0000, 1);
    // As somebody else's, which cannot tell what was written.
    const file = saveMachine({ ...plain, memory: new Foreign(holed) });
    expect(saveMachine({ ...plain, memory: holed })).toEqual(file);
    expect(file.length).toBeLessThan(8192);
    const loaded = loadMachine(file).memory;
    expect(loaded.loadWord(0x80_0000)).toBe(1);
    expect([loaded.isRam?.(0x3f_fffc), loaded.isRam?.(0x40_0000), loaded.isRam?.(0x80_0000)]).toEqual([
      true,
      false,
      true,
    ]);
    expect(loaded.loadWord(0x40_0000)).toBe(-1);
  });
});

/** A memory that is no more than the interface demands. */
class Foreign implements Memory {
  readonly sizeBytes: number;
  readonly frameCount: number;
  readonly #memory: Memory;
  constructor(memory: Memory) {
    this.#memory = memory;
    this.sizeBytes = memory.sizeBytes;
    this.frameCount = memory.frameCount;
  }
  isRam = (physical: number): boolean => this.#memory.isRam?.(physical) ?? true;
  loadWord = (physical: number): number => this.#memory.loadWord(physical);
  storeWord = (physical: number, value: number): void => this.#memory.storeWord(physical, value);
  readUint8 = (physical: number): number => this.#memory.readUint8(physical);
  readUint16 = (physical: number): number => this.#memory.readUint16(physical);
  readUint32 = (physical: number): number => this.#memory.readUint32(physical);
  writeUint8 = (physical: number, value: number): void => this.#memory.writeUint8(physical, value);
  writeUint16 = (physical: number, value: number): void => this.#memory.writeUint16(physical, value);
  writeUint32 = (physical: number, value: number): void => this.#memory.writeUint32(physical, value);
  read = (physical: number, length: number): Uint8Array => this.#memory.read(physical, length);
  write = (physical: number, bytes: Uint8Array): void => this.#memory.write(physical, bytes);
}

describe('a domain in a memory with a hole', () => {
  it('is saved, loaded and proved like any other', () => {
    const ram = new PhysicalMemory(2 * 2 ** 20);
    const domain = domainIn(ram, 'none')!;
    const memory = new HoledMemory(ram, [{ start: 0x10_0000, end: 0x11_0000 }]);
    const loaded = loadMachine(saveMachine(domainMachine(memory, domain)));
    expect(loaded.memory).toBeInstanceOf(HoledMemory);
    expect(verifyDomain(loaded.memory, loaded.domain!).ok).toBe(true);
  });
});

describe('an image of version 1', () => {
  it.each(['none', 'slots', 'image'] as const)('still loads, with %s at the place of Xen', (kind) => {
    const machine = loadMachine(version1(kind));
    // As it was built, by the recipe of the day.
    const memory = new PhysicalMemory(2 * 2 ** 20);
    const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 352 }] });
    const domain = buildDomain(memory, {
      profile: kind === 'none' ? 'document' : 'xen-1.2',
      frames: allocator.allocate(40, { order: 'scattered', seed: 3 }),
      sharedInfoFrame: 2,
      kernel: packKernel(
        Uint8Array.from({ length: 9000 }, (_, i) => i % 251),
        0xc000_0000,
      ),
      ...(kind !== 'slots' && { initrd: Uint8Array.of(1, 2, 3) }),
      commandLine: 'größer',
      domainId: 7,
      ...(kind === 'slots' && { xen: { kind } }),
      ...(kind === 'image' && {
        xen: { kind, image: Uint8Array.of(9), frames: Uint32Array.of(5), tables: Uint32Array.of(6) },
      }),
    });
    expect(machine).toMatchObject({ cpu: 'pentium-iii', domain });
    expect(machine.domain?.xen.kind).toBe(kind);
    expect(machine.registers).toEqual({ cr0: 0x8005_0033, cr3: domain.pageDirectory, cr4: 0x90, efer: 0 });
    expect(Buffer.compare(contentsOf(machine.memory), contentsOf(memory))).toBe(0);
    expect(verifyDomain(memory, machine.domain!).ok).toBe(true);
  });

  it('whose RAM is shorter than its runs is refused, and so is a longer one', () => {
    const shorter = (sections: { name: string; bytes: number }[], by: number): unknown =>
      sections.map(({ name, bytes }) => ({ name, bytes: name === 'ram' ? bytes - by : bytes }));
    const change = (by: number) => (header: Record<string, unknown>) => ({
      ...header,
      sections: shorter(header['sections'] as { name: string; bytes: number }[], by),
    });
    expect(() => loadMachine(withHeader1(version1('slots'), change(8)).subarray(0, -8))).toThrow(
      /section 'ram' has \d+ bytes; its runs need more/,
    );
    const longer = Buffer.concat([withHeader1(version1('slots'), change(-8)), Buffer.alloc(8)]);
    expect(() => loadMachine(longer)).toThrow("section 'ram' has 8 bytes too many");
  });
});

describe('a changed byte', () => {
  const memory = new PhysicalMemory(2 * 2 ** 20);
  const file = saveMachine({ ...domainMachine(memory, domainIn(memory, 'slots')!), notes: ['a note'] });

  it('is noticed wherever it is', () => {
    for (let at = 0; at < file.length; at++) {
      const damaged = file.slice();
      damaged[at]! ^= 1 + ((at * 37) % 255);
      let noticed: unknown;
      try {
        loadMachine(damaged);
      } catch (error) {
        noticed = error;
      }
      if (!(noticed instanceof ImageError)) expect.fail(`byte ${at}: ${noticed ?? 'loaded'}`);
    }
  });

  it('is a missing, doubled, exchanged or added section too', () => {
    const sections = sectionsOf(file);
    expect(Buffer.compare(fileOf(sections), file)).toBe(0);
    const [head, first, second, ...rest] = sections;
    for (const wrong of [
      sections.slice(1),
      [head!, second!, first!, ...rest],
      [head!, first!, ...sections.slice(1)],
      [head!, ...sections],
      sections.filter(({ kind }) => kind !== 'list'),
      [...sections, sections.at(-1)!],
      [...sections, { kind: 'list', content: new Uint8Array(16) }],
    ]) {
      expect(() => loadMachine(fileOf(wrong))).toThrow(ImageError);
    }
    // With the sections' own checksums right, the last one still tells.
    const end = file.length - 20;
    const lost = Buffer.concat([file.subarray(0, end - 4116), file.subarray(end)]);
    expect(() => loadMachine(lost)).toThrow(ImageError);
    expect(() => loadMachine(Buffer.concat([file, Uint8Array.of(0)]))).toThrow('1 bytes behind its end');
  });

  it('or a missing end is noticed', () => {
    fc.assert(
      fc.property(fc.nat(file.length - 1), (length) => {
        expect(() => loadMachine(file.subarray(0, length))).toThrow(ImageError);
      }),
    );
  });
});

describe('a header that lies', () => {
  const file = saveMachine({ ...plain, regions: [{ name: 'one', space: 'linear', start: 0, end: 4096 }] });
  const header = (change: object) => withHeader(file, (before) => ({ ...before, ...change }));
  const domainFile = saveMachine(domainMachineOf('slots'));
  const domain = (change: object) =>
    withHeader(domainFile, (before) => ({
      ...before,
      domain: { ...(before['domain'] as object), ...change },
    }));

  const layout = (
    JSON.parse(Buffer.from(sectionsOf(domainFile)[0]!.content).toString()) as {
      domain: { layout: object[] };
    }
  ).domain.layout;

  const cases: [string, Uint8Array, string][] = [
    ['null', withHeader(file, () => null), 'is null, not an object'],
    ['a list', withHeader(file, () => []), 'is a list, not an object'],
    ['no memory', header({ memoryBytes: undefined }), 'lacks memoryBytes'],
    ['too much memory', header({ memoryBytes: 2 ** 40 }), 'memoryBytes is 1099511627776, not a whole number'],
    ['half a frame', header({ memoryBytes: 4098 }), 'not a multiple of 4096'],
    ['an unknown field', header({ frob: 1 }), "a field 'frob' that this program does not know"],
    ['an unknown CPU', header({ cpu: 'z80' }), 'cpu is z80, not one of i386'],
    [
      'an impossible CPU',
      header({ cpu: { physicalAddressBits: 36, nx: true } }),
      'a CPU with nx also has pae',
    ],
    ['a CPU of the future', header({ cpu: { physicalAddressBits: 36, fred: true } }), "a field 'fred'"],
    ['no registers', header({ registers: null }), 'registers is null, not an object'],
    [
      'a register too few',
      header({ registers: { cr0: '0x0', cr3: '0x0', cr4: '0x0' } }),
      'lacks registers.efer',
    ],
    [
      'a register too wide',
      header({ registers: { cr0: '0x100000000', cr3: '0x0', cr4: '0x0', efer: '0x0' } }),
      'registers.cr0 is 0x100000000, not "0x…", hexadecimal, of at most 32 bits',
    ],
    [
      'three PDPTE registers',
      header({
        registers: { cr0: '0x0', cr3: '0x0', cr4: '0x0', efer: '0x0', pdptes: ['0x0', '0x0', '0x0'] },
      }),
      'registers.pdptes has 3 of 4 values',
    ],
    ['null for regions', header({ regions: null }), 'regions is null, not a list'],
    ['null for a region', header({ regions: [null] }), 'regions[0] is null, not an object'],
    [
      'control characters',
      header({ regions: [{ name: '\u001b[31mred', space: 'linear', start: '0x0', end: '0x1' }] }),
      'regions[0].name is ·[31mred, not a text of 1 to 64 printable characters',
    ],
    [
      'a region from back to front',
      header({ regions: [{ name: 'x', space: 'linear', start: '0x1', end: '0x1' }] }),
      "the region 'x' ends before it starts",
    ],
    ['5000 regions', header({ regions: new Array(5000).fill(0) }), 'regions has 5000 entries; at most 4096'],
    [
      'holes that overlap',
      header({
        holes: [
          [0, 8192],
          [4096, 12288],
        ],
      }),
      'hole 1 from 4096 to 12288',
    ],
    ['a hole beyond the end', header({ holes: [[0, 2 ** 30]] }), 'holes[0][1] is 1073741824'],
    [
      'an unknown profile',
      domain({ profile: 'xen-9.9' }),
      'domain.profile is xen-9.9, not one of document, xen-1.2',
    ],
    ['a context without eip', domain({ context: {} }), 'lacks domain.context.eip'],
    ['a crooked load address', domain({ loadAddress: 1 }), 'domain.loadAddress is 1, not a multiple of 4096'],
    ['a load address in Xen', domain({ loadAddress: 0xfc00_0000 }), 'domain.loadAddress is 4227858432, not'],
    [
      'a region of 1e308 pages',
      domain({ layout: [{ ...layout[0], pageCount: 1e308 }] }),
      'domain.layout[0].pageCount is 1e+308, not a whole number',
    ],
    [
      'a region that contradicts itself',
      domain({ layout: [{ ...layout[0], pageCount: 1 }] }),
      "the bounds of the region 'kernel' contradict its pages",
    ],
    [
      'null for a region of the domain',
      domain({ layout: [null] }),
      'domain.layout[0] is null, not an object',
    ],
    [
      'a region of no known name',
      domain({ layout: [{ ...layout[0], name: 'x\u0007' }] }),
      'name is x·, not one of',
    ],
    [
      'another kind of Xen',
      domain({ xen: { kind: 'kvm' } }),
      'domain.xen.kind is kvm, not one of none, image, slots',
    ],
    [
      'a kind of Xen that does not fit',
      domain({ xen: { kind: 'none' } }),
      "Xen of kind 'none' has 0 frames and 3 tables",
    ],
    ['a page too many', domain({ pageCount: 41 }), 'has 41 pages but 40 frames'],
    [
      'a directory outside RAM',
      domain({ pageDirectory: 0x4000_0000 }),
      'frame 262144 among its pageDirectory',
    ],
    ['a directory inside a frame', domain({ pageDirectory: 0x1004 }), 'among its pageDirectory'],
    [
      'the frame behind the last',
      domain({ sharedInfoFrame: 512 }),
      'sharedInfoFrame is 512, not a whole number from 0 to 511',
    ],
  ];
  it.each(cases)('is refused with what is wrong: %s', (_, wrong, message) => {
    expect(() => loadMachine(wrong)).toThrow(ImageError);
    expect(() => loadMachine(wrong)).toThrow(message);
  });

  it('is refused when its lists name a frame behind the last, or do not suit the kind of Xen', () => {
    const relisted = (
      name: string,
      change: (words: Uint32Array) => Uint32Array,
      xen: 'image' | 'slots' = 'image',
    ): Uint8Array =>
      fileOf(
        sectionsOf(saveMachine(domainMachineOf(xen))).map(({ kind, content }) => {
          if (kind !== 'list' || !Buffer.from(content).toString('latin1').startsWith(`${name}\0`))
            return { kind, content };
          const words = change(new Uint32Array(content.slice(LIST_NAME_BYTES).buffer));
          return {
            kind,
            content: Buffer.concat([content.slice(0, LIST_NAME_BYTES), Buffer.from(words.buffer)]),
          };
        }),
      );
    const last = (frame: number) => (words: Uint32Array) => words.with(words.length - 1, frame);
    expect(() => loadMachine(relisted('frames', (words) => words))).not.toThrow();
    for (const name of ['frames', 'xenFrames', 'xenTables']) {
      expect(() => loadMachine(relisted(name, last(512)))).toThrow(`has frame 512 among its ${name}`);
    }
    expect(() => loadMachine(relisted('xenFrames', () => new Uint32Array()))).toThrow(
      "Xen of kind 'image' has 0 frames and 1 tables",
    );
    expect(() => loadMachine(relisted('xenTables', (words) => Uint32Array.of(...words, 3)))).toThrow(
      "Xen of kind 'image' has 1 frames and 2 tables",
    );
    expect(() => loadMachine(relisted('xenFrames', () => Uint32Array.of(3), 'slots'))).toThrow(
      "Xen of kind 'slots' has 1 frames and 3 tables",
    );
  });

  it('is refused in version 1 too', () => {
    const old = (change: object) =>
      withHeader1(version1('slots'), (before) => ({
        ...before,
        domain: { ...(before['domain'] as object), ...change },
      }));
    expect(() => loadMachine(old({ profile: 'xen-9.9' }))).toThrow('domain.profile is xen-9.9');
    expect(() => loadMachine(old({ context: { eip: 1 } }))).toThrow('lacks domain.context.esp');
    expect(() => loadMachine(old({ loadAddress: 1 }))).toThrow('domain.loadAddress is 1');
    expect(() => loadMachine(old({ xen: { kind: 'image' } }))).toThrow("Xen of kind 'image' has 0 frames");
    expect(() => loadMachine(withHeader1(version1('slots'), () => null))).toThrow('is null, not an object');
    expect(() => loadMachine(withHeader1(version1('slots'), (h) => ({ ...h, sections: [null] })))).toThrow(
      'sections[0] is null, not an object',
    );
  });

  it.each([1, 2])('costs little, however long it claims to be: version %i', (version) => {
    const length = 64 * 2 ** 20;
    const bytes = Buffer.alloc(16 + length, ' ');
    bytes.write('X86PAGE\n');
    bytes.writeUInt32LE(version, 8);
    if (version === 1) bytes.writeUInt32LE(length, 12);
    else {
      bytes.write('head', 12, 'latin1');
      bytes.writeUInt32LE(length - 12, 16);
    }
    let asked = 0;
    const source = {
      size: bytes.length,
      read(offset: number, wanted: number) {
        asked += wanted;
        return bytes.subarray(offset, offset + wanted);
      },
    };
    expect(() => loadMachine(source)).toThrow(ImageError);
    expect(asked).toBeLessThan(100);
  });

  it('of a million brackets is an ImageError as well', () => {
    const content = Buffer.alloc(2 ** 20, '[');
    expect(() => loadMachine(fileOf([{ kind: 'head', content }]))).toThrow(ImageError);
  });
});

describe('what cannot be saved', () => {
  it('is refused before anything is written', () => {
    const registers = { ...plain.registers, cr0: 2 ** 33 };
    expect(() => saveMachinePieces({ ...plain, registers })).toThrow('registers.cr0 is 0x200000000');
    expect(() => saveMachine({ ...plain, notes: ['line\nbreak'] })).toThrow('notes[0] is line·break');
    expect(() => saveMachine({ ...plain, cpu: { physicalAddressBits: 20 } })).toThrow(
      'physicalAddressBits 20',
    );
  });

  it('is a domain with plain arrays, whose numbers would be lost', () => {
    const machine = domainMachineOf('image');
    const xen = { kind: 'image', frames: [5], tables: [6] } as never;
    expect(() => saveMachine({ ...machine, domain: { ...machine.domain!, xen } })).toThrow(
      'domain.xen.frames is no Uint32Array',
    );
    expect(() => saveMachine({ ...machine, domain: { ...machine.domain!, frames: [1] as never } })).toThrow(
      'domain.frames is no Uint32Array',
    );
  });
});

describe('loadImage', () => {
  it('wants a domain', () => {
    expect(() => loadImage(saveMachine(plain))).toThrow(
      'a machine without a domain; read it with loadMachine',
    );
    const memory = new HoledMemory(new PhysicalMemory(8192), [{ start: 4096, end: 8192 }]);
    expect(() => loadImage(saveMachine({ ...plain, memory }))).toThrow(ImageError);
  });
});
