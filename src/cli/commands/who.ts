import { findRoots, whoMaps, whoMapsUnder } from '../../inspect/index.ts';
import type { Machine } from '../../machine/index.ts';
import { READ } from '../../mmu/index.ts';
import { whoJson, whoText } from '../../render/index.ts';
import { explainWalk } from '../../walk/index.ts';
import { type Command, type Invocation, text } from '../command.ts';
import { EXIT, UsageError } from '../errors.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom, noteAll, notePagingOff } from '../machine-source.ts';
import { parseLinear, parsePhysical } from '../numbers.ts';
import { namesFrom, SYMBOL_OPTIONS } from '../symbols.ts';

/** More roots are in no memory that anybody looks at. */
const MOST_ROOTS = 1024;

export const who: Command = {
  name: 'who',
  summary: 'tell which linear addresses and which tables lead to a physical address',
  operands: 'PHYSICAL…',
  options: {
    ...MACHINE_OPTIONS,
    ...SYMBOL_OPTIONS,
    range: { type: 'string', value: 'START-END', help: 'only linear addresses that lie there' },
    'all-roots': { type: 'boolean', help: 'under every root of page tables that is found in memory' },
    all: { type: 'boolean', help: 'print every line, however many' },
  },
  examples: [
    'x86-paging who 0x120000',
    'x86-paging who 0x1ff000 --image guest.elf --all-roots --json',
    'x86-paging who init_task --image guest.elf --symbols System.map',
  ],
  async run(invocation) {
    const { values, operands, style, json, print, printJson, note } = invocation;
    if (operands.length === 0)
      throw new UsageError('who needs at least one physical address, such as 0x120000');
    const names = namesFrom(values);
    for (const operand of operands) if (names.resolve(operand) === operand) parsePhysical(operand, 'address');
    const told = text(values, 'range');
    names.range(told);
    const allRoots = values['all-roots'] === true;
    const machine = await machineFrom(values, undefined, !allRoots);
    noteAll(machine, note);
    const mmu = mmuFrom(machine, values);
    notePagingOff(mmu, note);
    names.settle(mmu, note);
    const range = names.range(told);
    const addresses = operands.map((operand) => {
      const number = names.resolve(operand);
      if (operand === number) return parsePhysical(number, 'address');
      const report = explainWalk(mmu, parseLinear(number, mmu.mode), READ);
      if (report.ok) return report.physical;
      throw new UsageError(`'${operand}' at ${number} is not mapped, and so has no physical address`);
    });
    const roots = allRoots ? rootsIn(machine, invocation) : undefined;
    const { nameOf } = names;
    let unmapped = 0;
    for (const physical of addresses) {
      const report =
        roots === undefined
          ? whoMaps(mmu, physical, { range })
          : whoMapsUnder(machine, roots, physical, { range });
      if (report.mappings.length === 0) unmapped++;
      if (json) printJson(whoJson(report, nameOf));
      else print(whoText(report, style, { nameOf, all: values['all'] === true }));
    }
    return unmapped > 0 ? EXIT.negative : EXIT.done;
  },
};

function rootsIn(
  { memory, registers }: Machine,
  { progress, note }: Invocation,
): ReturnType<typeof findRoots> {
  const bar = progress('looking for roots');
  const roots = findRoots(memory, {
    limit: MOST_ROOTS,
    loaded: [{ registers, name: 'by the registers' }],
    progress: (done, total) => bar.update(done, total),
  });
  bar.end();
  note(
    roots.length === 1
      ? 'there is one root of page tables'
      : `there are ${roots.length} roots of page tables`,
  );
  return roots;
}
