import { mapOf } from '../../inspect/index.ts';
import { drawingSvg, mapRunJson, mapText } from '../../render/index.ts';
import type { Command } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { machineFrom, mmuOf } from '../machine.ts';
import { regionName } from '../region-name.ts';

export const map: Command = {
  name: 'map',
  summary: 'list what is mapped, folded into runs of equal rights',
  operands: '[IMAGE]',
  options: {
    image: { type: 'string', value: 'FILE', help: "the same, as an option (default: the demo's domain)" },
    svg: { type: 'boolean', help: 'draw the address space to scale, as an SVG file' },
  },
  examples: ['x86-paging map dom.x86page', 'x86-paging map --json', 'x86-paging map --svg > map.svg'],
  run({ values, operands, style, json, print }) {
    const [image = values['image'], ...more] = operands;
    if (more.length > 0) throw new UsageError(`map takes one image; given are ${operands.length}`);
    if (json && values['svg'] === true) throw new UsageError('--svg and --json exclude each other');
    const { memory, domain } = machineFrom({ image });
    if (values['svg'] === true) {
      print(drawingSvg(domain));
      return EXIT.done;
    }
    const runs = mapOf(mmuOf(memory, domain), { nameOf: regionName(domain) });
    if (json) for (const run of runs) print(JSON.stringify(mapRunJson(run)));
    else print(mapText(runs, style));
    return EXIT.done;
  },
};
