import { whoMaps } from '../../inspect/index.ts';
import { whoJson, whoText } from '../../render/index.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom, noteAll } from '../machine-source.ts';
import { parsePhysical } from '../numbers.ts';

export const who: Command = {
  name: 'who',
  summary: 'tell which linear addresses and which tables lead to a physical address',
  operands: 'PHYSICAL…',
  options: MACHINE_OPTIONS,
  examples: ['x86-paging who 0x120000', 'x86-paging who 0x1ff000 --image guest.elf --json'],
  async run({ values, operands, style, json, print, printJson, note }) {
    if (operands.length === 0)
      throw new UsageError('who needs at least one physical address, such as 0x120000');
    const addresses = operands.map((operand) => parsePhysical(operand, 'address'));
    const machine = await machineFrom(values);
    noteAll(machine, note);
    const mmu = mmuFrom(machine, values);
    let unmapped = 0;
    for (const physical of addresses) {
      const report = whoMaps(mmu, physical);
      if (report.mappings.length === 0) unmapped++;
      if (json) printJson(whoJson(report));
      else print(whoText(report, style));
    }
    return unmapped > 0 ? EXIT.negative : EXIT.done;
  },
};
