/** A kernel, ready to be copied: consecutive bytes from a page-aligned linear address. */
export interface LoadedKernel {
  /** Linear address of the first byte. */
  readonly loadAddress: number;
  /** Where the CPU starts. */
  readonly entry: number;
  /** The bytes in memory, bss included. */
  readonly bytes: Uint8Array;
}
