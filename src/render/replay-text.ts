import { accessName } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import type { Replay } from '../counterexample/index.ts';
import { hex, type Json, verificationJson, walkJson } from './json.ts';
import { PLAIN, type Style } from './style.ts';
import { walkText } from './walk-text.ts';

/**
 * A counterexample replayed: the claim, the failing access with its walk, whether it still fails, and what would mend it.
 * @param width - Columns there are for a walk.
 */
export function replayText(
  { title, claim, access, walk, verdict }: Replay,
  style: Style = PLAIN,
  width: number = Number.POSITIVE_INFINITY,
): string {
  const whole = title === '' ? verdict.title : title;
  const lines = [`${style.dim('the claim')}   ${whole}`];
  if (verdict.title !== whole) lines.push(`${style.dim('of which')}    ${verdict.title}`);
  else if (claim.what !== undefined) lines.push(`${style.dim('there lies')}  ${claim.what}`);
  if (access !== undefined) {
    const { kind, linear } = access;
    lines.push(`${style.dim('the access')}  ${accessName(kind)} at ${style.strong(formatAddress(linear))}`);
  }
  if (walk !== undefined) lines.push('', walkText(walk, style, width));
  const { counterexample } = verdict;
  if (counterexample === undefined) return [...lines, '', style.good('✓ It holds now.')].join('\n');
  lines.push('', style.bad(`✗ It does not hold: ${counterexample.text}.`));
  if (counterexample.mend !== undefined) lines.push(`  To mend it: ${counterexample.mend}.`);
  return lines.join('\n');
}

/**
 * The same under the schema name `x86-paging/replay/1`.
 * @param fragment - What follows `#` in a link of the teaching page, where the machine fits one.
 */
export function replayJson({ title, access, walk, verdict }: Replay, fragment?: string): Json {
  return {
    schema: 'x86-paging/replay/1',
    title: title === '' ? verdict.title : title,
    access: access === undefined ? null : accessName(access.kind),
    linear: access === undefined ? null : hex(access.linear),
    walk: walk === undefined ? null : walkJson(walk),
    verification: verificationJson({ ok: verdict.ok, claims: [verdict] }),
    fragment: fragment ?? null,
  };
}
