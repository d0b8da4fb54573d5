import { PhysicalMemory } from '../memory/physical-memory.ts';
import { auditXen } from './audit.ts';
import type { FrameInfo } from './frame-info.ts';
import { HOLES, type HoleName } from './holes.ts';
import { Xen } from './hypervisor.ts';
import { makeSmallDomain, type SmallDomain } from './small-domain.ts';
import type { Flush, LinearMapMode } from './state.ts';
import { perform, type XenOutcome, type XenStep } from './steps.ts';

/** What a step should come to: a call's result, or whether an access is done. */
export type Expectation = number | 'ok' | 'fault';

/** One step of a scenario, with what is to be said of it. */
export interface ScenarioStep {
  /** A sentence for the reader. */
  readonly say: string;
  /** The call or access. */
  readonly step: XenStep;
  /** What it comes to on the original. */
  readonly original: Expectation | undefined;
  /** What it comes to with all holes closed. */
  readonly repaired: Expectation | undefined;
}

/** A story of calls and accesses on a small machine. */
export interface Scenario {
  /** Its name. */
  readonly name: string;
  /** What it shows, in a sentence or two. */
  readonly about: string;
  /** The hole that it is about, if it is about one. */
  readonly hole: HoleName | undefined;
  /** Size of the machine in frames. */
  readonly frames: number;
  /** How Xen reads the linear page table: through a TLB, or walked anew. */
  readonly linearMap: LinearMapMode;
  /** The domains that take part. */
  readonly domains: readonly SmallDomain[];
  /** What happens, in order. */
  readonly steps: readonly ScenarioStep[];
}

/** What became of a step. */
export interface ToldStep {
  /** What it is for, in words. */
  readonly say: string;
  /** The call or access. */
  readonly step: XenStep;
  /** What came of it. */
  readonly outcome: XenOutcome;
  /** What it did to the TLB. */
  readonly flushes: readonly Flush[];
  /** How many frames Xen had mapped at once: how deep the call went. */
  readonly nesting: number;
  /** Promises that are broken since this step, in words. */
  readonly broken: readonly string[];
  /** What the scenario expected. */
  readonly expected: Expectation | undefined;
  /** Whether it came as expected. True where nothing was expected. */
  readonly asExpected: boolean;
}

/** A scenario as it happened. */
export interface Story {
  /** What was played. */
  readonly scenario: Scenario;
  /** The holes that were repaired. */
  readonly repaired: boolean;
  /** What happens, in order. */
  readonly steps: readonly ToldStep[];
  /** The domains' frames before the first step and after the last. */
  readonly before: readonly FrameInfo[];
  /** The frames as they are in the end. */
  readonly after: readonly FrameInfo[];
  /** Every step came as expected. */
  readonly asExpected: boolean;
}

/**
 * Plays a scenario.
 * @param repaired - With all holes closed. Default: as the original was.
 * @throws RangeError if the scenario names what the machine does not have.
 */
export function playScenario(scenario: Scenario, repaired = false): Story {
  const xen = new Xen(new PhysicalMemory(scenario.frames * 4096), {
    linearMap: scenario.linearMap,
    repaired: repaired ? 'all' : [],
  });
  for (const domain of scenario.domains) makeSmallDomain(xen, domain);
  const frames = scenario.domains.flatMap(({ first, count }) =>
    Array.from({ length: count }, (_, i) => first + i),
  );
  const look = (): FrameInfo[] => frames.map((frame) => xen.frame(frame));
  const before = look();
  const known = new Set(brokenPromises(xen));
  const steps = scenario.steps.map((step) => tell(xen, step, repaired, known));
  return {
    scenario,
    repaired,
    steps,
    before,
    after: look(),
    asExpected: steps.every((step) => step.asExpected),
  };
}

function tell(
  xen: Xen,
  { say, step, original, repaired }: ScenarioStep,
  isRepaired: boolean,
  known: Set<string>,
): ToldStep {
  const outcome = perform(xen, step);
  const broken = brokenPromises(xen).filter((text) => !known.has(text));
  for (const text of broken) known.add(text);
  const expected = isRepaired ? repaired : original;
  const isAccess = outcome.kind === 'access';
  return {
    say,
    step,
    outcome,
    flushes: isAccess ? [] : xen.flushes,
    nesting: isAccess ? 0 : xen.nesting,
    broken,
    expected,
    asExpected: expected === undefined || expected === resultOf(outcome),
  };
}

/** What a step came to, in the terms of an expectation. */
export function resultOf(outcome: XenOutcome): Expectation {
  if (outcome.kind === 'answer') return outcome.answer.result;
  return outcome.access.ok ? 'ok' : 'fault';
}

function brokenPromises(xen: Xen): string[] {
  return auditXen(xen).map(({ text }) => text);
}

/** Whether a hole has such a name. */
export function isHoleName(name: string): name is HoleName {
  return Object.hasOwn(HOLES, name);
}
