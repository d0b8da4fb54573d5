/** Builds a XenoLinux domain's address space at start of day. */

export { buildDomain } from './build-domain.ts';
export { BuildError, type BuildErrorCode } from './build-error.ts';
export {
  type BuildOptions,
  type Domain,
  type InitialContext,
  type LoadedInitrd,
  type PlacedXen,
  REGION_NAMES,
  type Region,
  type RegionName,
  type XenPlacement,
} from './domain.ts';
export { packKernel } from './kernel-image.ts';
export type { ProfileName } from './profile.ts';
export { sampleKernel } from './sample-kernel.ts';
