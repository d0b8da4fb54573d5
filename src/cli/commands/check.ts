import {
  type Builder,
  type BuildRequest,
  caseAt,
  failureOf,
  smallestTrial,
  tryBuilder,
} from '../../campaign/index.ts';
import { checkLayout, type LayoutClaim, type Verification } from '../../claims/index.ts';
import type { Machine } from '../../machine/index.ts';
import {
  verificationJson,
  verificationSarif,
  verificationSuite,
  verificationText,
} from '../../render/index.ts';
import { builderOf } from '../builders/index.ts';
import { countFrom, modesFrom, REQUEST_OPTIONS, timeoutFrom } from '../builders/request-options.ts';
import { type Command, type Invocation, text, type Values } from '../command.ts';
import { SAVE_OPTION, saveCounterexample } from '../counterexample-file.ts';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { checkForms, FORM_OPTIONS, printForm } from '../forms.ts';
import { readLayout } from '../layout-file.ts';
import { MACHINE_OPTIONS, machineFrom, mmuFrom } from '../machine-source.ts';
import { isModule } from '../modules.ts';
import { packageVersion } from '../version.ts';

const { image: _, ...REGISTER_OPTIONS } = MACHINE_OPTIONS;

export const check: Command = {
  name: 'check',
  summary: 'prove a layout of your own over every page of a machine, or of what a builder makes',
  operands: 'LAYOUT [FILE]',
  options: {
    ...REGISTER_OPTIONS,
    builder: {
      type: 'string',
      value: 'COMMAND',
      help: 'a program that builds the machine (docs/builders.md)',
    },
    ...REQUEST_OPTIONS,
    timeout: {
      type: 'string',
      value: 'SECONDS',
      help: 'how long a builder (default 10) or QEMU (default 30) may take for an answer',
    },
    save: SAVE_OPTION,
    ...FORM_OPTIONS,
  },
  examples: [
    'x86-paging check layout.json guest.x86page',
    'x86-paging check layout.json guest.elf --sarif > findings.sarif',
    'x86-paging check layout.json ./builder.mjs --runs 1000 --seed 7 --mode 4-level',
    "x86-paging check layout.json --builder './builder --verbose'",
    'x86-paging check layout.json guest.x86page --save counterexample.x86page',
  ],
  async run(invocation) {
    const { values, operands, note } = invocation;
    const [layout, file] = operands;
    checkForms(values);
    const command = text(values, 'builder');
    const live = text(values, 'qemu');
    const given = [file, command, live].filter((each) => each !== undefined);
    if (layout === undefined || operands.length > 2 || given.length !== 1) {
      throw new UsageError(
        `check takes a layout and one machine, such as layout.json guest.elf; ${given.length} machines are given. In place of the file it takes a builder's module, --builder or --qemu`,
      );
    }
    const [name = ''] = given;
    const isBuilder = command !== undefined || isModule(name);
    refuseOthers(values, name, isBuilder);
    const claims = readLayout(layout);
    const { machine, verification } = isBuilder
      ? await checkBuilder(await builderOf(name, timeoutFrom(values)), claims, invocation)
      : await checkFile(file, claims, invocation);
    printForm(invocation, {
      json: () => verificationJson(verification),
      junit: () => [verificationSuite(verification, name)],
      sarif: () => verificationSarif(verification, name, packageVersion()),
      text: () => verificationText(verification, invocation.style, invocation.width),
    });
    const save = text(values, 'save');
    if (save !== undefined) await saveCounterexample(save, machine, claims, verification, note);
    return verification.ok ? EXIT.done : EXIT.negative;
  },
};

/** What was judged, and the verdict. */
interface Checked {
  readonly machine: Machine;
  readonly verification: Verification;
}

async function checkFile(
  file: string | undefined,
  claims: readonly LayoutClaim[],
  { values, progress }: Invocation,
): Promise<Checked> {
  const machine = await machineFrom(values, file);
  const mmu = mmuFrom(machine, values);
  const bar = progress('asking the MMU');
  const onProgress = (done: number, total: number): void => bar.update(done, total);
  const verification = checkLayout(mmu, claims, { onProgress });
  bar.end();
  return { machine, verification };
}

/** The verdict on the smallest request that fails, or else on the last. */
async function checkBuilder(
  builder: Builder,
  claims: readonly LayoutClaim[],
  { values, progress, note }: Invocation,
): Promise<Checked> {
  const runs = countFrom(values, 'runs', 1, 1, 1e9);
  const plan = {
    seed: countFrom(values, 'seed', 1, 0, 0xffff_ffff),
    runs,
    modes: modesFrom(values) ?? ['32-bit' as const],
    builders: [builder.name],
    limits: { mappings: 6, memoryFrames: 128 },
  };
  // One machine is judged as thoroughly as a file's; of many, pages that are not mapped are asked for at the borders.
  const options = { claims, confirm: runs * plan.modes.length === 1 ? 'every' : 'mapped' } as const;
  const total = runs * plan.modes.length;
  const bar = progress('building');
  for (let i = 0; ; i++) {
    bar.update(i, total);
    const { request } = caseAt(plan, i);
    const result = await tryBuilder(builder, request, options);
    if (result.kind === 'error') throw new InputError(`${result.error.message} (asked: ${told(request)})`);
    const isLast = i === total - 1;
    if (failureOf(result) === undefined && !isLast) continue;
    bar.end();
    if (failureOf(result) === undefined) return result;
    const small = await smallestTrial(builder, request, result, options);
    note(`request ${i + 1} of ${total} fails; the smallest that does asks for ${told(small.request)}`);
    return small.result.kind === 'built' ? small.result : result;
  }
}

function told({ mode, seed, frames, mappings }: BuildRequest): string {
  const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
  return `${mode} paging, ${count(mappings.length, 'mapping')}, ${count(frames.length, 'frame')}, seed ${seed}`;
}

/** @throws UsageError for an option that only the other kind of machine has. */
function refuseOthers(values: Values, name: string, isBuilder: boolean): void {
  const [own, others] = isBuilder ? [REQUEST_OPTIONS, REGISTER_OPTIONS] : [REGISTER_OPTIONS, REQUEST_OPTIONS];
  const wrong = Object.keys(others).find(
    (option) => values[option] !== undefined && own[option] === undefined,
  );
  if (wrong === undefined) return;
  const [is, take] = isBuilder ? ['a builder', 'other machines'] : ['no builder', 'builders'];
  throw new UsageError(`--${wrong} has no meaning here: '${name}' is ${is}, and ${take} take it`);
}
