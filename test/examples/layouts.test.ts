import { describe, expect, it } from 'vitest';
import { domain2004 } from '../../examples/layouts/domain-2004.ts';
import { higherHalf } from '../../examples/layouts/higher-half.ts';
import { identityMap } from '../../examples/layouts/identity-map.ts';
import { longModeKernel } from '../../examples/layouts/long-mode-kernel.ts';
import { type Claim, checkLayout } from '../../src/claims/index.ts';
import { mapOf } from '../../src/inspect/index.ts';
import { type Mmu, READ } from '../../src/mmu/index.ts';

const EXAMPLES = { domain2004, higherHalf, identityMap, longModeKernel };

/** A word of a table, written differently. */
interface Change {
  readonly what: string;
  readonly address: number;
  readonly value: number;
}

/** Changes of the entries at both ends of every run of pages: of each bit that decides where it leads, and for whom. */
function changesOfPages(mmu: Mmu): Change[] {
  return leavesOf(mmu).flatMap(({ linear, entryAddress, entryBytes, shift }) => {
    const bits = { P: 0, RW: 1, US: 2, address: shift, ...(entryBytes === 8 && { NX: 63 }) };
    return Object.entries(bits).map(([name, bit]) => {
      const address = entryAddress + 4 * (bit >>> 5);
      return {
        what: `${name} of ${linear.toString(16)}`,
        address,
        value: mmu.memory.loadWord(address) ^ (1 << (bit % 32)),
      };
    });
  });
}

/** Pages where there were none, other attributes, pages that lead to the root table, a table more. */
function otherChanges(mmu: Mmu): Change[] {
  const { cr3, memory } = mmu;
  const changes = leavesOf(mmu).flatMap(({ linear, entryAddress, entryBytes, kind, isFirst }) => {
    const at = linear.toString(16);
    const entry = memory.loadWord(entryAddress);
    const besides = isFirst ? -entryBytes : entryBytes;
    const beside = entryAddress + besides;
    const isInTable = Math.floor(beside / 4096) === Math.floor(entryAddress / 4096);
    return [
      { what: `PCD of ${at}`, address: entryAddress, value: entry ^ 0x10 },
      { what: `G of ${at}`, address: entryAddress, value: entry ^ 0x100 },
      { what: `${at} leads to the root table`, address: entryAddress, value: Number(cr3) | 3 },
      ...(isInTable && (memory.loadWord(beside) & 1) === 0
        ? [{ what: `a page beside ${at}`, address: beside, value: kind === 'PTE' ? 1 : 0x81 }]
        : []),
    ];
  });
  const unused = [1, 2, 3, 1000].map((i) => Number(cr3) + 4 * i).find((at) => memory.loadWord(at) === 0);
  return [...changes, { what: 'a table more', address: unused!, value: 1 }];
}

function leavesOf(mmu: Mmu): (ReturnType<Mmu['explain']>['steps'][number] & {
  linear: number | bigint;
  isFirst: boolean;
})[] {
  return [...mapOf(mmu)].flatMap(({ start, end }) =>
    [start, BigInt(end) - 1n].map((linear, i) => ({
      ...mmu.explain(linear, READ).steps.at(-1)!,
      linear,
      isFirst: i === 0,
    })),
  );
}

describe.each(Object.entries(EXAMPLES))('the example %s', (_, example) => {
  const { mmu, claims } = example();

  /** The verdicts after a change, which is taken back. */
  function judgedAfter({ address, value }: Change): readonly Claim[] {
    const { memory } = mmu;
    const before = memory.loadWord(address);
    memory.storeWord(address, value);
    const { claims: judged } = checkLayout(mmu, claims, { confirm: false });
    memory.storeWord(address, before);
    return judged;
  }

  it('keeps what it claims on every page, for every access', () => {
    const failed = checkLayout(mmu, claims).claims.filter(({ ok }) => !ok);
    expect(failed.map(({ title, counterexample }) => [title, counterexample?.text])).toEqual([]);
  });

  it('claims enough: whatever bit of a page is flipped, some claim fails', () => {
    const changes = changesOfPages(mmu).filter(
      // The directory's own entry for the kernel's table, which lies in the window: its pages are the supervisor's.
      ({ what }) => !what.startsWith('US of fff00'),
    );
    expect(changes.length).toBeGreaterThan(15);
    expect(
      changes.filter((change) => judgedAfter(change).every(({ ok }) => ok)).map(({ what }) => what),
    ).toEqual([]);
  });

  it('has no claim that nothing breaks', () => {
    const broken = new Set<string>();
    for (const change of [...changesOfPages(mmu), ...otherChanges(mmu)]) {
      for (const { ok, title } of judgedAfter(change)) if (!ok) broken.add(title);
    }
    const all = checkLayout(mmu, claims).claims.map(({ title }) => title);
    expect(all.filter((title) => !broken.has(title))).toEqual([]);
  });
});
