import { formatAddress } from '../arch/address.ts';
import type { Story, ToldStep, XenOutcome, XenStep } from '../xen/index.ts';
import { PLAIN, type Style } from './style.ts';
import { wrap } from './wrap.ts';

const hex = (value: number): string => formatAddress(value);

/** A scenario as it happened: each step with what was asked, what Xen or the CPU answered, and what that broke. */
export function storyText(
  story: Story,
  style: Style = PLAIN,
  width: number = Number.POSITIVE_INFINITY,
): string {
  const { scenario, repaired, steps, asExpected } = story;
  const lines = [
    style.title(scenario.name),
    ...wrap(scenario.about, width),
    style.dim(repaired ? 'all holes closed' : 'as the original was'),
  ];
  for (const [index, step] of steps.entries()) {
    lines.push('', ...wrap(`${index + 1}. ${step.say}`, width));
    const indented = (text: string, mark: (text: string) => string = (same) => same): void => {
      for (const line of wrap(text, width - 5)) lines.push(`     ${mark(line)}`);
    };
    indented(callText(step.step), style.dim);
    indented(outcomeText(step.outcome), isGood(step.outcome) ? style.good : style.bad);
    if (step.flushes.length > 0) indented(`TLB: ${flushesText(step)}`, style.dim);
    if (step.nesting > 2) indented(`Xen had ${step.nesting} frames mapped at once`, style.dim);
    for (const text of step.broken) indented(`broken: ${text}`, style.bad);
    if (!step.asExpected) indented(`expected was: ${step.expected}`, style.bad);
  }
  lines.push('', asExpected ? 'everything as expected' : style.bad('not everything as expected'));
  return lines.join('\n');
}

/** A step as it is asked. */
export function callText(step: XenStep): string {
  switch (step.call) {
    case 'access': {
      const what = step.kind === 'write' ? `write ${hex(step.value ?? 0)} to` : step.kind;
      const how = step.segments === false ? ', without segment limits' : '';
      return `ring ${step.ring ?? 1}: ${what} ${hex(step.linear)}${how}`;
    }
    case 'mmuUpdate': {
      const list = step.updates.map(([pointer, value]) => `${hex(pointer)} = ${hex(value)}`).join(', ');
      return `domain ${step.domain}: mmu_update ${list}`;
    }
    case 'updateVaMapping':
      return `domain ${step.domain}: update_va_mapping page ${hex(step.page)} = ${hex(step.value)}, flags ${step.flags}`;
    case 'setBase':
      return `domain ${step.domain}: builds domain ${step.target} with directory ${hex(step.directory)}`;
    case 'switchTo':
      return `the scheduler: domain ${step.domain} runs`;
    case 'ldtFault':
      return `domain ${step.domain}: the CPU faults on page ${step.page} of its LDT`;
    case 'setGdt':
      return `domain ${step.domain}: set_gdt ${step.entries} entries in frames ${step.frames.map(hex).join(', ')}`;
    case 'updateDescriptor':
      return `domain ${step.domain}: update_descriptor ${hex(step.address)} = ${hex(step.words[1])}:${hex(step.words[0])}`;
    case 'decreaseReservation':
      return `domain ${step.domain}: gives back frames ${step.frames.map(hex).join(', ')}`;
  }
}

function isGood(outcome: XenOutcome): boolean {
  return outcome.kind === 'access' ? outcome.access.ok : outcome.answer.refusal === undefined;
}

function outcomeText(outcome: XenOutcome): string {
  if (outcome.kind === 'answer') {
    const { result, refusal } = outcome.answer;
    return refusal === undefined ? `Xen answers ${result}` : `Xen answers ${result}: ${refusal.text}`;
  }
  const { access } = outcome;
  if (access.ok) {
    const value = access.value === undefined ? '' : `, holds ${hex(access.value)}`;
    return `done, at machine address ${hex(access.physical)}${value}`;
  }
  if (access.stoppedBy === 'segmentation') return 'refused by the segment: #GP, error code 0';
  return `refused by paging: #PF, error code ${access.code}, CR2 ${hex(access.cr2 ?? 0)}`;
}

const FLUSH_NAMES: Readonly<Record<string, string>> = {
  cr3: 'CR3 loaded with',
  'type-change': 'flushed for a change of type',
  invlpg: 'flushed at',
  local: 'flushed',
  lgdt: 'GDT loaded',
};

function flushesText({ flushes }: ToldStep): string {
  return flushes
    .map(([kind, value]) => {
      if (kind === 'ldt') return value === 0 ? 'no LDT' : `LDT of ${value} entries`;
      return value === undefined ? FLUSH_NAMES[kind] : `${FLUSH_NAMES[kind]} ${hex(value)}`;
    })
    .join(', ');
}
