import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  BuildError,
  type BuildErrorCode,
  type BuildOptions,
  buildDomain,
  packKernel,
} from '../../src/builder/index.ts';
import { DevMem, PhysicalMemory } from '../../src/memory/index.ts';
import { domain, domainOf } from '../../src/testing/index.ts';

const L = 0xc000_0000;

function frames(n: number, base = 16): Uint32Array {
  return Uint32Array.from({ length: n }, (_, i) => base + i);
}

/** Builds with a kernel of so many bytes; memory holds 0xa5 everywhere, as RAM that was used before. */
function build(pageCount: number, kernelBytes: number, options: Partial<BuildOptions> = {}) {
  const memory = new PhysicalMemory((pageCount + 64) * 4096);
  memory.write(0, new Uint8Array(memory.sizeBytes).fill(0xa5));
  const kernel = packKernel(new Uint8Array(kernelBytes).fill(0x11), L);
  const domain = buildDomain(memory, {
    profile: 'xen-1.2',
    frames: frames(pageCount),
    sharedInfoFrame: 3,
    kernel,
    ...options,
  });
  return { memory, domain };
}

/** Bytes of which no two neighbours are alike. */
function image(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i + seed, 0x9e37_79b1) >>> 24);
}

function codeOf(run: () => unknown): BuildErrorCode | 'built' {
  try {
    run();
    return 'built';
  } catch (error) {
    if (error instanceof BuildError) return error.code;
    throw error;
  }
}

describe('the update list', () => {
  it.each(['xen-1.2', 'xen-2.0'] as const)('can be left out, and nothing else changes: %s', (profile) => {
    const [listed, unlisted] = [
      build(1500, 9000, { profile }),
      build(1500, 9000, { profile, updates: 'none' }),
    ];
    expect(unlisted.domain).toEqual({ ...listed.domain, updates: new Uint32Array(0) });
    expect(listed.domain.updates.length).toBeGreaterThan(3000);
    const size = listed.memory.sizeBytes;
    expect(Buffer.compare(listed.memory.read(0, size), unlisted.memory.read(0, size))).toBe(0);
  });

  it('is the same where the tables are left to Xen', () => {
    const cleared = build(1500, 9000, { tables: 'cleared' });
    expect(cleared.domain.updates).toEqual(build(1500, 9000).domain.updates);
    const { pageTables, pageDirectory } = cleared.domain;
    for (const frame of [...pageTables, pageDirectory / 4096])
      expect(cleared.memory.frame(frame).every((byte) => byte === 0)).toBe(true);
  });

  it('is not left out where nothing else says what the tables hold', () => {
    expect(() => build(64, 9000, { tables: 'cleared', updates: 'none' })).toThrow(
      'only cleared need the updates',
    );
    expect(() => build(64, 9000, { updates: 'no' as 'none' })).toThrow("updates 'no' is neither");
  });

  it('belongs to its domain alone', () => {
    const { domain: first } = build(64, 9000);
    const before = first.updates.slice();
    build(99, 9000);
    expect(first.updates).toEqual(before);
    expect(first.updates.buffer.byteLength).toBe(first.updates.byteLength);
  });
});

