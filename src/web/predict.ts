/** Predictions of what an access does: success, or a page fault with its error code. Every wrong one is diagnosed. */

import { PF_ID, PF_P, PF_RSVD, PF_US, PF_WR, VECTOR_PF } from '../arch/index.ts';
import { guestSegment } from './guest-segment.ts';
import { faultName, faultWhy } from './narrate.ts';
import type { Action, Session } from './session.ts';
import { TEXT } from './words/index.ts';

/** What somebody predicts: `ok`, or the error code of a page fault. */
export type Prediction = 'ok' | number;

/** The bits of an error code that can be predicted, as the drawing shows them: high ones first. */
export const CODE_BITS: readonly number[] = [PF_ID, PF_RSVD, PF_US, PF_WR, PF_P];

/** Every prediction that can be made. */
export const PREDICTIONS: readonly Prediction[] = ['ok', ...Array.from({ length: 32 }, (_, code) => code)];

/** What the MMU says; undefined where it is neither success nor a page fault. */
export function truthOf(
  { mmu }: Session,
  action: Action & { readonly kind: 'access' },
): Prediction | undefined {
  const { linear, access, limited } = action;
  const report = limited
    ? mmu.explainLogical(guestSegment(access), Number(linear), access)
    : mmu.explain(linear, access);
  if (report.ok) return 'ok';
  return report.fault.vector === VECTOR_PF ? report.fault.code : undefined;
}

/** What is wrong with a prediction, without telling the right one; empty if nothing is. */
export function diagnosisOf(
  session: Session,
  action: Action & { readonly kind: 'access' },
  prediction: Prediction,
): string {
  const truth = truthOf(session, action);
  const words = TEXT.predict;
  if (prediction === truth) return '';
  if (truth === 'ok')
    return words.imagined(CODE_BITS.map((bit) => ((Number(prediction) & bit) !== 0 ? 1 : 0)));
  const report = session.mmu.explain(action.linear, action.access);
  if (truth === undefined || prediction === 'ok') {
    return words.missed(report.ok ? '' : faultName(report.fault.vector), faultWhy(report));
  }
  const bits = CODE_BITS.filter((bit) => ((truth ^ prediction) & bit) !== 0);
  return bits
    .reverse()
    .map((bit) => words.bits[Math.log2(bit)]?.[(truth & bit) !== 0 ? 1 : 0] ?? '')
    .join(' ');
}
