import { formatAddress } from '../../arch/index.ts';
import { absentRuns, MapSum, mapOf, tablesMemory, viewThrough } from '../../inspect/index.ts';
import { regionsOf } from '../../machine/index.ts';
import { ramRanges } from '../../memory/ram-ranges.ts';
import {
  absentRunJson,
  absentText,
  drawingSvg,
  mapRunJson,
  mapSummaryJson,
  mapSummaryText,
  mapSvg,
  mapText,
  TOOL_FORMS,
  type ToolFormName,
} from '../../render/index.ts';
import { tablesOf } from '../../walk/index.ts';
import { atMostOne, type Command, oneOperand, text } from '../command.ts';
import { EXIT } from '../errors.ts';
import { LENS_OPTION, lensFrom } from '../lens-file.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom, noteAll, notePagingOff } from '../machine-source.ts';
import { watchedRuns } from '../progress.ts';
import { namesFrom, SYMBOL_OPTIONS } from '../symbols.ts';

export const map: Command = {
  name: 'map',
  summary: 'list what is mapped, folded into runs of equal rights',
  operands: '[FILE]',
  options: {
    ...MACHINE_OPTIONS,
    ...SYMBOL_OPTIONS,
    range: { type: 'string', value: 'START-END', help: 'only what lies there' },
    contiguous: { type: 'boolean', help: 'end a line also where physical memory does not go on' },
    summary: { type: 'boolean', help: 'only the sum: pages by size and rights, and what the tables take' },
    all: { type: 'boolean', help: 'print every line, however many' },
    as: {
      type: 'string',
      value: 'FORM',
      choices: Object.keys(TOOL_FORMS),
      help: `in another tool's words: ${Object.entries(TOOL_FORMS)
        .map(([name, { summary }]) => `${name}, ${summary}`)
        .join('; ')}`,
    },
    lens: LENS_OPTION,
    svg: { type: 'boolean', help: 'draw the address space and the memory that it leads to, as an SVG file' },
  },
  examples: [
    'x86-paging map dom.x86page',
    'x86-paging map --qemu unix:qmp.sock --stop --as qemu-tlb',
    'x86-paging map guest.elf --lens linux',
    'x86-paging map --svg > map.svg',
  ],
  async run({ values, operands, style, json, print, data, printJson, note, progress }) {
    atMostOne(values, 'svg', 'json', 'as');
    atMostOne(values, 'lens', 'as');
    atMostOne(values, 'svg', 'summary', 'as');
    const lens = lensFrom(values);
    const told = text(values, 'range');
    const symbols = namesFrom(values);
    // Of 64 bits before the paging mode is known, so that a slip is told before a file is read.
    symbols.range(told);
    const machine = await machineFrom(values, oneOperand('map', operands, 'file'));
    const svg = values['svg'] === true;
    if (svg && machine.domain !== undefined && lens === undefined && told === undefined) {
      data(drawingSvg(machine.domain));
      return EXIT.done;
    }
    noteAll(machine, note);
    const mmu = mmuFrom(machine, values);
    notePagingOff(mmu, note);
    symbols.settle(mmu, note);
    const range = symbols.range(told);
    const form = text(values, 'as') as ToolFormName | undefined;
    if (form !== undefined) {
      for (const line of TOOL_FORMS[form].lines(mmu)) data(line);
      return EXIT.done;
    }
    const contiguous = values['contiguous'] === true;
    const view = lens && viewThrough(lens, mmu);
    for (const line of view?.notes ?? []) note(line);
    const names = [...regionsOf(machine).filter(({ space }) => space === 'linear'), ...(view?.regions ?? [])];
    const runs = symbols.named(mapOf(mmu, { names, range, contiguous: contiguous || svg }));
    const watched = watchedRuns(runs, mmu.mode, progress('reading the tables'));
    if (svg) {
      const ram = ramRanges(machine.memory);
      const places = Array.from(tablesOf(mmu), ({ address }) => address);
      const title = `${mmu.mode === 'off' ? 'Paging off' : `${mmu.mode} paging`}, CR3 ${formatAddress(mmu.cr3)}`;
      data(mapSvg({ runs: watched, ram, tables: places, title }));
      return EXIT.done;
    }
    const tables = tablesMemory(mmu);
    if (values['summary'] === true) {
      const sum = new MapSum();
      for (const run of watched) sum.add(run);
      if (json) printJson(mapSummaryJson(sum.summary, mmu.cr3, tables));
      else print(mapSummaryText(sum.summary, tables));
      return EXIT.done;
    }
    const absent = view === undefined ? [] : absentRuns(mmu, view, range);
    const all = values['all'] === true;
    if (json) {
      for (const run of watched) printJson(mapRunJson(run));
      for (const run of absent) printJson(absentRunJson(run));
    } else {
      print(mapText(watched, style, { all, tables }));
      const table = absentText(absent, style, { all });
      if (table !== '') print(`\n${table}`);
    }
    return EXIT.done;
  },
};
