/** The walk to be read: explanations, single entries, and all the pages of an address space, over any memory. */
export {
  contextOf,
  type Walkable,
  type WalkContext,
  type WalkMachine,
  type WalkRegisters,
  type WalkSource,
} from './context.ts';
export { type DecodedEntry, decodeEntry } from './decode.ts';
export type { EntryState } from './entry-rules.ts';
export { explainWalk } from './explain.ts';
export { type Leaf, type LeavesOptions, leavesOf } from './leaves.ts';
export { type NamedRange, type NamedStretch, namedStretches } from './named-ranges.ts';
export { addressOf, type PageRun, pageRuns } from './page-runs.ts';
export { PageScan, type PageScanOptions } from './page-scan.ts';
export { type AddressRange, pageOf } from './page-space.ts';
export * from './report.ts';
export * from './run-attributes.ts';
export { entriesOf, type TableEntry, type TableInfo, tablesOf } from './tables-of.ts';
