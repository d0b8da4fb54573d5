import type { TruthTableCase } from './truth-table.ts';

/** The emulator under test, as the runner sees it. */
export interface Subject {
  /**
   * Begins a case: a CPU of this model, these registers, RAM of 32 MiB, nothing cached. What RAM holds does not matter.
   *
   * @param cr4 - null on CPUs without it.
   */
  start(cpu: string, cr0: number, cr3: number, cr4: number | null): void;
  /** Stores 32 bits in RAM, past paging and its caches. */
  store(physical: number, value: number): void;
  /** Loads 32 bits from RAM, unsigned. */
  load(physical: number): number;
  /**
   * Makes sure that no translation of this address is cached, nor the directory entry on the way to it.
   *
   * @param large - The directory entry maps a large page, so that an access before has cached it. A page of 4 KiB is
   * accessed for the first time: whoever caches no directory entries has nothing to do.
   */
  invalidate(linear: number, large: boolean): void;
  /** Loads CR3 with the value it has, as MOV CR3 does. */
  reloadCr3(): void;
  /** Does an access of one byte. @returns The physical address, or -1 if it page-faults. */
  access(linear: number, access: TruthTableCase['access'], ring: number): number;
  /** Error code of the last page fault. */
  faultCode(): number;
  /** CR2, unsigned. */
  cr2(): number;
}