describe('an earlier domain that is used again', () => {
  /** Whether an array is a view of the start of another. */
  const isStartOf = (array: Uint32Array, whole: Uint32Array): boolean =>
    array.buffer === whole.buffer && array.byteOffset === whole.byteOffset;
  const kernel = packKernel(image(9000), L);
  // Built in alike, so that they hold the same at all times.
  const ram = (backing: 'plain' | 'wasm'): PhysicalMemory => new PhysicalMemory(8192 * 4096, { backing });
  const memories = [ram('plain'), ram('plain'), ram('wasm')] as const;
  const elsewhere = ram('plain');

  it('gives the same domain and the same memory as without, in arrays that are long enough', () => {
    const recipe = fc.record({
      pageCount: fc.integer({ min: 2100, max: 5000 }),
      oldPages: fc.integer({ min: 2100, max: 5000 }),
      profile: fc.constantFrom('xen-1.2' as const, 'document' as const, 'xen-2.0' as const),
      updates: fc.constantFrom('listed' as const, 'listed' as const, 'none' as const),
      tables: fc.constantFrom('written' as const, 'cleared' as const),
      start: fc.nat(3000),
      load: fc.constantFrom(L, L + 5 * 4096, L + 1023 * 4096),
      // Where the frames of the next domain stand: in a list of their own, or in what is filled anew.
      framesIn: fc.constantFrom('a list' as const, 'its frames' as const, 'its updates' as const),
      // What lies in the memory that RAM lies in, where that is WebAssembly's.
      own: fc.record({ list: fc.boolean(), frames: fc.boolean(), updates: fc.boolean() }),
    });
    type Case = typeof recipe extends fc.Arbitrary<infer Value> ? Value : never;
    const inside = (framesIn: Case['framesIn']): Case => ({
      ...{ pageCount: 3000, oldPages: 3500, profile: 'xen-1.2', updates: 'listed', tables: 'written' },
      ...{ start: 5, load: L + 5 * 4096, framesIn, own: { list: true, frames: true, updates: true } },
    });
    let [reused, inPlace] = [0, 0];
    fc.assert(
      fc.property(recipe, ({ pageCount, oldPages, profile, updates, tables, start, load, framesIn, own }) => {
        if (tables === 'cleared' && (updates === 'none' || profile === 'xen-2.0')) return;
        const list = Uint32Array.from({ length: pageCount }, (_, i) => 16 + start + ((i * 7919) % pageCount));
        const options = {
          profile,
          sharedInfoFrame: 3,
          kernel: packKernel(image(9000), load),
          updates,
          tables,
        };
        const [first, ...others] = memories;
        const fresh = buildDomain(first, { ...options, frames: list });
        const wanted = first.read(0, first.sizeBytes);
        for (const memory of others) {
          const lent: Uint32Array[] = [];
          const place = (array: Uint32Array, isOwn: boolean): Uint32Array => {
            if (!isOwn) return array;
            const placed = memory.allocateList(Uint32Array, array.length);
            placed.set(array);
            lent.push(placed);
            return placed;
          };
          const old = buildDomain(elsewhere, { ...options, frames: frames(oldPages) });
          let next = place(list.slice(), own.list);
          const given = {
            frames: framesIn === 'its frames' ? next : place(old.frames, own.frames),
            updates: place(old.updates, own.updates),
          };
          if (framesIn === 'its updates' && given.updates.length > pageCount) {
            given.updates.set(list, 3);
            next = given.updates.subarray(3, 3 + pageCount);
          }
          const before = given.updates.slice();
          const again = buildDomain(memory, { ...options, frames: next, reuse: given });
          expect(again).toEqual(fresh);
          expect(Buffer.compare(memory.read(0, memory.sizeBytes), wanted)).toBe(0);
          expect(isStartOf(again.frames, given.frames)).toBe(given.frames.length >= pageCount);
          const isReused = isStartOf(again.updates, given.updates);
          expect(isReused).toBe(updates === 'listed' && old.updates.length >= fresh.updates.length);
          // What is not needed is left alone.
          const { length } = isReused ? fresh.updates : [];
          expect(given.updates.subarray(length)).toEqual(before.subarray(length));
          if (own.list && framesIn === 'a list') expect(next).toEqual(list);
          inPlace += isReused && memory.backing === 'wasm' && own.updates ? 1 : 0;
          for (const each of lent) memory.freeList(each);
          reused += isReused ? 1 : 0;
        }
      }),
      {
        numRuns: 15,
        examples: [[inside('a list')], [inside('its updates')]],
      },
    );
    expect(Math.min(reused, inPlace)).toBeGreaterThan(1);
  });

  it('may hold the inputs of the next', () => {
    const old = build(2000, 9000).domain;
    const xenBytes = new Uint8Array(old.updates.buffer, 0, 5000);
    const initrd = new Uint8Array(old.frames.buffer, 500, 2500);
    const list = old.frames.subarray(1, 900);
    const ownFrames = { frames: Uint32Array.of(5, 4), tables: Uint32Array.of(6) };
    const withXen = (bytes: Uint8Array): Partial<BuildOptions> => ({
      xen: { kind: 'image', image: bytes, ...ownFrames },
    });
    const wanted = build(2000, 9000, {
      ...withXen(xenBytes.slice()),
      initrd: initrd.slice(),
      frames: list.slice(),
    });
    const made = build(2000, 9000, { ...withXen(xenBytes), initrd, frames: list, reuse: old });
    expect(made.domain).toEqual(wanted.domain);
    const { sizeBytes } = made.memory;
    expect(Buffer.compare(made.memory.read(0, sizeBytes), wanted.memory.read(0, sizeBytes))).toBe(0);
  });

  it('keeps its arrays if the next is refused', () => {
    const old = build(90, 9000).domain;
    const [oldFrames, oldUpdates] = [old.frames.slice(), old.updates.slice()];
    expect(() => build(80, 9000, { reuse: old, sharedInfoFrame: 20 })).toThrow('shared_info is frame 20');
    expect([old.frames, old.updates]).toEqual([oldFrames, oldUpdates]);
  });

  it('is refused where it is none', () => {
    const { frames: list, updates } = build(90, 9000).domain;
    const { memory } = build(90, 9000);
    const refused =
      (reuse: unknown): (() => unknown) =>
      () =>
        buildDomain(memory, {
          profile: 'xen-1.2',
          sharedInfoFrame: 3,
          kernel,
          frames: list,
          reuse: reuse as never,
        });
    expect(refused({ frames: list })).toThrow('reuse has no Uint32Arrays frames and updates');
    expect(refused(null)).toThrow('reuse has no Uint32Arrays');
    expect(refused({ frames: updates.subarray(0, 90), updates })).toThrow(
      'reuse.frames and reuse.updates overlap',
    );
    const inside = new Uint32Array(memory.frame(5).buffer, 5 * 4096, 1024);
    expect(refused({ frames: list, updates: inside })).toThrow('lies in the RAM');
  });
});

