import type { Verification } from '../verify/index.ts';
import { PLAIN, type Style } from './style.ts';
import { walkText } from './walk-text.ts';
import { wrap } from './wrap.ts';

/** Columns of a common terminal. */
const WIDTH = 80;

/** The claims with their verdicts, and of each that fails the counterexample with its walk. */
export function verificationText(verification: Verification, style: Style = PLAIN): string {
  const lines: string[] = [];
  for (const { ok, title, counterexample } of verification.claims) {
    const [first, ...rest] = wrap(title, WIDTH - 4);
    lines.push(`  ${ok ? style.good('✓') : style.bad('✗')} ${first}`, ...rest.map((line) => `    ${line}`));
    if (counterexample === undefined) continue;
    lines.push(...wrap(counterexample.text, WIDTH - 6).map((line) => `      ${style.bad(line)}`));
    if (counterexample.walk !== undefined) {
      lines.push(
        ...walkText(counterexample.walk, style)
          .split('\n')
          .map((line) => `      ${line}`),
      );
    }
  }
  const failed = verification.claims.filter(({ ok }) => !ok).length;
  const total = verification.claims.length;
  lines.push(
    '',
    failed === 0
      ? style.good(`  all ${total} claims hold`)
      : style.bad(`  ${failed} of ${total} claims do not hold`),
  );
  return lines.join('\n');
}
