/** Tables that lead above 4 GiB, by PSE-36: claims that fail with their counterexample, and never an exception. */
import { describe, expect, it } from 'vitest';
import { findMistake } from '../../src/bench/check-tables.ts';
import { benchConstruction, FORWARD, tableLayout } from '../../src/bench/index.ts';
import { verifyDomain } from '../../src/verify/index.ts';
import { directoryEntry, type HandMade, handMadeDomain } from '../support/hand-made-domain.ts';

/** A present 4 MiB page at 0x1_0000_0000. */
const AT_4_GIB = 0x2083;

function failed(options: HandMade, slot: number, entry: (before: number) => number): unknown {
  const built = handMadeDomain(options);
  const address = directoryEntry(built, slot);
  const before = entry(built.memory.readUint32(address));
  built.memory.writeUint32(address, before);
  const { ok, claims } = verifyDomain(built.memory, built.domain);
  expect(built.memory.readUint32(address), 'A and D are as they were').toBe(before);
  return [
    ok,
    claims.filter((claim) => !claim.ok).map(({ name, counterexample }) => [name, counterexample?.text]),
  ];
}

describe('a domain whose directory leads above 4 GiB', () => {
  it('fails the claim about its range where nothing should be', () => {
    expect(failed({}, 1008, () => AT_4_GIB)).toEqual([
      false,
      [
        [
          'xen-range',
          'read at 0xfc00_0000: expected a page fault (nothing is mapped here), found frame 0x100000',
        ],
        ['entry-bits', expect.stringContaining('directory entry at 0xfc00_0000')],
      ],
    ]);
  });

  // Seed 1898203232 of bit-flips.property.test.ts.
  it('fails where bit 13 of a 4 MiB page of Xen is flipped', () => {
    expect(failed({ xen: 'slots' }, 1008, (before) => before ^ (1 << 13))).toEqual([
      false,
      [
        [
          'xen-range',
          expect.stringContaining(
            'expected frame 0x1000 (machine-to-physical table, read-only view), found frame 0x101000',
          ),
        ],
      ],
    ]);
  });

  it('fails inside the domain, too', () => {
    const [ok, claims] = failed({}, 768, () => AT_4_GIB) as [boolean, [string, string][]];
    expect(ok).toBe(false);
    expect(claims[0]).toEqual([
      'guest-frames',
      'read at 0xc000_0000: expected frame 0x400 (kernel to start_info), found frame 0x100000',
    ]);
  });
});

describe('tables of a strategy that lead above 4 GiB', () => {
  const strategy = (slot: number) => ({
    name: 'too high',
    build(...[memory, plan]: Parameters<typeof FORWARD.build>) {
      FORWARD.build(memory, plan);
      memory.writeUint32(plan.directoryFrame * 4096 + slot * 4, AT_4_GIB);
    },
  });

  it.each([
    ['in the domain', 768, /^0xc0000000 leads to frame 1048576, not \d+$/],
    ['elsewhere', 1008, /^0xfc000000 is mapped; nothing should be$/],
  ])('are found wrong %s', (_, slot, mistake) => {
    const { memory, plan } = tableLayout({ mebibytes: 1 });
    strategy(slot).build(memory, plan);
    expect(findMistake(memory, plan)).toMatch(mistake);
    expect(() => benchConstruction(strategy(slot), { mebibytes: 1, now: () => 0 })).toThrow(
      "the tables of 'too high' are wrong: 0x",
    );
  });
});
