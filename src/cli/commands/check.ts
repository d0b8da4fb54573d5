import { checkLayout, LayoutError, parseLayout } from '../../claims/index.ts';
import { verificationJson, verificationText } from '../../render/index.ts';
import { type Command, text } from '../command.ts';
import { SAVE_OPTION, saveCounterexample } from '../counterexample-file.ts';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { readInput } from '../files.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom } from '../machine-source.ts';

/** No layout that a person or a program writes is longer. */
const LAYOUT_LIMIT = { bytes: 16 * 2 ** 20, why: 'more than any layout has' };

const { image: _, ...REGISTER_OPTIONS } = MACHINE_OPTIONS;

export const check: Command = {
  name: 'check',
  summary: 'prove a layout of your own over every page of a machine',
  operands: 'LAYOUT [FILE]',
  options: { ...REGISTER_OPTIONS, save: SAVE_OPTION },
  examples: [
    'x86-paging check layout.json guest.x86page',
    'x86-paging check layout.json guest.elf --json',
    'x86-paging check layout.json guest.x86page --save counterexample.x86page',
  ],
  async run({ values, operands, style, json, width, print, printJson, note, progress }) {
    const [layout, file] = operands;
    const isLive = values['qemu'] !== undefined;
    if (layout === undefined || operands.length > 2 || (file === undefined && !isLive)) {
      throw new UsageError(
        `check takes a layout and a machine's file, or --qemu in its place; given are ${operands.length} operands`,
      );
    }
    const claims = readLayout(layout);
    const machine = await machineFrom(values, file);
    const mmu = mmuFrom(machine, values);
    const bar = progress('asking the MMU');
    const onProgress = (done: number, total: number): void => bar.update(done, total);
    const verification = checkLayout(mmu, claims, { onProgress });
    bar.end();
    if (json) printJson(verificationJson(verification));
    else print(verificationText(verification, style, width));
    const save = text(values, 'save');
    if (save !== undefined) await saveCounterexample(save, machine, claims, verification, note);
    return verification.ok ? EXIT.done : EXIT.negative;
  },
};

function readLayout(path: string): ReturnType<typeof parseLayout> {
  const layout = new TextDecoder().decode(readInput(path, 'layout', LAYOUT_LIMIT));
  try {
    return parseLayout(layout);
  } catch (error) {
    if (error instanceof LayoutError) throw new InputError(`the layout '${path}', ${error.message}`);
    throw error;
  }
}
