import { describe, expect, it } from 'vitest';
import { unmapped, wxExclusive } from '../../src/claims/index.ts';
import { layoutMatchers } from '../../src/testing/index.ts';
import { smallKernel, TEXT, TEXT_PHYSICAL } from '../claims/layout.ts';

interface Matchers {
  readonly toMap: (...expected: unknown[]) => void;
  readonly toBeReadOnly: (frames: unknown) => void;
  readonly toSatisfy: (layout: unknown) => void;
  readonly not: Matchers;
}

expect.extend(layoutMatchers as never);
const expectThat = (received: unknown): Matchers => expect(received) as unknown as Matchers;

describe('layoutMatchers', () => {
  it('accept what holds, of an MMU and of a machine', () => {
    const { mmu, mapper, memory } = smallKernel('4-level');
    const { cpu, ...registers } = mapper.registers;
    expectThat(mmu).toMap([TEXT, TEXT + 0x8000], TEXT_PHYSICAL, { writable: false });
    expectThat({ memory, cpu, registers }).toBeReadOnly('tables');
    expectThat(mmu).toSatisfy([unmapped([0, 0x1000]), wxExclusive()]);
    expectThat(mmu).not.toSatisfy([unmapped([TEXT, TEXT + 0x1000])]);
  });

  it('refuse what does not, with the counterexample and what would mend it', () => {
    const { mmu, mapper } = smallKernel('PAE');
    mapper.map(0xf000_0000, mapper.tableFrames[1]! * 4096, 0x1000, { writable: true });
    expect(() => expectThat(mmu).toBeReadOnly('tables')).toThrow(
      /write at 0xf000_0000[\s\S]*to mend it: clear RW in the PTE/,
    );
    expect(() => expectThat(mmu).toMap([0, 0x1000], 0)).toThrow(/read at 0x0000_0000: expected frame 0x0/);
    expect(() => expectThat(mmu).not.toMap([TEXT, TEXT + 0x1000], TEXT_PHYSICAL)).toThrow(
      /holds: 0xc000_0000/,
    );
  });

  it('leave the predicates of Vitest as they were', () => {
    expect(3).toSatisfy((n: number) => n > 2);
    expect(() => expect(1).toSatisfy((n: number) => n > 2)).toThrow(/does not hold/);
  });
});
