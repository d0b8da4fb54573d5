import { findRoots } from '../../inspect/index.ts';
import { rootJson, rootsText } from '../../render/index.ts';
import { type Command, oneOperand, text } from '../command.ts';
import { EXIT } from '../errors.ts';
import { MACHINE_OPTIONS, machineFrom } from '../machine-source.ts';
import { parseCount } from '../numbers.ts';

export const roots: Command = {
  name: 'roots',
  summary: 'look for the roots of page tables in memory, without a hint',
  operands: '[FILE]',
  options: {
    ...MACHINE_OPTIONS,
    limit: { type: 'string', value: 'N', help: 'how many to print, best first (default 8)' },
  },
  examples: ['x86-paging roots ram.raw', 'x86-paging roots guest.elf --limit 1 --json'],
  async run({ values, operands, style, json, print, printJson, progress }) {
    const limit = parseCount(text(values, 'limit') ?? '8', '--limit', 1, 4096);
    const machine = await machineFrom(values, oneOperand('roots', operands, 'file'), false);
    const bar = progress('looking for roots');
    const found = findRoots(machine.memory, {
      limit,
      // Where the registers are known, nothing has to be guessed.
      loaded: [{ registers: machine.registers, name: 'by the registers' }],
      progress: (done, total) => bar.update(done, total),
    });
    bar.end();
    if (json) for (const root of found) printJson(rootJson(root));
    else print(found.length === 0 ? 'no root found' : rootsText(found, style));
    return found.length === 0 ? EXIT.negative : EXIT.done;
  },
};
