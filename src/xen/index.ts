/** Xen of February 2004: the hypervisor that keeps page tables read-only, over emulated RAM. */
export {
  auditXen,
  type Finding,
  type FrameReferences,
  type HeldReferences,
  type XenPromise,
} from './audit.ts';
export type { DomainOptions } from './domain-options.ts';
export type { Domain0, Domain0Options, InitrdPlace } from './domain0.ts';
export type { FrameInfo } from './frame-info.ts';
export { type PageType, TYPE_NAMES } from './frame-table.ts';
export type { GuestAccess, GuestResult } from './guest.ts';
export { HOLE_NAMES, HOLES, type Hole, type HoleName } from './holes.ts';
export { type Answer, type UpdateAnswer, Xen, type XenOptions } from './hypervisor.ts';
export { xensTableFrames } from './layout.ts';
export { parseScenario, ScenarioError } from './parse-scenario.ts';
export {
  type BrokenEntryRule,
  type BrokenFrameRule,
  type BrokenRule,
  type DescriptorFault,
  describeRefusal,
  type Refusal,
  type RefusalReason,
} from './refusal.ts';
export {
  type Expectation,
  playScenario,
  type Scenario,
  type ScenarioStep,
  type Story,
  type ToldStep,
} from './scenario.ts';
export { makeSmallDomain, type SmallDomain } from './small-domain.ts';
export type { DomainState, Flush, FlushKind, LinearMapMode } from './state.ts';
export {
  type Hypercall,
  perform,
  type XenAccess,
  type XenCall,
  type XenOutcome,
  type XenStep,
} from './steps.ts';
