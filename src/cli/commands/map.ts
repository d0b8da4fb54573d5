import { mapOf } from '../../inspect/index.ts';
import { regionNames } from '../../machine/index.ts';
import { drawingSvg, mapRunJson, mapText } from '../../render/index.ts';
import { atMostOne, type Command, oneOperand } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom } from '../machine-source.ts';

export const map: Command = {
  name: 'map',
  summary: 'list what is mapped, folded into runs of equal rights',
  operands: '[FILE]',
  options: {
    ...MACHINE_OPTIONS,
    svg: { type: 'boolean', help: 'draw the address space to scale, as an SVG file' },
  },
  examples: ['x86-paging map dom.x86page', 'x86-paging map --json', 'x86-paging map --svg > map.svg'],
  async run({ values, operands, style, json, print, data, printJson, note }) {
    atMostOne(values, 'svg', 'json');
    const machine = await machineFrom(values, oneOperand('map', operands, 'file'));
    for (const text of machine.notes ?? []) note(text);
    if (values['svg'] === true) {
      if (machine.domain === undefined)
        throw new UsageError('--svg draws a domain, and this machine has none');
      data(drawingSvg(machine.domain));
      return EXIT.done;
    }
    const runs = mapOf(mmuFrom(machine, values), { nameOf: regionNames(machine) });
    if (json) for (const run of runs) printJson(mapRunJson(run));
    else print(mapText(runs, style));
    return EXIT.done;
  },
};
