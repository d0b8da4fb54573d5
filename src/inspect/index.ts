/** Looks at whole address spaces. */

export { type DiffOptions, diffMaps, type MapChange, type MapDifference, type MappedAs } from './diff.ts';
export { type AbsentRun, absentRuns } from './lens/absent-runs.ts';
export { LENSES } from './lens/known/index.ts';
export type {
  AbsentRule,
  FrameNames,
  FrameTable,
  Lens,
  LensField,
  LensLayout,
  LensNumber,
  LensRegion,
  MappedTo,
  RootPair,
} from './lens/lens.ts';
export {
  type AbsentField,
  type AbsentReason,
  type GuestFrame,
  type LensView,
  viewThrough,
} from './lens/lens-view.ts';
export { LensError, parseLens } from './lens/parse-lens.ts';
export { isDataName } from './lint/data-names.ts';
export type { LintFinding, LintPlace } from './lint/finding.ts';
export type { LintException, LintOptions } from './lint/findings.ts';
export { lintTables } from './lint/lint-tables.ts';
export {
  LINT_RULE_NAMES,
  LINT_RULES,
  type LintLevel,
  type LintRule,
  type LintRuleName,
} from './lint/rules.ts';
export { type MapOptions, type MapRun, mapOf } from './map.ts';
export {
  MapSum,
  type MapSummary,
  type PageCount,
  type RightsCount,
  type SizeCount,
  type TablesMemory,
  tablesMemory,
} from './map-summary.ts';
export { type LinearPiece, type ReadStop, readLinear } from './read-linear.ts';
export {
  type FindRootsOptions,
  type FoundRoot,
  findRoots,
  type LoadedRoot,
  type RootEvidence,
} from './roots/find-roots.ts';
export { findSlide } from './symbols/find-slide.ts';
export { readSymbols, SymbolError } from './symbols/read-symbols.ts';
export { SymbolTable, type TableSymbol } from './symbols/symbol-table.ts';
export {
  type Mapping,
  type TablePointer,
  type WhoOptions,
  type WhoReport,
  whoMaps,
} from './who.ts';
export { whoMapsUnder } from './who-roots.ts';
