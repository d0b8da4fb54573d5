/** Verdicts as JUnit XML, which continuous-integration systems read. It holds no times: the same verdicts, the same text. */

import { element } from './svg-element.ts';

/** One thing that was tested. */
export interface JunitCase {
  /** What. */
  readonly name: string;
  /** Why it failed; undefined: it did not. */
  readonly failure?: JunitFailure | undefined;
  /** Why it could not be judged; undefined: it could. */
  readonly error?: JunitError | undefined;
}

/** Why something could not be judged. */
export interface JunitError {
  /** A sentence. */
  readonly message: string;
}

/** Why something failed. */
export interface JunitFailure extends JunitError {
  /** All that is to be said of it. */
  readonly text: string;
}

/** Cases that belong together, such as the claims on one machine. */
export interface JunitSuite {
  /** What they are about. */
  readonly name: string;
  /** The cases. */
  readonly cases: readonly JunitCase[];
}

/** The suites as a document of JUnit XML, in the form that Jenkins describes. */
export function junitXml(suites: readonly JunitSuite[]): string {
  const all = suites.map(({ name, cases }) => {
    const count = (has: (each: JunitCase) => boolean): number => cases.filter(has).length;
    return element(
      'testsuite',
      {
        name,
        tests: cases.length,
        failures: count(({ failure }) => failure !== undefined),
        errors: count(({ error }) => error !== undefined),
      },
      ...cases.map((each) => testCase(name, each)),
    );
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', {}, ...all).markup}\n`;
}

function testCase(suite: string, { name, failure, error }: JunitCase): ReturnType<typeof element> {
  return element(
    'testcase',
    { name, classname: suite },
    ...(failure === undefined ? [] : [element('failure', { message: failure.message }, failure.text)]),
    ...(error === undefined ? [] : [element('error', { message: error.message })]),
  );
}
