/** A verification for other programs: SARIF and JUnit. */

import type { Claim, Verification } from '../claims/index.ts';
import type { Json } from './json.ts';
import type { JunitCase, JunitSuite } from './junit.ts';
import { artifactOf, type SarifFinding, sarifLog } from './sarif.ts';

/** The claims on a file's machine, as SARIF: each claim is a rule, and one that fails a finding. */
export function verificationSarif({ claims }: Verification, file: string, version: string): Json {
  const rules = [...new Map(claims.map(({ name, title }) => [name, { id: name, title }])).values()];
  const findings = claims.filter(({ ok }) => !ok).map(findingOf);
  return sarifLog(rules, findings, { version, artifact: artifactOf(file) });
}

function findingOf({ name, title, counterexample }: Claim): SarifFinding {
  const { text, mend, linear } = counterexample ?? {};
  const all = [title, text, mend && `To mend it: ${mend}.`].filter(Boolean).join(' ');
  return { rule: name, text: all, place: linear === undefined ? undefined : { start: linear } };
}

/** The claims on a file's machine, as a suite of JUnit. */
export function verificationSuite({ claims }: Verification, file: string): JunitSuite {
  return { name: file, cases: claims.map(junitCase) };
}

function junitCase({ title, ok, counterexample }: Claim): JunitCase {
  if (ok) return { name: title };
  const { text = title, mend } = counterexample ?? {};
  const more = mend === undefined ? text : `${text}\nto mend it: ${mend}`;
  return { name: title, failure: { message: text, text: more } };
}
