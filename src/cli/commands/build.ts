import { statSync } from 'node:fs';
import { join } from 'node:path';
import { COMMAND_LINE_BYTES } from '../../abi/xen.ts';
import { formatAddress } from '../../arch/index.ts';
import type { Domain } from '../../builder/index.ts';
import { mapOf } from '../../inspect/index.ts';
import { domainMachine, type Machine, mmuOf, saveMachinePieces } from '../../machine/index.ts';
import { domainJson, drawingText, formatBytes, mapText } from '../../render/index.ts';
import { BUILD_OPTIONS, buildFromOptions } from '../build-options.ts';
import { type Command, text } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
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
      help: 'save the image there; into a directory that is there also its drawing, map and update list',
    },
  },
  examples: [
    'x86-paging build --memory 64M --kernel vmlinuz --initrd initrd.gz --cmdline "root=/dev/ram0" --out dom.x86page',
    'x86-paging build --kernel memtest.bin --pack 0xC0000000 --frames scattered:7 --out dom/',
  ],
  async run({ values, style, json, width, print, printJson, note, stdout }) {
    const out = text(values, 'out');
    if (out === '-' && stdout.columns !== undefined) {
      throw new UsageError(
        '--out - would write an image to the terminal; send standard output into a file or pipe',
      );
    }
    const { memory, domain } = buildFromOptions(values);
    if (domain.commandLine.length >= COMMAND_LINE_BYTES) {
      note(
        `the command line has ${domain.commandLine.length} bytes; start_info holds the first ${COMMAND_LINE_BYTES - 1}`,
      );
    }
    const machine = domainMachine(memory, domain);
    if (out === '-') {
      for (const piece of saveMachinePieces(machine)) stdout.write(piece);
      return EXIT.done;
    }
    if (out !== undefined && statSync(out, { throwIfNoEntry: false })?.isDirectory()) {
      await saveIntoDirectory(out, machine, domain);
    } else if (out !== undefined) {
      await writeOutput(out, saveMachinePieces(machine));
    }
    if (json) {
      printJson(domainJson(domain));
      return EXIT.done;
    }
    print(drawingText(domain, style, width));
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

async function saveIntoDirectory(directory: string, machine: Machine, domain: Domain): Promise<void> {
  await writeOutput(join(directory, IMAGE_NAME), saveMachinePieces(machine));
  await writeOutput(join(directory, 'layout.txt'), [`${drawingText(domain)}\n`]);
  const map = mapOf(mmuOf(machine), { names: domain.layout });
  await writeOutput(join(directory, 'map.txt'), [`${mapText(map)}\n`]);
  const { buffer, byteOffset, byteLength } = domain.updates;
  await writeOutput(join(directory, 'updates.bin'), [new Uint8Array(buffer, byteOffset, byteLength)]);
}
