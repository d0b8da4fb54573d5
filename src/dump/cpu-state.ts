import type { SaidValue } from '../said/said.ts';

/** Whether long mode is active, where EFER is not known. */
export interface LongModeEvidence {
  /** Whether it is. */
  readonly active: boolean;
  /** How that is known, in words. */
  readonly because: SaidValue;
}

/**
 * What a source tells of one CPU: the registers that govern paging, as far as it has them. The names are those of
 * the machine's registers.
 */
export interface CpuState {
  /** Its number, from 0. */
  readonly index: number;
  /** CR0. */
  readonly cr0?: number | undefined;
  /** CR2. */
  readonly cr2?: number | bigint | undefined;
  /** May hold more than an address: a PCID, or bits of linear address masking above bit 60. */
  readonly cr3?: number | bigint | undefined;
  /** CR4. */
  readonly cr4?: number | bigint | undefined;
  /** EFER. */
  readonly efer?: number | bigint | undefined;
  /** PKRU. */
  readonly pkru?: number | undefined;
  /** IA32_PKRS. */
  readonly pkrs?: number | undefined;
  /** EFLAGS.AC. */
  readonly alignmentCheck?: boolean | undefined;
  /** Known where `efer` is not. */
  readonly longMode?: LongModeEvidence | undefined;
}
