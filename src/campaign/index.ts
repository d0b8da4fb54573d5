/** Builders of page tables on trial: what they are asked for, and what must come of it; one by one or in campaigns. */
export { type Builder, BuilderError, type GivenRegisters, registersFor } from './builder.ts';
export { type ChunkOptions, failureReport, runChunk } from './campaign.ts';
export { type CampaignCase, type CampaignPlan, CHUNK_CASES, caseAt, caseCount, chunkCount } from './plan.ts';
export { REQUEST_MODES, type RequestLimits, randomRequest } from './random-request.ts';
export {
  type ChunkReport,
  type FailureReport,
  isInShard,
  isSameCampaign,
  parseReport,
  type Report,
  ReportError,
  type ReportHeader,
  reportLine,
  reportText,
  type Shard,
} from './report.ts';
export type { BuildRequest, RequestedMapping } from './request.ts';
export { buildRequest, requestClaims } from './request-claims.ts';
export { type RequestJson, requestJson, requestOf } from './request-json.ts';
export { smallerRequests } from './smaller-requests.ts';
export { type CampaignSummary, mergeReports, summaryOf } from './summary.ts';
export {
  failureOf,
  type SmallTrial,
  smallestTrial,
  type TrialOptions,
  type TrialResult,
  tryBuilder,
} from './trial.ts';
