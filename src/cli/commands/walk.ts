import { viewThrough } from '../../inspect/index.ts';
import { type Access, FETCH, READ, USER_FETCH, USER_READ, USER_WRITE, WRITE } from '../../mmu/index.ts';
import { walkJson, walkLensJson, walkLensText, walkSvg, walkText } from '../../render/index.ts';
import { atMostOne, type Command, text } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { LENS_OPTION, lensFrom } from '../lens-file.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom, noteAll } from '../machine-source.ts';
import { parseBits, parseLinear } from '../numbers.ts';
import { namesFrom, SYMBOL_OPTIONS } from '../symbols.ts';

const ACCESSES: Readonly<Record<string, Access>> = {
  read: READ,
  write: WRITE,
  fetch: FETCH,
  'user-read': USER_READ,
  'user-write': USER_WRITE,
  'user-fetch': USER_FETCH,
};

export const walk: Command = {
  name: 'walk',
  summary: 'translate linear addresses and show every step',
  operands: 'ADDRESS…',
  options: {
    ...MACHINE_OPTIONS,
    ...SYMBOL_OPTIONS,
    access: {
      type: 'string',
      value: 'KIND',
      choices: Object.keys(ACCESSES),
      help: `${Object.keys(ACCESSES).join(', ')} (default read)`,
    },
    lens: LENS_OPTION,
    svg: { type: 'boolean', help: 'draw the walk of one address, as an SVG file' },
  },
  examples: [
    'x86-paging walk 0xC0000000',
    'x86-paging walk 0xC3FFF000 --access write',
    'x86-paging walk 0xC3FFF000 --access write --svg > walk.svg',
    'x86-paging walk 0x7fff00001000 --image guest.elf --lens linux',
    'x86-paging walk 0xFC400000 --access user-read --image dom.x86page --json',
    'x86-paging walk start_kernel --image guest.elf --symbols System.map',
  ],
  async run({ values, operands, style, json, width, print, data, printJson, note }) {
    if (operands.length === 0)
      throw new UsageError('walk needs at least one linear address, such as 0xC0000000');
    atMostOne(values, 'svg', 'json');
    atMostOne(values, 'svg', 'lens');
    const lens = lensFrom(values);
    const svg = values['svg'] === true;
    if (svg && operands.length > 1)
      throw new UsageError(`--svg draws one walk, and ${operands.length} addresses were given`);
    // Of 64 bits before the paging mode is known, so that a slip is told before a file is read.
    const names = namesFrom(values);
    for (const operand of operands) parseBits(names.resolve(operand), 'address', 64);
    const machine = await machineFrom(values);
    noteAll(machine, note);
    const mmu = mmuFrom(machine, values);
    names.settle(mmu, note);
    const addresses = operands.map((operand) => parseLinear(names.resolve(operand), mmu.mode));
    const access = ACCESSES[text(values, 'access') ?? 'read']!;
    const view = lens && viewThrough(lens, mmu);
    for (const line of view?.notes ?? []) note(line);
    let faults = 0;
    for (const [i, address] of addresses.entries()) {
      const report = mmu.explain(address, access);
      if (!report.ok) faults++;
      const name = names.table?.nameAt(report.linear);
      if (svg) data(walkSvg(report));
      else if (json) printJson(walkJson(report, view && walkLensJson(report, view), name));
      else {
        print(`${i > 0 ? '\n' : ''}${walkText(report, style, width, name)}`);
        if (view !== undefined) print(walkLensText(report, view, style));
      }
    }
    return faults > 0 ? EXIT.negative : EXIT.done;
  },
};
