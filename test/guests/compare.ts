/** What QEMU says of a guest beside what this project says: lines and addresses, with the quirks of QEMU that are known. */

import type { GuestPlan } from './guest.ts';

/** What QEMU is known to say otherwise, and why. */
export const QUIRKS = {
  'nx-in-address':
    'In PAE paging, `info tlb` leaves NX in the physical address, as its bit 63 (`print_pte` masks only the low bits). ' +
    'Counted: lines of pages with NX.',
  'no-lines-in-5-level':
    'In 5-level paging, `info mem` prints nothing, and takes a minute: `mem_info_la57` of QEMU 7.2 goes on with PDPTEs ' +
    'and PDEs that are not present in place of those that are; later versions are mended. Counted: lines that it should ' +
    'have printed.',
  'pdpte-accessed':
    'The walk sets bit 5 of PDPTEs in RAM, which PAE reserves. They are taken, with a note; `--strict` refuses them as a ' +
    'CPU does. Counted: PDPTEs that have it.',
} as const;

export type QuirkName = keyof typeof QUIRKS;

/** A comparison's result. */
export interface Outcome {
  /** How many lines or addresses were compared: those of the longer side. */
  readonly compared: number;
  readonly agreed: number;
  /** How many of those that agree do so only because a quirk is known. */
  readonly quirks: Readonly<Partial<Record<QuirkName, number>>>;
  /** The first few that do not agree, with both sides. */
  readonly differences: readonly string[];
}

const SHOWN = 5;

/** The lines of a text, whichever way they end. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** Lines beside lines, in order. @param quirkOf - The quirk that explains a pair of lines that differ. */
export function compareLines(
  theirs: readonly string[],
  ours: readonly string[],
  quirkOf: (theirs: string, ours: string) => QuirkName | undefined = () => undefined,
): Outcome {
  const compared = Math.max(theirs.length, ours.length);
  const quirks: Partial<Record<QuirkName, number>> = {};
  const differences: string[] = [];
  let agreed = 0;
  for (let i = 0; i < compared; i++) {
    const [their = '(no line)', our = '(no line)'] = [theirs[i], ours[i]];
    const quirk = their === our ? undefined : quirkOf(their, our);
    if (quirk !== undefined) quirks[quirk] = (quirks[quirk] ?? 0) + 1;
    if (their === our || quirk !== undefined) agreed++;
    else if (differences.length < SHOWN) differences.push(`line ${i + 1}: QEMU '${their}', ours '${our}'`);
  }
  return { compared, agreed, quirks, differences };
}

/** `info tlb` beside `map --as qemu-tlb`. */
export function compareTlb(theirs: string, ours: string, { mode }: Pick<GuestPlan, 'mode'>): Outcome {
  return compareLines(linesOf(theirs), linesOf(ours), (their, our) =>
    mode === 'PAE' && their === withNxInAddress(our) ? 'nx-in-address' : undefined,
  );
}

/** A line of ours as QEMU has it in PAE paging. */
function withNxInAddress(line: string): string {
  const [, linear, physical, flags] = /^(\w+): (\w+) (X.*)$/.exec(line) ?? [];
  if (physical === undefined) return line;
  const wrong = BigInt(`0x${physical}`) | (1n << 63n);
  return `${linear}: ${wrong.toString(16)} ${flags}`;
}

/** `info mem` beside `map --as qemu-mem`. */
export function compareMem(theirs: string, ours: string, { mode }: Pick<GuestPlan, 'mode'>): Outcome {
  const isEmpty = mode === '5-level' && theirs.trim() === '';
  return compareLines(linesOf(theirs), linesOf(ours), () => (isEmpty ? 'no-lines-in-5-level' : undefined));
}

/**
 * `gva2gpa` beside walks of the same addresses.
 *
 * @param theirs - By address: QEMU's answer.
 * @param ours - In the same order: the physical address that a walk ends at; undefined where it ends nowhere.
 */
export function compareSamples(
  theirs: readonly (readonly [address: string, answer: string])[],
  ours: readonly (string | undefined)[],
): Outcome {
  return compareLines(
    theirs.map(
      ([address, answer]) => `${address} → ${/gpa: (0x[0-9a-f]+)/.exec(answer)?.[1] ?? answer.trim()}`,
    ),
    theirs.map(([address], i) => `${address} → ${ours[i] ?? 'Unmapped'}`),
  );
}