describe('inputs that lie in the RAM that the domain is built in', () => {
  it('are read as they were before the build', () => {
    const apart = new PhysicalMemory(2 ** 20);
    const inside = new PhysicalMemory(2 ** 20);
    const kernel = packKernel(image(40_000, 3), L);
    const initrd = image(9000, 5);
    const list = frames(64);
    // Over the very frames that become the domain's: kernel pages, page tables and start_info.
    const place = (bytes: Uint8Array, physical: number): Uint8Array => {
      inside.write(physical, bytes);
      return new Uint8Array(inside.frame(0).buffer, physical, bytes.length);
    };
    const bytesOf = new Uint8Array(list.buffer);
    const listInside = place(bytesOf, 78 * 4096);
    const options = { profile: 'xen-1.2', sharedInfoFrame: 3 } as const;
    const domain = buildDomain(apart, { ...options, frames: list, kernel, initrd });
    const same = buildDomain(inside, {
      ...options,
      frames: new Uint32Array(listInside.buffer, listInside.byteOffset, 64),
      kernel: place(kernel, 17 * 4096),
      initrd: place(initrd, 40 * 4096),
    });
    expect(same).toEqual(domain);
    const length = 11 * 4096 + 2 * 4096;
    expect(Buffer.compare(inside.read(16 * 4096, length), apart.read(16 * 4096, length))).toBe(0);
    expect(Buffer.compare(inside.read(78 * 4096, 2 * 4096), apart.read(78 * 4096, 2 * 4096))).toBe(0);
  });
});

describe('the two profiles', () => {
  it('differ in the page between start_info and the tables, and in EFLAGS', () => {
    const xen = build(256, 5000).domain;
    const document = build(256, 5000, { profile: 'document' }).domain;
    expect(xen.startInfoAddress).toBe(L + 252 * 4096);
    expect(document.startInfoAddress).toBe(L + 253 * 4096);
    expect([xen.context.eflags, document.context.eflags]).toEqual([0x204, 0x202]);
    expect(xen.layout.map(({ name }) => name)).toEqual([
      'kernel',
      'free',
      'start_info',
      'unused',
      'page tables',
      'page directory',
    ]);
    expect(document.layout.map(({ name }) => name)).not.toContain('unused');
  });
});

