/** The published truth table of 32-bit paging, and a runner that holds any emulator against it. */
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
