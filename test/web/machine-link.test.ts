import { describe, expect, it } from 'vitest';
import { readOnly } from '../../src/claims/index.ts';
import { machineFragment } from '../../src/cli/page-link.ts';
import { counterexampleMachine, smallestCounterexample } from '../../src/counterexample/index.ts';
import type { Machine } from '../../src/machine/index.ts';
import { WRITE } from '../../src/mmu/index.ts';
import { decodeFragment, encodeFragment } from '../../src/web/fragment.ts';
import { counterexampleNow } from '../../src/web/machine-link.ts';
import { fragmentOf, stateOfLink } from '../../src/web/page.ts';
import { toldOfProblem } from '../../src/web/told.ts';
import { MODES, machineOf, smallKernel } from '../claims/layout.ts';

function counterexample(mode: (typeof MODES)[number]): Machine {
  const kernel = smallKernel(mode);
  kernel.mapper.map(0xf000_0000, kernel.mapper.tableFrames[1]! * 4096, 0x1000, { writable: true });
  return counterexampleMachine(smallestCounterexample(machineOf(kernel), readOnly('tables'))!);
}

describe('a link that holds a counterexample', () => {
  it.each(MODES)('opens it at the failing access, in %s', (mode) => {
    const { session, view, message } = stateOfLink(`#${machineFragment(counterexample(mode))}`);
    expect(message).toBe('');
    expect(view).toMatchObject({ screen: 'work', linear: 0xf000_0000, access: WRITE });
    const { verdict } = counterexampleNow(session)!;
    expect(verdict.counterexample?.text).toMatch(/^write at 0xf000_0000: expected a page fault/);
  });

  it('stays in the address, with what is done to it; once it is mended the claim holds', () => {
    const opened = stateOfLink(`#${machineFragment(counterexample('4-level'))}`);
    const { session } = opened;
    const pte = session.mmu.explain(0xf000_0000, WRITE).steps.at(-1)!;
    session.do({ kind: 'word', physical: pte.entryAddress, value: Number(pte.entry) & ~2 });
    expect(counterexampleNow(session)!.verdict.ok).toBe(true);
    const again = stateOfLink(`#${fragmentOf(opened)}`);
    expect(again.message).toBe('');
    expect(again.session.actions).toEqual(session.actions);
    expect(counterexampleNow(again.session)!.verdict.ok).toBe(true);
    again.session.undo();
    expect(counterexampleNow(again.session)!.verdict.ok).toBe(false);
  });

  it('looks elsewhere where the link says so, and writes that down', () => {
    const fragment = machineFragment(counterexample('5-level'))!;
    const decoded = decodeFragment(`${fragment}&at=ff00000000001000&as=4`);
    expect([decoded.problems, decoded.view.linear, decoded.view.access]).toEqual([
      [],
      0xff00_0000_0000_1000n,
      4,
    ]);
    expect(encodeFragment(decoded)).toContain('at=ff00000000001000&as=4');
  });

  it.each([
    ['machine=', /machine= holds no machine: it is not in base64url/],
    ['machine=AAAA', /holds no machine: /],
    [`machine=${'A'.repeat(8001)}`, /holds no machine: it has 8001 characters; at most 8000/],
    [`machine=%3Cscript%3E`, /not in base64url/],
  ])('that holds something else names what is wrong, and opens the page: %s', (fragment, problem) => {
    const { problems, machine } = decodeFragment(fragment.slice(0, 9000));
    expect([problems.map((one) => toldOfProblem(one).text).join(), machine]).toEqual([
      expect.stringMatching(problem),
      undefined,
    ]);
  });

  it('goes with no lesson, since these have machines of their own', () => {
    const { problems, view } = decodeFragment(`${machineFragment(counterexample('PAE'))}&lesson=walk.1`);
    expect([problems, view.lesson]).toEqual([[{ about: 'part', part: 'lesson', text: 'walk.1' }], undefined]);
  });
});
