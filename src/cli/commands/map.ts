import { mapOf } from '../../inspect/index.ts';
import { regionsOf } from '../../machine/index.ts';
import { drawingSvg, mapRunJson, mapText, TOOL_FORMS, type ToolFormName } from '../../render/index.ts';
import { atMostOne, type Command, oneOperand, text } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom, noteAll } from '../machine-source.ts';
import { parseRange } from '../numbers.ts';

export const map: Command = {
  name: 'map',
  summary: 'list what is mapped, folded into runs of equal rights',
  operands: '[FILE]',
  options: {
    ...MACHINE_OPTIONS,
    range: { type: 'string', value: 'START-END', help: 'only what lies there' },
    contiguous: { type: 'boolean', help: 'end a line also where physical memory does not go on' },
    all: { type: 'boolean', help: 'print every line, however many' },
    as: {
      type: 'string',
      value: 'FORM',
      choices: Object.keys(TOOL_FORMS),
      help: `in another tool's words: ${Object.entries(TOOL_FORMS)
        .map(([name, { summary }]) => `${name}, ${summary}`)
        .join('; ')}`,
    },
    svg: { type: 'boolean', help: 'draw the address space to scale, as an SVG file' },
  },
  examples: [
    'x86-paging map dom.x86page',
    'x86-paging map --qemu unix:qmp.sock --stop --as qemu-tlb',
    'x86-paging map --svg > map.svg',
  ],
  async run({ values, operands, style, json, print, data, printJson, note }) {
    atMostOne(values, 'svg', 'json', 'as');
    const told = text(values, 'range');
    // Of 64 bits before the paging mode is known, so that a slip is told before a file is read.
    const range = told === undefined ? undefined : parseRange(told, '--range', 64);
    const machine = await machineFrom(values, oneOperand('map', operands, 'file'));
    if (values['svg'] === true) {
      if (machine.domain === undefined)
        throw new UsageError('--svg draws a domain, and this machine has none');
      data(drawingSvg(machine.domain));
      return EXIT.done;
    }
    noteAll(machine, note);
    const mmu = mmuFrom(machine, values);
    const form = text(values, 'as') as ToolFormName | undefined;
    if (form !== undefined) {
      for (const line of TOOL_FORMS[form].lines(mmu)) data(line);
      return EXIT.done;
    }
    const contiguous = values['contiguous'] === true;
    const names = regionsOf(machine).filter(({ space }) => space === 'linear');
    const runs = mapOf(mmu, { names, range, contiguous });
    if (json) for (const run of runs) printJson(mapRunJson(run));
    else print(mapText(runs, style, { all: values['all'] === true }));
    return EXIT.done;
  },
};