describe('limits', () => {
  // Measured on the original: with 256 or 257 pages, 127 pages of kernel fit and one byte more does not.
  for (const pageCount of [256, 257]) {
    it(`of the kernel, in a domain of ${pageCount} pages`, () => {
      expect(codeOf(() => build(pageCount, 127 * 4096))).toBe('built');
      expect(codeOf(() => build(pageCount, 127 * 4096 + 1))).toBe('kernel-too-big');
    });
  }

  it('of the initrd: a full last page needs one page more', () => {
    const initrd = (bytes: number, kernelPages: number): string =>
      codeOf(() => build(256, kernelPages * 4096, { initrd: new Uint8Array(bytes) }));
    expect(initrd(28 * 4096 - 1, 100)).toBe('built');
    expect(initrd(28 * 4096, 100)).toBe('initrd-too-big');
    expect(initrd(1, 127)).toBe('built');
    expect(initrd(4096, 127)).toBe('initrd-too-big');
  });

  it('of the address space: it may end at Xen, not beyond, and the sum does not wrap', () => {
    const at = (load: number, pages: number): string =>
      codeOf(() => build(pages, 0, { kernel: packKernel(new Uint8Array(1), load) }));
    expect(at(0xfc00_0000 - 256 * 4096, 256)).toBe('built');
    expect(at(0xfc00_0000 - 255 * 4096, 256)).toBe('reaches-xen');
    expect(at(0xffff_f000, 256)).toBe('reaches-xen');
  });

  it('of a tiny domain: its parts must not overlap', () => {
    expect([1, 2, 3, 4, 5].map((n) => codeOf(() => build(n, 0)))).toEqual([
      'kernel-too-big',
      'too-few-pages',
      'too-few-pages',
      'built',
      'built',
    ]);
    expect(codeOf(() => build(4, 1))).toBe('too-few-pages');
    for (let n = 7; n < 20; n++) expect(codeOf(() => build(n, (Math.floor(n / 2) - 1) * 4096))).toBe('built');
  });

  it('of frames: each exists, none twice, shared_info apart', () => {
    const with_ = (options: Partial<BuildOptions>): string => codeOf(() => build(64, 100, options));
    const list = frames(64);
    const doubled = list.slice();
    doubled[5] = doubled[60]!;
    const outside = list.slice();
    outside[9] = 128;
    expect(with_({ frames: doubled })).toBe('bad-frame');
    expect(with_({ frames: outside })).toBe('bad-frame');
    expect(with_({ sharedInfoFrame: 20 })).toBe('bad-frame');
    expect(with_({ sharedInfoFrame: 128 })).toBe('bad-frame');
  });

  it('of frames, by name', () => {
    const doubled = frames(64);
    doubled[60] = doubled[5]!;
    expect(() => build(64, 100, { frames: doubled })).toThrow(
      'page 60 is frame 21, which is also page 5 of this domain; each needs a frame of its own',
    );
    expect(() => build(64, 100, { sharedInfoFrame: 128 })).toThrow(
      'shared_info is frame 128; memory has frames 0 to 127 that',
    );
    expect(() => build(64, 100, { xen: { kind: 'slots', tables: [4, 3, 5] } })).toThrow(
      "Xen's map cache table is frame 3, which is also shared_info of this domain",
    );
  });

  it('of frames: a 32-bit entry reaches 4 GiB, whatever memory has', () => {
    const memory = new PhysicalMemory(8 * 2 ** 30);
    const at = (first: number): string =>
      codeOf(() =>
        buildDomain(memory, {
          profile: 'xen-1.2',
          frames: frames(16, first),
          sharedInfoFrame: 1,
          kernel: packKernel(Uint8Array.of(1), L),
        }),
      );
    expect(at(0x10_0000 - 16)).toBe('built');
    expect(at(0x10_0000 - 15)).toBe('bad-frame');
  });

  it('of the other options', () => {
    const xenImage = Uint8Array.of(9);
    const refused: { [what: string]: Partial<Record<keyof BuildOptions, unknown>> } = {
      'domain id -1': { domainId: -1 },
      'domain id 4294967296': { domainId: 2 ** 32 },
      "profile 'xen-4.0'": { profile: 'xen-4.0' },
      "profile 'toString'": { profile: 'toString' },
      'NUL as character 2': { commandLine: 'ro\0init=/bin/sh' },
      'frames is no Uint32Array': { frames: [16, 17, 18] },
      'kernel is no Uint8Array': { kernel: 'vmlinuz' },
      'initrd is no Uint8Array': { initrd: new ArrayBuffer(9) },
      'commandLine is no string': { commandLine: 7 },
      'xen is neither': { xen: { kind: 'both' } },
      'xen.tables has 2 frames': { xen: { kind: 'slots', tables: [4, 5] } },
      'xen.image is no Uint8Array': { xen: { kind: 'image' } },
      'xen.frames is no Uint32Array': {
        xen: { kind: 'image', image: xenImage, frames: [5], tables: Uint32Array.of(6) },
      },
      'xen.tables is no Uint32Array': {
        xen: { kind: 'image', image: xenImage, frames: Uint32Array.of(5), tables: Uint16Array.of(6) },
      },
    };
    for (const [message, options] of Object.entries(refused)) {
      const run = (): unknown => build(64, 100, options as Partial<BuildOptions>);
      expect(run).toThrow(message);
      expect(codeOf(run)).toBe('bad-option');
    }
  });

  it('of the memory: RAM of its own, no dump and nothing else', () => {
    const options = {
      profile: 'xen-1.2',
      frames: frames(64),
      sharedInfoFrame: 3,
      kernel: packKernel(image(9), L),
    };
    for (const memory of [null, 5, { sizeBytes: 2 ** 20, loadWord: () => 0 }]) {
      expect(codeOf(() => buildDomain(memory as never, options as BuildOptions))).toBe('bad-option');
    }
  });

  it('of frames that are texts, which would index arrays as numbers do', () => {
    const texts = codeOf(() => build(64, 1, { sharedInfoFrame: '3' as never }));
    const tables = codeOf(() => build(64, 1, { xen: { kind: 'slots', tables: ['4', 5, 6] as never } }));
    expect([texts, tables]).toEqual(['bad-frame', 'bad-frame']);
  });

  it('are checked in the order of the original', () => {
    const unaligned = packKernel(new Uint8Array(2 ** 20), L);
    unaligned[8] = 1;
    expect(codeOf(() => build(64, 0, { kernel: unaligned }))).toBe('unaligned-load-address');
    const high = packKernel(new Uint8Array(2 ** 20), 0xffff_f000);
    expect(codeOf(() => build(64, 0, { kernel: high, initrd: new Uint8Array(2 ** 20) }))).toBe('reaches-xen');
    expect(codeOf(() => build(64, 2 ** 20, { initrd: new Uint8Array(2 ** 20), sharedInfoFrame: 999 }))).toBe(
      'kernel-too-big',
    );
    expect(codeOf(() => build(64, 1, { initrd: new Uint8Array(2 ** 20), sharedInfoFrame: 999 }))).toBe(
      'initrd-too-big',
    );
  });
});

