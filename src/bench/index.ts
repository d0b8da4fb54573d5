/** Measuring ways to build page tables. */
export { type LargeDirectoryPlan, writeLargeDirectory } from '../builder/directory.ts';
export type { TablePlan } from '../builder/table-writer.ts';
export {
  type BenchOptions,
  type BenchResult,
  benchConstruction,
  type Spread,
  WrongTablesError,
} from './construction.ts';
export {
  BACKWARD,
  BULK_FILL,
  type ConstructionStrategy,
  DEV_MEM,
  FORWARD,
  LARGE_PAGES,
  STRATEGIES,
  UPDATE_LIST,
} from './strategies.ts';
export { type TableLayout, type TableLayoutOptions, tableLayout } from './table-layout.ts';
