import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type BuildError,
  type BuildOptions,
  buildDomain,
  type Domain,
  packKernel,
} from '../../src/builder/index.ts';
import { loadImage, saveImage } from '../../src/formats/index.ts';
import { FrameAllocator, PhysicalMemory } from '../../src/memory/index.ts';
import { verifyDomain } from '../../src/verify/index.ts';
import { makeSmallDomain, Xen } from '../../src/xen/index.ts';
import { elf32 } from '../support/elf.ts';

const MIB = 2 ** 20;
const SHARED_INFO = 0x120;
const PROFILES = ['xen-2.0', 'xen-3.0'] as const;

interface Built {
  readonly memory: PhysicalMemory;
  readonly domain: Domain;
}

type Inputs = Partial<BuildOptions> & {
  readonly pages: number;
  readonly kernelPages?: number;
  readonly loadAddress?: number;
  readonly fill?: number;
};

function build({ pages, kernelPages = 10, loadAddress = 0xc000_0000, fill = 0, ...rest }: Inputs): Built {
  const memory = new PhysicalMemory(24 * MIB);
  if (fill !== 0) memory.write(0, new Uint8Array(memory.sizeBytes).fill(fill));
  const allocator = new FrameAllocator(memory, { reserved: [{ start: 0, count: 0x200 }] });
  const domain = buildDomain(memory, {
    profile: 'xen-2.0',
    frames: allocator.allocate(pages, { order: 'scattered', seed: 11 }),
    sharedInfoFrame: SHARED_INFO,
    kernel: packKernel(new Uint8Array(kernelPages * 4096).fill(0x90), loadAddress),
    ...rest,
  });
  return { memory, domain };
}

function complaints({ memory, domain }: Built): string[] {
  const { claims } = verifyDomain(memory, domain);
  return claims.flatMap(({ name, counterexample }) =>
    counterexample ? [`${name}: ${counterexample.text}`] : [],
  );
}

/** First page of each region. */
function firstPages({ layout }: Domain): Record<string, number | undefined> {
  return Object.fromEntries(layout.map(({ name, firstPage }) => [name, firstPage]));
}

const addressOf = ({ frames }: Domain, page: number): number => frames[page]! * 4096;
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
    return 'built';
  } catch (error) {
    return (error as { code?: unknown }).code;
  }
};

describe('the order of things, from the kernel upwards', () => {
  // 3,000 pages: their list takes 3. Kernel 10 pages, initrd 2.
  const inputs = { pages: 3000, initrd: new Uint8Array(4097).fill(7), fill: 0xa5 };

  it('in Xen 2.0: the tables, then start_info and the stack', () => {
    const { domain } = build(inputs);
    expect(firstPages(domain)).toEqual({
      kernel: 0,
      initrd: 10,
      'frame list': 12,
      'page directory': 15,
      'page tables': 16,
      start_info: 17,
      stack: 18,
      free: 19,
    });
    expect(domain.layout.at(-1)!.end).toBe(0xc040_0000);
    expect(domain.context).toEqual({
      eip: 0xc000_0000,
      esp: 0xc001_3000,
      esi: 0xc001_1000,
      eflags: 0x204,
      cs: 0x0819,
      ...{ ds: 0x0821, es: 0x0821, fs: 0x0821, gs: 0x0821, ss: 0x0821 },
    });
  });

  it('in Xen 3.0: start_info and two shared pages, then the tables, then the stack', () => {
    const { domain } = build({ ...inputs, profile: 'xen-3.0' });
    expect(firstPages(domain)).toEqual({
      kernel: 0,
      initrd: 10,
      'frame list': 12,
      start_info: 15,
      'store page': 16,
      'console page': 17,
      'page directory': 18,
      'page tables': 19,
      stack: 20,
      free: 21,
    });
    expect(domain.context).toEqual({
      eip: 0xc000_0000,
      esp: 0xc001_5000,
      esi: 0xc000_f000,
      eflags: 0x200,
      cs: 0xe019,
      ...{ ds: 0xe021, es: 0xe021, fs: 0xe021, gs: 0xe021, ss: 0xe021 },
    });
  });

  it('keeps 512 KiB to spare, or goes on for 4 MiB and a table more', () => {
    // Xen 2.0, one table: all but kernel and spare take 3 + 2 + 2 pages. 889 + 7 + 128 = 1024.
    const exact = build({ pages: 3000, kernelPages: 889 }).domain;
    expect([exact.layout.at(-1)!.end, exact.pageTables.length]).toEqual([0xc040_0000, 1]);
    const more = build({ pages: 3000, kernelPages: 890 }).domain;
    expect([more.layout.at(-1)!.end, more.pageTables.length]).toEqual([0xc080_0000, 2]);
    expect(complaints(build({ pages: 3000, kernelPages: 890 }))).toEqual([]);
  });

  it('maps from an address that is no multiple of 4 MiB up to one that is', () => {
    const { domain } = build({ pages: 2000, loadAddress: 0xc03f_f000, profile: 'xen-3.0' });
    expect([domain.layout.at(-1)!.end, domain.pageTables.length]).toEqual([0xc080_0000, 2]);
  });
});

