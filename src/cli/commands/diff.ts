import { diffMaps } from '../../inspect/index.ts';
import { differenceJson, differencesText } from '../../render/index.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom, noteAll, withoutQemu } from '../machine-source.ts';

export const diff: Command = {
  name: 'diff',
  summary: 'tell what is mapped otherwise in a second machine, and what was touched between',
  operands: 'BEFORE [AFTER]',
  options: MACHINE_OPTIONS,
  examples: [
    'x86-paging diff before.elf after.elf',
    'x86-paging diff before.elf --qemu unix:qmp.sock --json',
  ],
  async run({ values, operands, style, json, print, printJson, note }) {
    const [before, after, ...more] = operands;
    if (before === undefined || (after === undefined) !== (values['qemu'] !== undefined) || more.length > 0) {
      throw new UsageError(
        `diff takes two files, before and after, or --qemu in place of the second; given are ${operands.length}`,
      );
    }
    const machines = [
      await machineFrom(withoutQemu(values), before),
      await machineFrom(values, after),
    ] as const;
    for (const machine of machines) noteAll(machine, note);
    const differences = diffMaps(mmuFrom(machines[0], values), mmuFrom(machines[1], values));
    let count = 0;
    if (json) {
      for (const difference of differences) {
        printJson(differenceJson(difference));
        count++;
      }
      return count > 0 ? EXIT.negative : EXIT.done;
    }
    const all = [...differences];
    print(all.length === 0 ? 'no difference' : differencesText(all, style));
    return all.length > 0 ? EXIT.negative : EXIT.done;
  },
};
