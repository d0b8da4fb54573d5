/** Proves that a built domain is laid out as it must be, by walking all of it through the MMU. */

export type { Claim, Counterexample, Verification } from '../claims/verification.ts';
export type { ClaimName, VerifyOptions } from './verification.ts';
export { verifyDomain } from './verify.ts';
