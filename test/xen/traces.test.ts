import { describe, expect, it } from 'vitest';
import { pageTypesOf } from './page-types.ts';
import { expected, machineOf, Observer, observed, readTraces, type Trace } from './trace.ts';

/** Replays a trace, call by call. The words are compared as text first: that is fast. */
function replay(trace: Trace): void {
  const { memory, xen } = machineOf(trace);
  const observer = new Observer(trace, memory, xen);
  for (const [index, step] of trace.steps.entries()) {
    const ours = observed(xen, step, observer);
    const theirs = expected(step);
    if (trace.page_types_run !== undefined && step.call === 'mmu_update') {
      const { frames } = trace.domains.find(({ id }) => id !== 0)!;
      const directory = Number(trace.steps[index + 1]!.page_directory);
      expect(pageTypesOf(xen, frames, directory)).toEqual(trace.page_types_run);
    }
    if (JSON.stringify(ours) !== JSON.stringify(theirs)) {
      expect(ours, `step ${index}: ${step.call} of domain ${step.domain}`).toEqual(theirs);
    }
  }
  const final = trace.final.map((row) => row.map(Number));
  expect(observer.frameWords(final.map(([frame]) => frame!))).toEqual(final);
}

for (const bundle of ['rules', 'builds', 'random']) {
  describe(`the page-type code of 2004, as it ran: ${bundle}`, () => {
    for (const trace of readTraces(bundle)) it(`${trace.name}: ${trace.about}`, () => replay(trace));
  });
}
