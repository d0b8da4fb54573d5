/** The shape of a lesson's words; those of everything else have the shape of the English ones. */

/** One step in words. */
export interface StepWords {
  /** What there is to know, in paragraphs. */
  readonly body: readonly string[];
  /** What is to be done. */
  readonly task?: string;
  /** For those who are stuck. */
  readonly hint?: string;
  /** A question's choices. */
  readonly choices?: readonly string[];
  /** Said once it is done. */
  readonly after: string;
}

export interface LessonWords {
  readonly title: string;
  readonly goal: string;
  readonly steps: readonly StepWords[];
}
