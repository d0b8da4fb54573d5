import { inEnglish, type Said, said } from '../said/said.ts';
import type { Walkable, WalkContext } from '../walk/context.ts';
import { contextOf } from '../walk/context.ts';
import type { LayoutClaim } from './claim.ts';
import { type ConfirmScope, confirm } from './confirm.ts';
import { counterexampleOf, type FindingWords, findingOf, inPlainWords } from './counterexample.ts';
import { judge, type Subject } from './judge.ts';
import { MappedSpace } from './mapped-space.ts';
import { tableFramesOf } from './table-frames.ts';
import { titleSaid } from './title.ts';
import type { Claim, Verification } from './verification.ts';

/** What {@link checkLayout} may be told. */
export interface CheckOptions {
  /**
   * How the MMU confirms what the tables say: `every` page of a 32-bit linear space, all 2^20 (in long mode as
   * `mapped`); only those `mapped` and the ones beside them; `false`: not at all. Default `every`.
   */
  readonly confirm?: ConfirmScope | false;
  /**
   * How many pieces that are mapped alike are looked at. Tables that map one another can describe more than any memory
   * holds: then the claim `bounded` is added, which fails. Default 2^24.
   */
  readonly maxRuns?: number;
  /**
   * Called now and then while the MMU is asked, with what is done and how much there is. What is thrown here ends the
   * check; memory is then as it was.
   */
  readonly onProgress?: (done: number, total: number) => void;
}

/**
 * Proves a layout, claim by claim: of every page, for every kind of access.
 *
 * One pass over the tables tells of every page where it leads and what it grants under the registers as they are;
 * the claims are judged on that. Then an MMU with an empty TLB confirms it: in 32-bit and PAE paging all 2^20 pages
 * for all six kinds of access, in long mode every page that is mapped and both sides of every border. Should the two
 * differ, a claim `mmu-agrees` is added, which fails.
 *
 * Memory is left as it was. What a TLB still holds plays no part.
 *
 * @param source - An MMU with its registers, or a machine.
 * @returns All claims with their verdicts, and of each that fails the lowest counterexample.
 * @example
 * const { ok, claims } = checkLayout(mmu, [
 *   maps([0xc000_0000, 0xc040_0000], 0x10_0000, { writable: true, user: false }),
 *   readOnly('tables'),
 *   only([[0xc000_0000, 0xc040_0000]]),
 * ]);
 */
export function checkLayout(
  source: Walkable,
  claims: readonly LayoutClaim[],
  options: CheckOptions = {},
): Verification {
  const context = contextOf(source);
  const subject = subjectOf(context, options.maxRuns);
  const judged = claims.map((claim) => verdictOn(claim, subject));
  const doubts = doubtsAbout(subject, options);
  const all = [...judged, ...doubts];
  return { ok: all.every(({ ok }) => ok), claims: all };
}

/** Reads the tables once. */
export function subjectOf(context: WalkContext, maxRuns: number = 2 ** 24): Subject {
  return { space: new MappedSpace(context, maxRuns), tables: tableFramesOf(context) };
}

/** Judges one claim. */
export function verdictOn(claim: LayoutClaim, subject: Subject): Claim {
  return judgedInWords(claim, subject).verdict;
}

/** A verdict, and its sentences as they can be said in another language. */
export interface JudgedInWords {
  readonly verdict: Claim;
  readonly title: Said;
  /** What breaks the claim, and what would mend it; undefined where it holds. */
  readonly words: FindingWords | undefined;
}

/** Judges one claim, and keeps the words apart from the values in them. */
export function judgedInWords(claim: LayoutClaim, subject: Subject): JudgedInWords {
  const finding = judge(claim, subject);
  const title = titleSaid(claim);
  const verdict = { name: claim.name ?? claim.kind, title: inEnglish(title) };
  if (finding === undefined) return { verdict: { ...verdict, ok: true }, title, words: undefined };
  const found = findingOf(finding, subject.space.context);
  return {
    verdict: { ...verdict, ok: false, counterexample: inPlainWords(found) },
    title,
    words: found.words,
  };
}

/** What may stand against the judgement itself: the MMU does something else, or the tables describe too much. */
export type DoubtName = 'mmu-agrees' | 'bounded';

/** What stands against the judgement itself: normally nothing. */
export function doubtsAbout(
  { space, tables }: Subject,
  { confirm: scope = 'every', onProgress }: CheckOptions,
): Claim<DoubtName>[] {
  if (space.isCut) {
    const finding = {
      subject: said`tables`,
      expected: said`an address space that can be looked at as a whole`,
      found: said`more than ${space.count} different pieces: the tables map one another`,
    };
    const counterexample = counterexampleOf(finding, space.context);
    return [
      { name: 'bounded', title: 'The address space can be looked at as a whole.', ok: false, counterexample },
    ];
  }
  if (scope === false) return [];
  const { finding } = confirm(space, tables, scope, onProgress);
  if (finding === undefined) return [];
  const counterexample = counterexampleOf(finding, space.context);
  return [{ name: 'mmu-agrees', title: 'The MMU does what the tables say.', ok: false, counterexample }];
}