describe('what is written', () => {
  it('leaves free pages, the unused page and the rest of start_info as they were', () => {
    const { memory, domain } = build(256, 5000, { initrd: new Uint8Array(100) });
    const page = (index: number): Uint8Array => memory.frame(16 + index);
    expect(page(3).every((byte) => byte === 0xa5)).toBe(true);
    expect(page(253).every((byte) => byte === 0xa5)).toBe(true);
    expect(
      page(252)
        .subarray(284)
        .every((byte) => byte === 0xa5),
    ).toBe(true);
    expect(
      page(252)
        .subarray(28, 284)
        .every((byte) => byte === 0),
    ).toBe(true);
    expect(
      page(2)
        .subarray(100)
        .every((byte) => byte === 0),
    ).toBe(true);
    expect(memory.frame(3).every((byte) => byte === 0)).toBe(true);
    expect(domain.initrd).toEqual({ address: L + 2 * 4096, length: 100 });
  });

  it('gives an empty initrd an address, and none none', () => {
    const { memory, domain } = build(256, 5000, { initrd: new Uint8Array() });
    expect(domain.initrd).toEqual({ address: L + 2 * 4096, length: 0 });
    expect(memory.readUint32((16 + 252) * 4096 + 20)).toBe(L + 2 * 4096);
    expect(build(256, 5000).memory.readUint32((16 + 252) * 4096 + 20)).toBe(0);
  });

  it('cuts the command line at 255 bytes', () => {
    const { memory } = build(256, 1, { commandLine: 'ä'.repeat(200) });
    const field = memory.read((16 + 252) * 4096 + 28, 256);
    expect(Array.from(field.subarray(0, 4))).toEqual([0xc3, 0xa4, 0xc3, 0xa4]);
    expect([field[254], field[255]]).toEqual([0xc3, 0]);
  });

  it('goes through one mapped frame at a time: one for each page of an image, start_info and shared_info', () => {
    const counts: number[] = [];
    const { map } = DevMem.prototype;
    let open = 0;
    DevMem.prototype.map = function (this: DevMem, frame) {
      counts.push(frame);
      expect(open++).toBe(0);
      return map.call(this, frame);
    };
    const { unmap } = DevMem.prototype;
    DevMem.prototype.unmap = function (this: DevMem, mapping) {
      open--;
      unmap.call(this, mapping);
    };
    try {
      build(256, 5000, { initrd: new Uint8Array(4097) });
    } finally {
      DevMem.prototype.map = map;
      DevMem.prototype.unmap = unmap;
    }
    expect(counts).toEqual([16, 17, 18, 19, 16 + 252, 3]);
  });
});

