import type { FrameInfo, Story, ToldStep } from '../xen/index.ts';
import { hex, type Json } from './json.ts';

/** A scenario as it happened, under the schema name `x86-paging/xen/1`. */
export function storyJson(story: Story): Json {
  const { scenario, repaired, steps, before, after, asExpected } = story;
  return {
    schema: 'x86-paging/xen/1',
    name: scenario.name,
    about: scenario.about,
    hole: scenario.hole ?? null,
    repaired,
    asExpected,
    steps: steps.map(stepJson),
    frames: before.map((frame, i) => ({
      frame: hex(frame.frame),
      before: frameJson(frame),
      after: frameJson(after[i]!),
    })),
  };
}

function stepJson({ say, step, outcome, flushes, nesting, broken, expected, asExpected }: ToldStep): Json {
  return {
    say,
    call: step.call,
    outcome: outcome.kind === 'access' ? accessJson(outcome.access) : answerJson(outcome.answer),
    flushes: flushes.map(([kind, value]) => ({ kind, value: value === undefined ? null : hex(value) })),
    nesting,
    broken: [...broken],
    expected: expected ?? null,
    asExpected,
  };
}

type Outcome = ToldStep['outcome'];

function answerJson({ result, refusal }: Extract<Outcome, { kind: 'answer' }>['answer']): Json {
  return { result, rule: refusal?.rule ?? null, text: refusal?.text ?? null };
}

function accessJson(access: Extract<Outcome, { kind: 'access' }>['access']): Json {
  if (access.ok) {
    const { physical, value } = access;
    return { ok: true, physical: hex(physical), value: value === undefined ? null : hex(value) };
  }
  const { vector, code, cr2, stoppedBy } = access;
  return { ok: false, vector, code, cr2: cr2 === undefined ? null : hex(cr2), stoppedBy };
}

function frameJson({ owner, count, typeName, typeCount, pinned }: FrameInfo): Json {
  return { owner: owner ?? null, count, type: typeName, typeCount, pinned };
}
