import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  BuildError,
  type BuildErrorCode,
  type BuildOptions,
  buildDomain,
  type Domain,
  packKernel,
} from '../../src/builder/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { elf32 } from '../support/elf.ts';

const MEMORY = 8 * 2 ** 20;
const BASE = 0x100;

function build(
  kernel: Uint8Array,
  options: Partial<BuildOptions> = {},
): { memory: PhysicalMemory; domain: Domain } {
  const memory = new PhysicalMemory(MEMORY);
  const frames = Uint32Array.from({ length: 256 }, (_, i) => BASE + i);
  const domain = buildDomain(memory, { profile: 'xen-1.2', frames, sharedInfoFrame: 8, kernel, ...options });
  return { memory, domain };
}

/** The domain's bytes from a linear address on. */
function at({ memory, domain }: ReturnType<typeof build>, linear: number, length: number): number[] {
  return Array.from(memory.read(BASE * 4096 + linear - domain.loadAddress, length));
}

function refusal(
  kernel: Uint8Array,
  options: Partial<BuildOptions> = {},
): { code: BuildErrorCode; message: string } {
  try {
    build(kernel, options);
  } catch (error) {
    if (error instanceof BuildError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('not refused');
}

const payload = Uint8Array.from({ length: 5000 }, (_, i) => i & 0xff);

describe('packKernel', () => {
  it('puts signature and load address before the payload', () => {
    const file = packKernel(Uint8Array.of(0xaa), 0xc010_0000);
    expect(Array.from(file)).toEqual([...Buffer.from('XenoGues'), 0, 0, 0x10, 0xc0, 0xaa]);
  });

  it('refuses addresses that no page starts at', () => {
    for (const address of [1, -4096, 2 ** 32, 0.5]) {
      expect(() => packKernel(payload, address)).toThrow(
        `load address ${address} is not a multiple of 4096 in 0 to`,
      );
    }
  });
});

describe('packKernel of anything but bytes', () => {
  it.each([
    ['number[]', [1, 2, 300], 'packKernel: an Array is no Uint8Array'],
    ['an ArrayBuffer, whose length nobody knows', new ArrayBuffer(8), 'packKernel: an ArrayBuffer is no'],
    ['words', Uint16Array.of(0x1234), 'packKernel: a Uint16Array is no'],
    ['text', 'MZ', 'packKernel: string MZ is no'],
  ])('is refused: %s', (_, payload, message) => {
    expect(() => packKernel(payload as never, 0xc000_0000)).toThrow(message);
  });
});

describe('a XenoGues kernel', () => {
  it('is loaded without its header, the rest of its last page zero', () => {
    const built = build(packKernel(payload, 0xc000_0000));
    expect(at(built, 0xc000_0000, 5000)).toEqual(Array.from(payload));
    expect(at(built, 0xc000_0000 + 5000, 3192).every((byte) => byte === 0)).toBe(true);
    expect(built.domain.context.eip).toBe(0xc000_0000);
  });

  it('may be gzip-compressed, which its content tells', () => {
    const file = packKernel(payload, 0xc000_0000);
    expect(at(build(gzipSync(file)), 0xc000_0000, 5000)).toEqual(Array.from(payload));
    const halves = [gzipSync(file.subarray(0, 2000)), gzipSync(file.subarray(2000))];
    expect(at(build(Buffer.concat(halves)), 0xc000_0000, 5000)).toEqual(Array.from(payload));
  });

  it('is refused for a wrong signature or an unaligned address, by name', () => {
    expect(refusal(new TextEncoder().encode('XenGuest\0\0\0\0')).code).toBe('bad-signature');
    expect(refusal(new TextEncoder().encode('XenoGues\0\0\0')).code).toBe('bad-signature');
    expect(refusal(new Uint8Array())).toMatchObject({ code: 'bad-signature' });
    // Control characters of any kind would reach the terminal of whoever reads the message.
    expect(refusal(Uint8Array.of(0x1b, 0x5b, 0x7f, 0x9b, 0, 0x41)).message).toContain(
      "starts with '·[···A': neither",
    );
    const unaligned = packKernel(payload, 0xc000_0000);
    unaligned[8] = 0x10;
    expect(refusal(unaligned).message).toBe(
      'load address 0xc000_0010 is not a multiple of 4096; the page below is 0xc000_0000',
    );
  });

  it('is refused when its gzip file is damaged or cut short', () => {
    const file = gzipSync(packKernel(payload, 0xc000_0000));
    expect(refusal(file.subarray(0, file.length / 2)).code).toBe('bad-gzip');
    const damaged = Uint8Array.from(file);
    damaged[damaged.length - 6]! ^= 1;
    expect(refusal(damaged).message).toContain('its checksum is wrong');
  });

  it('is not inflated beyond what could be of use', () => {
    const bomb = gzipSync(new Uint8Array(200 * 2 ** 20));
    expect(
      refusal(gzipSync(Buffer.concat([packKernel(payload, 0xc000_0000), new Uint8Array(2 ** 20)]))).code,
    ).toBe('kernel-too-big');
    expect(refusal(packKernel(payload, 0xc000_0000), { initrd: bomb }).code).toBe('initrd-too-big');
    expect(refusal(bomb).code).toBe('bad-signature');
  });
});

describe('an ELF kernel', () => {
  it('has its program headers at their linear addresses, and its bss zero', () => {
    const built = build(
      elf32({
        entry: 0xc010_2004,
        segments: [
          { address: 0xc010_0000, bytes: payload },
          { address: 0xc010_2000, bytes: Uint8Array.of(1, 2, 3), memoryBytes: 0x2000 },
        ],
      }),
    );
    expect(built.domain.loadAddress).toBe(0xc010_0000);
    expect(built.domain.context.eip).toBe(0xc010_2004);
    expect(at(built, 0xc010_0000, 5000)).toEqual(Array.from(payload));
    expect(at(built, 0xc010_2000, 5)).toEqual([1, 2, 3, 0, 0]);
    expect(built.domain.layout[0]).toMatchObject({ name: 'kernel', start: 0xc010_0000, end: 0xc010_4000 });
  });

  it('is loaded from VIRT_BASE, as a Xen note or the section __xen_guest says', () => {
    const segments = [{ address: 0xc010_0000, bytes: payload }];
    for (const kernel of [
      elf32({
        segments,
        notes: [
          [3, 0xc000_0000],
          [1, 0xc010_0010],
        ],
      }),
      elf32({
        segments,
        notesIn: 'section',
        notes: [
          [1, 0xc010_0010],
          [3, 0xc000_0000],
        ],
      }),
      elf32({
        segments,
        entry: 0xc010_0010,
        guestSection: 'GUEST_OS=test,VIRT_BASE=0xC0000000,LOADER=generic',
      }),
      elf32({ segments, guestSection: 'VIRT_BASE=0xC0000000,VIRT_ENTRY=0xc0100010' }),
      // Where two say something, the notes hold.
      elf32({
        segments,
        notes: [
          [3, 0xc000_0000],
          [1, 0xc010_0010],
        ],
        guestSection: 'VIRT_BASE=0xB0000000,VIRT_ENTRY=0xb0000000',
      }),
    ]) {
      const built = build(kernel, { frames: Uint32Array.from({ length: 1024 }, (_, i) => BASE + i) });
      expect(built.domain.loadAddress).toBe(0xc000_0000);
      expect(built.domain.context.eip).toBe(0xc010_0010);
      expect(at(built, 0xc010_0000, 3)).toEqual([0, 1, 2]);
    }
  });

  it('is loaded as the first of several notes says: program headers before sections, sections before __xen_guest', () => {
    const segments = [{ address: 0xc010_0000, bytes: payload }];
    const [first, second, third] = [0xc000_0000, 0xbff0_0000, 0xbfe0_0000];
    const note = (base: number): [number, number][] => [
      [3, base],
      [1, base + 16],
    ];
    const guestSection = `VIRT_BASE=${third},VIRT_ENTRY=${third + 16}`;
    for (const kernel of [
      elf32({ segments, notes: [...note(first), ...note(second)] }),
      elf32({ segments, notes: [...note(first), ...note(second)], notesIn: 'section' }),
      elf32({ segments, notes: note(first), sectionNotes: note(second) }),
      elf32({ segments, notes: note(first), sectionNotes: note(second), guestSection }),
      elf32({ segments, notes: note(first), notesIn: 'section', guestSection }),
      // Each value by itself: the base from the header, the entry from the section.
      elf32({ segments, notes: [[3, first]], sectionNotes: [[1, first + 16]], guestSection }),
    ]) {
      const { domain } = build(kernel, { frames: Uint32Array.from({ length: 1024 }, (_, i) => BASE + i) });
      expect([domain.loadAddress, domain.context.eip]).toEqual([first, first + 16]);
    }
  });

  it('takes no note of another name, of less than four bytes, or cut off', () => {
    const segments = [{ address: 0xc000_0000, bytes: payload }];
    const kernel = elf32({ segments, entry: 0xc000_0004, notes: [[3, 0xbfff_0000]] });
    // The note lies behind the headers and the payload: name size, value size, type, name, value.
    const at = kernel.length - 20;
    expect(build(kernel).domain.loadAddress).toBe(0xbfff_0000);
    for (const [offset, value] of [
      [0, 5],
      [4, 3],
      [4, 400],
      [8, 2],
      [12, 0x006e_6559],
    ] as const) {
      const other = kernel.slice();
      new DataView(other.buffer).setUint32(at + offset, value, true);
      expect(build(other).domain.loadAddress).toBe(0xc000_0000);
    }
  });

  it('may be gzip-compressed', () => {
    const kernel = gzipSync(elf32({ segments: [{ address: 0xc000_0000, bytes: payload }] }));
    expect(at(build(kernel), 0xc000_0000, 3)).toEqual([0, 1, 2]);
  });

  it('is never half read: whatever byte is wrong, it is built or refused', () => {
    const good = elf32({
      entry: 0xc000_0000,
      segments: [
        { address: 0xc000_0000, bytes: payload.subarray(0, 64) },
        { address: 0xc000_1000, bytes: payload.subarray(0, 8), memoryBytes: 99 },
      ],
      notes: [[3, 0xc000_0000]],
      guestSection: 'VIRT_BASE=0xC0000000',
    });
    let refused = 0;
    for (let at = 4; at < good.length; at++) {
      for (const bits of [0x01, 0x80, 0xff]) {
        const damaged = good.slice();
        damaged[at]! ^= bits;
        try {
          build(damaged);
        } catch (error) {
          expect(error).toBeInstanceOf(BuildError);
          refused++;
        }
      }
    }
    expect(refused).toBeGreaterThan(50);
  });

  it('is refused when it is for another machine, cut short, empty or nonsense', () => {
    const segments = [{ address: 0xc000_0000, bytes: payload }];
    const good = elf32({ segments });
    const cases: [Uint8Array, string][] = [
      [elf32({ segments, machine: 62 }), 'is for machine 62, not for i386'],
      [good.subarray(0, 40), 'is cut short: 40 of at least 52 bytes'],
      [good.subarray(0, 60), 'is cut short: its program headers end at byte 84 of 60'],
      [good.subarray(0, 1000), 'is cut short: a segment ends at byte'],
      [elf32({ segments: [] }), 'has nothing to load'],
      [elf32({ segments: [{ address: 0xffff_f000, bytes: payload }] }), 'has a segment beyond 4 GiB'],
      [
        elf32({ segments: [{ address: 0, bytes: payload, memoryBytes: 10 }] }),
        'has a segment of 5000 bytes in the file but 10',
      ],
      [elf32({ segments, notes: [[3, 0xc100_0000]] }), 'below its VIRT_BASE 0xc100_0000'],
    ];
    for (const [kernel, message] of cases) {
      expect(refusal(kernel).code).toBe('bad-elf');
      expect(refusal(kernel).message).toContain(message);
    }
    expect(refusal(elf32({ segments, notes: [[3, 0xbfff_f800]] })).code).toBe('unaligned-load-address');
    expect(
      refusal(elf32({ segments: [{ address: 0xc000_0000, bytes: payload, memoryBytes: 2 ** 30 }] })).code,
    ).toBe('kernel-too-big');
  });
});