describe('what the guest is told', () => {
  const inputs = { pages: 1500, initrd: new Uint8Array(10), commandLine: 'root=/dev/sda1', fill: 0xa5 };
  const words = ({ memory, domain }: Built, page: number, count: number): number[] =>
    Array.from({ length: count }, (_, i) => memory.readUint32(addressOf(domain, page) + 4 * i));

  it('by Xen 2.0 in 320 bytes of start_info, the page after them untouched', () => {
    const built = build(inputs);
    const { start_info: page } = firstPages(built.domain);
    const fields = words(built, page!, 16);
    // Kernel 10 pages, initrd 1, list 2: the directory is page 13.
    expect(fields).toEqual([
      ...[1500, 0, SHARED_INFO * 4096, 0, 0, 0, 0xc000_d000, 0, 2, 0, 0xc000_b000, 0],
      ...[0xc000_a000, 0, 10, 0],
    ]);
    const bytes = built.memory.read(addressOf(built.domain, page!), 4096);
    expect(Buffer.from(bytes.subarray(64, 320)).toString('latin1')).toBe('root=/dev/sda1'.padEnd(256, '\0'));
    expect(bytes.subarray(320).every((byte) => byte === 0xa5)).toBe(true);
  });

  it('by Xen 3.0 in 1104 bytes of start_info, and with cleared pages for the store and the console', () => {
    const built = build({ ...inputs, profile: 'xen-3.0' });
    const { domain, memory } = built;
    const pages = firstPages(domain);
    const bytes = memory.read(addressOf(domain, pages['start_info']!), 4096);
    expect(Buffer.from(bytes.subarray(0, 32)).toString('latin1')).toBe('Xen-3.0'.padEnd(32, '\0'));
    const [store, console] = [domain.frames[pages['store page']!], domain.frames[pages['console page']!]];
    expect(words(built, pages['start_info']!, 20).slice(8)).toEqual([
      ...[1500, SHARED_INFO * 4096, 0, store, 0, console, 0, 0xc001_0000, 2, 0xc000_b000, 0xc000_a000, 10],
    ]);
    expect(Buffer.from(bytes.subarray(80, 94)).toString('latin1')).toBe('root=/dev/sda1');
    expect(bytes.subarray(94, 1104).every((byte) => byte === 0)).toBe(true);
    expect(bytes.subarray(1104).every((byte) => byte === 0xa5)).toBe(true);
    for (const frame of [store!, console!]) {
      expect(memory.read(frame * 4096, 4096).every((byte) => byte === 0)).toBe(true);
    }
  });

  it('the frames of all its pages, mapped or not, and nothing in the rest of that page', () => {
    const built = build(inputs);
    const list = [...words(built, 11, 1024), ...words(built, 12, 476)];
    expect(list).toEqual([...built.domain.frames]);
    expect(built.memory.readUint32(addressOf(built.domain, 12) + 4 * 476)).toBe(0xa5a5_a5a5);
  });

  it('an empty initrd as none, unlike in 2004', () => {
    const { domain } = build({ ...inputs, initrd: new Uint8Array() });
    expect(domain.initrd).toBeUndefined();
    expect(build({ ...inputs, initrd: new Uint8Array(), profile: 'xen-1.2' }).domain.initrd?.length).toBe(0);
  });

  it('in shared_info that upcalls are masked: of one CPU, or of 32', () => {
    const set = (profile: 'xen-2.0' | 'xen-3.0'): number[] => {
      const { memory } = build({ ...inputs, profile });
      return [...memory.read(SHARED_INFO * 4096, 4096)].flatMap((byte, i) => (byte === 0 ? [] : [i]));
    };
    expect(set('xen-2.0')).toEqual([1]);
    expect(set('xen-3.0')).toEqual(Array.from({ length: 32 }, (_, cpu) => 64 * cpu + 1));
  });
});

