import type { Verification } from '../verify/index.ts';
import { PLAIN, type Style } from './style.ts';
import { walkText } from './walk-text.ts';

/**
 * The claims with their verdicts, a line each, and of each that fails the counterexample with its walk.
 * @param width - Columns there are for a walk.
 */
export function verificationText(
  verification: Verification,
  style: Style = PLAIN,
  width: number = Number.POSITIVE_INFINITY,
): string {
  const lines: string[] = [];
  for (const { ok, title, counterexample } of verification.claims) {
    lines.push(`  ${ok ? style.good('✓') : style.bad('✗')} ${title}`);
    if (counterexample === undefined) continue;
    lines.push(`      ${style.bad(counterexample.text)}`);
    if (counterexample.mend !== undefined) lines.push(`      to mend it: ${counterexample.mend}`);
    if (counterexample.walk !== undefined) {
      lines.push(
        ...walkText(counterexample.walk, style, width - 6)
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
