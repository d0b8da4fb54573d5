import { describe, expect, it } from 'vitest';
import { verifyDomain } from '../../src/verify/index.ts';
import { type HandMade, handMadeDomain } from '../support/hand-made-domain.ts';

const from = (base: number, count: number): Uint32Array =>
  Uint32Array.from({ length: count }, (_, i) => base + i);

/** What is wrong with a domain, in words; nothing for a valid one. */
function complaints(options: HandMade): string[] {
  const { memory, domain } = handMadeDomain(options);
  const { ok, claims } = verifyDomain(memory, domain);
  expect(ok).toBe(claims.every((claim) => claim.ok));
  return claims.flatMap(({ name, counterexample }) =>
    counterexample ? [`${name}: ${counterexample.text}`] : [],
  );
}

describe('verifyDomain accepts', () => {
  for (const profile of ['document', 'xen-1.2'] as const) {
    for (const xen of ['none', 'image', 'slots'] as const) {
      it(`the profile ${profile} with Xen's place: ${xen}`, () => {
        expect(complaints({ profile, xen })).toEqual([]);
      });
    }
  }

  const cases: Record<string, HandMade> = {
    'an initrd': { initrd: { page: 5, length: 4097 } },
    'an empty initrd, which has an address': { initrd: { page: 5, length: 0 } },
    'a command line that was cut at 255 bytes': { commandLine: 'x'.repeat(300) },
    'frames in reverse': { frames: from(0x400, 256).reverse() },
    'a load address that is not 4 MiB-aligned, and two tables': {
      loadAddress: 0xc010_0000,
      frames: from(0x200, 1024),
      xen: 'slots',
    },
    'a first table with a single entry': { loadAddress: 0xc03f_f000, frames: from(0x200, 1024) },
    'a domain that ends exactly at 0xFC000000': {
      loadAddress: 0xfb00_0000,
      frames: from(0x1000, 4096).reverse(),
      memoryBytes: 32 * 2 ** 20,
      xen: 'slots',
    },
    'a domain from address 0': { loadAddress: 0, xen: 'slots' },
    'start_info on the first page, xen-1.2': { frames: from(0x400, 4), profile: 'xen-1.2', commandLine: '' },
    'start_info on the first page, document': {
      frames: from(0x400, 3),
      profile: 'document',
      commandLine: '',
    },
    "Xen's own tables beyond the end of RAM": { xen: 'slots', xenTables: [0x10_0000 - 1, 0x8_0000, 0x800] },
  };
  for (const [name, options] of Object.entries(cases)) {
    it(name, () => expect(complaints(options)).toEqual([]));
  }

  it('a domain whose entries were used: accessed and dirty bits count for nothing', () => {
    const built = handMadeDomain({ xen: 'slots' });
    const { memory, domain } = built;
    for (const table of [domain.pageDirectory, domain.pageTables[0]! * 4096]) {
      for (let i = 0; i < 1024; i++) {
        const entry = memory.readUint32(table + i * 4);
        if (entry & 1) memory.writeUint32(table + i * 4, entry ^ 0x60);
      }
    }
    expect(verifyDomain(memory, domain).ok).toBe(true);
  });
});

describe('verifyDomain refuses as no domain at all', () => {
  const { memory, domain } = handMadeDomain();
  it.each([
    [
      'an unaligned load address',
      { loadAddress: 0xc000_0800 },
      /load address 3221227520 is not a multiple of 4096/,
    ],
    [
      'one that reaches Xen',
      { loadAddress: 0xfbf0_1000 },
      /256 pages from 0xfbf0_1000 reach beyond 0xfc00_0000/,
    ],
    ['too few frames', { frames: from(0, 3) }, /3 frames are too few/],
  ])('%s', (_, change, message) => {
    expect(() => verifyDomain(memory, { ...domain, ...change })).toThrow(message);
  });
});
