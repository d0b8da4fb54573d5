/** The shape of a lesson's words; those of everything else have the shape of the English ones. */

/** One step in words. */
export interface StepWords {
  /** What there is to know, in paragraphs. */
  readonly body: readonly string[];
  /** What is to be done. */
  readonly task?: string;
  /** For those who are stuck: names what can be seen. */
  readonly hint?: string;
  /** A question's choices. */
  readonly choices?: readonly string[];
  /** For each choice what is to be said to who takes it; empty for the right one. */
  readonly wrong?: readonly string[];
  /** A handler to be completed: lines, in which `{0}`, `{1}`, … are blanks. */
  readonly code?: readonly string[];
  /** For each blank its choices, and for each of these what is wrong with it; empty for the right one. */
  readonly blanks?: readonly (readonly (readonly [choice: string, wrong: string])[])[];
  /** Said once it is done. */
  readonly after: string;
}

export interface LessonWords {
  readonly title: string;
  readonly goal: string;
  readonly steps: readonly StepWords[];
}