describe('Xen at 0xfc000000', () => {
  it('is an image of 4 KiB pages, supervisor and global, with its tables outside the domain', () => {
    const image = Uint8Array.from({ length: 5000 }, (_, i) => i * 7);
    const { memory, domain } = build(256, 1, {
      profile: 'document',
      xen: { kind: 'image', image, frames: Uint32Array.of(5, 4), tables: Uint32Array.of(6) },
    });
    expect(memory.readUint32(domain.pageDirectory + 1008 * 4)).toBe(0x6063);
    expect([0, 4, 8].map((at) => memory.readUint32(0x6000 + at))).toEqual([0x5163, 0x4163, 0]);
    expect(Array.from(memory.read(0x5000, 4096))).toEqual(Array.from(image.subarray(0, 4096)));
    expect(domain.layout.at(-1)).toEqual({
      name: 'Xen image',
      start: 0xfc00_0000,
      end: 0xfc00_2000,
      firstPage: undefined,
      pageCount: 2,
    });
  });

  it('is refused with the wrong number of frames, or frames of the domain', () => {
    const image = new Uint8Array(5000);
    const xen = (own: number[], tables: number[]): string =>
      codeOf(() =>
        build(64, 1, {
          xen: { kind: 'image', image, frames: Uint32Array.from(own), tables: Uint32Array.from(tables) },
        }),
      );
    expect(xen([5], [6])).toBe('bad-option');
    expect(xen([5, 4], [])).toBe('bad-option');
    expect(xen([5, 20], [6])).toBe('bad-frame');
    expect(xen([5, 4], [4])).toBe('bad-frame');
  });

  it('is its real directory slots, with the tables of one machine', () => {
    const { memory, domain } = build(256, 1, { xen: { kind: 'slots', tables: [4, 5, 6] } });
    const slot = (index: number): number => memory.readUint32(domain.pageDirectory + index * 4);
    const directMap = Array.from({ length: 11 }, (_, i) => i * 0x40_0000 + 0x1e3);
    expect(Array.from({ length: 16 }, (_, i) => slot(1008 + i))).toEqual([
      0x0100_01e1,
      ...directMap,
      domain.pageDirectory + 0x63,
      0x4063,
      0x5063,
      0x6063,
    ]);
    // They are Xen's to fill: the frames are named, not written.
    expect(memory.read(0x4000, 0x3000).every((byte) => byte === 0xa5)).toBe(true);
  });

  it('is refused with tables outside memory or in the domain', () => {
    const slots = (...tables: [number, number, number]): string =>
      codeOf(() => build(64, 1, { xen: { kind: 'slots', tables } }));
    expect([slots(4, 5, 6), slots(4, 5, 128), slots(4, 5, 16), slots(4, 4, 6), slots(4, 5, 0.5)]).toEqual([
      'built',
      'bad-frame',
      'bad-frame',
      'bad-frame',
      'bad-frame',
    ]);
  });

  it('is absent by default: slots 1008 to 1023 are zero', () => {
    const { memory, domain } = build(256, 1);
    expect(memory.read(domain.pageDirectory + 1008 * 4, 64).every((byte) => byte === 0)).toBe(true);
  });
});

