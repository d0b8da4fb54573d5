import { diffMaps, type MapDifference } from '../../inspect/index.ts';
import { differenceJson, differencesText } from '../../render/index.ts';
import { type Command, text } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import {
  MACHINE_OPTIONS,
  machineFrom,
  mmuFrom,
  noteAll,
  notePagingOff,
  withoutQemu,
} from '../machine-source.ts';
import { watchedRuns } from '../progress.ts';
import { namesFrom, SYMBOL_OPTIONS } from '../symbols.ts';

export const diff: Command = {
  name: 'diff',
  summary:
    'tell what is mapped otherwise in a second machine or under a second root, and what was touched between',
  operands: 'BEFORE [AFTER]',
  options: {
    ...MACHINE_OPTIONS,
    ...SYMBOL_OPTIONS,
    'after-cr3': {
      type: 'string',
      value: 'N',
      help: 'CR3 of the second; with one file, its tables under that root',
    },
    range: { type: 'string', value: 'START-END', help: 'only what lies there' },
    all: { type: 'boolean', help: 'print every line, however many' },
  },
  examples: [
    'x86-paging diff before.elf after.elf',
    'x86-paging diff before.elf --qemu unix:qmp.sock --json',
    'x86-paging diff guest.elf --cr3 0x1000 --after-cr3 0x5000',
  ],
  async run({ values, operands, style, json, print, printJson, note, progress }) {
    const [before, after, ...more] = operands;
    const root = text(values, 'after-cr3');
    const seconds = [after, values['qemu']].filter((each) => each !== undefined).length;
    if (before === undefined || more.length > 0 || seconds > 1 || (seconds === 0 && root === undefined)) {
      throw new UsageError(
        'diff takes two files, before and after; in place of the second it takes --qemu or --after-cr3',
      );
    }
    const names = namesFrom(values);
    const told = text(values, 'range');
    names.range(told);
    const afterValues = root === undefined ? values : { ...values, cr3: root };
    const machines = [
      await machineFrom(withoutQemu(values), before),
      await machineFrom(afterValues, seconds === 0 ? before : after),
    ] as const;
    for (const machine of machines) noteAll(machine, note);
    const mmus = [mmuFrom(machines[0], values), mmuFrom(machines[1], values)] as const;
    if (mmus.every(({ mode }) => mode === 'off')) notePagingOff(mmus[0], note);
    names.settle(mmus[0], note);
    const range = names.range(told);
    const { nameOf } = names;
    const differences = diffMaps(...mmus, { range });
    const watched = watchedRuns(differences, mmus[0].mode, progress('comparing'));
    let count = 0;
    function* counted(): Generator<MapDifference> {
      for (const difference of watched) {
        count++;
        yield difference;
      }
    }
    if (json)
      for (const difference of counted()) printJson(differenceJson(difference, nameOf?.(difference.start)));
    else {
      const text = differencesText(counted(), style, { nameOf, all: values['all'] === true });
      print(count === 0 ? 'no difference' : text);
    }
    return count > 0 ? EXIT.negative : EXIT.done;
  },
};
