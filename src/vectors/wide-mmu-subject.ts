import {
  type Access,
  FETCH,
  IMPLICIT_READ,
  IMPLICIT_WRITE,
  READ,
  USER_FETCH,
  USER_READ,
  USER_WRITE,
  WRITE,
} from '../arch/access.ts';
import { CR4_PGE } from '../arch/control.ts';
import { CPU_MODELS, cpuFeatures } from '../arch/cpu.ts';
import { PhysicalMemory } from '../memory/index.ts';
import { Mmu } from '../mmu/index.ts';
import type { WideSubject } from './wide-subject.ts';
import type { WideCase, WideCpu } from './wide-table.ts';

const RAM_BYTES = 0x100_0000;
const ACCESSES: Readonly<Record<WideCase['who'], Readonly<Record<WideCase['access'], Access>>>> = {
  supervisor: { read: READ, write: WRITE, fetch: FETCH },
  user: { read: USER_READ, write: USER_WRITE, fetch: USER_FETCH },
  // Nothing is fetched implicitly; no table asks for it.
  implicit: { read: IMPLICIT_READ, write: IMPLICIT_WRITE, fetch: IMPLICIT_READ },
};

/** The `Mmu` of this package as a subject of the wide tables. */
export class WideMmuSubject implements WideSubject {
  readonly #memory = new PhysicalMemory(RAM_BYTES);
  #mmu = new Mmu(this.#memory);
  #cpu: WideCpu | undefined;

  start(cpu: WideCpu, cr3: number, { cr0, cr4, efer, ac, pkru, pkrs }: WideCase): void {
    if (cpu === this.#cpu) {
      // A change of CR4.PGE drops everything.
      this.#mmu.efer = Number(efer);
      this.#mmu.cr4 = Number(cr4) ^ CR4_PGE;
      this.#mmu.cr4 = Number(cr4);
      this.#mmu.cr0 = Number(cr0);
      this.#mmu.cr3 = cr3;
    } else {
      this.#cpu = cpu;
      this.#mmu = new Mmu(this.#memory, {
        cpu: cpuFeatures({ ...CPU_MODELS['sapphire-rapids'], name: 'truth table', ...cpu }),
        cr0: Number(cr0),
        cr3,
        cr4: Number(cr4),
        efer: Number(efer),
      });
    }
    this.#mmu.alignmentCheck = ac;
    this.#mmu.pkru = Number(pkru);
    this.#mmu.pkrs = Number(pkrs);
  }

  store(physical: number, value: number): void {
    this.#memory.writeUint32(physical, value);
  }

  load(physical: number): number {
    return this.#memory.readUint32(physical);
  }

  reloadCr3(): void {
    const { cr3 } = this.#mmu;
    this.#mmu.cr3 = cr3;
  }

  access(linear: bigint, who: WideCase['who'], access: WideCase['access']): number {
    return this.#mmu.translate(linear, ACCESSES[who][access]);
  }

  faultCode(): number {
    return this.#mmu.faultCode;
  }

  cr2(): bigint {
    return BigInt(this.#mmu.cr2);
  }
}
