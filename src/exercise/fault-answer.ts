import { parseAddress, parseCode } from './numbers.ts';

/** The access succeeds, or it faults with an error code and a value of CR2. */
export type FaultAnswer = 'ok' | { readonly code: number; readonly cr2: number };

/** Error codes of page faults have six bits. */
const LARGEST_CODE = 63;

/**
 * Reads `ok`, or an error code and CR2 in either order, with or without their names: `7 0xc0001234`,
 * `error code 0b111, CR2 = C000_1234h`.
 * @returns undefined where something is missing or left over.
 */
export function parseFaultAnswer(text: string): FaultAnswer | undefined {
  const plain = text.trim().toLowerCase();
  if (/^(ok(ay)?|no( page)? fault|none|succeeds|success|kein (seiten)?fehler|gelingt)[.!]?$/.test(plain))
    return 'ok';
  const tokens = plain.split(/[\s,;:=/()]+/).filter((token) => token !== '');
  const numbers = tokens.filter(
    (token) =>
      !/^(error|code|cr2|#?pf|page|fault|and|at|is|fehlercode|seitenfehler|und|bei|ist)$/.test(token),
  );
  if (numbers.length !== 2) return undefined;
  const named = tokens.indexOf('cr2');
  // "CR2 is … and the code …", but not "code, CR2: … …".
  const cr2First =
    tokens[named + 1] === numbers[0] &&
    !tokens.slice(0, Math.max(named, 0)).some((token) => token.endsWith('code'));
  return (named !== -1 && cr2First) || !isCode(numbers[0]!)
    ? pair(numbers[1]!, numbers[0]!)
    : pair(numbers[0]!, numbers[1]!);
}

function isCode(text: string): boolean {
  const code = parseCode(text);
  return code !== undefined && code <= LARGEST_CODE;
}

function pair(codeText: string, cr2Text: string): FaultAnswer | undefined {
  const code = parseCode(codeText);
  const cr2 = parseAddress(cr2Text);
  return code === undefined || code > LARGEST_CODE || cr2 === undefined ? undefined : { code, cr2 };
}
