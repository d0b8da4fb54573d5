/**
 * For tests of page tables: fast-check arbitraries for the whole field, and matchers for Vitest and Jest. It needs
 * the package `fast-check` beside this one.
 */
export { type AccessSequenceOptions, type AccessStep, access, accessSequence } from './accesses.ts';
export {
  type FrameListOptions,
  frameList,
  type LinearAddressOptions,
  linearAddress,
  type PhysicalAddressOptions,
  physicalAddress,
} from './addresses.ts';
export {
  type ControlRegisterOptions,
  controlRegisters,
  cpuModel,
  modesOf,
  type PagingState,
  type PagingStateOptions,
  pagingState,
} from './cpus.ts';
export { type CrowdedOptions, crowdedMemory, sparseMemory, xorshift32 } from './crowded-memory.ts';
export {
  type BuiltDomain,
  type DomainRecipe,
  domain,
  domainOf,
  type KernelRecipe,
  kernel,
  kernelFile,
} from './domains.ts';
export {
  type EntryOptions,
  type PageTables,
  type PageTablesOptions,
  type PlacedEntry,
  pageTables,
  pageTablesMachine,
  tableEntry,
} from './entries.ts';
export { type LayoutOptions, layout, layoutMachine } from './layouts.ts';
export { type MachineRecipe, machine, machineOf } from './machines.ts';
export {
  type MapperScriptOptions,
  type MapperStep,
  mapperScript,
  pageAttributes,
  runMapperStep,
  type SizedMapping,
} from './mapper-scripts.ts';
export { type LayoutMatchers, layoutMatchers, type MatcherResult } from './matchers.ts';
export { bitsOf, choice, type ListOptions, listOf, shrunkBy } from './simpler.ts';
