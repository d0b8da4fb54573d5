/** The published truth tables, and runners that hold any emulator against them. */
export { MmuSubject } from './mmu-subject.ts';
export { type Disagreement, runVectors, type VectorOptions, type VectorResult } from './run.ts';
export type { Subject } from './subject.ts';
export {
  combinationsOf,
  type ExpectedOutcome,
  type Hex,
  type TruthTable,
  type TruthTableCase,
} from './truth-table.ts';
export { WideMmuSubject } from './wide-mmu-subject.ts';
export {
  type PathEntry,
  runWideVectors,
  SectionPaths,
  type WideDisagreement,
  type WideOptions,
  type WidePath,
  type WideResult,
  widePhysical,
} from './wide-run.ts';
export type { WideSubject } from './wide-subject.ts';
export {
  type WideCase,
  type WideCpu,
  type WideOutcome,
  type WideSection,
  type WideTable,
  wideCombinationsOf,
} from './wide-table.ts';
