import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { storyJson, storySvg, storyText } from '../../render/index.ts';
import { parseScenario, playScenario, type Scenario, ScenarioError } from '../../xen/index.ts';
import { atMostOne, type Command, oneOperand } from '../command.ts';
import { EXIT, InputError, UsageError } from '../errors.ts';
import { readInput } from '../files.ts';
import { closest } from '../suggest.ts';

/** The scenarios that come with the package, three folders up from where this file is compiled to. */
const SHIPPED: string = fileURLToPath(new URL('../../../scenarios/xen/', import.meta.url));

/** More than any scenario needs. */
const LIMIT = { bytes: 0x10_0000, why: 'more than any scenario' };

export const xen: Command = {
  name: 'xen',
  summary: "play a guest's calls against the Xen of 2004, as it was or repaired",
  operands: 'SCENARIO',
  options: {
    repaired: { type: 'boolean', help: 'close every hole that the original had' },
    svg: { type: 'boolean', help: 'draw the frames by type, before and after, as an SVG file' },
  },
  examples: [
    'x86-paging xen page-table-not-writable',
    'x86-paging xen l2-writable-flag --repaired',
    'x86-paging xen my-attack.json --svg > frames.svg',
  ],
  run({ values, operands, style, json, width, print, data, printJson }) {
    atMostOne(values, 'svg', 'json');
    const name = oneOperand('xen', operands, 'scenario');
    if (name === undefined) {
      throw new UsageError(`xen plays one scenario: a JSON file, or one of ${shippedNames().join(', ')}`);
    }
    const scenario = scenarioOf(name);
    const story = playOrRefuse(scenario, name, values['repaired'] === true);
    if (values['svg'] === true) data(storySvg(story));
    else if (json) printJson(storyJson(story));
    else print(storyText(story, style, width));
    return story.asExpected ? EXIT.done : EXIT.negative;
  },
};

function shippedNames(): string[] {
  return readdirSync(SHIPPED).map((file) => file.replace(/\.json$/, ''));
}

function scenarioOf(name: string): Scenario {
  const names = shippedNames();
  const path = names.includes(name) ? `${SHIPPED}${name}.json` : name;
  if (path === name && !/[./\\]/.test(name) && !existsSync(name)) {
    const meant = closest(name, names);
    const hint = meant === undefined ? `there are ${names.join(', ')}` : `did you mean '${meant}'?`;
    throw new UsageError(`there is no scenario '${name}', and no such file; ${hint}`);
  }
  const bytes = readInput(path, 'scenario', LIMIT);
  try {
    return parseScenario(new TextDecoder().decode(bytes));
  } catch (error) {
    if (error instanceof ScenarioError) throw new InputError(`the scenario '${name}': ${error.message}`);
    throw error;
  }
}

function playOrRefuse(scenario: Scenario, name: string, repaired: boolean): ReturnType<typeof playScenario> {
  try {
    return playScenario(scenario, repaired);
  } catch (error) {
    if (error instanceof RangeError) throw new InputError(`the scenario '${name}': ${error.message}`);
    throw error;
  }
}
