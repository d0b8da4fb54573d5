import { isDataName, LINT_RULE_NAMES, type LintOptions, lintTables } from '../../inspect/index.ts';
import { regionNames, regionsOf } from '../../machine/index.ts';
import { LINT_SHOWN, lintFindingJson, lintSarif, lintText } from '../../render/index.ts';
import { atMostOne, type Command, type Invocation, oneOperand, text } from '../command.ts';
import { EXIT } from '../errors.ts';
import { readLintRules } from '../lint-rules-file.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom, noteAll, notePagingOff } from '../machine-source.ts';
import { parseBits } from '../numbers.ts';
import { namesFrom, SYMBOL_OPTIONS } from '../symbols.ts';
import { packageVersion } from '../version.ts';

export const lint: Command = {
  name: 'lint',
  summary: 'look page tables over for what should not be, such as pages both writable and executable',
  operands: '[FILE]',
  options: {
    ...MACHINE_OPTIONS,
    ...SYMBOL_OPTIONS,
    range: { type: 'string', value: 'START-END', help: 'only what is found there' },
    'kernel-start': {
      type: 'string',
      value: 'ADDRESS',
      help: "the first of the kernel's addresses (default: the upper half in long mode, else 0xc000_0000)",
    },
    rules: {
      type: 'string',
      value: 'FILE',
      help: `JSON that switches rules off or sets their level, and excepts places: ${LINT_RULE_NAMES.join(', ')}`,
    },
    all: { type: 'boolean', help: 'print every finding, however many' },
    sarif: { type: 'boolean', help: 'print SARIF 2.1.0, for code hosts and editors' },
  },
  examples: [
    'x86-paging lint guest.elf',
    'x86-paging lint guest.elf --rules lint.json --sarif > findings.sarif',
    'x86-paging lint --qemu unix:qmp.sock --stop --range 0xffff_8000_0000_0000+512G',
  ],
  async run(invocation) {
    const { values, operands, style, json, print, data, printJson, note, progress } = invocation;
    atMostOne(values, 'json', 'sarif');
    const range = text(values, 'range');
    const start = text(values, 'kernel-start');
    const rules = text(values, 'rules');
    const names = namesFrom(values);
    const placesOf = (): Pick<LintOptions, 'range' | 'kernel'> => ({
      range: names.range(range),
      kernel: start === undefined ? undefined : kernelFrom(names.resolve(start)),
    });
    // Slips are told before a file is read.
    placesOf();
    const told = rules === undefined ? {} : readLintRules(rules);
    const file = oneOperand('lint', operands, 'file');
    const machine = await machineFrom(values, file);
    noteAll(machine, note);
    const mmu = mmuFrom(machine, values);
    notePagingOff(mmu, note);
    names.settle(mmu, note);
    const regionOf = regionNames(machine);
    const bar = progress('looking the tables over');
    const omitted = new Map<string, number>();
    const findings = lintTables(mmu, {
      ...told,
      ...placesOf(),
      data: [
        ...regionsOf(machine).filter(({ space, name }) => space === 'linear' && isDataName(name)),
        ...(names.table?.data() ?? []),
      ],
      nameOf: (linear) => regionOf(linear) ?? names.nameOf?.(linear),
      limit: limitOf(invocation),
      onIncomplete: () =>
        note(
          'tables lead to each other in so many ways that not all were looked at; there may be more findings',
        ),
      progress: (done, total) => bar.update(done, total),
      onOmitted: (rule, level, count) => omitted.set(`${rule} ${level}`, count),
    });
    bar.end();
    const left = [...omitted.values()].reduce((sum, count) => sum + count, 0);
    if (left > 0 && (json || values['sarif'] === true || values['all'] === true))
      note(`${left.toLocaleString('en')} more findings are left out; --range and --rules narrow them`);
    if (json) for (const finding of findings) printJson(lintFindingJson(finding));
    else if (values['sarif'] === true)
      data(
        JSON.stringify(lintSarif(findings, file ?? text(values, 'image'), packageVersion()), undefined, 1),
      );
    else {
      print(
        lintText(findings, style, {
          all: values['all'] === true,
          omitted: (rule, level) => omitted.get(`${rule} ${level}`) ?? 0,
        }),
      );
    }
    return findings.length > 0 ? EXIT.negative : EXIT.done;
  },
};

function kernelFrom(start: string): LintOptions['kernel'] {
  return { start: parseBits(start, '--kernel-start', 64), end: 1n << 64n };
}

/** What is printed for people is found, and no more. */
function limitOf({ values, json }: Invocation): number | undefined {
  if (json) return 20_000;
  return values['all'] === true || values['sarif'] === true ? undefined : LINT_SHOWN;
}
