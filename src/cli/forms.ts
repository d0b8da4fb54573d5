/** The forms in which a verdict is told, beside text for people: JSON, JUnit XML and SARIF. */
import { type JunitSuite, junitXml } from '../render/index.ts';
import { atMostOne, type Invocation, type Options, type Values } from './command.ts';

/** The options of a command that tells a verdict; `--json` every command has. */
export const FORM_OPTIONS: Options = {
  junit: { type: 'boolean', help: 'print JUnit XML, for continuous integration' },
  sarif: { type: 'boolean', help: 'print SARIF 2.1.0, for code hosts and editors' },
};

/** @throws UsageError where more than one form is asked for. */
export function checkForms(values: Values): void {
  atMostOne(values, 'json', 'junit', 'sarif');
}

/** A verdict in each form, made when asked for. */
export interface Forms {
  json(): unknown;
  junit(): readonly JunitSuite[];
  sarif(): unknown;
  text(): string;
}

/** Prints a verdict in the form that was asked for. */
export function printForm({ values, json, print, data, printJson }: Invocation, forms: Forms): void {
  if (json) printJson(forms.json());
  else if (values['junit'] === true) data(junitXml(forms.junit()).trimEnd());
  else if (values['sarif'] === true) data(JSON.stringify(forms.sarif(), undefined, 1));
  else print(forms.text());
}
