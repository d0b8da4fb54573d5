import { SaidError, said } from '../said/said.ts';
import type { CpuFeatures } from './cpu.ts';
import { VECTOR_GP, VECTOR_UD } from './fault.ts';

/** The CPU answers this register write with #GP(0). The register keeps its value. */
export class GeneralProtectionError extends SaidError {
  /** Name of the class. */
  override readonly name = 'GeneralProtectionError';
  /** 13. */
  readonly vector: number = VECTOR_GP;
  /** Error code of the exception: always 0 for control registers. */
  readonly code = 0;
}

/** The CPU has no such instruction or register and answers with #UD. */
export class InvalidOpcodeError extends SaidError {
  /** Name of the class. */
  override readonly name = 'InvalidOpcodeError';
  /** 6. */
  readonly vector: number = VECTOR_UD;

  /** @param what - The instruction or register that is missing. @param cpu - The CPU that lacks it. */
  constructor(what: string, cpu: CpuFeatures) {
    super(said`#UD: the CPU model '${cpu.name ?? said`unnamed`}' has no ${what}`);
  }
}
