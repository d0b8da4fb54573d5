import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { formatAddress } from '../../arch/index.ts';
import { saveImage } from '../../formats/index.ts';
import { mapOf } from '../../inspect/index.ts';
import { domainMachine, mmuOf, regionNames } from '../../machine/index.ts';
import { drawingText, formatBytes, mapText } from '../../render/index.ts';
import { BUILD_OPTIONS, buildFromOptions } from '../build-options.ts';
import { type Command, text } from '../command.ts';
import { EXIT } from '../errors.ts';
import { writeOutput } from '../files.ts';

/** Name of the image in an output directory. */
const IMAGE_NAME = 'domain.x86page';

export const build: Command = {
  name: 'build',
  summary: "build a domain's start-of-day address space, and save it",
  operands: '',
  options: {
    ...BUILD_OPTIONS,
    out: {
      type: 'string',
      value: 'DIR|FILE',
      help: 'save the image there; into a directory also its drawing, map and update list',
    },
  },
  examples: [
    'x86-paging build --memory 64M --kernel vmlinuz --initrd initrd.gz --cmdline "root=/dev/ram0" --out dom.x86page',
    'x86-paging build --kernel memtest.bin --pack 0xC0000000 --frames scattered:7 --out dom/',
  ],
  run({ values, style, json, print }) {
    const { memory, domain } = buildFromOptions(values);
    const out = text(values, 'out');
    if (out !== undefined) {
      const image = saveImage(memory, domain);
      const isDirectory = existsSync(out) && statSync(out).isDirectory();
      if (isDirectory) {
        writeOutput(join(out, IMAGE_NAME), image);
        writeOutput(join(out, 'layout.txt'), `${drawingText(domain)}\n`);
        const machine = domainMachine(memory, domain);
        const map = mapOf(mmuOf(machine), { nameOf: regionNames(machine) });
        writeOutput(join(out, 'map.txt'), `${mapText(map)}\n`);
        writeOutput(join(out, 'updates.bin'), new Uint8Array(domain.updates.buffer));
      } else {
        writeOutput(out, image);
      }
      if (out === '-') return EXIT.done;
    }
    if (json) {
      const { frames, updates, pageTables, commandLine, initrd, layout, context, ...rest } = domain;
      print(
        JSON.stringify({
          schema: 'x86-paging/domain/1',
          profile: rest.profile,
          pageCount: rest.pageCount,
          loadAddress: hex(rest.loadAddress),
          pageDirectory: hex(rest.pageDirectory),
          startInfoAddress: hex(rest.startInfoAddress),
          pageTables: Array.from(pageTables, (frame) => hex(frame * 4096)),
          initrd: initrd === undefined ? null : { address: hex(initrd.address), length: initrd.length },
          commandLineBytes: commandLine.length,
          frames: frames.length,
          updates: updates.length / 2,
          context: Object.fromEntries(Object.entries(context).map(([name, value]) => [name, hex(value)])),
          layout: layout.map(({ name, start, end }) => ({ name, start: hex(start), end: hex(end) })),
        }),
      );
      return EXIT.done;
    }
    print(drawingText(domain, style));
    print('');
    print(
      `  ${formatBytes(domain.pageCount * 4096)} domain, profile ${domain.profile}, ${domain.updates.length / 2} updates`,
    );
    print(
      `  CR3 ${formatAddress(domain.pageDirectory)}   start_info ${formatAddress(domain.startInfoAddress)}   eip ${formatAddress(domain.context.eip)}`,
    );
    if (out !== undefined) print(`  saved as ${out}`);
    return EXIT.done;
  },
};

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}
