import { asNumber } from '../arch/linear.ts';
import { type BuildRequest, pageSizesOf } from './request.ts';

/**
 * A request as JSON, under the schema name `x86-paging/build-request/1`. Addresses are hexadecimal strings, since they
 * may have 64 bits; sizes and frames are numbers.
 */
export function requestJson(request: BuildRequest): RequestJson {
  const { seed, mode, memoryBytes, frames, mappings } = request;
  return {
    schema: 'x86-paging/build-request/1',
    seed,
    mode,
    memoryBytes,
    pageSizes: pageSizesOf(mode),
    frames,
    mappings: mappings.map(({ linear, physical, ...rest }) => ({
      linear: `0x${linear.toString(16)}`,
      physical: `0x${physical.toString(16)}`,
      ...rest,
    })),
  };
}

/** A request as it is written down. */
export interface RequestJson {
  /** The schema. */
  readonly schema: 'x86-paging/build-request/1';
  /** See {@link BuildRequest}. */
  readonly seed: number;
  /** See {@link BuildRequest}. */
  readonly mode: BuildRequest['mode'];
  /** See {@link BuildRequest}. */
  readonly memoryBytes: number;
  /** The sizes of pages that mappings may have. */
  readonly pageSizes: readonly number[];
  /** See {@link BuildRequest}. */
  readonly frames: readonly number[];
  /** The mappings, with their addresses in hexadecimal. */
  readonly mappings: readonly (Omit<BuildRequest['mappings'][number], 'linear' | 'physical'> & {
    /** See {@link BuildRequest}. */
    readonly linear: string;
    /** See {@link BuildRequest}. */
    readonly physical: string;
  })[];
}

/** The request that was written down: {@link requestJson} the other way. */
export function requestOf({ seed, mode, memoryBytes, frames, mappings }: RequestJson): BuildRequest {
  return {
    seed,
    mode,
    memoryBytes,
    frames,
    mappings: mappings.map(({ linear, physical, ...rest }) => ({
      linear: asNumber(BigInt(linear)),
      physical: Number(physical),
      ...rest,
    })),
  };
}
