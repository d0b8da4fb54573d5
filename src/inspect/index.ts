/** Looks at whole address spaces. */

export { diffMaps, type MapChange, type MapDifference, type MappedAs } from './diff.ts';
export { type MapOptions, type MapRun, mapOf } from './map.ts';
export {
  type FindRootsOptions,
  type FoundRoot,
  findRoots,
  type LoadedRoot,
  type RootEvidence,
} from './roots/find-roots.ts';
export { type Mapping, type TablePointer, type WhoReport, whoMaps } from './who.ts';
