/**
 * Why {@link Mapper} refuses:
 *
 * | code | meaning |
 * |---|---|
 * | `bad-range` | an address or a size is not whole, not aligned, not canonical, or leaves the linear address space |
 * | `beyond-physical` | a physical address that entries of this kind, or this CPU, cannot hold |
 * | `unsupported` | the CPU or the paging mode lacks what is asked for |
 * | `bad-attribute` | an attribute's value is out of range, or two attributes contradict each other |
 * | `already-mapped` | a page of the range is mapped already |
 * | `not-mapped` | a page of the range is not mapped |
 * | `forbidden-above` | an entry above the page withholds a right that is asked for |
 * | `cannot-split` | a large page whose parts no smaller page can map |
 * | `shared-table` | the table belongs to other linear addresses too, which would change as well |
 * | `malformed-table` | an entry on the way leads outside RAM, or has PS set where there is no large page |
 * | `bad-frame` | the caller's allocator gave a frame that cannot be a table |
 */
export type MapErrorCode =
  | 'bad-range'
  | 'beyond-physical'
  | 'unsupported'
  | 'bad-attribute'
  | 'already-mapped'
  | 'not-mapped'
  | 'forbidden-above'
  | 'cannot-split'
  | 'shared-table'
  | 'malformed-table'
  | 'bad-frame';

/** A refusal of {@link Mapper}. Memory is as it was before the call. */
export class MapError extends RangeError {
  /** Name of the class. */
  override readonly name = 'MapError';
  /** Why, for programs. */
  readonly code: MapErrorCode;

  /** @param code - Why, for programs. @param message - The value, the limit, and what to do. */
  constructor(code: MapErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
