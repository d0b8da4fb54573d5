import { type Access, FETCH, READ, USER_FETCH, USER_READ, USER_WRITE, WRITE } from '../arch/access.ts';
import { PhysicalMemory } from '../memory/index.ts';
import { type CpuModelName, Mmu } from '../mmu/index.ts';
import type { Subject } from './subject.ts';

const RAM_BYTES = 0x200_0000;
const SUPERVISOR = { read: READ, write: WRITE, fetch: FETCH } as const;
const USER = { read: USER_READ, write: USER_WRITE, fetch: USER_FETCH } as const;

/** The `Mmu` of this package as a subject of the vectors. */
export class MmuSubject implements Subject {
  readonly #memory = new PhysicalMemory(RAM_BYTES);
  #mmu = new Mmu(this.#memory);

  start(cpu: string, cr0: number, cr3: number, cr4: number | null): void {
    this.#mmu = new Mmu(this.#memory, { cpu: cpu as CpuModelName, cr0, cr3, ...(cr4 !== null && { cr4 }) });
  }

  store(physical: number, value: number): void {
    this.#memory.writeUint32(physical, value);
  }

  load(physical: number): number {
    return this.#memory.readUint32(physical);
  }

  invalidate(linear: number, large: boolean): void {
    if (large) this.#mmu.invlpg(linear);
  }

  reloadCr3(): void {
    const { cr3 } = this.#mmu;
    this.#mmu.cr3 = cr3;
  }

  access(linear: number, access: 'read' | 'write' | 'fetch', ring: number): number {
    const kind: Access = ring === 3 ? USER[access] : SUPERVISOR[access];
    return this.#mmu.translate(linear, kind);
  }

  faultCode(): number {
    return this.#mmu.faultCode;
  }

  cr2(): number {
    return Number(this.#mmu.cr2);
  }
}
