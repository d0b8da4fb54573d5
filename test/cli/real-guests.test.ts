import { existsSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadImage } from '../../src/formats/index.ts';
import { x86paging } from './run.ts';

/**
 * Domains of real guests: Debian's memtest86+, a flat binary, with its own ISO as initrd, and its GRUB for Xen, an ELF
 * kernel that has run as a Xen guest for years. `npm run fetch:debian` downloads them; they are no part of this project.
 */
const DEBIAN = resolve(import.meta.dirname, '../../build/debian');
const MEMTEST = join(DEBIAN, 'memtest86+/boot/memtest86+ia32.bin');
const ISO = join(DEBIAN, 'memtest86+/usr/lib/memtest86+/memtest86+ia32.iso');
const GRUB = join(DEBIAN, 'grub-xen-host/usr/lib/grub-xen/grub-i386-xen.bin');

const missing = [MEMTEST, ISO, GRUB].filter((file) => !existsSync(file));
if (missing.length > 0 && !process.env['CI']) {
  console.log(`skipped: real guests, since ${missing[0]} is not there; npm run fetch:debian downloads it`);
}
const image = join(tmpdir(), `x86-paging-${process.pid}.x86page`);

/** Builds, saves and verifies, and returns the image. */
function prove(...args: string[]): ReturnType<typeof loadImage> {
  const built = x86paging(['build', ...args, '--out', image]);
  expect([built.code, built.err]).toEqual([0, '']);
  const verified = x86paging(['verify', image]);
  expect(verified.out).toContain('all 16 claims hold');
  return loadImage(readFileSync(image));
}

function linearBytes({ memory, domain }: ReturnType<typeof loadImage>, page: number): Buffer {
  return Buffer.from(memory.frame(domain.frames[page]!));
}

describe.skipIf(missing.length > 0 && !process.env['CI'])('a real guest', () => {
  for (const profile of ['document', 'xen-1.2']) {
    it(`memtest86+ with its ISO as initrd, profile ${profile}`, () => {
      const machine = prove(
        '--kernel',
        MEMTEST,
        '--pack',
        '0xC0000000',
        '--initrd',
        ISO,
        '--profile',
        profile,
      );
      const kernel = readFileSync(MEMTEST);
      expect(Buffer.compare(linearBytes(machine, 0), kernel.subarray(0, 4096))).toBe(0);
      const iso = readFileSync(ISO);
      expect(machine.domain.initrd).toEqual({
        address: 0xc000_0000 + Math.ceil(kernel.length / 4096) * 4096,
        length: iso.length,
      });
      const first = Math.ceil(kernel.length / 4096);
      expect(Buffer.compare(linearBytes(machine, first + 8), iso.subarray(0x8000, 0x9000))).toBe(0);
    });
  }

  it('GRUB for Xen, an ELF kernel that says VIRT_BASE 0 and has 4 MiB of bss', () => {
    const machine = prove('--kernel', GRUB, '--memory', '32M');
    expect(machine.domain.loadAddress).toBe(0);
    expect(machine.domain.context.eip).toBe(0);
    const file = readFileSync(GRUB);
    expect(Buffer.compare(linearBytes(machine, 1), file.subarray(0x2000, 0x3000))).toBe(0);
    expect(linearBytes(machine, 0x100).every((byte) => byte === 0)).toBe(true);
  });

  it('memtest86+ under a Xen image of 4 KiB pages', () => {
    prove('--kernel', MEMTEST, '--pack', '0xC0000000', '--profile', 'document', '--xen', GRUB);
  });
});
