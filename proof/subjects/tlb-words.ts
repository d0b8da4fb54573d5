/** The word in which the fast TLB keeps a page: what it grants, whatever the registers became since it was filled. */

import type { Claim, Theorem } from '../claim.ts';
import type { Interpreter } from '../engine/interpreter.ts';
import {
  and,
  bitAnd,
  bitOr,
  boolVariable,
  eq,
  implies,
  int,
  intVariable,
  not,
  or,
  shiftLeft,
  type Term,
} from '../engine/term.ts';
import { Num, numberTerm, Obj, Truth, truthTerm, type Value } from '../engine/values.ts';
import { NOWHERE } from './state.ts';

const PERMISSIONS = 'arch/permissions.ts';
const WORDS = 'tlb/tlb-word.ts';
const ACCESSES = [0, 1, 2, 4, 5, 6, 8, 9];
const [RIGHT_D, WRITE] = [4, 1];

/** WP, SMEP, SMAP and AC of one moment. */
function permissionState(moment: string): Obj {
  const state = new Obj();
  for (const flag of ['wp', 'smep', 'smap', 'alignmentCheck']) {
    state.fields.set(flag, new Truth(boolVariable(`${moment}_${flag}`)));
  }
  return state;
}

function regranted(run: Interpreter): Claim {
  const call = (file: string, name: string, ...args: Value[]): Value =>
    run.call(run.exported(file, name), args, undefined, NOWHERE);
  const [then, now] = [permissionState('then'), permissionState('now')];
  const rights = intVariable('rights', 0n, 15n);
  const address = shiftLeft(intVariable('address', -(1n << 19n), (1n << 19n) - 1n), int(12));
  const wordBits = (moment: Obj): Value => call(WORDS, 'wordBits', call(PERMISSIONS, 'grantTable', moment));

  // Filled by an access that was allowed then; since, the registers may have changed any number of times.
  const filled = numberTerm(run.get(wordBits(then), new Num(rights), NOWHERE))!;
  const word = bitOr(address, filled);
  const later = numberTerm(call(WORDS, 'regrantedWord', new Num(word), wordBits(now)))!;
  const access = intVariable('access', 0n, 9n);
  const grants = (of: Term): Term => not(eq(bitAnd(of, shiftLeft(int(1), access)), int(0)));
  const allowed = truthTerm(call(PERMISSIONS, 'permits', now, new Num(rights), new Num(access)))!;
  const clean = and(not(eq(bitAnd(access, int(WRITE)), int(0))), eq(bitAnd(rights, int(RIGHT_D)), int(0)));
  const filler = intVariable('filler', 0n, 9n);
  const filledBy = truthTerm(call(PERMISSIONS, 'permits', then, new Num(rights), new Num(filler)))!;
  const real = (term: Term): Term => or(...ACCESSES.map((kind) => eq(term, int(kind))));
  return {
    assumptions: [
      real(access),
      real(filler),
      filledBy,
      implies(not(eq(bitAnd(filler, int(WRITE)), int(0))), not(eq(bitAnd(rights, int(RIGHT_D)), int(0)))),
    ],
    // Setting SMEP empties the TLB, so that on a machine it is the same then and now.
    likely: [eq(boolVariable('then_smep'), boolVariable('now_smep'))],
    never: {
      'a hit grants what a walk would refuse': and(grants(later), not(and(allowed, not(clean)))),
      'a hit refuses what a walk would allow': and(not(grants(later)), allowed, not(clean)),
      'the address changes': not(eq(bitAnd(later, int(-4096)), address)),
      'rights are lost': not(eq(numberTerm(call(WORDS, 'rightsOfWord', new Num(later)))!, rights)),
    },
  };
}

export const tlbWordTheorems: readonly Theorem[] = [
  {
    id: 'tlb/words',
    mode: 'any',
    sentence:
      'A hit in the fast TLB allows exactly the accesses that a walk would allow now, after any change of CR0.WP, CR4.SMEP, CR4.SMAP and EFLAGS.AC.',
    domain: 'every combination of rights, D, registers at the fill and now, filling access and access',
    files: [WORDS, PERMISSIONS],
    build: regranted,
  },
];
