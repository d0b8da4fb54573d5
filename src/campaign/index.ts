/** Builders of page tables on trial: what they are asked for, and what must come of it. */
export { REQUEST_MODES, type RequestLimits, randomRequest } from './random-request.ts';
export type { BuildRequest, RequestedMapping } from './request.ts';
export { buildRequest, requestClaims } from './request-claims.ts';
export { smallerRequests } from './smaller-requests.ts';
