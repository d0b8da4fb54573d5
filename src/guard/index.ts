/** A layout watched while its machine runs: the first step that breaks it, and every stale translation that is used. */
export type { GuardFinding, GuardStep, GuardWrite, LayoutFinding, StaleFinding } from './finding.ts';
export { type Guard, type GuardedMachine, type GuardOptions, guard } from './guard.ts';
