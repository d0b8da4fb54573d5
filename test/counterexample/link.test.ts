import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { machineFragment } from '../../src/cli/page-link.ts';
import { CounterexampleError, MAX_LINK_CHARACTERS, machineOfLink } from '../../src/counterexample/index.ts';
import { type Machine, saveMachine } from '../../src/machine/index.ts';
import { PhysicalMemory } from '../../src/memory/index.ts';
import { machineOf, smallKernel } from '../claims/layout.ts';

const registers = { cr0: 0x8000_0001, cr3: 0, cr4: 0, efer: 0 };
const withRam = (bytes: number): Machine => ({ memory: new PhysicalMemory(bytes), cpu: 'i386', registers });

describe('a machine in a link', () => {
  it('comes back as it was', () => {
    const machine = machineOf(smallKernel('5-level'));
    const fragment = machineFragment(machine)!;
    expect(fragment).toMatch(/^machine=[\w-]+$/);
    const back = machineOfLink(Buffer.from(fragment.slice(8), 'base64url'));
    expect(saveMachine(back)).toEqual(saveMachine(machine));
  });

  it('is not made of one that is too large', () => {
    const machine = withRam(64 * 2 ** 20);
    for (let at = 0; at < 12_000; at += 4) machine.memory.storeWord(at, Math.imul(at + 1, 0x9e37_79b1));
    expect(machineFragment(machine)).toBeUndefined();
    expect(machineFragment(withRam(8 * 2 ** 30))).toBeUndefined();
    expect(machineFragment(withRam(4 * 2 ** 30))!.length).toBeLessThan(MAX_LINK_CHARACTERS);
  });

  it('is refused where it holds more than a link may, or something else', () => {
    const refused = (bytes: Uint8Array): string => {
      try {
        machineOfLink(bytes);
      } catch (error) {
        if (error instanceof CounterexampleError) return error.message;
        throw error;
      }
      return '';
    };
    expect(refused(deflateRawSync(saveMachine(withRam(8 * 2 ** 30))))).toContain('larger than 4 GiB');
    expect(refused(deflateRawSync(new Uint8Array(2 ** 22)))).toContain('more than 524288 bytes');
    const good = deflateRawSync(saveMachine(withRam(4096)));
    expect(refused(good)).toBe('');
    expect(refused(Buffer.concat([good, Uint8Array.of(1)]))).toContain('something follows');
    expect(refused(new Uint8Array(0))).toContain('cut short');
    // Whatever one byte of it becomes: another encoding of the same file, or refused.
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const spoilt = Buffer.from(good);
        spoilt[at]! ^= change;
        refused(spoilt);
      }),
    );
  });
});
