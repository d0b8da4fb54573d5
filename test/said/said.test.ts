import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { openDump } from '../../src/dump/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { Mmu } from '../../src/mmu/index.ts';
import { filled, grouped, inEnglish, rangeError, SaidError, said, saidBy } from '../../src/said/said.ts';

function thrown(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('a message', () => {
  const whole = said`frame ${7} of ${grouped(1_234_567)} (${said`at ${0x10n}`}): ${new Error('gone')}, ${'{0}'}`;

  it('is a sentence in English, with its values apart', () => {
    expect(inEnglish(whole)).toBe('frame 7 of 1,234,567 (at 16): gone, {0}');
    expect(whole.template).toBe('frame {0} of {1} ({2}): {3}, {4}');
    expect(whole.values[1]).toEqual({ grouped: 1_234_567 });
    expect(filled('{1}, {0}, {2}', ['a', 'b'], String)).toBe('b, a, {2}');
  });

  it('stands in an error, which says the same, and a console does not show it twice', () => {
    for (const error of [new SaidError(whole), rangeError(whole)]) {
      expect([error.message, saidBy(error)]).toEqual([inEnglish(whole), whole]);
      expect(inspect(error)).not.toContain('template');
    }
    expect(rangeError(whole)).toBeInstanceOf(RangeError);
    expect(saidBy(new SaidError('plain'))).toEqual({ template: 'plain', values: [] });
    expect([saidBy(new Error('other')), saidBy('none')]).toEqual([undefined, undefined]);
  });

  it('comes out of a register write and a file that cannot be', () => {
    const mmu = new Mmu(new PhysicalMemory(4096), { cpu: 'i386' });
    expect(saidBy(thrown(() => mmu.invlpg(0)))).toEqual({
      template: "#UD: the CPU model '{0}' has no {1}",
      values: ['i386', 'INVLPG'],
    });
    const short = { size: 5, read: () => new Uint8Array(5) };
    expect(saidBy(thrown(() => openDump(short)))?.values).toEqual([
      { template: 'its first page', values: [] },
      { grouped: 4096 },
      { grouped: 5 },
    ]);
  });
});
