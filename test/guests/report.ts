/** The results as the Markdown page `docs/real-guests.md`. */

import { QUIRKS, type QuirkName } from './compare.ts';
import type { GuestProof } from './prove.ts';

export interface ReportInput {
  readonly proofs: readonly GuestProof[];
  /** QEMU's version. */
  readonly qemu: string;
  readonly samples: number;
}

/** What came of a guest: how much was compared and how much of it agrees. */
export function sumOf(
  { comparisons }: Pick<GuestProof, 'comparisons'>,
  theirs?: string,
): [compared: number, agreed: number] {
  const these = comparisons.filter((each) => theirs === undefined || each.theirs === theirs);
  return [
    these.reduce((sum, { compared }) => sum + compared, 0),
    these.reduce((sum, { agreed }) => sum + agreed, 0),
  ];
}

/** Whether all agrees, and the right root ranks first. */
export function holds(proof: GuestProof): boolean {
  const [compared, agreed] = sumOf(proof);
  return compared > 0 && compared === agreed && proof.root.first;
}

/** How often each quirk was seen. */
export function quirksOf(proofs: readonly GuestProof[]): Record<QuirkName, number> {
  const count = (name: QuirkName): number =>
    proofs
      .flatMap(({ comparisons }) => comparisons)
      .reduce((sum, { quirks }) => sum + (quirks[name] ?? 0), 0);
  return {
    'nx-in-address': count('nx-in-address'),
    'no-lines-in-5-level': count('no-lines-in-5-level'),
    'pdpte-accessed': proofs.reduce((sum, { pdptesAccessed }) => sum + pdptesAccessed, 0),
  };
}

/** @returns the page, ending in a newline. */
export function markdownReport({ proofs, qemu, samples }: ReportInput): string {
  const quirks = Object.entries(quirksOf(proofs)) as [QuirkName, number][];
  const sources = [...new Set(proofs.flatMap(({ comparisons }) => comparisons.map(({ ours }) => ours)))];
  const lines = [
    '# Real guests',
    '',
    "Debian's kernels with a small root file system of our own, one of them as Xen's domain 0, and firmware, booted in QEMU (TCG), then",
    "stopped. What QEMU's monitor says of their page tables is compared with what the command line says, line by line. This page is written by the run:",
    '',
    '```sh',
    'npm run test:guests',
    '```',
    '',
    `QEMU ${qemu}. "Agree" counts lines that are equal, but for [quirks of QEMU](#quirks-of-qemu) that are known.`,
    '',
    '| guest | mode | CPUs | RAM | pages | `info tlb` | `info mem` | `gva2gpa` | agree | `roots` ranks CR3 |',
    '|---|---|--:|--:|--:|--:|--:|--:|--:|---|',
    ...proofs.map(rowOf),
    '',
    'Pages are those of the first CPU. `info tlb` and `info mem` are compared with the same tables from each of these sources, for every CPU:',
    `${sources.filter((name) => !name.startsWith('walk')).join('; ')}. To \`gva2gpa\`, ${samples} addresses are given for every CPU, three of`,
    'four in pages that are mapped, and walked in the ELF core. `roots` looks for the root in RAM alone, without registers.',
    'In 5-level paging QEMU makes no dump with `paging` in two minutes, and is asked for `info mem` of the first CPU alone.',
    '',
    '## Guests',
    '',
    '| guest | Debian package | `-cpu` | seconds |',
    '|---|---|---|--:|',
    ...proofs.map(
      ({ plan, debianPackage, seconds }) =>
        `| ${plan.name} | \`${debianPackage}\`${plan.commandLine ? ` with \`${plan.commandLine}\`` : ''} | \`${plan.cpu}\` | ${seconds} |`,
    ),
    '',
    '## Quirks of QEMU',
    '',
    '| name | seen | what |',
    '|---|--:|---|',
    ...quirks.map(([name, seen]) => `| ${name} | ${seen} | ${QUIRKS[name]} |`),
    '',
  ];
  return lines.join('\n');
}

function rowOf(proof: GuestProof): string {
  const { plan, pages, root } = proof;
  const [compared, agreed] = sumOf(proof);
  const cell = (theirs: string): string => {
    const [lines] = sumOf(proof, theirs);
    return lines === 0 ? '–' : String(lines);
  };
  const agree = compared === agreed ? '**all**' : `${agreed} of ${compared}`;
  return `| ${plan.name} | ${plan.mode} | ${plan.cpus} | ${plan.memoryMib} MiB | ${pages} | ${cell('info tlb')} | ${cell('info mem')} | ${cell('gva2gpa')} | ${agree} | ${root.first ? 'first' : `after ${root.named}`} |`;
}
