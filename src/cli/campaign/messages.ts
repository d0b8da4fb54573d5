/** What a campaign's workers and their foreman say to each other. */

import type { CampaignPlan, ChunkReport } from '../../campaign/index.ts';
import type { LayoutClaim } from '../../claims/index.ts';

/** What a worker is made with. */
export interface WorkerTask {
  readonly plan: CampaignPlan;
  /** What must hold; undefined: what each request asks for. */
  readonly claims: readonly LayoutClaim[] | undefined;
  readonly timeoutSeconds: number;
}

/** What a worker says: it is at a case, it goes on with it, or a chunk is done. */
export type WorkerMessage =
  | { readonly kind: 'case'; readonly index: number }
  | { readonly kind: 'alive' }
  | { readonly kind: 'done'; readonly report: ChunkReport };

/** What it is told: the chunk to do next. */
export interface WorkerOrder {
  readonly chunk: number;
}
