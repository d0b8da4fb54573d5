import type { WideCase, WideCpu } from './wide-table.ts';

/** The emulator under test, as the runner of the wide tables sees it. */
export interface WideSubject {
  /**
   * Begins a case: this CPU, these registers, RAM of 16 MiB at least, nothing cached. What RAM holds does not matter, but for
   * the PDPTEs of PAE, which are there and legal.
   */
  start(cpu: WideCpu, cr3: number, state: WideCase): void;
  /** Stores 32 bits in RAM, past paging and its caches. @param value - Unsigned. */
  store(physical: number, value: number): void;
  /** Loads 32 bits from RAM, unsigned. */
  load(physical: number): number;
  /** Loads CR3 with the value it has, as MOV CR3 does: what is cached of entries above pages goes. */
  reloadCr3(): void;
  /** Does an access of one byte. @returns The physical address, or -1 if it page-faults. */
  access(linear: bigint, who: WideCase['who'], access: WideCase['access']): number;
  /** Error code of the last page fault. */
  faultCode(): number;
  /** CR2, unsigned. */
  cr2(): bigint;
}