describe('what cannot be built', () => {
  it.each([
    ['too-few-pages', { pages: 1023 }],
    ['too-few-pages', { pages: 1100, kernelPages: 1000 }],
    ['too-few-pages', { pages: 1100, kernelPages: 1200 }],
    ['initrd-too-big', { pages: 1100, kernelPages: 1000, initrd: new Uint8Array(101 * 4096) }],
    ['reaches-xen', { pages: 1100, loadAddress: 0xfbff_f000 }],
    ['bad-option', { pages: 1100, xen: { kind: 'slots' } }],
    ['bad-option', { pages: 1100, tables: 'cleared' }],
    ['bad-frame', { pages: 1100, sharedInfoFrame: 0x1800 }],
  ] as const)('%s', (code, inputs) => {
    expect(codeOf(() => build(inputs))).toBe(code);
  });

  it('but a domain that would reach Xen if all of it were mapped can', () => {
    const built = build({ pages: 1100, loadAddress: 0xfbc0_0000 });
    expect(built.domain.layout.at(-1)!.end).toBe(0xfc00_0000);
    expect(complaints(built)).toEqual([]);
  });
});

describe('a domain of a later profile', () => {
  it('loads an ELF kernel, and starts where that says', () => {
    const segments = [{ address: 0xc010_0000, bytes: new Uint8Array(9000).fill(0x90) }];
    const kernel = elf32({
      entry: 0xc010_0040,
      segments,
      guestSection: 'GUEST_OS=linux,VIRT_BASE=0xC0000000',
    });
    const built = build({ pages: 1500, kernel, profile: 'xen-3.0' });
    expect([built.domain.loadAddress, built.domain.context.eip]).toEqual([0xc000_0000, 0xc010_0040]);
    expect(complaints(built)).toEqual([]);
  });

  it.each(PROFILES)('%s: is pinned by the Xen of 2004, too, for the tables keep its rules', (profile) => {
    const memory = new PhysicalMemory(64 * MIB);
    const xen = new Xen(memory);
    const shape = { first: xen.firstDomainFrame, count: 8, perDomainFrame: 0x150, sharedInfoFrame: 0x121 };
    makeSmallDomain(xen, { id: 0, ...shape });
    const frames = xen.chooseFrames(1100, { order: 'scattered', seed: 3 });
    xen.createDomain({ id: 1, frames, perDomainFrame: 0x153, sharedInfoFrame: SHARED_INFO });
    const kernel = packKernel(new Uint8Array(5), 0xc000_0000);
    const domain = buildDomain(memory, { profile, frames, sharedInfoFrame: SHARED_INFO, kernel });
    expect(xen.mmuUpdate(0, domain.updates)).toEqual({ result: 0, applied: 1101 });
    expect(xen.frame(domain.pageDirectory / 4096)).toMatchObject({
      pinned: true,
      typeName: 'page directory',
    });
    expect(xen.machineToPhysical(frames[1099]!)).toBe(1099);
  });

  it.each(PROFILES)('%s: is saved and loaded with its profile', (profile) => {
    const built = build({ pages: 1500, profile, initrd: new Uint8Array(5000) });
    const { memory, domain } = loadImage(saveImage(built.memory, built.domain));
    expect(domain).toEqual(built.domain);
    expect(complaints({ memory, domain: domain! })).toEqual([]);
  });
});

