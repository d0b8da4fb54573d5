/** The file that says which rules of `lint` count, and where they are broken on purpose. */

import {
  LINT_RULE_NAMES,
  type LintException,
  type LintOptions,
  type LintRuleName,
} from '../inspect/index.ts';
import { InputError, UsageError } from './errors.ts';
import { readInput } from './files.ts';
import { parseRange } from './numbers.ts';
import { closest } from './suggest.ts';

const LIMIT = { bytes: 2 ** 20, why: 'more than any list of rules has' };
const LEVELS = ['off', 'note', 'warning', 'error'] as const;

/**
 * Reads such a file: `{ "rules": { "recursive-slot": "off" }, "except": [{ "rule": "user-kernel-page", "range":
 * "0xffff_ffff_ff60_0000+4K" }] }`. An exception without a rule is one from all.
 * @throws InputError that names what is wrong.
 */
export function readLintRules(path: string): Pick<LintOptions, 'rules' | 'except'> {
  const wrong = (what: string): InputError => new InputError(`the rules '${path}': ${what}`);
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(readInput(path, 'rules', LIMIT)));
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw wrong(`this is no JSON: ${(error as Error).message}`);
  }
  const { rules = {}, except = [], ...others } = objectOf(value, 'the file', wrong);
  const [other] = Object.keys(others);
  if (other !== undefined) throw wrong(`there is no field '${other}'; there are rules and except`);
  if (!Array.isArray(except)) throw wrong('except is no list');
  return {
    rules: Object.fromEntries(
      Object.entries(objectOf(rules, 'rules', wrong)).map(([name, level]) => {
        const known = LEVELS.find((each) => each === level);
        if (known === undefined)
          throw wrong(`rules.${name} is ${JSON.stringify(level)}, and none of ${LEVELS.join(', ')}`);
        return [ruleOf(name, wrong), known];
      }),
    ),
    except: except.map((each, i) => exceptionOf(each, `except[${i}]`, wrong)),
  };
}

type Wrong = (what: string) => InputError;

function exceptionOf(value: unknown, where: string, wrong: Wrong): LintException {
  const { rule, range, why: _, ...others } = objectOf(value, where, wrong);
  const [other] = Object.keys(others);
  if (other !== undefined) throw wrong(`${where} has a field '${other}'; there are rule, range and why`);
  if (typeof range !== 'string') throw wrong(`${where}.range is no text such as "0xc0000000-0xc0400000"`);
  try {
    const told = { range: parseRange(range, `${where}.range`, 64) };
    return rule === undefined ? told : { ...told, rule: ruleOf(rule, wrong) };
  } catch (error) {
    if (error instanceof UsageError) throw wrong(error.message);
    throw error;
  }
}

function ruleOf(name: unknown, wrong: Wrong): LintRuleName {
  const known = LINT_RULE_NAMES.find((each) => each === name);
  if (known !== undefined) return known;
  const meant = closest(String(name), LINT_RULE_NAMES);
  const hint = meant === undefined ? `there are ${LINT_RULE_NAMES.join(', ')}` : `did you mean '${meant}'?`;
  throw wrong(`there is no rule ${JSON.stringify(name)}; ${hint}`);
}

function objectOf(value: unknown, what: string, wrong: Wrong): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw wrong(`${what} is no object`);
}
