import { mapOf } from '../../inspect/index.ts';
import { mapRunJson, mapText } from '../../render/index.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../errors.ts';
import { machineFrom, mmuOf } from '../machine.ts';
import { regionName } from '../region-name.ts';

export const map: Command = {
  name: 'map',
  summary: 'list what is mapped, folded into runs of equal rights',
  operands: '',
  options: { image: { type: 'string', value: 'FILE', help: "saved image (default: the demo's domain)" } },
  examples: ['x86-paging map --image dom.x86page', 'x86-paging map --json'],
  run({ values, style, json, print }) {
    const { memory, domain } = machineFrom(values);
    const runs = mapOf(mmuOf(memory, domain), { nameOf: regionName(domain) });
    if (json) for (const run of runs) print(JSON.stringify(mapRunJson(run)));
    else print(mapText(runs, style));
    return EXIT.done;
  },
};
