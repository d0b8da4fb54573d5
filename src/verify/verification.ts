import type { DoubtName } from '../claims/check-layout.ts';

/**
 * The names of the claims, in the order in which the verification lists them. Those of doubts stand last, and only if
 * there are any.
 */
export type ClaimName =
  | DoubtName
  | 'frames-used-once'
  | 'description'
  | 'guest-frames'
  | 'guest-writable'
  | 'tables-read-only'
  | 'no-writable-alias'
  | 'stack-writable'
  | 'guest-closed-to-ring-3'
  | 'nothing-else-mapped'
  | 'xen-range'
  | 'xen-closed-to-ring-3'
  | 'entry-bits'
  | 'start-info'
  | 'frame-list'
  | 'shared-info'
  | 'initial-context'
  | 'update-list';

/** What `verifyDomain` may be told. */
export interface VerifyOptions {
  /**
   * Called now and then during the walk with the pages done and their number, 2^20. While the walk is under way
   * the accessed and dirty bits that it sets are in memory; what is thrown here ends it and leaves none of them.
   */
  readonly onProgress?: (done: number, total: number) => void;
}
