/** What a layout promises, in a small vocabulary, and the proof of it over every page. */
export { type CheckOptions, checkLayout } from './check-layout.ts';
export type * from './claim.ts';
export { formatLayout } from './claim-json.ts';
export type { ConfirmScope } from './confirm.ts';
export { LayoutError } from './json-source.ts';
export { parseLayout } from './layout-json.ts';
export { titleOf } from './title.ts';
export type { Claim, Counterexample, Verification } from './verification.ts';
export {
  allOf,
  anyOf,
  atMost,
  cacheType,
  closedTo,
  denies,
  executableOnly,
  type FramesArgument,
  type FramesOptions,
  global,
  grants,
  hidden,
  identity,
  maps,
  named,
  noTables,
  not,
  noWritableAlias,
  only,
  pageSize,
  protectionKey,
  readOnly,
  unmapped,
  wxExclusive,
} from './vocabulary.ts';