const profile = fc.constantFrom(...PROFILES);

describe('verification of later profiles', () => {
  it('accepts whatever is built, from any kernel, initrd, size and address', { timeout: 60_000 }, () => {
    const inputs = fc.record({
      profile,
      pages: fc.integer({ min: 1024, max: 5000 }),
      kernelPages: fc.nat(1100),
      initrd: fc.option(fc.nat(900 * 4096).map((length) => new Uint8Array(length))),
      loadAddress: fc.nat(2000).map((page) => 0xc000_0000 + page * 4096),
    });
    fc.assert(
      fc.property(inputs, ({ initrd, ...rest }) => {
        const given = { ...rest, ...(initrd !== null && { initrd }), fill: 0xa5 };
        let built: Built;
        try {
          built = build(given);
        } catch (error) {
          fc.pre(!['too-few-pages', 'initrd-too-big'].includes((error as BuildError).code));
          throw error;
        }
        expect(complaints(built)).toEqual([]);
      }),
      { numRuns: 6 },
    );
  });

  const built = Object.fromEntries(
    PROFILES.map((name) => [name, build({ pages: 1500, profile: name })]),
  ) as Record<(typeof PROFILES)[number], Built>;

  /** Whether a flipped bit of a word is found. The bit is flipped back. */
  function isFound({ memory, domain }: Built, address: number, bit: number): boolean {
    memory.writeUint32(address, memory.readUint32(address) ^ (1 << bit));
    const { ok } = verifyDomain(memory, domain);
    memory.writeUint32(address, memory.readUint32(address) ^ (1 << bit));
    return !ok;
  }

  it('accepts a kernel without a byte, whose first instruction is on the page behind it', () => {
    for (const profile of PROFILES) {
      expect(complaints(build({ profile, pages: 1024, kernelPages: 0 }))).toEqual([]);
    }
  });

  it('finds a flipped bit of a table wherever it means something', { timeout: 60_000 }, () => {
    const entry = fc.oneof(fc.nat(30), fc.constantFrom(767, 768, 769, 1008), fc.nat(1023));
    fc.assert(
      fc.property(profile, fc.boolean(), entry, fc.nat(31), (name, isDirectory, index, bit) => {
        const { memory, domain } = built[name];
        const table = isDirectory ? domain.pageDirectory : domain.pageTables[0]! * 4096;
        const address = table + 4 * index;
        const isPresent = (memory.readUint32(address) & 1) !== 0;
        // A and D may have come by use, and three bits are the guest's.
        const isMeant = bit === 0 || (isPresent && ![5, 6, 9, 10, 11].includes(bit));
        expect(isFound(built[name], address, bit)).toBe(isMeant);
      }),
      { numRuns: 16 },
    );
  });

  it('finds a flipped bit of start_info, the frame list and shared_info', { timeout: 60_000 }, () => {
    const place = fc.constantFrom('start_info', 'frame list', 'shared_info');
    fc.assert(
      fc.property(profile, place, fc.nat(320 / 4 - 1), fc.nat(31), (name, what, word, bit) => {
        const { domain } = built[name];
        const base =
          what === 'shared_info' ? SHARED_INFO * 4096 : addressOf(domain, firstPages(domain)[what]!);
        expect(isFound(built[name], base + 4 * word, bit)).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it.each([
    ['initial-context', { esp: 0xc000_1000 }],
    ['initial-context', { eip: 0xc000_a000 }],
  ] as const)('finds a wrong register: %s %o', (claim, register) => {
    const { memory, domain } = built['xen-3.0'];
    const { claims } = verifyDomain(memory, { ...domain, context: { ...domain.context, ...register } });
    expect(claims.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual([claim]);
  });

  it('refuses a description without a frame list', () => {
    const { memory, domain } = built['xen-2.0'];
    const layout = domain.layout.filter(({ name }) => name !== 'frame list');
    expect(() => verifyDomain(memory, { ...domain, layout })).toThrow("no 'frame list'");
  });
});