/** The tables that a domain must have, entry by entry, straight from docs/xen-1.2.md §3. */
function entryOf(frameList: Uint32Array, load: number, linearPage: number): { pde: number; pte: number } {
  const n = frameList.length;
  const firstEntry = (load >>> 12) & 1023;
  const t = Math.ceil((firstEntry + n) / 1024);
  const p = linearPage - load / 4096;
  const j = Math.floor(linearPage / 1024) - Math.floor(load / 2 ** 22);
  const pde = j >= 0 && j < t ? frameList[n - 2 - j]! * 4096 + 0x67 : 0;
  const pte = p < 0 || p >= n ? 0 : frameList[p]! * 4096 + (p < n - 1 - t ? 0x23 : 0x21);
  return { pde, pte };
}

describe('any domain', () => {
  it('has the tables that the facts give, with its frames in any order', () => {
    fc.assert(
      fc.property(domain(), (recipe) => {
        const { memory, frames: list, domain: built } = domainOf(recipe);
        const { loadPage } = recipe.kernel;
        for (let page = loadPage - 2; page < loadPage + recipe.pageCount + 2; page++) {
          if (page < 0) continue;
          const expected = entryOf(list, loadPage * 4096, page);
          const pde = memory.readUint32(built.pageDirectory + (page >>> 10) * 4);
          // Xen's slots are no concern of this test.
          if (page >>> 10 >= 1008 && recipe.xenSlots) continue;
          expect(pde).toBe(expected.pde);
          if (pde !== 0) expect(memory.readUint32(pde - 0x67 + (page & 1023) * 4)).toBe(expected.pte);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('that is refused leaves memory as it was', () => {
    const size = 128 * 4096;
    const bad = fc.record({
      pageCount: fc.integer({ min: 0, max: 60 }),
      load: fc.constantFrom(L, L + 1, 0xffff_f000, 0xfbff_0000),
      kernelBytes: fc.integer({ min: 0, max: 130 * 1024 }),
      initrdBytes: fc.option(fc.integer({ min: 0, max: 130 * 1024 })),
      signature: fc.constantFrom('XenoGues', 'XenoGues', 'XenGuest'),
      sharedInfoFrame: fc.integer({ min: -1, max: 140 }),
      doubled: fc.boolean(),
      base: fc.integer({ min: 0, max: 100 }),
    });
    let refused = 0;
    let built = 0;
    fc.assert(
      fc.property(
        bad,
        ({ pageCount, load, kernelBytes, initrdBytes, signature, sharedInfoFrame, doubled, base }) => {
          const memory = new PhysicalMemory(size);
          memory.write(0, new Uint8Array(size).fill(0x5a));
          const kernel = packKernel(new Uint8Array(kernelBytes), L);
          kernel.set(new TextEncoder().encode(signature));
          new DataView(kernel.buffer).setUint32(8, load, true);
          const list = frames(pageCount, base);
          if (doubled && pageCount > 1) list[0] = list[1]!;
          const hash = (): string => createHash('sha256').update(memory.read(0, size)).digest('hex');
          const before = hash();
          try {
            const initrd = initrdBytes === null ? {} : { initrd: new Uint8Array(initrdBytes) };
            buildDomain(memory, { profile: 'document', frames: list, sharedInfoFrame, kernel, ...initrd });
            built++;
          } catch (error) {
            expect(error).toBeInstanceOf(BuildError);
            expect(hash()).toBe(before);
            refused++;
          }
        },
      ),
      { numRuns: 500 },
    );
    expect([refused > 50, built > 0]).toEqual([true, true]);
  });
});
