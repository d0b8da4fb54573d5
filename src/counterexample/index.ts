/** A counterexample as an artefact: the smallest machine that breaks a claim, in a file that can be replayed. */
export { CounterexampleError } from './counterexample-error.ts';
export { MACHINE_PART, MAX_LINK_CHARACTERS, MAX_LINK_MEMORY, machineOfLink } from './link.ts';
export { hasCounterexample } from './notes.ts';
export { counterexampleMachine, type Replay, type ReplayedAccess, replayCounterexample } from './saved.ts';
export { type SmallCounterexample, smallestCounterexample } from './smallest.ts';
