/** A stretch of physical addresses. */
export interface PhysicalRange {
  /** First address. */
  readonly start: number;
  /** First address after it. */
  readonly end: number;
}

/**
 * What a dump holds of a physical address. `ram`: RAM, with its content. `hole`: no RAM there, such as where devices
 * are mapped. `missing`: RAM whose content the dump does not hold, cut off or left out by who made it.
 */
export type FrameState = 'ram' | 'hole' | 'missing';

/** The frames of a dump, whatever its format. */
export interface FrameStore {
  /** First physical address after the last RAM, a multiple of 4096. */
  readonly sizeBytes: number;
  /**
   * Reads the 4096 bytes of a frame.
   * @param into - Receives them. Bytes of the frame that are no RAM are all ones.
   * @returns false if the dump holds nothing of the frame; `into` is then undefined.
   * @throws DumpError if what the dump holds is damaged.
   */
  readFrame(frame: number, into: Uint8Array): boolean;
  /** What the dump holds of an address. */
  stateAt(physical: number): FrameState;
  /**
   * Reads a long stretch of RAM in one go, where that is faster than frame by frame.
   * @returns undefined where it cannot: the stretch is not one piece of the file.
   */
  readRun?(physical: number, length: number): Uint8Array | undefined;
  /** The stretches of RAM in ascending order, neighbours joined: those with content, and those without. */
  ranges(state: 'ram' | 'missing'): Iterable<PhysicalRange>;
}
