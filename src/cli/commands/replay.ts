import { CounterexampleError, type Replay, replayCounterexample } from '../../counterexample/index.ts';
import type { Machine } from '../../machine/index.ts';
import { replayJson, replayText } from '../../render/index.ts';
import { type Command, oneOperand, text } from '../command.ts';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom } from '../machine-source.ts';
import { machineFragment } from '../page-link.ts';

const { cpu, cr0, cr3, cr4, efer } = MACHINE_OPTIONS;

export const replay: Command = {
  name: 'replay',
  summary: 'judge a counterexample again: the access, its walk, and whether the claim still fails',
  operands: 'FILE',
  options: {
    on: {
      type: 'string',
      value: 'MACHINE',
      help: 'judge this machine instead, such as what the mended program builds',
    },
    ...(cpu && { cpu }),
    ...(cr0 && { cr0 }),
    ...(cr3 && { cr3 }),
    ...(cr4 && { cr4 }),
    ...(efer && { efer }),
  },
  examples: [
    'x86-paging check layout.json guest.x86page --save counterexample.x86page',
    'x86-paging replay counterexample.x86page',
    'x86-paging replay counterexample.x86page --on mended.x86page',
    'x86-paging page counterexample.x86page',
  ],
  async run({ values, operands, style, json, width, print, printJson }) {
    const file = oneOperand('replay', operands, 'file');
    if (file === undefined) throw new UsageError('replay takes the file of a counterexample; given is none');
    const on = text(values, 'on');
    const saved = await machineFrom({ ...(on === undefined && values), format: 'x86page' }, file);
    const judged = on === undefined ? saved : await machineFrom(values, on);
    // A state that the CPU cannot be in is told as such.
    mmuFrom(judged, values);
    const replayed = replayOn(saved, judged, file);
    const fragment = machineFragment(saved);
    if (json) printJson(replayJson(replayed, fragment));
    else {
      const page =
        fragment === undefined
          ? `open the file in the teaching page: x86-paging page`
          : `in the teaching page: x86-paging page ${file}`;
      print(`${replayText(replayed, style, width)}\n\n${style.dim(page)}`);
    }
    return replayed.verdict.ok ? EXIT.done : EXIT.negative;
  },
};

function replayOn(saved: Machine, judged: Machine, file: string): Replay {
  try {
    return replayCounterexample(saved, judged);
  } catch (error) {
    if (error instanceof CounterexampleError) throw new InputError(`${file}: ${error.message}`);
    throw error;
  }
}
