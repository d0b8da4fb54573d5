import { READ, WRITE } from '../arch/access.ts';
import { formatAddress } from '../arch/address.ts';
import { PTE_A, PTE_D } from '../arch/entry.ts';
import { FAULT } from '../mmu/index.ts';
import { GOES_THROUGH, physicalOf, running, type Scene, scene, type Template } from './inventory-scene.ts';

const hex = (value: number): string => formatAddress(value >>> 0);
const FAULTS = 'A page fault.';
const CLEAN = { writable: true, user: true };

/** What the MMU does with an access after something was done to it. */
function after(one: Scene, deed: (mmu: ReturnType<typeof running>) => void): string {
  const mmu = running(one);
  deed(mmu);
  return mmu.translate(one.linear, READ) === FAULT ? FAULTS : GOES_THROUGH;
}

/** A and D of the entry after an access, as the CPU leaves them. */
function bitsAfter(one: Scene, access: typeof READ | typeof WRITE): string {
  const mmu = running(one);
  mmu.translate(one.linear, access);
  const entry = mmu.memory.readUint32(one.pteAddress);
  return `A = ${(entry & PTE_A) === 0 ? 0 : 1}, D = ${(entry & PTE_D) === 0 ? 0 : 1}`;
}

/** Questions about the TLB, the bits that the CPU writes, and what tables cost and share. */
export const MEMORY_QUESTIONS: readonly Template[] = [
  {
    id: 'bits-after-read',
    make(random) {
      const one = scene(random, { pte: CLEAN });
      return {
        scene: one,
        prompt: `${one.registers}\nThe kernel reads ${hex(one.linear)}. What are A and D in the entry at ${hex(one.pteAddress)} afterwards?`,
        right: bitsAfter(one, READ),
        wrong: [
          ['dirty-by-reading', 'A = 1, D = 1'],
          ['software-sets-bits', 'A = 0, D = 0'],
          ['error-bit-mixed-up', 'A = 0, D = 1'],
        ],
      };
    },
  },
  {
    id: 'bits-after-write',
    make(random) {
      const one = scene(random, { pte: CLEAN });
      return {
        scene: one,
        prompt: `${one.registers}\nThe kernel writes to ${hex(one.linear)}. What are A and D in the entry at ${hex(one.pteAddress)} afterwards?`,
        right: bitsAfter(one, WRITE),
        wrong: [
          ['software-sets-bits', 'A = 0, D = 0'],
          ['error-bit-mixed-up', 'A = 0, D = 1'],
          ['tlb-sees-memory', 'A = 1, D = 0, until the TLB is written back'],
        ],
      };
    },
  },
  {
    id: 'stale-entry',
    make(random) {
      const one = scene(random);
      const right = after(one, (mmu) => {
        mmu.translate(one.linear, READ);
        mmu.memory.writeUint32(one.pteAddress, one.pte & ~1);
      });
      return {
        scene: one,
        prompt: `${one.registers}\nThe kernel reads ${hex(one.linear)}, then clears P in the entry at ${hex(one.pteAddress)}, does nothing else, and reads ${hex(one.linear)} again. What may happen?`,
        right: `${right} The CPU may use what its TLB holds.`,
        wrong: [
          ['tlb-sees-memory', `${FAULTS} The entry is read at each access.`],
          ['absent-is-zero', 'It reads 0.'],
          ['fault-is-fatal', 'The machine stops: a page in use must not go.'],
        ],
      };
    },
  },
  {
    id: 'new-entry',
    make(random) {
      const one = scene(random, { pte: { ...CLEAN, present: false } });
      const right = after(one, (mmu) => {
        mmu.translate(one.linear, READ);
        mmu.memory.writeUint32(one.pteAddress, one.pte | 1);
      });
      return {
        scene: one,
        prompt: `${one.registers}\nThe kernel reads ${hex(one.linear)}, and faults. Its handler sets P in the entry at ${hex(one.pteAddress)}, does nothing else, and returns. What does the same read do?`,
        right,
        wrong: [
          ['tlb-keeps-faults', `${FAULTS} It needs an INVLPG first.`],
          ['fault-is-fatal', 'Nothing: what has faulted does not run again.'],
          ['absent-is-zero', 'It reads 0, since the page was never filled.'],
        ],
      };
    },
  },
  {
    id: 'load-of-cr3',
    make(random) {
      const one = scene(random);
      const right = after(one, (mmu) => {
        mmu.translate(one.linear, READ);
        mmu.memory.writeUint32(one.pteAddress, one.pte & ~1);
        mmu.cr3 = one.machine.cr3;
      });
      return {
        scene: one,
        prompt: `${one.registers}\nThe kernel reads ${hex(one.linear)}, clears P in the entry at ${hex(one.pteAddress)}, loads CR3 with the value that it has, and reads ${hex(one.linear)} again. No page is global. What happens?`,
        right,
        wrong: [
          ['flush-is-nothing', `${GOES_THROUGH} CR3 has not changed.`],
          ['absent-is-zero', 'It reads 0.'],
          ['tlb-keeps-faults', `${GOES_THROUGH} Only INVLPG drops a translation.`],
        ],
      };
    },
  },
  {
    id: 'two-programs',
    make(random) {
      const one = scene(random);
      return {
        scene: one,
        prompt: `${one.registers}\nAnother program runs with another value in CR3, and reads ${hex(one.linear)} too. Where does that lead?`,
        right: 'To wherever its own tables say.',
        wrong: [
          ['one-map-for-all', `To ${hex(physicalOf(one, one.linear))}, as here.`],
          ['linear-is-physical', `To ${hex(one.linear)}.`],
          ['frame-has-one-page', 'To a fault: the address is in use by the first program.'],
        ],
      };
    },
  },
  {
    id: 'shared-frame',
    make(random) {
      const one = scene(random);
      return {
        scene: one,
        prompt: `${one.registers}\nThe kernel copies the word at ${hex(one.pteAddress)} into another entry of the same table. What holds for the frame at ${hex(one.frame)}?`,
        right: 'It can be reached by two linear addresses; what is written by one is read by the other.',
        wrong: [
          ['frame-has-one-page', 'It moves to the second address; the first one faults.'],
          ['frames-are-contiguous', 'Its bytes are copied into the frame behind it.'],
          ['entries-hold-linear', 'Nothing: the entry still names its old linear address.'],
        ],
      };
    },
  },
  {
    id: 'cost-of-tables',
    make(random) {
      const one = scene(random);
      return {
        scene: one,
        prompt: `${one.registers}\nOne page of 4 KiB is to be mapped, and nothing else. How much memory do its tables take?`,
        right: '8 KiB: a directory and one table.',
        wrong: [
          ['tables-cost-nothing', 'None: tables are part of the CPU.'],
          ['tables-are-flat', '4 MiB: one entry of 4 bytes for each of 2^20 pages.'],
          ['entry-is-one-byte', '8 bytes: two entries.'],
        ],
      };
    },
  },
  {
    id: 'demand-paging',
    make(random) {
      const one = scene(random, { pte: { ...CLEAN, present: false } });
      return {
        scene: one,
        prompt: `${one.registers}\nA program reads ${hex(one.linear)}, and faults. What becomes of it?`,
        right: 'The kernel decides: it may end it, or map a page and let it try again.',
        wrong: [
          ['fault-is-fatal', 'It is ended: a page fault is an error of the program.'],
          ['absent-is-zero', 'It goes on with the value 0.'],
          ['software-sets-bits', 'It waits until the CPU has set P.'],
        ],
      };
    },
  },
];
