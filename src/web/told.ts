/** Problems and errors in the language of the page. */

import { saidBy } from '../said/said.ts';
import type { Problem, Told } from './problem.ts';
import { TEXT } from './words/index.ts';

/** What an error says; one that nobody foresaw is named as such, with its own words beside. */
export function toldOfError(error: unknown): Told {
  const said = saidBy(error);
  const told = said && TEXT.problems.library(said);
  return told ?? TEXT.problems.unforeseen(error instanceof Error ? error.message : String(error));
}

/** What is wrong with a link or an action. */
export function toldOfProblem(problem: Problem): Told {
  switch (problem.about) {
    case 'error':
      return toldOfError(problem.error);
    case 'machine': {
      const { text, technical } = toldOfError(problem.error);
      return { text: TEXT.problems.machine(problem.part, shortened(problem.text), text), technical };
    }
    default: {
      const say = TEXT.problems.of[problem.about] as (problem: unknown) => string;
      return { text: say('text' in problem ? { ...problem, text: shortened(problem.text) } : problem) };
    }
  }
}

/** Several in one. @param say - Puts their texts, one after the other, into a sentence. */
export function toldTogether(all: readonly Told[], say: (texts: string) => string): Told {
  const technical = all.flatMap((one) => one.technical ?? []).join('; ');
  return {
    text: say(all.map(({ text }) => text).join('; ')),
    technical: technical === '' ? undefined : technical,
  };
}

/** Somebody else's text: a link may be long. */
function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
